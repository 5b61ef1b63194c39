from datetime import date

import msgspec
import pytest
from msgspec.structs import replace

from engine.claim.model import Diagnosis, Tooth
from engine.facts.history import History
from engine.facts.needs import KindNeeds
from engine.facts.project import Projector
from engine.reference.memory import with_rows
from tests.facts.helpers import EVERYTHING, SAMPLES, SHIPPED, fact, facts, inpatient, line, minimal, number, view

MARIA = minimal().patient


def old(*lines, claim="OLD1", **changes):
    return minimal(patient_control_number=claim, lines=lines, **changes)


def dependent(first, member="ACM123456789"):
    subscriber = replace(minimal().subscriber, member_id=member)
    return {"subscriber": subscriber, "patient": replace(MARIA, is_subscriber=False, first_name=first)}


def seen(claim, *earlier):
    return [found.patient_control_number for found in History(earlier).of(claim)]


def test_the_same_member_and_birth_are_one_patient():
    assert seen(minimal(), old(patient=replace(MARIA, last_name="NEW", first_name="NAME"))) == ["OLD1"]
    assert seen(minimal(), old(patient=replace(MARIA, birth_day=date(1980, 6, 16)))) == []


def test_the_same_name_and_birth_are_one_patient_under_another_member_id():
    other = replace(minimal().subscriber, member_id="OTHER")
    assert seen(minimal(), old(subscriber=other)) == ["OLD1"]
    assert seen(minimal(), old(subscriber=other, patient=replace(MARIA, first_name="ANNA"))) == []
    assert seen(minimal(), old(subscriber=other, patient=replace(MARIA, first_name=""))) == []


def test_twins_share_member_id_and_birth():
    assert seen(minimal(**dependent("ANNA")), old(**dependent("BERTA"))) == []
    assert seen(minimal(**dependent("ANNA")), old(**dependent("Anna"))) == ["OLD1"]


def test_without_a_birth_date_nobody_is_found():
    nobody = {
        "patient": replace(MARIA, birth_day=None),
        "subscriber": replace(minimal().subscriber, birth_day=None),
    }
    assert seen(minimal(**nobody), old(**nobody)) == []


def test_the_claim_itself_and_what_it_replaces_are_no_history():
    assert seen(minimal(), minimal()) == []
    first = old(line(1), claim="PCN0001")
    assert seen(minimal(frequency_code="7"), first) == []
    assert seen(minimal(), first) == ["PCN0001"]


def test_a_replaced_claim_gives_way_and_a_voided_one_goes():
    first, second = old(line(1, units=1)), old(line(1, units=2), frequency_code="7")
    found = History([first, second]).of(minimal())
    assert found == (second,)
    assert seen(minimal(), first, old(line(1), frequency_code="8")) == []
    assert seen(minimal(), first, old(line(1), claim="OLD2")) == ["OLD1", "OLD2"]


def test_each_line_looks_at_each_earlier_line():
    claim = minimal(lines=(line(1), line(2, day="2026-03-09")))
    earlier = old(line(7, "99203", day="2024-03-06"), line(8, day="2026-03-05"), line(9, day="2026-03-07"))
    found = facts(claim, "prior_line", history=[earlier])
    assert [(f["line_number"], f["prior_line_number"]) for f in found] == [(1, 7), (1, 8), (2, 7), (2, 8), (2, 9)]
    assert [f["days_before"] for f in found] == [729, 0, 733, 4, 2]
    assert [f["months_before"] for f in found[:2]] == [23, 0]
    placed = Projector({"prior_line": EVERYTHING["prior_line"]}).facts(view(claim, history=[earlier]))
    assert [(f.line, f.part) for f in placed] == [(1, 1), (1, 2), (2, 1), (2, 2), (2, 3)]


@pytest.mark.parametrize(("day", "months"), [("2023-03-05", 36), ("2023-03-06", 35), ("2026-02-05", 1)])
def test_months_are_whole(day, months):
    assert fact(minimal(), "prior_line", history=[old(line(1, day=day))])["months_before"] == months


def test_a_line_without_a_day_is_not_compared():
    assert facts(minimal(), "prior_line", history=[old(line(1, day=None))]) == []
    assert facts(minimal(lines=(line(1, day=None),)), "prior_line", history=[old(line(1))]) == []


def test_who_did_it():
    same = fact(minimal(), "prior_line", history=[old(line(1, day="2026-01-05"))])
    assert same["same_provider_unit"] is same["same_rendering_provider"] is same["same_group"] is True
    other = minimal().providers[1]
    providers = (minimal().providers[0], replace(other, npi="1003000126", taxonomy="207RC0000X"))
    values = fact(minimal(), "prior_line", history=[old(line(1, day="2026-01-05"), providers=providers)])
    assert (values["same_group"], values["same_provider_unit"], values["same_rendering_provider"]) == (
        True,
        False,
        False,
    )
    bare = fact(minimal(), "prior_line", history=[old(line(1, day="2026-01-05"), providers=())])
    assert {"same_group", "same_provider_unit", "same_rendering_provider"}.isdisjoint(bare)


def test_what_was_done():
    values = fact(minimal(), "prior_line", history=[old(*minimal().lines)])
    assert values["same_line_key"] is values["same_procedure"] is values["same_dx"] is True
    values = fact(minimal(), "prior_line", history=[old(line(1, "99214", day="2026-01-05"))])
    assert (values["same_line_key"], values["same_procedure"]) == (False, False)
    assert "same_dx" not in values  # the earlier line points to none
    assert "same_stay" not in values


def test_the_same_stay_has_the_same_admission():
    stay = {"admission_day": date(2026, 3, 1)}
    now = minimal(**stay)
    assert fact(now, "prior_line", history=[old(line(1), **stay)])["same_stay"] is True
    assert fact(now, "prior_line", history=[old(line(1), admission_day=date(2026, 2, 1))])["same_stay"] is False


@pytest.mark.parametrize(
    ("procedure", "modifiers", "answer"),
    [("99213", (), True), ("20610", (), True), ("93010", (), False), ("92004", ("26",), False), ("36415", (), False)],
)
def test_face_to_face(procedure, modifiers, answer):
    earlier = old(line(1, procedure, day="2026-01-05", modifiers=modifiers))
    assert fact(minimal(), "prior_line", history=[earlier])["face_to_face"] is answer


def test_a_facility_claim_is_not_face_to_face():
    earlier = minimal("institutional", patient=MARIA, subscriber=minimal().subscriber)
    found = facts(minimal(lines=(line(1, day="2026-12-31"),)), "prior_line", history=[earlier])
    assert found
    assert not any(f["face_to_face"] for f in found)


def test_the_tooth_of_a_line_that_names_one():
    dental = minimal("dental", patient=MARIA, subscriber=minimal().subscriber)
    one = replace(dental, lines=(line(1, "D7140", day="2025-01-05", teeth=(Tooth(tooth="03"),)),))
    assert fact(minimal(), "prior_line", history=[one])["tooth"] == "3"
    two = replace(dental, lines=(line(1, "D7140", day="2025-01-05", teeth=(Tooth(tooth="3"), Tooth(tooth="4"))),))
    assert "tooth" not in fact(minimal(), "prior_line", history=[two])


def test_procedure_month_counts_this_claim_and_with_history():
    lines = (
        line(2, "99490", day="2026-03-31", units=2),
        line(1, "99490", day="2026-03-01"),
        line(3, "99490", day="2026-04-01"),
    )
    march, april = facts(minimal(lines=lines), "procedure_month", history=[old(line(1, "99490", day="2026-03-15"))])
    assert (march["month"], march["line_count"], march["units_total"]) == ("2026-03", 2, 3000)
    assert (march["first_line"], march["last_line"], march["distinct_providers"]) == (1, 2, 1)
    assert (march["line_count_with_history"], march["units_total_with_history"]) == (3, 4000)
    assert (april["month"], april["line_count"], april["line_count_with_history"]) == ("2026-04", 1, 1)


def test_a_month_with_unknown_units_has_no_sum():
    values = fact(minimal(lines=(line(1, "99490", units=None),)), "procedure_month")
    assert "units_total" not in values
    assert facts(minimal(lines=(line(1, day=None), line(2, ""))), "procedure_month") == []


def test_mue_of_the_day_with_history():
    claim = minimal(lines=(line(1, "97597", units=1),))
    tables = with_rows(SHIPPED, {"mue-practitioner": [{"procedure": "97597", "mue_units": "2", "mai": "3"}]})
    alone = fact(claim, "procedure_day", tables=tables, history=[])
    assert (alone["units_total_with_history"], "units_over_mue_with_history" in alone) == (1000, False)
    together = fact(claim, "procedure_day", tables=tables, history=[old(line(4, "97597", units=2))])
    assert (together["line_count_with_history"], together["units_over_mue_with_history"]) == (2, 1000)
    assert "units_over_mue" not in together
    other_day = fact(claim, "procedure_day", tables=tables, history=[old(line(4, "97597", units=2, day="2026-03-04"))])
    assert other_day["line_count_with_history"] == 1


def test_the_primary_of_an_add_on_on_an_earlier_claim():
    claim = minimal(lines=(line(1, "99292"),))
    primary = {"add-on": [{"add_on": "99292", "primary": "99291", "type": "1"}]}
    tables = with_rows(SHIPPED, primary)
    assert fact(claim, "line", tables=tables, history=[old(line(1, "99291"))])["primary_in_history"] is True
    assert fact(claim, "line", tables=tables, history=[old(line(1, "99213"))])["primary_in_history"] is False
    late = old(line(1, "99291", day="2026-03-04"))
    assert fact(claim, "line", tables=tables, history=[late])["primary_in_history"] is False
    assert "primary_in_history" not in fact(claim, "line", tables=tables)
    assert "primary_in_history" not in fact(minimal(), "line", tables=tables, history=[])


def stay(admission, start, end, npi="1234567893"):
    claim = inpatient(patient=MARIA, subscriber=minimal().subscriber, patient_control_number="STAY")
    providers = tuple(replace(p, npi=npi) if p.role == "billing" else p for p in claim.providers)
    days = {"admission_day": admission, "statement_from_day": start, "statement_to_day": end}
    return replace(claim, providers=providers, **days)


@pytest.mark.parametrize(
    ("admission", "days", "within"),
    [(date(2026, 3, 8), 3, False), (date(2026, 3, 5), 0, False), (date(2026, 3, 4), -1, True)],
)
def test_a_stay_before_or_after(admission, days, within):
    values = fact(minimal(), "prior_stay", history=[stay(admission, admission, date(2026, 3, 12))])
    assert (values["days_to_admission"], values["within"], values["same_group"]) == (days, within, True)
    assert (values["line_number"], values["claim_id"]) == (1, "STAY")


def test_the_last_day_of_a_stay_is_not_within():
    values = fact(
        minimal(), "prior_stay", history=[stay(date(2026, 3, 1), date(2026, 3, 1), date(2026, 3, 5), "1003000126")]
    )
    assert (values["within"], values["same_group"]) == (False, False)


def test_no_history_is_no_fact():
    for kind in ("prior_line", "prior_stay"):
        assert facts(minimal(), kind) == []
        assert facts(minimal(), kind, history=[]) == []
        assert facts(minimal(), kind, history=[minimal()]) == []


def test_the_order_of_lines_and_of_history_does_not_matter():
    lines = [line(n, code, day=f"2026-03-0{n}") for n, code in ((1, "99213"), (2, "20610"), (3, "99490"))]
    history = [old(line(1, day="2026-01-01")), old(line(2, "99490", day="2026-03-01"), claim="OLD2")]
    kinds = {k: EVERYTHING[k] for k in ("prior_line", "procedure_month", "procedure_day", "claim_day")}

    def found(order, earlier):
        made = Projector(kinds).facts(view(minimal(lines=tuple(order)), history=earlier, tables=SAMPLES))
        return sorted((f.kind, f.line, sorted(f.values.items())) for f in made)

    assert found(lines, history) == found(lines[::-1], history[::-1])


def test_nothing_is_looked_up_for_rules_that_do_not_look_back(monkeypatch):
    monkeypatch.setattr(History, "of", lambda *_: pytest.fail("history was searched"))
    Projector({"line": KindNeeds(fields=("number",))}).facts(view(minimal(), history=[old(line(1))]))


def test_a_dependent_diagnosis_of_the_earlier_line():
    claim = old(line(1, day="2026-01-05", diagnosis_pointers=(2,)))
    claim = msgspec.structs.replace(
        claim, diagnoses=(*claim.diagnoses, Diagnosis(position=2, code="Z3401", qualifier="ABF"))
    )
    values = fact(minimal(), "prior_line", history=[claim])
    assert (values["first_diagnosis"], values["same_dx"]) == ("Z3401", False)
    assert values["service_day"] == number("2026-01-05")


PAIRS = [
    {"column_one": "80053", "column_two": "80048", "modifier_indicator": "0"},
    {"column_one": "80053", "column_two": "82310", "modifier_indicator": "1"},
    {"column_one": "80053", "column_two": "84132", "modifier_indicator": "9"},
]


def history_pairs(claim, *earlier):
    return facts(claim, "history_pair", history=list(earlier), tables=with_rows(SAMPLES, {"ptp-practitioner": PAIRS}))


def test_a_pair_with_an_earlier_claim_of_the_day_is_found_either_way_round():
    now, earlier = minimal(lines=(line(2, "80048"),)), old(line(1, "80053", modifiers=("59",)))
    assert history_pairs(now, earlier) == [
        {
            "line_number": 2,
            "claim_id": "OLD1",
            "column_one": "80053",
            "column_two": "80048",
            "service_day": number("2026-03-05"),
            "same_rendering_provider": True,
            "modifier_indicator": "0",
            "prior_modifier_count": 1,
        }
    ]
    (turned,) = history_pairs(minimal(lines=(line(1, "80053"),)), old(line(1, "82310")))
    assert (turned["column_two"], turned["modifier_indicator"], turned["prior_modifier_count"]) == ("82310", "1", 0)


def test_no_pair_across_days_forms_or_void_rows():
    now = minimal(lines=(line(1, "80053"),))
    assert history_pairs(now, old(line(1, "80048", day="2026-03-06"))) == []
    assert history_pairs(now, old(line(1, "84132"))) == []
    assert history_pairs(now, old(line(1, "80048"), claim_type="institutional")) == []
    assert history_pairs(replace(now, claim_type="institutional"), old(line(1, "80048"))) == []

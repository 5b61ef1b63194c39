from datetime import date

import pytest
from msgspec.structs import replace

from engine.claim.model import Address, Adjustment, ClaimCode, Diagnosis, LineAdjudication, OtherPayer, Provider, Tooth
from engine.facts.derive.code_counts import sets_of
from engine.facts.project import Projector
from engine.facts.view import ClaimView
from engine.facts.vocabulary import vocabulary
from tests.facts.helpers import CODE_SETS, EVERYTHING, fact, facts, inpatient, line, minimal, number, view


def day_of(*lines, **context):
    return facts(minimal(lines=lines), "claim_day", **context)


def test_every_code_set_that_a_field_names_is_there():
    for kind in vocabulary().values():
        for field in kind.fields.values():
            assert set(field.sets) <= set(CODE_SETS), kind.name


def test_visits_of_a_day_by_unit():
    (values,) = day_of(line(1), line(2, "99214"), line(3, "93000"), line(4, "99292"))
    assert (values["em_count"], values["line_count"], values["first_line"], values["last_line"]) == (2, 4, 1, 4)
    other = (Provider(role="rendering", npi="1003000126", taxonomy="207RC0000X"),)
    counts = [f["em_count"] for f in day_of(line(1), line(2, "99214", providers=other))]
    assert counts == [1, 1]
    assert [f["em_count"] for f in day_of(line(1), line(2, day="2026-03-06"))] == [1, 1]
    assert day_of(line(1, day=None)) == []


def test_vaccines_and_their_administration():
    (values,) = day_of(
        line(1, "90686"), line(2, "90715"), line(3, "90471"), line(4, "90472", units=1), line(5, "90461")
    )
    assert (values["vaccine_product_count"], values["vaccine_admin_units"]) == (2, 2000)
    assert values["vaccine_admin_product_gap"] == 0
    (values,) = day_of(line(1, "90686"))
    assert (values["vaccine_admin_units"], values["vaccine_admin_product_gap"]) == (0, -1)
    (values,) = day_of(line(1, "90471", units=None))
    assert {"vaccine_admin_units", "vaccine_admin_product_gap"}.isdisjoint(values)
    (values,) = day_of(line(1, "90471", units="1.5"))
    assert "vaccine_admin_product_gap" not in values


def test_drugs_infusions_anesthesia_and_drug_tests():
    (values,) = day_of(
        line(1, "J1885"), line(2, "96372"), line(3, "96365"), line(4, "96374"), line(5, "00840"), line(6, "80305"),
        line(7, "80307"), line(8, "G0481"), line(9, "90471"),
    )  # fmt: skip
    assert (values["drug_count"], values["drug_admin_count"], values["initial_infusion_count"]) == (1, 3, 2)
    assert (values["anesthesia_code_count"], values["presumptive_drug_test_count"]) == (1, 2)
    assert values["definitive_drug_test_count"] == 1


def test_a_code_set_that_is_not_loaded_leaves_the_count_out():
    made = view(minimal())
    bare = ClaimView(made.claim, replace(made.context, code_sets={}))
    (found,) = Projector({"claim_day": EVERYTHING["claim_day"]}).facts(bare)
    assert set(found.values) == {"service_day", "provider_unit", "line_count", "first_line", "last_line"}
    assert sets_of("claim_day", "line_count") == ()


def modifier(code):
    values = fact(minimal(lines=(line(1, modifiers=(code,)),)), "line_modifier")
    return values.get("family"), values.get("area"), values["pricing"], values["ambulance_pair_ok"]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("E1", ("anatomic", "eyelid", False, False)),
        ("LD", ("anatomic", "coronary", False, False)),
        ("26", ("component", None, True, False)),
        ("QZ", ("anesthesia_payment", None, True, False)),
        ("RH", (None, None, False, True)),
        ("XR", (None, None, False, False)),
        ("25", ("global", None, False, False)),
        ("ZZ", (None, None, False, False)),
    ],
)
def test_families_of_modifiers(code, expected):
    assert modifier(code) == expected


def test_a_modifier_is_in_one_family():
    from engine.reference.modifiers import _data

    codes = [code for family in _data()["family"].values() for code in family]
    assert len(codes) == len(set(codes))
    assert set(_data()["family"]) == set(vocabulary()["line_modifier"].fields["family"].values)
    assert set(_data()["area"]) == set(vocabulary()["line_modifier"].fields["area"].values)


def manipulation(procedure, *codes):
    diagnoses = tuple(Diagnosis(position=n, code=code, role="other") for n, code in enumerate(codes, start=1))
    pointers = tuple(range(1, len(codes) + 1))
    return fact(minimal(diagnoses=diagnoses, lines=(line(1, procedure, diagnosis_pointers=pointers),)), "line")


@pytest.mark.parametrize(
    ("procedure", "codes", "needed", "gap"),
    [
        ("98940", ("M9903",), 1, 0),
        ("98941", ("M9903", "M9903"), 3, 2),
        ("98941", ("M9900", "M9901", "M9902", "M9903"), 3, 0),
        ("98942", ("M9901", "M9912", "M9903", "M9904"), 5, 1),
        ("98929", ("M9900", "M9901"), 9, 7),
        ("98925", ("I10",), 1, 1),
    ],
)
def test_regions(procedure, codes, needed, gap):
    values = manipulation(procedure, *codes)
    assert (values["regions_needed"], values["region_gap"]) == (needed, gap)


def test_other_codes_have_no_regions():
    assert {"regions_needed", "region_gap"}.isdisjoint(manipulation("99213", "M9903"))


@pytest.mark.parametrize(
    ("procedure", "surfaces", "gap"),
    [
        ("D2392", "M", 1),
        ("D2392", "MO", 0),
        ("D2391", "MO", -1),
        ("D2394", "MODBL", 0),
        ("D2394", "MOD", 1),
        ("D2335", "M", None),
    ],
)
def test_surfaces(procedure, surfaces, gap):
    teeth = (Tooth(tooth="3", surfaces=tuple(surfaces)),)
    values = fact(minimal("dental", lines=(line(1, procedure, teeth=teeth),)), "line")
    assert values.get("surface_count_gap") == gap
    assert (values["tooth_requirement"], values["tooth"]) == ("tooth", "3")


def test_surfaces_of_several_teeth_are_not_counted():
    teeth = (Tooth(tooth="3", surfaces=("M",)), Tooth(tooth="4", surfaces=("O",)))
    assert "surface_count_gap" not in fact(minimal("dental", lines=(line(1, "D2392", teeth=teeth),)), "line")


def test_what_a_dental_code_is_for():
    codes = ["D7140", "D4341", "D0120", "99213"]
    found = facts(minimal("dental", lines=tuple(line(n, c) for n, c in enumerate(codes, 1))), "line")
    assert [f.get("tooth_requirement") for f in found] == ["tooth", "area", "none", None]


@pytest.mark.parametrize(("received", "left"), [("2026-06-03", 0), ("2026-06-02", 1), ("2026-06-04", -1)])
def test_days_to_the_limit(received, left):
    parameters = {"timely_filing_basis": "from", "timely_filing_days": 90, "timely_filing_limit": "days"}
    assert fact(minimal(), "claim", received=received, **parameters)["days_to_limit"] == left


def test_days_to_a_limit_of_one_year():
    parameters = {"timely_filing_basis": "from", "timely_filing_days": 90, "timely_filing_limit": "one_year"}
    claim = minimal(lines=(line(1, day="2024-02-29"),))
    assert fact(claim, "claim", received="2025-02-28", **parameters)["days_to_limit"] == 0
    assert "days_to_limit" not in fact(minimal(), "claim", timely_filing_days=90)
    assert "days_to_limit" not in fact(minimal(), "claim", timely_filing_basis="from")
    assert "days_to_limit" not in fact(minimal(), "claim", received=None, **parameters)


def test_each_line_has_its_own_limit():
    claim = minimal(lines=(line(1, day="2025-03-01"), line(2, day="2025-03-10", end="2025-03-20")))
    one, two = facts(claim, "line", received="2026-03-05", timely_filing_basis="by_claim_type")
    assert (one["days_past_one_year_limit"], two["days_past_one_year_limit"]) == (4, -5)
    assert (one["days_from_filing_basis_to_receipt"], two["days_from_filing_basis_to_receipt"]) == (369, 360)
    _, two = facts(claim, "line", received="2026-03-05", timely_filing_basis="through")
    assert two["days_past_one_year_limit"] == -15
    assert "days_past_one_year_limit" not in facts(claim, "line", received="2026-03-05")[0]


def test_the_age_on_the_day_of_the_line():
    claim = minimal(lines=(line(1, day="2026-06-14"), line(2, day="2026-06-15"), line(3, day="1979-01-01")))
    assert [f.get("age_years") for f in facts(claim, "line")] == [45, 46, None]


def test_telehealth_until():
    claim = minimal(lines=(line(1), line(2, day="2026-03-06")))
    until = number("2026-03-05")
    assert [f["after_telehealth_until"] for f in facts(claim, "line", telehealth_until=until)] == [False, True]
    assert "after_telehealth_until" not in facts(claim, "line")[0]


def test_who_is_named_on_the_line_or_on_the_claim():
    providers = (*minimal().providers, Provider(role="referring", npi="1003000126"))
    own = (Provider(role="ordering", npi="1003000134"), Provider(role="referring", npi="1003000142"))
    one, two = facts(minimal(providers=providers, lines=(line(1), line(2, providers=own))), "line")
    assert (one["referring_provider"], two["referring_provider"]) == ("1003000126", "1003000142")
    assert ("ordering_provider" in one, two["ordering_provider"]) == (False, "1003000134")
    assert (one["billing_provider"], "supervising_provider" in one) == ("1234567893", False)
    values = fact(minimal(providers=(*providers, Provider(role="service_facility", last_name="HOSPITAL"))), "claim")
    assert (values["referring_provider"], values["service_facility"]) == ("1003000126", "HOSPITAL")
    assert {"attending_provider", "operating_provider"}.isdisjoint(values)
    assert "service_facility" not in fact(minimal(), "claim")


def test_the_diagnoses_of_a_line():
    diagnoses = tuple(Diagnosis(position=n, code=c, role="other") for n, c in enumerate(("S52501A", "I10", "E119"), 1))
    one, two = facts(minimal(diagnoses=diagnoses, lines=(line(1, diagnosis_pointers=(3, 1, 3)), line(2))), "line")
    assert (one["first_diagnosis"], one["diagnoses_text"]) == ("E119", "E119 S52501A")
    assert {"first_diagnosis", "diagnoses_text"}.isdisjoint(two)
    pointed = facts(minimal(diagnoses=diagnoses, lines=(line(1, diagnosis_pointers=(1, 2)),)), "line_diagnosis")
    assert [(f["category"], f.get("seventh_character")) for f in pointed] == [("S52", "A"), ("I10", None)]


def test_room_and_board():
    lines = (
        line(1, "", revenue_code="0120", units=3),
        line(2, "", revenue_code="0185", units=1),
        line(3, "", revenue_code="0250"),
    )
    claim = inpatient(lines=lines)
    assert [f["room_and_board"] for f in facts(claim, "line")] == [True, False, False]
    assert fact(claim, "claim")["accommodation_units"] == 3
    assert fact(minimal("institutional", lines=lines[2:]), "claim")["accommodation_units"] == 0
    assert "accommodation_units" not in fact(inpatient(lines=(replace(lines[0], units=None),)), "claim")
    assert "accommodation_units" not in fact(minimal(), "claim")
    assert "room_and_board" not in fact(minimal(), "line")


def test_codes_of_the_claim_as_flags():
    codes = (ClaimCode(family="condition", code="45"), ClaimCode(family="condition", code="07"))
    values = fact(minimal("institutional", codes=(*codes, ClaimCode(family="value", code="45"))), "claim")
    assert (values["gender_conflict_flag"], values["unrelated_to_hospice"]) == (True, True)
    assert values["condition_codes_text"] == "07 45"
    values = fact(minimal("institutional", codes=(ClaimCode(family="value", code="45"),)), "claim")
    assert (values["gender_conflict_flag"], values["unrelated_to_hospice"]) == (False, False)
    assert "condition_codes_text" not in values
    assert fact(minimal(lines=(line(1), line(2, modifiers=("KX",)))), "claim")["gender_conflict_flag"] is True


def test_subscriber_and_provider_details():
    assert fact(minimal(), "claim")["subscriber_entity"] == "person"
    assert "subscriber_entity" not in fact(minimal(subscriber=replace(minimal().subscriber, entity="")), "claim")
    billing, rendering = facts(minimal(), "provider")
    assert (billing["tax_id_kind"], billing["city"], "country" in billing) == ("ein", "SPRINGFIELD", False)
    assert {"tax_id_kind", "city"}.isdisjoint(rendering)
    abroad = replace(minimal().providers[0], address=Address(city="LYON", country="FR"))
    assert facts(minimal(providers=(abroad,)), "provider")[0]["country"] == "FR"


def test_age_at_admission():
    born = replace(minimal().patient, birth_day=date(2026, 1, 1))
    assert fact(minimal(patient=born, admission_day=date(2026, 1, 5)), "claim")["age_days_at_admission"] == 4
    assert "age_days_at_admission" not in fact(minimal(patient=born, admission_day=date(2025, 12, 5)), "claim")
    assert "age_days_at_admission" not in fact(minimal(), "claim")


def test_an_adjustment_is_judged_on_the_day_of_the_decision():
    adjustments = (Adjustment(group="CO", reason="45", amount_cents=100),)
    other = OtherPayer(adjustments=adjustments, adjudication_day=date(2026, 4, 2))
    on_line = LineAdjudication(payer_id="A", adjustments=adjustments)
    claim = minimal(other_payers=(other,), lines=(line(1, adjudications=(on_line,)),))
    one, two = facts(claim, "adjustment")
    assert (one["adjudication_day"], "adjudication_day" in two) == (number("2026-04-02"), False)
    from engine.facts.project import KINDS

    source, made = KINDS["adjustment"], view(claim)
    assert [source.day(made, part) for part in source.parts(made)] == [number("2026-04-02"), number("2026-03-05")]

import pytest

from engine.claim.model import Diagnosis
from engine.facts.needs import KindNeeds
from engine.facts.project import Projector
from engine.reference.catalog import Tables
from engine.reference.notes.store import TABLE, shipped_notes
from tests.facts.helpers import facts, inpatient, line, minimal, number, view

AFTER = "2026-04-01"


def listed(*codes, roles=()):
    roles = dict(roles)
    return tuple(
        Diagnosis(
            position=n,
            code=code,
            role=roles.get(code, "other" if n > 1 else "principal"),
            qualifier="ABK" if n == 1 else "ABF",
        )
        for n, code in enumerate(codes, start=1)
    )


def notes(*codes, day=AFTER, roles=(), **wanted):
    claim = minimal(diagnoses=listed(*codes, roles=roles), lines=(line(1, day=day),))
    found = facts(claim, "dx_note")
    return [f for f in found if all(f.get(name) == value for name, value in wanted.items())]


def test_a_pair_that_excludes_each_other_is_one_fact():
    (note,) = notes("E119", "E109", note="excludes1")
    assert (note["code"], note["partner"], note["partner_position"]) == ("E119", "E109", 2)
    assert (note["pair"], note["exact"], note["node"], note["level"]) == ("E109|E119", True, "E11", "code")
    assert note["wording"] == "type 1 diabetes mellitus (E10.-)"
    assert {"satisfied", "order_ok"}.isdisjoint(note)


def test_the_pair_is_the_same_in_any_order():
    (one,), (other,) = notes("E119", "E109", note="excludes1"), notes("E109", "E119", note="excludes1")
    assert one["pair"] == other["pair"]


def test_codes_that_go_together_give_no_pair():
    assert notes("E119", "I10", note="excludes1") == []


def test_a_range_is_not_exact():
    (note,) = notes("E119", "P702", note="excludes1")
    assert note["exact"] is True  # E11 names P70.2 itself, chapter 4 the range
    (note,) = notes("E0800", "P741", note="excludes1")
    assert (note["exact"], note["level"]) == (False, "chapter")


def test_code_first_missing():
    (note,) = notes("F0280", note="code_first")
    assert (note["mandatory"], note["open"], note["satisfied"]) == (True, True, False)
    assert {"partner", "order_ok", "exact", "pair"}.isdisjoint(note)
    assert note["named"].startswith("G30.-, E75.4, A81.0-")
    assert len(note["wording"]) <= 160
    assert note["wording"].startswith("the underlying physiological condition, such as: Alzheimer's")


@pytest.mark.parametrize(("codes", "order"), [(("G309", "F0280"), True), (("F0280", "G309"), False)])
def test_code_first_order(codes, order):
    (note,) = notes(*codes, note="code_first")
    assert (note["satisfied"], note["partner"], note["order_ok"]) == (True, "G309", order)


def test_of_several_partners_the_one_in_order_counts():
    (note,) = notes("G309", "F0280", "B20", note="code_first", code="F0280")
    assert (note["partner"], note["order_ok"]) == ("G309", True)


@pytest.mark.parametrize(("codes", "order"), [(("E1122", "N1831"), True), (("N1831", "E1122"), False)])
def test_use_additional_comes_after(codes, order):
    (note,) = notes(*codes, note="use_additional", code="E1122", node="E1122")
    assert (note["satisfied"], note["order_ok"], note["named"]) == (True, order, "N18.1-N18.6")


def test_one_instruction_is_one_fact_whose_lines_are_alternatives():
    (note,) = notes("E119", "Z7984", note="use_additional", node="E11")
    assert (note["satisfied"], note["mandatory"], note["named"]) == (True, False, "Z79.85, Z79.4, Z79.84")


def test_code_also_wants_no_order():
    (note,) = notes("J189", "J690", note="code_also", node="J18")
    assert (note["satisfied"], "order_ok" in note) == (True, False)


def test_who_carries_notes_and_who_may_be_a_partner():
    assert notes("I10", "F0280", roles=[("F0280", "admitting")], code="F0280") == []
    assert notes("F0280", "G309", roles=[("G309", "admitting")], note="code_first")[0]["satisfied"] is False
    claim = inpatient(diagnoses=(*listed("F0280"), Diagnosis(position=1, code="T400X1A", role="external_cause")))
    (note,) = [f for f in facts(claim, "dx_note") if f["note"] == "code_first"] or [None]
    assert note is None or note["order_ok"] is False


def test_a_repeated_or_an_icd9_code_carries_nothing():
    assert len(notes("F0280", "F0280", note="code_first")) == 1
    diagnoses = (Diagnosis(position=1, code="F0280", role="principal", qualifier="BK"),)
    assert facts(minimal(diagnoses=diagnoses, lines=(line(1, day=AFTER),)), "dx_note") == []


def test_before_the_edition_there_is_no_answer_and_the_table_says_so():
    assert notes("F0280", day="2026-03-31") == []
    tables = Tables.load()
    assert tables.status(TABLE, number(AFTER)) is None
    assert tables.status(TABLE, number("2026-03-31")) == (
        "table icd10cm-partners begins 2026-04-01, after the service day 2026-03-31"
    )
    assert facts(minimal(diagnoses=listed("F0280"), lines=(line(1, day=AFTER),)), "dx_note", tables=Tables([])) == []


def test_the_notes_as_a_table():
    store = shipped_notes()
    assert store.edition.digest == ""
    rows = store.rows("E1122")
    assert rows[0].values == {
        "code": "E1122",
        "node": "E1122",
        "note": "use_additional",
        "wording": "code to identify stage of chronic kidney disease (N18.1-N18.6)",
        "partners": "N181-N186",
    }
    assert len(store.edition.digest) == 64
    assert set(store.rows_many(["E1122", "XXX"])) == {"E1122"}
    assert store.keys_from("E") == ()


def test_facts_are_numbered():
    claim = minimal(diagnoses=listed("E119", "E109", "F0280"), lines=(line(1, day=AFTER),))
    made = Projector({"dx_note": KindNeeds(fields=("code",))}).facts(view(claim))
    assert [f.part for f in made] == list(range(1, len(made) + 1))
    assert {f.line for f in made} == {0}


def diagnosis(code, *fields, day=AFTER):
    claim = minimal(diagnoses=listed(code), lines=(line(1, day=day, diagnosis_pointers=(1,)),))
    (values,) = facts(claim, "diagnosis")
    return [values.get(field) for field in fields]


@pytest.mark.parametrize(
    ("code", "both"),
    [("M1711", "M170"), ("H2511", "H2513"), ("M1710", None), ("I10", None), ("M1731", "M172"), ("G5602", "G5603")],
)
def test_the_code_for_both_sides(code, both):
    assert diagnosis(code, "bilateral_code") == [both]


@pytest.mark.parametrize(
    ("code", "answer"),
    [("M1710", True), ("H2510", True), ("M1711", None), ("I10", None), ("S52509A", True), ("E133529", True)],
)
def test_sided_codes_are_there(code, answer):
    assert diagnosis(code, "laterality_available") == [answer]


@pytest.mark.parametrize(
    ("code", "site"), [("C50911", "Z853"), ("Z853", "Z853"), ("C3490", "Z85118"), ("C61", None), ("I10", None)]
)
def test_the_site_of_a_neoplasm(code, site):
    assert diagnosis(code, "neoplasm_site") == [site]
    assert diagnosis(code, "neoplasm_site", day="2026-03-31") == [None]


def test_intent_agrees_with_the_descriptions():
    words = {
        "accidental": "accidental",
        "self_harm": "self-harm",
        "assault": "assault",
        "undetermined": "undetermined",
        "adverse_effect": "adverse effect",
        "underdosing": "underdosing",
    }
    tables = Tables.load()
    for code in ("T45515A", "T383X6A", "T6401XA", "T401X1A", "T39012A", "T50903A", "T510X4A"):
        (intent,) = diagnosis(code, "intent")
        assert words[intent] in tables.rows("icd10cm", code)[-1].values["description"].lower()
    assert diagnosis("S52501A", "intent") == [None]
    assert diagnosis("T36", "intent") == [None]

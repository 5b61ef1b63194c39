from datetime import date

import pytest
from msgspec.structs import replace

from engine.claim.model import Diagnosis
from tests.facts.helpers import fact, facts, inpatient, line, minimal, number


def dx(*codes, **changes):
    """Diagnoses in order, the first principal."""
    return tuple(
        Diagnosis(
            position=n,
            code=code,
            role="principal" if n == 1 else "other",
            qualifier="ABK" if n == 1 else "ABF",
            **changes,
        )
        for n, code in enumerate(codes, start=1)
    )


def diagnosis(code, day="2026-03-05", birth="1980-06-15", sex="female", **changes):
    claim = minimal(diagnoses=dx(code, **changes), lines=(line(1, day=day, diagnosis_pointers=(1,)),))
    patient = replace(claim.patient, birth_day=birth and date.fromisoformat(birth), sex=sex)
    return fact(replace(claim, patient=patient), "diagnosis")


def test_a_professional_diagnosis_is_judged_on_the_earliest_line_that_points_to_it():
    lines = (
        line(1, day="2026-03-05", diagnosis_pointers=(1, 2)),
        line(2, day="2026-03-02", diagnosis_pointers=(2,)),
        line(3, day="2026-03-01", diagnosis_pointers=()),
    )
    found = facts(minimal(diagnoses=dx("I10", "E119", "Z794"), lines=lines), "diagnosis")
    assert [f["judged_day"] for f in found] == [number("2026-03-05"), number("2026-03-02"), number("2026-03-01")]


def test_an_inpatient_diagnosis_is_judged_on_discharge():
    found = facts(inpatient(), "diagnosis")
    assert {f["judged_day"] for f in found} == {number("2026-03-12")}
    assert {f["judged_day"] for f in facts(replace(inpatient(), facility_code="13"), "diagnosis")} == {
        number("2026-03-09")
    }


def test_without_any_day_nothing_is_judged():
    values = fact(minimal(diagnoses=dx("I10"), lines=()), "diagnosis")
    assert {"judged_day", "status_on_day", "valid_from", "manifestation", "age_conflict"}.isdisjoint(values)


@pytest.mark.parametrize(
    ("code", "status", "longer"),
    [
        ("I10", "valid", None),
        ("E113", "not_billable", "E11.311, E11.319, E11.3211"),
        ("S52501", "missing_seventh", "S52.501A, S52.501B, S52.501C"),
        ("K352", "retired", "K35.200, K35.201, K35.209"),
        ("I10X", "unknown", None),
        ("1I0", "malformed", None),
    ],
)
def test_standing(code, status, longer):
    values = diagnosis(code)
    assert (values["status_on_day"], values.get("longer_codes")) == (status, longer)


def test_validity_days():
    values = diagnosis("K352")
    assert (values["valid_from"], values["valid_to"]) == (number("2015-10-01"), number("2018-09-30"))
    assert "valid_to" not in diagnosis("I10")


def test_a_code_that_starts_later():
    assert diagnosis("K3520", day="2018-09-30")["status_on_day"] == "not_yet"
    assert diagnosis("K3520", day="2018-10-01")["status_on_day"] == "valid"


def test_before_icd10_there_is_no_standing():
    assert "status_on_day" not in diagnosis("I10", day="2015-09-30")


def test_an_icd9_code_is_named_so():
    claim = minimal(diagnoses=(Diagnosis(position=1, code="4019", role="principal", qualifier="BK"),))
    values = fact(claim, "diagnosis")
    assert (values["status_on_day"], values["icd9"]) == ("icd9", True)
    assert "valid_from" not in values
    assert diagnosis("I10")["icd9"] is False


@pytest.mark.parametrize(
    ("code", "start", "end", "whole"),
    [
        ("K352", "2018-09-29", "2018-09-30", True),
        ("K352", "2018-09-30", "2018-10-01", False),
        ("K3520", "2018-09-30", "2018-10-01", False),
        ("K3520", "2018-10-01", "2018-10-01", True),
        ("I10X", "2018-10-01", "2018-10-01", None),
    ],
)
def test_valid_whole_span(code, start, end, whole):
    claim = minimal(diagnoses=dx(code), lines=(line(1, day=start, end=end, diagnosis_pointers=(1,)),))
    assert fact(claim, "diagnosis").get("valid_whole_span") is whole


def test_a_code_repeats_within_its_role_group():
    found = facts(inpatient(), "diagnosis")
    assert [f["repeat"] for f in found] == [False, False, False], "the admitting diagnosis may equal the principal"
    found = facts(minimal(diagnoses=dx("I10", "E119", "I10")), "diagnosis")
    assert [f["repeat"] for f in found] == [False, False, True]


def test_parts_of_a_code():
    values = diagnosis("S52501A")
    assert (values["category"], values["seventh_character"], values["chapter"]) == ("S52", "A", 19)
    assert "seventh_character" not in diagnosis("I10")


@pytest.mark.parametrize(
    ("code", "chapter"),
    [("A000", 1), ("D499", 2), ("D509", 3), ("E119", 4), ("H540", 7), ("H9190", 8), ("O9A111", 15), ("QA00101", 17),
     ("T889", 19), ("V0001XA", 20), ("Y999", 20), ("Z0000", 21), ("U071", 22), ("C7A00", 2), ("19", None)],
)  # fmt: skip
def test_chapter(code, chapter):
    assert diagnosis(code).get("chapter") == chapter


@pytest.mark.parametrize(
    ("code", "side"),
    [
        ("M1711", "right"),
        ("M1712", "left"),
        ("M170", "bilateral"),
        ("M25569", "unspecified"),
        ("I10", "none"),
        ("XXX", None),
    ],
)
def test_laterality(code, side):
    assert diagnosis(code).get("laterality") == side
    claim = minimal(diagnoses=dx(code), lines=(line(1, diagnosis_pointers=(1,)),))
    assert fact(claim, "line_diagnosis").get("laterality") == side


@pytest.mark.parametrize(
    ("code", "flag"),
    [("W010XXA", "external_cause"), ("H42", "manifestation"), ("Y6551", "wrong_procedure"), ("I10", "questionable")],
)
def test_flags_of_the_medicare_code_editor(code, flag):
    assert diagnosis(code)[flag] is True
    assert diagnosis("J189")[flag] is False
    assert flag not in diagnosis("XXX")


@pytest.mark.parametrize(
    ("code", "birth", "conflict"),
    [
        ("Z3801", "2026-03-05", "none"),
        ("Z3801", "2025-03-06", "none"),
        ("Z3801", "2025-03-05", "newborn"),
        ("O80", "1961-03-06", "none"),
        ("O80", "1961-03-05", "maternity"),
        ("O80", "2017-03-06", "maternity"),
        ("O80", "2017-03-05", "none"),
        ("I10", "1920-01-01", "none"),
        ("I10", None, None),
        ("I10", "2027-01-01", None),
        ("XXX", "1980-01-01", None),
    ],
)
def test_age_conflict(code, birth, conflict):
    claim = minimal(diagnoses=dx(code), lines=(line(1, diagnosis_pointers=(1,)),))
    birth_day = birth and date.fromisoformat(birth)
    claim = replace(
        claim,
        patient=replace(claim.patient, birth_day=birth_day),
        subscriber=replace(claim.subscriber, birth_day=birth_day),
    )
    assert fact(claim, "diagnosis").get("age_conflict") == conflict


def test_maternity_was_narrower_before_october_2019():
    assert diagnosis("O80", day="2019-09-30", birth="2008-09-30")["age_conflict"] == "maternity"
    assert diagnosis("O80", day="2019-10-01", birth="2008-09-30")["age_conflict"] == "none"


@pytest.mark.parametrize(
    ("code", "day", "sex", "of_code", "conflict"),
    [
        ("C61", "2024-09-30", "female", "male", True),
        ("C61", "2024-09-30", "male", "male", False),
        ("C61", "2024-10-01", "female", None, False),
        ("I10", "2024-09-30", "female", None, False),
        ("C61", "2024-09-30", "unknown", "male", None),
        ("XXX", "2024-09-30", "female", None, None),
    ],
)
def test_sex_conflict(code, day, sex, of_code, conflict):
    values = diagnosis(code, day=day, sex=sex)
    assert (values.get("code_sex"), values.get("sex_conflict")) == (of_code, conflict)


def test_a_line_points_in_its_own_order():
    claim = minimal(diagnoses=dx("I10", "E119", "Z794"), lines=(line(1, diagnosis_pointers=(3, 1, 9)),))
    found = facts(claim, "line_diagnosis")
    assert [(f["position"], f["code"]) for f in found] == [(1, "Z794"), (2, "I10")]


def test_institutional_lines_have_every_listed_diagnosis():
    found = facts(inpatient(), "line_diagnosis")
    lines = len(inpatient().lines)
    assert len(found) == 2 * lines
    assert {f["code"] for f in found} == {"J189", "I10"}


def test_two_diagnoses_at_one_position_leave_the_first():
    diagnoses = (Diagnosis(position=1, code="I10", role="principal"), Diagnosis(position=1, code="E119"))
    claim = minimal(diagnoses=diagnoses, lines=(line(1, diagnosis_pointers=(1,)),))
    assert fact(claim, "line_diagnosis")["code"] == "I10"

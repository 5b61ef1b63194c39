import pytest

from engine.reference import icd10cm, mce
from engine.reference.catalog import Tables
from engine.reference.days import read_day

TABLES = Tables.load()


def standing(code, day="2026-03-05"):
    return icd10cm.standing(TABLES, code, read_day(day))


@pytest.mark.parametrize(
    ("code", "day", "status"),
    [
        ("I10", "2026-03-05", "valid"),
        ("E11", "2026-03-05", "not_billable"),
        ("M17", "2026-03-05", "not_billable"),
        ("S52501", "2026-03-05", "missing_seventh"),
        ("W010", "2026-03-05", "missing_seventh"),
        ("S8990X", "2026-03-05", "missing_seventh"),
        ("K352", "2018-09-30", "valid"),
        ("K352", "2018-10-01", "retired"),
        ("K3520", "2018-09-30", "not_yet"),
        ("K3520", "2018-10-01", "valid"),
        ("Z999", "2026-03-05", "unknown"),
        ("E1199", "2026-03-05", "unknown"),
        ("11", "2026-03-05", "malformed"),
        ("E11.9", "2026-03-05", "malformed"),
        ("E119XXXX", "2026-03-05", "malformed"),
        ("I10", "2031-01-01", "valid"),
    ],
)
def test_a_code_stands_as_the_table_says(code, day, status):
    assert standing(code, day).status == status


def test_before_the_table_nothing_is_known():
    assert standing("I10", "2015-09-30") is None


def test_a_code_that_was_refined_names_its_successors():
    found = standing("K352", "2018-10-01")
    assert (found.valid_from, found.valid_to) == (read_day("2015-10-01"), read_day("2018-09-30"))
    assert found.longer_codes == ("K3520", "K3521")


def test_a_valid_code_is_described_and_open():
    found = standing("I10")
    assert (found.description, found.valid_to, found.longer_codes) == ("Essential (primary) hypertension", None, ())


def test_a_category_offers_three_longer_codes():
    assert standing("S52501").longer_codes == ("S52501A", "S52501B", "S52501C")


@pytest.mark.parametrize(
    ("text", "side"),
    [
        ("Unilateral primary osteoarthritis, right knee", "right"),
        ("Solitary cyst of left breast", "left"),
        ("Noise effects on left inner ear", "left"),
        ("Superficial frostbite of left toe(s), initial encounter", "left"),
        ("Hypoplasia of right tibia", "right"),
        ("Age-related nuclear cataract, bilateral", "bilateral"),
        ("Bilateral primary osteoarthritis of knee", "bilateral"),
        ("Blindness right eye category 3, normal vision left eye", "bilateral"),
        ("Pain in unspecified knee", "unspecified"),
        ("Unspecified fracture of unspecified lower leg", "unspecified"),
        ("Unspecified fracture of the lower end of right radius", "right"),
        ("Malignant neoplasm of unspecified site of unspecified female breast", "unspecified"),
        ("Malignant neoplasm of unspecified site of left female breast", "left"),
        ("Essential (primary) hypertension", "none"),
        ("Left sided colitis without complications", "none"),
        ("Acute right heart failure", "none"),
        ("Left ventricular failure, unspecified", "none"),
        ("Right upper quadrant pain", "none"),
        ("Unspecified open wound of abdominal wall, left lower quadrant", "none"),
        ("Obstruction due to foreign body accidentally left in body", "none"),
        ("Acute myocarditis, unspecified", "none"),
        ("Copyright violation", "none"),
    ],
)
def test_the_side_is_read_from_the_description(text, side):
    assert icd10cm.side(text) == side


@pytest.mark.parametrize(
    ("code", "day", "flags"),
    [
        ("O80", "2024-09-30", {"female", "maternity"}),
        ("O80", "2024-10-01", {"maternity"}),
        ("O80", "2030-01-01", {"maternity"}),
        ("Z3801", "2026-03-05", {"newborn"}),
        ("W010XXA", "2026-03-05", {"ecodepdx"}),
        ("XXX", "2026-03-05", None),
        ("O80", "2015-09-30", None),
    ],
)
def test_mce_flags_follow_the_day(code, day, flags):
    found = mce.flags(TABLES, code, read_day(day))
    assert found == (None if flags is None else frozenset(flags))


@pytest.mark.parametrize(
    ("group", "day", "ages"),
    [
        ("newborn", "2020-01-01", (0, 0)),
        ("pediatric", "2020-01-01", (0, 17)),
        ("adult", "2020-01-01", (15, 124)),
        ("maternity", "2019-09-30", (12, 55)),
        ("maternity", "2019-10-01", (9, 64)),
    ],
)
def test_age_groups(group, day, ages):
    assert mce.ages(group, read_day(day)) == ages


@pytest.mark.parametrize(
    ("code", "day", "status"),
    [
        ("0DTJ4ZZ", "2026-03-05", "valid"),
        ("0DTJ4ZZ", "2031-03-05", "valid"),
        ("0DTJ4ZZ", "2015-09-30", None),
        ("9999999", "2026-03-05", "unknown"),
        ("0DTJ4Z", "2026-03-05", "malformed"),
        ("0DTJ4OI", "2026-03-05", "malformed"),
    ],
)
def test_icd10pcs_codes_stand_as_the_table_says(code, day, status):
    assert mce.procedure_standing(TABLES, code, read_day(day)) == status


def test_icd10pcs_codes_come_and_go():
    retired = TABLES.rows("mce-sg", "XW03331") or TABLES.rows("mce-sg", "X2A5312")
    row = retired[-1]
    assert mce.procedure_standing(TABLES, row.values["code"], row.first_day) == "valid"
    assert mce.procedure_standing(TABLES, row.values["code"], retired[0].first_day - 1) in {"not_yet", None}

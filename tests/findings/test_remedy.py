"""A remedy makes a new claim in which one thing is changed, or nothing at all."""

from decimal import Decimal

import pytest

from engine.claim.model import Claim, ClaimCode, Diagnosis, Origin, ServiceLine
from engine.facts.fact import Fact
from engine.findings.remedy import apply, sentence
from engine.findings.report import FindingAt
from engine.rulebook.rule import Remedy, Slot

CLAIM = Claim(
    claim_type="professional",
    total_charge_cents=30000,
    original_reference_number="A1",
    diagnoses=(
        Diagnosis(position=1, code="I10", role="principal"),
        Diagnosis(position=2, code="E119"),
        Diagnosis(position=3, code="I10"),
        Diagnosis(position=4, code="Z000"),
        Diagnosis(position=1, code="R079", role="reason_for_visit"),
    ),
    lines=(
        ServiceLine(number=1, procedure="99213", charge_cents=10000, diagnosis_pointers=(1, 3, 4), modifiers=("25",)),
        ServiceLine(
            number=2, procedure="93005", charge_cents=20000, diagnosis_pointers=(9,), modifiers=("59", "59", "TC")
        ),
    ),
    codes=(ClaimCode(family="value", code="80"), ClaimCode(family="value", code="80", origin=Origin(loop="2300"))),
)
ON_2 = FindingAt(line=2, field="procedure")


def changed(remedy, at=ON_2, claim=CLAIM, **bound):
    return [(made.claim, made.words) for made in apply(remedy, claim, at, bound)]


def one(remedy, at=ON_2, claim=CLAIM, **bound):
    ((made, words),) = changed(remedy, at, claim, **bound)
    return made, words


def test_the_claim_itself_stays_as_it_was():
    before = CLAIM
    one(Remedy(operation="remove_line"))
    assert before == CLAIM
    assert len(CLAIM.lines) == 2


def test_a_removed_line_takes_its_charge_from_a_total_that_was_the_sum():
    made, words = one(Remedy(operation="remove_line"))
    assert ([line.number for line in made.lines], made.total_charge_cents, words) == (
        [1],
        10000,
        "remove line 2 (93005)",
    )


def test_a_total_that_was_not_the_sum_stays():
    wrong = Claim(claim_type="professional", total_charge_cents=1, lines=CLAIM.lines)
    assert one(Remedy(operation="remove_line"), claim=wrong)[0].total_charge_cents == 1


def test_the_only_line_is_not_removed():
    assert changed(Remedy(operation="remove_line"), claim=one(Remedy(operation="remove_line"))[0]) == []


def test_each_modifier_is_tried_in_order():
    at = FindingAt(line=1, field="procedure")
    made = changed(Remedy(operation="append_modifier", values=("XE", "59")), at)
    assert [claim.lines[0].modifiers for claim, _ in made] == [("25", "XE"), ("25", "59")]
    assert made[0][1] == "append modifier XE (or 59) to line 1"


@pytest.mark.parametrize(("modifiers", "value"), [(("25",), "25"), (("1A", "1B", "1C", "1D"), "25")])
def test_a_modifier_that_is_there_or_has_no_room_is_not_appended(modifiers, value):
    claim = Claim(claim_type="professional", lines=(ServiceLine(number=2, modifiers=modifiers),))
    assert changed(Remedy(operation="append_modifier", values=(value,)), claim=claim) == []


def test_modifiers_are_removed_replaced_and_put_first():
    slot = Slot("line_modifier", "code")
    fact = Fact("line_modifier", {"code": "TC"}, line=2)
    removed = one(Remedy(operation="remove_modifier", value=slot), line_modifier=fact)
    assert (removed[0].lines[1].modifiers, removed[1]) == (("59", "59"), "remove modifier TC from line 2")
    put = one(Remedy(operation="replace_modifier", value=slot, values=("26",)), line_modifier=fact)
    assert (put[0].lines[1].modifiers, put[1]) == (("59", "59", "26"), "put modifier 26 in place of TC on line 2")
    first = one(Remedy(operation="put_modifier_first", value="TC"))
    assert (first[0].lines[1].modifiers, first[1]) == (("TC", "59", "59"), "put modifier TC first on line 2")
    assert changed(Remedy(operation="remove_modifier", value="51")) == []


def test_repeats_go_where_the_finding_lies():
    made, words = one(Remedy(operation="remove_repeats"), FindingAt(line=2, field="modifiers"))
    assert (made.lines[1].modifiers, words) == (("59", "TC"), "send each of the modifiers of line 2 once")
    made, words = one(Remedy(operation="remove_repeats"), FindingAt(part="code 2", field="code"))
    assert (len(made.codes), words) == (1, "send each code once")
    assert changed(Remedy(operation="remove_repeats"), FindingAt(line=1, field="diagnosis_pointers")) == []


def test_pointers_follow_a_diagnosis_that_is_removed():
    made, words = one(Remedy(operation="remove_repeats"), FindingAt(diagnosis=3, field="code"))
    assert [(d.position, d.code, d.role) for d in made.diagnoses] == [
        (1, "I10", "principal"), (2, "E119", "other"), (3, "Z000", "other"), (1, "R079", "reason_for_visit"),
    ]  # fmt: skip
    assert [line.diagnosis_pointers for line in made.lines] == [(1, 3), (8,)]
    assert words == "remove the repeat of I10 and point to the one that stays"
    assert changed(Remedy(operation="remove_repeats"), FindingAt(diagnosis=2, field="code")) == []


def test_a_pointer_to_nothing_becomes_one_to_the_only_diagnosis():
    remedy = Remedy(operation="point_to_listed_diagnoses")
    assert changed(remedy) == []
    single = Claim(claim_type="professional", lines=CLAIM.lines, diagnoses=CLAIM.diagnoses[:1])
    made, words = one(remedy, claim=single)
    assert (made.lines[1].diagnosis_pointers, words) == ((1,), "point line 2 to diagnosis 1 only")


def test_a_field_is_set_or_left_out():
    fact = Fact("claim", {"line_charge_sum_cents": 30500})
    slot = Slot("claim", "line_charge_sum_cents", "cents")
    at = FindingAt(field="total_charge_cents")
    (found,) = apply(Remedy(operation="set", value=slot), CLAIM, at, {"claim": fact})
    made, words = found.claim, found.words
    assert (made.total_charge_cents, words) == (30500, "set the total charge to $305.00")
    made, words = one(Remedy(operation="set", value="1"), FindingAt(line=1, field="units"))
    assert (made.lines[0].units, words) == (Decimal(1), "set the units to 1 on line 1")
    made, words = one(Remedy(operation="leave_out"), FindingAt(field="original_reference_number"))
    assert (made.original_reference_number, words) == ("", "leave out the original reference number")
    assert changed(Remedy(operation="set", value="many"), FindingAt(line=1, field="units")) == []


def test_a_clinical_change_says_so():
    assert sentence(Remedy(operation="set", clinical=False), "set it") == "Set it."
    assert sentence(Remedy(operation="set"), "set it") == "If the record supports it, set it."

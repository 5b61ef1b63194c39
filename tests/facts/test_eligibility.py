from datetime import date

import pytest
from msgspec.structs import replace

from engine.claim.eligibility import EligibilityAnswer, ListedProvider, Period, ProviderList, TherapyUse
from engine.facts.derive.eligibility import LINE_FIELDS
from engine.facts.eligibility import Eligibility
from engine.facts.numbers import day_number as number
from tests.facts.helpers import line, minimal, view

MARIA = minimal().patient
DAY = date(2026, 3, 5)


def answer(member="ACM123456789", **fields):
    return EligibilityAnswer(member_id=member, **fields)


def found(claim, *answers, day=DAY):
    return len(Eligibility(answers).answers(claim, number(day)))


def test_an_answer_is_found_by_the_member_id_without_its_punctuation():
    assert found(minimal(), answer("acm-123 456789")) == 1
    assert found(minimal(), answer("ACM123456780")) == 0
    assert found(minimal(subscriber=replace(minimal().subscriber, member_id="")), answer("")) == 0


def test_another_date_of_birth_is_another_person():
    assert found(minimal(), answer(birth_day=MARIA.birth_day)) == 1
    assert found(minimal(), answer(birth_day=date(1999, 1, 1))) == 0


def test_a_dependent_needs_the_date_of_birth_and_twins_the_name():
    anna = minimal(patient=replace(MARIA, is_subscriber=False, first_name="ANNA"))
    assert found(anna, answer()) == 0
    assert found(anna, answer(birth_day=MARIA.birth_day)) == 1
    assert found(anna, answer(birth_day=MARIA.birth_day, first_name="Anna")) == 1
    assert found(anna, answer(birth_day=MARIA.birth_day, first_name="BERTA")) == 0


@pytest.mark.parametrize(
    ("days", "knows"),
    [
        ({}, True),
        ({"answered_on": DAY}, True),
        ({"answered_on": date(2026, 3, 4)}, False),
        ({"answered_on": date(2026, 3, 4), "asked_from": DAY}, True),
        ({"asked_from": date(2026, 3, 1), "asked_to": DAY}, True),
        ({"asked_from": date(2026, 3, 6), "asked_to": date(2026, 3, 9)}, False),
    ],
)
def test_an_answer_of_before_the_day_knows_nothing_of_it(days, knows):
    assert answer(**days).speaks_of(DAY) is knows


def test_a_period_includes_both_its_days():
    period = Period(kind="hospice", first_day=date(2026, 3, 1), last_day=DAY)
    assert period.touches(DAY, DAY)
    assert period.touches(date(2026, 2, 1), date(2026, 3, 1))
    assert not period.touches(date(2026, 3, 6), date(2026, 3, 9))


def test_who_is_on_no_list_is_not_known():
    roster = ProviderList(
        list="roster", payer="acme-ppo", providers=(ListedProvider(npi="1", last_day=DAY), ListedProvider(npi="2"))
    )
    known = Eligibility([roster])
    assert known.listed("roster", {"acme-ppo", "commercial"}, "1", number(DAY)) is True
    assert known.listed("roster", {"acme-ppo"}, "1", number(date(2026, 3, 6))) is False
    assert known.listed("roster", {"acme-ppo"}, "3", number(DAY)) is False
    assert known.listed("roster", {"tricare"}, "1", number(DAY)) is None
    assert known.listed("enrolment", {"acme-ppo"}, "1", number(DAY)) is None
    assert known.listed("roster", {"acme-ppo"}, "1", None) is None


def test_therapy_is_counted_by_discipline_and_year():
    uses = (
        TherapyUse(year=2026, discipline="pt_slp", used_cents=100),
        TherapyUse(year=2026, discipline="ot", used_cents=200),
        TherapyUse(year=2025, discipline="ot", used_cents=300),
    )

    def used(*modifiers):
        claim = minimal(lines=(line(1, "97110", modifiers=modifiers),))
        seen = view(claim, known=[answer(therapy=uses), answer()])
        return LINE_FIELDS["therapy_used_cents"](seen, seen.lines[0])

    assert [used("GP"), used("GN", "59"), used("GO")] == [100, 100, 200]
    assert [used(), used("GP", "GO")] == [None, None]

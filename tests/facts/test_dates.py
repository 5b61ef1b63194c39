from datetime import date

import pytest
from msgspec.structs import replace

from engine.claim.model import LineAdjudication, OtherPayer
from engine.facts.view import first_service_day
from tests.facts.helpers import fact, inpatient, line, minimal, number


def claim_fact(claim, **context):
    return fact(claim, "claim", **context)


def born(day, **changes):
    claim = minimal(**changes)
    return replace(claim, patient=replace(claim.patient, birth_day=day and date.fromisoformat(day)))


@pytest.mark.parametrize(
    ("birth", "service", "years", "days"),
    [
        ("1980-03-05", "2026-03-05", 46, 16801),
        ("1980-03-06", "2026-03-05", 45, 16800),
        ("2026-03-05", "2026-03-05", 0, 0),
        ("2026-03-06", "2026-03-05", None, None),
        ("2008-02-29", "2026-02-28", 17, 6574),
        ("2008-02-29", "2026-03-01", 18, 6575),
        ("2008-02-29", "2028-02-29", 20, 7305),
    ],
)
def test_age_on_the_first_service_day(birth, service, years, days):
    values = claim_fact(born(birth, lines=(line(1, day=service),)))
    assert (values.get("age_years"), values.get("age_days")) == (years, days)
    assert values["service_before_birth"] is (birth > service)


@pytest.mark.parametrize(
    ("procedure", "service", "ages", "conflict"),
    [
        ("99395", "2026-03-04", "18 to 39", False),
        ("99395", "2026-03-05", "18 to 39", True),
        ("99396", "2026-03-04", "40 to 64", True),
        ("99396", "2026-03-05", "40 to 64", False),
        ("99397", "2026-03-05", "65 and older", True),
        ("99381", "2026-03-05", "0", True),
        ("99213", "2026-03-05", None, False),
    ],
)
def test_ages_that_a_preventive_visit_is_for(procedure, service, ages, conflict):
    values = fact(born("1986-03-05", lines=(line(1, procedure, day=service),)), "line")
    assert (values.get("code_ages"), values["age_conflict"]) == (ages, conflict)


def test_no_age_conflict_is_said_without_a_birth_date():
    claim = born(None, lines=(line(1, "99395"),))
    claim = replace(claim, subscriber=replace(claim.subscriber, birth_day=None))
    assert "age_conflict" not in fact(claim, "line")


def test_age_is_absent_without_birth_or_service():
    claim = born(None)
    claim = replace(claim, subscriber=replace(claim.subscriber, birth_day=None))
    assert {"age_years", "age_days", "patient_birth_day", "service_before_birth", "birth_after_receipt"}.isdisjoint(
        claim_fact(claim)
    )
    assert {"age_years", "first_service_day", "days_from_last_service_to_receipt"}.isdisjoint(
        claim_fact(born("1980-01-01", lines=(line(1, day=None),)))
    )


def test_the_subscribers_birth_counts_only_for_the_subscriber():
    claim = born(None)
    assert claim_fact(claim)["age_years"] == 45
    other = replace(claim, patient=replace(claim.patient, is_subscriber=False))
    assert "age_years" not in claim_fact(other)


def test_service_days_of_a_professional_claim_are_those_of_its_lines():
    claim = minimal(lines=(line(1, day="2026-03-05", end="2026-03-07"), line(2, day="2026-03-01"), line(3, day=None)))
    values = claim_fact(claim)
    assert (values["first_service_day"], values["last_service_day"]) == (number("2026-03-01"), number("2026-03-07"))
    assert first_service_day(claim) == number("2026-03-01")


def test_a_reversed_span_counts_with_both_its_days():
    values = claim_fact(minimal(lines=(line(1, day="2026-03-05", end="2026-03-01"),)))
    assert (values["first_service_day"], values["last_service_day"]) == (number("2026-03-01"), number("2026-03-05"))


def test_service_days_of_an_institutional_claim_are_its_statement():
    claim = inpatient(lines=(line(1, day="2026-01-01"),))
    values = claim_fact(claim)
    assert (values["first_service_day"], values["last_service_day"]) == (number("2026-03-09"), number("2026-03-12"))
    bare = replace(claim, statement_from_day=None, statement_to_day=None)
    assert claim_fact(bare)["first_service_day"] == number("2026-01-01")
    assert "statement_days" not in claim_fact(bare)


def test_statement_days_may_be_negative():
    claim = inpatient(statement_from_day=date(2026, 3, 9), statement_to_day=date(2026, 3, 7))
    assert claim_fact(claim)["statement_days"] == -2


def test_a_dental_claims_date_counts_for_its_lines():
    claim = minimal("dental", service_day=date(2026, 2, 3), service_end_day=None, lines=(line(1, "D0120", day=None),))
    assert claim_fact(claim)["first_service_day"] == number("2026-02-03")
    assert fact(claim, "line")["service_day"] == number("2026-02-03")


@pytest.mark.parametrize(
    ("first", "last", "received", "past"),
    [
        ("2025-03-05", "2025-03-05", "2026-03-05", 0),
        ("2025-03-05", "2025-03-05", "2026-03-06", 1),
        ("2025-03-05", "2025-03-05", "2026-03-04", -1),
        ("2024-02-29", "2024-02-29", "2025-02-28", 0),
        ("2024-02-29", "2024-02-29", "2025-03-01", 1),
        ("2023-03-01", "2023-03-01", "2024-02-29", -1),
        ("2023-02-28", "2023-02-28", "2024-02-28", 0),
        ("2025-03-05", "2025-03-09", "2026-03-06", 1),
    ],
)
def test_one_year_means_the_same_calendar_day(first, last, received, past):
    claim = minimal(lines=(line(1, day=first, end=last),))
    assert claim_fact(claim, received=received, timely_filing_basis="from")["days_past_one_year_limit"] == past


@pytest.mark.parametrize(
    ("kind", "basis", "days"),
    [
        ("professional", "from", 15),
        ("professional", "through", 11),
        ("professional", "by_claim_type", 15),
        ("institutional", "by_claim_type", 8),
        ("institutional", "from", 11),
        ("professional", "receipt", None),
        ("professional", None, None),
    ],
)
def test_the_filing_basis_is_the_payers(kind, basis, days):
    claims = {
        "professional": minimal(lines=(line(1, day="2026-03-05", end="2026-03-09"),)),
        "institutional": inpatient(),
    }
    parameters = {"timely_filing_basis": basis} if basis else {}
    values = claim_fact(claims[kind], received="2026-03-20", **parameters)
    assert values.get("days_from_filing_basis_to_receipt") == days
    assert ("days_past_one_year_limit" in values) is (days is not None)


def test_days_to_receipt():
    values = claim_fact(minimal(lines=(line(1, day="2026-03-01", end="2026-03-05"),)), received="2026-03-20")
    assert (values["days_from_first_service_to_receipt"], values["days_from_last_service_to_receipt"]) == (19, 15)
    assert values["received_on"] == values["received_day"] == number("2026-03-20")
    assert "received_on" not in claim_fact(minimal(), received=None)
    assert "days_from_last_service_to_receipt" not in claim_fact(minimal(), received=None)


@pytest.mark.parametrize(("received", "years"), [("2028-03-04", 1), ("2028-03-05", 2), ("2026-03-04", -1)])
def test_service_age(received, years):
    assert claim_fact(minimal(), received=received)["service_age_years"] == years


def test_days_from_other_payers_decision_take_the_latest():
    decision = LineAdjudication(payer_id="A", adjudication_day=date(2026, 3, 12))
    claim = minimal(
        other_payers=(OtherPayer(adjudication_day=date(2026, 3, 10)), OtherPayer()),
        lines=(line(1, adjudications=(decision,)),),
    )
    assert claim_fact(claim, received="2026-03-20")["days_from_other_payer_payment"] == 8
    assert "days_from_other_payer_payment" not in claim_fact(minimal())


@pytest.mark.parametrize(
    ("first", "last", "spans"),
    [
        ("2025-09-30", "2025-10-01", True),
        ("2025-09-29", "2025-09-30", False),
        ("2025-10-01", "2025-10-02", False),
        ("2025-01-01", "2026-01-01", True),
        ("2024-10-01", "2025-09-30", False),
        ("2024-09-30", "2025-09-30", True),
    ],
)
def test_a_period_spans_the_icd_update(first, last, spans):
    assert claim_fact(minimal(lines=(line(1, day=first, end=last),)))["spans_icd_update"] is spans


@pytest.mark.parametrize(("death", "after"), [("2026-03-05", False), ("2026-03-04", True), (None, None)])
def test_service_after_death(death, after):
    claim = minimal()
    claim = replace(claim, patient=replace(claim.patient, death_day=death and date.fromisoformat(death)))
    assert claim_fact(claim).get("service_after_death") is after


def test_birth_after_receipt_and_onset_after_service():
    assert claim_fact(born("2026-03-21"), received="2026-03-20")["birth_after_receipt"] is True
    assert claim_fact(minimal(onset_day=date(2026, 3, 6)))["onset_after_service"] is True
    assert claim_fact(minimal(onset_day=date(2026, 3, 5)))["onset_after_service"] is False


def test_admission_after_first_service():
    assert claim_fact(inpatient(admission_day=date(2026, 3, 10)))["admission_after_first_service"] is True
    assert claim_fact(inpatient())["admission_after_first_service"] is False
    assert "admission_after_first_service" not in claim_fact(minimal())


@pytest.mark.parametrize("day", [date.min, date.max, date(9999, 2, 28)])
def test_the_ends_of_the_calendar_do_no_harm(day):
    claim = minimal(lines=(replace(line(1), service_day=day, service_end_day=None),), onset_day=day)
    claim_fact(claim, timely_filing_basis="from")

"""What follows from one line's own days: the patient's age, the time to receipt, an end date of the payer's."""

from __future__ import annotations

from engine.facts.derive.dates import one_year_limit
from engine.facts.derive.source import Fields
from engine.facts.numbers import calendar_day, whole_years
from engine.facts.view import ClaimView, LineView
from engine.reference.procedures import ages


def _age_years(view: ClaimView, part: LineView) -> int | None:
    if view.birth is None or part.first_day is None:
        return None
    age = whole_years(view.birth, calendar_day(part.first_day))
    return age if age >= 0 else None


def _code_ages(_: ClaimView, part: LineView) -> str | None:
    known = ages().get(part.line.procedure)
    return str(known) if known else None


def age_conflict(view: ClaimView, part: LineView) -> bool | None:
    """Whether the patient is too young or too old for the code on the line's first day (other codes are for any age).

    Source: CPT 99381 to 99387 and 99391 to 99397, preventive visits by age.
    """
    known = ages().get(part.line.procedure)
    if known is None:
        return False
    age = _age_years(view, part)
    return None if age is None else age < known.first or (known.last is not None and age > known.last)


def filing_basis_day(view: ClaimView, part: LineView) -> int | None:
    """The line's day from which the payer counts timely filing, by the same parameter as the claim's.

    Medicare judges each line of a professional claim by its own From day (Medicare Claims Processing Manual, 100-04,
    ch. 1 §70.1); an institutional claim is late as a whole.
    """
    basis = view.parameter("timely_filing_basis")
    if basis == "by_claim_type":
        return view.last_service_day if view.institutional else part.first_day
    if basis == "from":
        return part.first_day
    return part.last_day if basis == "through" else None


def _days_past_one_year_limit(view: ClaimView, part: LineView) -> int | None:
    basis = filing_basis_day(view, part)
    return None if basis is None or view.received_on is None else view.received_on - one_year_limit(basis)


def _days_from_filing_basis_to_receipt(view: ClaimView, part: LineView) -> int | None:
    basis = filing_basis_day(view, part)
    return None if basis is None or view.received_on is None else view.received_on - basis


def after_telehealth_until(view: ClaimView, part: LineView) -> bool | None:
    """Whether the service day lies after the payer's parameter telehealth_until; absent when the payer has none."""
    until = view.parameter("telehealth_until")
    if not isinstance(until, int) or part.first_day is None:
        return None
    return part.first_day > until


FIELDS: Fields[LineView] = {
    "age_years": _age_years,
    "code_ages": _code_ages,
    "age_conflict": age_conflict,
    "days_from_filing_basis_to_receipt": _days_from_filing_basis_to_receipt,
    "days_past_one_year_limit": _days_past_one_year_limit,
    "after_telehealth_until": after_telehealth_until,
}

"""The claim's dates and what follows from two of them: spans, ages, timely filing."""

from __future__ import annotations

from datetime import MINYEAR, date

from engine.claim.model import Claim
from engine.facts.derive.source import Fields
from engine.facts.numbers import calendar_day, day_number, one_year_later, whole_years
from engine.facts.view import ClaimView
from engine.reference.days import EPOCH

_OCTOBER = 10
_ACCIDENT_CODES = frozenset({"01", "02", "03", "04", "05", "06"})  # occurrence codes of accidents, NUBC FL 31 to 34


def _less(end: int | None, start: int | None) -> int | None:
    """Days from ``start`` to ``end``."""
    return None if end is None or start is None else end - start


def _after(later: int | None, earlier: int | None) -> bool | None:
    """Whether ``later`` lies after ``earlier``."""
    return None if later is None or earlier is None else later > earlier


def filing_basis_day(view: ClaimView) -> int | None:
    """The day from which the payer counts timely filing (parameter timely_filing_basis).

    ``from``: the first service day. ``through``: the last. ``by_claim_type``: through on institutional claims, from on
    others, which is Medicare's rule (Medicare Claims Processing Manual, 100-04, ch. 1 §70.1). Absent: not known.
    """
    basis = view.parameter("timely_filing_basis")
    if basis == "by_claim_type":
        basis = "through" if view.institutional else "from"
    if basis == "from":
        return view.first_service_day
    return view.last_service_day if basis == "through" else None


def one_year_limit(basis: int) -> int:
    """The last day of one calendar year from a day."""
    return one_year_later(calendar_day(basis)).toordinal() - EPOCH


def _days_past_one_year_limit(view: ClaimView, _: Claim) -> int | None:
    basis = filing_basis_day(view)
    return None if basis is None or view.received_on is None else view.received_on - one_year_limit(basis)


def days_to_limit(view: ClaimView, _: Claim) -> int | None:
    """Days from receipt to the last day on which the payer takes an original claim (negative: it has passed).

    Parameters timely_filing_limit (``one_year``: the same calendar day of the next year; else days) and
    timely_filing_days.
    """
    basis = filing_basis_day(view)
    if basis is None or view.received_on is None:
        return None
    if view.parameter("timely_filing_limit") == "one_year":
        return one_year_limit(basis) - view.received_on
    days = view.parameter("timely_filing_days")
    return basis + days - view.received_on if isinstance(days, int) else None


def _age_days_at_admission(view: ClaimView, claim: Claim) -> int | None:
    age = _less(day_number(claim.admission_day), day_number(view.birth))
    return age if age is not None and age >= 0 else None


def _days_from_other_payer_payment(view: ClaimView, claim: Claim) -> int | None:
    days = [other.adjudication_day for other in claim.other_payers if other.adjudication_day]
    days += [d.adjudication_day for line in claim.lines for d in line.adjudications if d.adjudication_day]
    return _less(view.received_on, day_number(max(days))) if days else None


def _service_age_years(view: ClaimView, _: Claim) -> int | None:
    if view.received_on is None or view.first_service_day is None:
        return None
    return whole_years(calendar_day(view.first_service_day), calendar_day(view.received_on))


def _age_days(view: ClaimView, _: Claim) -> int | None:
    age = _less(view.first_service_day, day_number(view.birth))
    return age if age is not None and age >= 0 else None


def accident_day(view: ClaimView, claim: Claim) -> int | None:
    """DTP*439, or the day of the first accident occurrence code of an institutional claim."""
    if claim.accident_day is not None or not view.institutional:
        return day_number(claim.accident_day)
    days = [c.day for c in claim.codes if c.family == "occurrence" and c.code in _ACCIDENT_CODES and c.day is not None]
    return day_number(min(days)) if days else None


def spans_icd_update(view: ClaimView, _: Claim) -> bool | None:
    """Whether the service period contains a night from 30 September to 1 October, when ICD-10-CM changes."""
    first, last = view.first_service_day, view.last_service_day
    if first is None or last is None:
        return None
    end = calendar_day(last)
    update = date(end.year, _OCTOBER, 1)
    if end < update:
        update = date(max(end.year - 1, MINYEAR), _OCTOBER, 1)
    return first < update.toordinal() - EPOCH


FIELDS: Fields[Claim] = {
    "received_on": lambda v, _: v.received_on,
    "received_day": lambda v, _: v.received_on,
    "first_service_day": lambda v, _: v.first_service_day,
    "last_service_day": lambda v, _: v.last_service_day,
    "statement_from_day": lambda _, c: day_number(c.statement_from_day),
    "statement_to_day": lambda _, c: day_number(c.statement_to_day),
    "statement_days": lambda _, c: _less(day_number(c.statement_to_day), day_number(c.statement_from_day)),
    "days_from_last_service_to_receipt": lambda v, _: _less(v.received_on, v.last_service_day),
    "days_from_first_service_to_receipt": lambda v, _: _less(v.received_on, v.first_service_day),
    "days_from_filing_basis_to_receipt": lambda v, _: _less(v.received_on, filing_basis_day(v)),
    "days_past_one_year_limit": _days_past_one_year_limit,
    "days_to_limit": days_to_limit,
    "days_from_other_payer_payment": _days_from_other_payer_payment,
    "service_age_years": _service_age_years,
    "patient_birth_day": lambda v, _: day_number(v.birth),
    "patient_death_day": lambda _, c: day_number(c.patient.death_day),
    "age_years": lambda v, _: v.age_years,
    "age_days": _age_days,
    "age_days_at_admission": _age_days_at_admission,
    "service_before_birth": lambda v, _: _after(day_number(v.birth), v.first_service_day),
    "service_after_death": lambda v, c: _after(v.last_service_day, day_number(c.patient.death_day)),
    "birth_after_receipt": lambda v, _: _after(day_number(v.birth), v.received_on),
    "accident_day": accident_day,
    "onset_day": lambda _, c: day_number(c.onset_day),
    "onset_after_service": lambda v, c: _after(day_number(c.onset_day), v.first_service_day),
    "last_menstrual_day": lambda _, c: day_number(c.last_menstrual_day),
    "initial_treatment_day": lambda _, c: day_number(c.initial_treatment_day),
    "last_seen_day": lambda _, c: day_number(c.last_seen_day),
    "last_xray_day": lambda _, c: day_number(c.last_xray_day),
    "assumed_care_day": lambda _, c: day_number(c.assumed_care_day),
    "relinquished_care_day": lambda _, c: day_number(c.relinquished_care_day),
    "orthodontic_banding_day": lambda _, c: day_number(c.orthodontic_banding_day),
    "admission_day": lambda _, c: day_number(c.admission_day),
    "admission_after_first_service": lambda v, c: _after(day_number(c.admission_day), v.first_service_day),
    "discharge_day": lambda _, c: day_number(c.discharge_day),
    "spans_icd_update": spans_icd_update,
}

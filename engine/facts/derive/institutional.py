"""What only institutional claims have: the stay, claim codes, ICD-10-PCS procedures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from engine.claim.model import Claim, ClaimCode, InpatientProcedure
from engine.facts.derive.source import Fields, Place
from engine.facts.numbers import day_number, whole
from engine.facts.view import ClaimView
from engine.reference import mce
from engine.reference.lists import room_and_board

_COVERED, _NONCOVERED, _COINSURANCE, _LIFETIME_RESERVE = "80", "81", "82", "83"
_STILL_A_PATIENT = "30"
_CENTS = 100
_SHAPE = re.compile(r"[0-9A-Z]{2}")
_FAMILIES = frozenset({"condition", "occurrence", "occurrence_span", "value", "treatment"})
_DAYS_BEFORE = 3


def value_code_days(claim: Claim, code: str) -> int | None:
    """The days that a value code (80 to 83) says; absent when it was not sent or is no whole number.

    Source: NUBC FL 39 to 41: the amount of these codes is a number of days.
    """
    for each in claim.codes:
        if each.family == "value" and each.code == code and each.amount_cents is not None:
            return None if each.amount_cents % _CENTS else each.amount_cents // _CENTS
    return None


def _reported_days(claim: Claim) -> int | None:
    """Covered and non-covered days together; a code that was not sent adds none, absent when neither was."""
    covered, noncovered = value_code_days(claim, _COVERED), value_code_days(claim, _NONCOVERED)
    return None if covered is None and noncovered is None else (covered or 0) + (noncovered or 0)


def stay_days(view: ClaimView, claim: Claim) -> int | None:
    """Days of an inpatient stay: through less from, one more when still a patient; one when both are the same day.

    Source: Medicare Benefit Policy Manual (100-02) ch. 3 §20.1: the day of discharge is not counted, except when it is
    the day of admission.
    """
    if (
        not view.institutional
        or not view.inpatient
        or claim.statement_from_day is None
        or claim.statement_to_day is None
    ):
        return None
    days = (claim.statement_to_day - claim.statement_from_day).days
    if days < 0:
        return None
    return days + 1 if claim.discharge_status == _STILL_A_PATIENT or days == 0 else days


def _stay_days_gap(view: ClaimView, claim: Claim) -> int | None:
    reported, stay = _reported_days(claim), stay_days(view, claim)
    return None if reported is None or stay is None else reported - stay


def accommodation_units(view: ClaimView, _: Claim) -> int | None:
    """Units of the room-and-board lines of an institutional claim; absent when one has none or no whole number."""
    if not view.institutional:
        return None
    units = [whole(line.units) for line in view.lines if room_and_board(line.line.revenue_code)]
    known = [unit for unit in units if unit is not None]
    return sum(known) if len(known) == len(units) else None


def accommodation_day_gap(view: ClaimView, claim: Claim) -> int | None:
    """Units of the room-and-board lines less covered and non-covered days, of an inpatient claim.

    Source: Medicare Claims Processing Manual (100-04) ch. 25 §75 (FL 46 and value codes 80, 81).
    """
    reported = _reported_days(claim)
    if reported is None or not view.inpatient:
        return None
    units = accommodation_units(view, claim)
    return None if units is None else units - reported


CLAIM_FIELDS: Fields[Claim] = {
    "admission_hour": lambda _, c: c.admission_hour or None,
    "discharge_hour": lambda _, c: c.discharge_hour or None,
    "admission_type": lambda _, c: c.admission_type or None,
    "admission_source": lambda _, c: c.admission_source or None,
    "discharge_status": lambda _, c: c.discharge_status or None,
    "covered_days": lambda _, c: value_code_days(c, _COVERED),
    "noncovered_days": lambda _, c: value_code_days(c, _NONCOVERED),
    "coinsurance_days": lambda _, c: value_code_days(c, _COINSURANCE),
    "lifetime_reserve_days": lambda _, c: value_code_days(c, _LIFETIME_RESERVE),
    "stay_days": stay_days,
    "stay_days_gap": _stay_days_gap,
    "accommodation_units": accommodation_units,
    "accommodation_day_gap": accommodation_day_gap,
    "drg": lambda _, c: c.drg or None,
}


class CodePart(NamedTuple):
    """A claim code, its place in the claim's list from 1, and whether it repeats an earlier one."""

    code: ClaimCode
    number: int
    duplicate: bool


def codes(view: ClaimView) -> Iterator[CodePart]:
    """Condition, occurrence, occurrence span, value and treatment codes.

    A condition, value or treatment code repeats when it stands twice; an occurrence when its dates are the same too.
    """
    seen: set[tuple[object, ...]] = set()
    for number, code in enumerate(view.claim.codes, start=1):
        if code.family in _FAMILIES:
            dated = code.family in {"occurrence", "occurrence_span"}
            key = (code.family, code.code, *((code.day, code.end_day) if dated else ()))
            yield CodePart(code, number, key in seen)
            seen.add(key)


def code_place(part: CodePart) -> Place:
    """Its place in the list."""
    return (0, part.number)


def code_shape_ok(_: ClaimView, part: CodePart) -> bool:
    """Two letters or digits, with the date, the dates or the amount that the family requires (NUBC FL 18 to 41)."""
    code = part.code
    if not _SHAPE.fullmatch(code.code) and code.family != "treatment":
        return False
    if code.family == "occurrence":
        return code.day is not None
    if code.family == "occurrence_span":
        return code.day is not None and code.end_day is not None
    return bool(code.code) and (code.family != "value" or code.amount_cents is not None)


def _span_ok(_: ClaimView, part: CodePart) -> bool | None:
    code = part.code
    if code.family != "occurrence_span" or code.day is None or code.end_day is None:
        return None
    return code.day <= code.end_day


CODE_FIELDS: Fields[CodePart] = {
    "family": lambda _, p: p.code.family,
    "code": lambda _, p: p.code.code or None,
    "day": lambda _, p: day_number(p.code.day),
    "end_day": lambda _, p: day_number(p.code.end_day),
    "amount_cents": lambda _, p: p.code.amount_cents,
    "shape_ok": code_shape_ok,
    "duplicate": lambda _, p: p.duplicate,
    "span_ok": _span_ok,
}


def procedures(view: ClaimView) -> tuple[InpatientProcedure, ...]:
    """The ICD-10-PCS procedures."""
    return view.claim.procedures


def procedure_place(part: InpatientProcedure) -> Place:
    """Its position."""
    return (0, part.position)


def procedure_day(view: ClaimView, _part: object) -> int | None:
    """The statement through day (discharge), on which ICD-10-PCS codes are judged; else the first service day."""
    day = day_number(view.claim.statement_to_day)
    return view.first_service_day if day is None else day


def day_ok(view: ClaimView, part: InpatientProcedure) -> bool | None:
    """Within three days before the statement period up to its end (837I HI*BBR; 100-04 ch. 25 §75.6)."""
    claim, day = view.claim, part.day
    if day is None or claim.statement_from_day is None or claim.statement_to_day is None:
        return None
    return (claim.statement_from_day - day).days <= _DAYS_BEFORE and day <= claim.statement_to_day


def _procedure_status(view: ClaimView, part: InpatientProcedure) -> str | None:
    judged = procedure_day(view, part)
    return mce.procedure_standing(view.context.tables, part.code, judged) if part.code and judged is not None else None


PROCEDURE_FIELDS: Fields[InpatientProcedure] = {
    "position": lambda _, p: p.position,
    "code": lambda _, p: p.code or None,
    "day": lambda _, p: day_number(p.day),
    "day_ok": day_ok,
    "status_on_day": _procedure_status,
}

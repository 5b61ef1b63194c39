"""One line of an earlier claim of the patient as one line of this claim sees it; none without history."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from engine.facts.derive import line
from engine.facts.derive.code_counts import sets_of
from engine.facts.derive.line_anatomy import only_tooth
from engine.facts.derive.source import Fields, Getter, Place
from engine.facts.numbers import calendar_day, whole_months
from engine.facts.view import ClaimView, LineView

_SAME_AS_LINE = (
    "procedure",
    "revenue_code",
    "service_day",
    "service_end_day",
    "rendering_provider",
    "provider_unit",
    "place_of_service",
    "modifiers_text",
    "component",
    "units",
    "line_key",
)
_INTERPRETATION = "26"


class PriorLine(NamedTuple):
    """A line of an earlier claim, its number among all of them from 1, and the line of this claim that looks back."""

    line: LineView
    number: int
    now: LineView


def parts(view: ClaimView) -> Iterator[PriorLine]:
    """Each line of this claim with each earlier one that began no later than it ended."""
    for now in view.lines:
        for number, earlier in enumerate(view.earlier_lines, start=1):
            if now.last_day is not None and earlier.first_day is not None and earlier.first_day <= now.last_day:
                yield PriorLine(earlier, number, now)


def place(part: PriorLine) -> Place:
    """The line of this claim."""
    return (part.now.number, part.number)


def day(_: ClaimView, part: PriorLine) -> int | None:
    """Its own day."""
    return part.line.judged_day


def billing_npi(of: LineView) -> str | None:
    """Who billed a line: the group."""
    billing = of.view.billing
    return billing.npi or None if billing else None


def same(one: str | None, other: str | None) -> bool | None:
    """Whether two codes are the same; absent when one is."""
    return one == other if one and other else None


def same_provider_unit(now: LineView, earlier: LineView) -> bool | None:
    """Whether two lines are of one group and specialty (see :attr:`LineView.provider_unit`)."""
    return same(now.provider_unit, earlier.provider_unit)


def same_rendering_provider(now: LineView, earlier: LineView) -> bool | None:
    """Whether one person rendered two lines."""
    one, other = now.rendering, earlier.rendering
    return same(one.npi, other.npi) if one and other else None


def same_group(now: LineView, earlier: LineView) -> bool | None:
    """Whether one provider billed two lines."""
    return same(billing_npi(now), billing_npi(earlier))


def _days_before(_: ClaimView, part: PriorLine) -> int | None:
    now, earlier = part.now.first_day, part.line.first_day
    return None if now is None or earlier is None else now - earlier


def _months_before(_: ClaimView, part: PriorLine) -> int | None:
    now, earlier = part.now.first_day, part.line.first_day
    return None if now is None or earlier is None else whole_months(calendar_day(earlier), calendar_day(now))


def _same_dx(_: ClaimView, part: PriorLine) -> bool | None:
    """Whether one diagnosis code is pointed to by both lines; absent when one of them points to none."""
    now = {pointed.diagnosis.code for pointed in part.now.diagnoses}
    earlier = {pointed.diagnosis.code for pointed in part.line.diagnoses}
    return not now.isdisjoint(earlier) if now and earlier else None


def _same_stay(view: ClaimView, part: PriorLine) -> bool | None:
    """Whether both claims name the same day of admission; absent when one names none."""
    now, earlier = view.claim.admission_day, part.line.view.claim.admission_day
    return None if now is None or earlier is None else now == earlier


def _face_to_face(view: ClaimView, part: PriorLine) -> bool | None:
    """Whether the earlier service brought patient and professional together: no interpretation alone, no facility.

    Source: Medicare Claims Processing Manual (100-04) ch. 12 §30.6.7.A.
    """
    earlier = part.line
    if earlier.view.claim.claim_type != "professional" or _INTERPRETATION in earlier.line.modifiers:
        return False
    return view.in_sets(sets_of("prior_line", "face_to_face"), earlier.line.procedure, earlier.judged_day)


def _as_line(name: str) -> Getter[PriorLine]:
    get = line.FIELDS[name]
    return lambda _, part: get(part.line.view, part.line)


FIELDS: Fields[PriorLine] = {
    "line_number": lambda _, p: p.now.number,
    "claim_id": lambda _, p: p.line.view.claim.patient_control_number or None,
    "prior_line_number": lambda _, p: p.line.number,
    "claim_type": lambda _, p: p.line.view.claim.claim_type,
    "inpatient": lambda _, p: p.line.view.inpatient,
    **{name: _as_line(name) for name in _SAME_AS_LINE},
    "billing_provider": lambda _, p: billing_npi(p.line),
    "first_diagnosis": lambda _, p: p.line.diagnoses[0].diagnosis.code or None if p.line.diagnoses else None,
    "tooth": lambda _, p: only_tooth(p.line),
    "days_before": _days_before,
    "months_before": _months_before,
    "same_provider_unit": lambda _, p: same_provider_unit(p.now, p.line),
    "same_rendering_provider": lambda _, p: same_rendering_provider(p.now, p.line),
    "same_group": lambda _, p: same_group(p.now, p.line),
    "same_line_key": lambda _, p: same(p.now.key, p.line.key),
    "same_procedure": lambda _, p: same(p.now.line.procedure, p.line.line.procedure),
    "same_dx": _same_dx,
    "same_stay": _same_stay,
    "face_to_face": _face_to_face,
}

"""One inpatient stay on an earlier claim of the patient as one line of this claim sees it, be it before or after."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from engine.facts.derive.prior_line import billing_npi, same
from engine.facts.derive.source import Fields, Place
from engine.facts.numbers import day_number
from engine.facts.view import ClaimView, LineView


class PriorStay(NamedTuple):
    """A stay from admission to its last day, its number among all from 1, and the line that looks at it."""

    stay: LineView
    admission: int
    end: int
    number: int
    now: LineView


def parts(view: ClaimView) -> Iterator[PriorStay]:
    """Each line of this claim with each stay; one stay billed in parts is as many."""
    stays: list[tuple[LineView, int, int]] = []
    for line in view.earlier_lines:
        earlier = line.view
        if earlier.institutional and earlier.inpatient and all(line.view is not known.view for known, _, _ in stays):
            admission = day_number(earlier.claim.admission_day) or earlier.first_service_day
            if admission is not None and earlier.last_service_day is not None:
                stays.append((line, admission, earlier.last_service_day))
    for now in view.lines:
        for number, (stay, admission, end) in enumerate(stays, start=1):
            if now.first_day is not None:
                yield PriorStay(stay, admission, end, number, now)


def place(part: PriorStay) -> Place:
    """The line of this claim."""
    return (part.now.number, part.number)


def day(_: ClaimView, part: PriorStay) -> int | None:
    """The line's day."""
    return part.now.judged_day


def _days_to_admission(_: ClaimView, part: PriorStay) -> int | None:
    return None if part.now.last_day is None else part.admission - part.now.last_day


def _within(_: ClaimView, part: PriorStay) -> bool | None:
    """Whether the service lies between admission and the last day of the stay, neither counted."""
    now = part.now
    if now.first_day is None or now.last_day is None:
        return None
    return part.admission < now.first_day and now.last_day < part.end


FIELDS: Fields[PriorStay] = {
    "line_number": lambda _, p: p.now.number,
    "claim_id": lambda _, p: p.stay.view.claim.patient_control_number or None,
    "bill_type": lambda _, p: p.stay.view.bill_type or None,
    "billing_provider": lambda _, p: billing_npi(p.stay),
    "admission_day": lambda _, p: p.admission,
    "end_day": lambda _, p: p.end,
    "same_group": lambda _, p: same(billing_npi(p.now), billing_npi(p.stay)),
    "days_to_admission": _days_to_admission,
    "within": _within,
}

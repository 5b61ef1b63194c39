"""One line that falls in the global package of another service: on this claim, or on an earlier one of the patient.

Source: Medicare Claims Processing Manual (100-04) ch. 12 §40.1: 000 the day itself; 010 the day and 10 days after; 090
the day before, the day and 90 days after. The global period is the fee schedule's (table pprrvu); other periods
(MMM, XXX, YYY, ZZZ) have no window there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from engine.facts.derive.fee_schedule import FIELDS as FEE_SCHEDULE
from engine.facts.derive.prior_line import same_group, same_provider_unit, same_rendering_provider
from engine.facts.derive.source import Fields, Place
from engine.facts.view import ClaimView, LineView
from engine.reference.modifiers import without_own_global

_WINDOWS = {"000": (0, 0), "010": (0, 10), "090": (-1, 90)}
"""By global period, the first and last day of the window counted from the day of the service."""

_global_days = FEE_SCHEDULE["global_days"]


class Surgery(NamedTuple):
    """A service with a global period, its day, and its number among all that may have one, from 1."""

    line: LineView
    period: str
    day: int
    number: int


class GlobalWindow(NamedTuple):
    """A line in the window of a surgery, ``after`` days after it."""

    line: LineView
    surgery: Surgery
    after: int


def on_claim(view: ClaimView) -> Iterator[GlobalWindow]:
    """The windows of the surgeries on this claim."""
    yield from _windows(view, view.lines)


def parts(view: ClaimView) -> Iterator[GlobalWindow]:
    """The windows of the surgeries on this claim and on the patient's earlier ones."""
    yield from _windows(view, (*view.lines, *view.earlier_lines))


def _windows(view: ClaimView, among: Iterable[LineView]) -> Iterator[GlobalWindow]:
    if view.claim.claim_type != "professional":
        return
    surgeries = list(_surgeries(among))
    for line in view.lines if surgeries else ():
        for surgery in surgeries:
            if surgery.line is not line and line.first_day is not None:
                first, last = _WINDOWS[surgery.period]
                after = line.first_day - surgery.day
                if first <= after <= last:
                    yield GlobalWindow(line, surgery, after)


def _surgeries(among: Iterable[LineView]) -> Iterator[Surgery]:
    """The professional services with a window; a modifier for care after surgery or a return to it opens none."""
    without = without_own_global()
    for number, line in enumerate(among, start=1):
        if line.first_day is None or line.view.claim.claim_type != "professional":
            continue
        period = _global_days(line.view, line)
        if isinstance(period, str) and period in _WINDOWS and without.isdisjoint(line.line.modifiers):
            yield Surgery(line, period, line.first_day, number)


def place(part: GlobalWindow) -> Place:
    """The line, and the number of the surgery."""
    return (part.line.number, part.surgery.number)


def day(_: ClaimView, part: GlobalWindow) -> int | None:
    """The line's day."""
    return part.line.judged_day


def window_part(after: int) -> str:
    """Which part of the window a line falls in.

    >>> window_part(-1), window_part(0), window_part(90)
    ('day_before', 'same_day', 'postop')
    """
    if after < 0:
        return "day_before"
    return "postop" if after else "same_day"


def _same_claim(part: GlobalWindow) -> bool:
    return part.surgery.line.view is part.line.view


FIELDS: Fields[GlobalWindow] = {
    "line_number": lambda _, p: p.line.number,
    "surgery_procedure": lambda _, p: p.surgery.line.line.procedure,
    "surgery_line_number": lambda _, p: p.surgery.line.number,
    "surgery_modifiers_text": lambda _, p: p.surgery.line.modifiers_text or None,
    "surgery_day": lambda _, p: p.surgery.day,
    "surgery_claim_id": lambda _, p: p.surgery.line.view.claim.patient_control_number or None,
    "same_claim": lambda _, p: _same_claim(p),
    "global_days": lambda _, p: p.surgery.period,
    "part": lambda _, p: window_part(p.after),
    "days_after": lambda _, p: p.after,
    "same_provider_unit": lambda _, p: same_provider_unit(p.line, p.surgery.line),
    "same_rendering_provider": lambda _, p: same_rendering_provider(p.line, p.surgery.line),
    "same_group": lambda _, p: same_group(p.line, p.surgery.line),
}

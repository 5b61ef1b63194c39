"""One NCCI pair (practitioner) of which one code stands on this claim, the other on an earlier claim of the same day.

Contractors compare a line with what the same practitioner was paid for on the day, whatever the claim.
Source: NCCI Policy Manual, chapter I; Medicare Claims Processing Manual (100-04) ch. 23 §20.9.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from engine.facts.derive.prior_line import same_rendering_provider
from engine.facts.derive.source import Fields, Place
from engine.facts.view import ClaimView, LineView
from engine.reference.table import Row

_TABLE = "ptp-practitioner"
_VOID = "9"
_FORM = "professional"


class HistoryPair(NamedTuple):
    """A row of the table, the line of this claim, the earlier line with its number among all, and the day of both."""

    row: Row
    now: LineView
    earlier: LineView
    number: int
    day: int
    now_is_bundled: bool


def parts(view: ClaimView) -> Iterator[HistoryPair]:
    """The edits between a line of this claim and one of an earlier professional claim that share a day."""
    if view.claim.claim_type != _FORM:
        return
    for number, earlier in enumerate(view.earlier_lines, start=1):
        if earlier.line.procedure and earlier.view.claim.claim_type == _FORM:
            for now in view.lines:
                day = now.shared_day(earlier) if now.line.procedure else None
                if day is not None:
                    for bundled in (True, False):
                        yield from _edits(view, now, earlier, number, day, now_is_bundled=bundled)


def _edits(
    view: ClaimView, now: LineView, earlier: LineView, number: int, day: int, *, now_is_bundled: bool
) -> Iterator[HistoryPair]:
    one, two = (earlier, now) if now_is_bundled else (now, earlier)
    for row in view.context.tables.rows_on(_TABLE, f"{one.line.procedure}|{two.line.procedure}", day):
        if row.values["modifier_indicator"] != _VOID:
            yield HistoryPair(row, now, earlier, number, day, now_is_bundled)


def place(part: HistoryPair) -> Place:
    """The line of this claim."""
    return (part.now.number, part.number)


def day(_: ClaimView, part: HistoryPair) -> int | None:
    """The day of both lines."""
    return part.day


FIELDS: Fields[HistoryPair] = {
    "line_number": lambda _, p: p.now.number,
    "claim_id": lambda _, p: p.earlier.view.claim.patient_control_number or None,
    "column_one": lambda _, p: (p.earlier if p.now_is_bundled else p.now).line.procedure,
    "column_two": lambda _, p: (p.now if p.now_is_bundled else p.earlier).line.procedure,
    "service_day": lambda _, p: p.day,
    "same_rendering_provider": lambda _, p: same_rendering_provider(p.now, p.earlier),
    "modifier_indicator": lambda _, p: p.row.values["modifier_indicator"] or None,
    "prior_modifier_count": lambda _, p: len(p.earlier.line.modifiers),
}

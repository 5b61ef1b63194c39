"""One line of an earlier claim of the same patient; none when the caller gave no history."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from engine.facts.derive import line
from engine.facts.derive.source import Fields, Getter, Place
from engine.facts.view import ClaimView, LineView

_SAME_AS_LINE = (
    "procedure",
    "service_day",
    "rendering_provider",
    "provider_unit",
    "place_of_service",
    "modifiers_text",
    "units",
    "line_key",
)


class PriorLine(NamedTuple):
    """A line of an earlier claim, and its number among all of them, from 1."""

    line: LineView
    number: int


def parts(view: ClaimView) -> Iterator[PriorLine]:
    """The lines of the earlier claims."""
    number = 0
    for claim in view.context.history or ():
        for each in ClaimView(claim, view.context).lines:
            number += 1
            yield PriorLine(each, number)


def place(part: PriorLine) -> Place:
    """It stands on no line of this claim."""
    return (0, part.number)


def day(_: ClaimView, part: PriorLine) -> int | None:
    """Its own day."""
    return part.line.judged_day


def _as_line(name: str) -> Getter[PriorLine]:
    get = line.FIELDS[name]
    return lambda _, part: get(part.line.view, part.line)


FIELDS: Fields[PriorLine] = {
    "line_number": lambda _, p: p.line.number,
    "claim_id": lambda _, p: p.line.view.claim.patient_control_number or None,
    **{name: _as_line(name) for name in _SAME_AS_LINE},
}

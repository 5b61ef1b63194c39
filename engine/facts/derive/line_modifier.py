"""One modifier of one line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from engine.facts.derive.source import Fields, Place
from engine.facts.view import ClaimView, LineView
from engine.reference.lists import modifier_sides
from engine.reference.modifiers import ambulance_pair, areas, families, pricing

_SHAPE = re.compile(r"[A-Z][0-9A-Z]|[0-9]{2}|[1238]P")
"""Level II begins with a letter; CPT has two digits, and a digit before P for a measure not met.

Source: CMS, HCPCS modifier file; CPT appendix A. Digits before other letters (genetic tests) ended with 2012.
"""
_LEVEL_TWO = re.compile(r"[A-Z][0-9A-Z]")
LISTED = "hcpcs-modifiers"


class LineModifier(NamedTuple):
    """A modifier with its position on the line, from 1."""

    line: LineView
    position: int
    code: str


def parts(view: ClaimView) -> Iterator[LineModifier]:
    """The modifiers of all lines."""
    for line in view.lines:
        for position, code in enumerate(line.line.modifiers, start=1):
            yield LineModifier(line, position, code)


def place(part: LineModifier) -> Place:
    """Its line and its position."""
    return (part.line.number, part.position)


def day(_: ClaimView, part: LineModifier) -> int | None:
    """The line's day."""
    return part.line.judged_day


def _listing(view: ClaimView, part: LineModifier) -> str | None:
    """Whether the HCPCS modifier file has a level II modifier on the line's day.

    ``elsewhere`` for CPT modifiers and for an ambulance origin and destination: the file lists no pairs. Absent for
    what a file older than the line's day does not list: it may be new.
    """
    if not _LEVEL_TWO.fullmatch(part.code) or ambulance_pair(part.code):
        return "elsewhere"
    tables, on = view.context.tables, part.line.judged_day
    if on is None or tables.status(LISTED, on) is not None:
        return None
    if tables.rows_on(LISTED, part.code, on):
        return "listed"
    return "unlisted" if tables.is_current(LISTED, on) else None


FIELDS: Fields[LineModifier] = {
    "line_number": lambda _, p: p.line.number,
    "code": lambda _, p: p.code or None,
    "position": lambda _, p: p.position,
    "side": lambda _, p: modifier_sides().get(p.code, "none"),
    "repeat": lambda _, p: p.code in p.line.line.modifiers[: p.position - 1],
    "family": lambda _, p: families().get(p.code),
    "area": lambda _, p: areas().get(p.code),
    "pricing": lambda _, p: p.code in pricing(),
    "ambulance_pair_ok": lambda _, p: ambulance_pair(p.code),
    "listing": _listing,
    "shape_ok": lambda _, p: bool(_SHAPE.fullmatch(p.code)),
}

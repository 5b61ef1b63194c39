"""One tooth or oral cavity area of one dental line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from engine.claim.model import Tooth
from engine.facts.derive.source import Fields, Place
from engine.facts.view import ClaimView, LineView

_PRIMARY = "ABCDEFGHIJKLMNOPQRST"
_TEETH = frozenset(
    [
        *(str(number) for number in (*range(1, 33), *range(51, 83))),
        *_PRIMARY,
        *(f"{letter}S" for letter in _PRIMARY),
    ]
)
"""The universal system: 1 to 32 permanent, A to T primary, 51 to 82 and AS to TS supernumerary (ADA)."""
_SURFACES = frozenset("BDFILMO")


class ToothPart(NamedTuple):
    """A tooth and its place in the line's list, from 1."""

    line: LineView
    tooth: Tooth
    number: int


def parts(view: ClaimView) -> Iterator[ToothPart]:
    """The teeth and areas of all lines."""
    for line in view.lines:
        for number, tooth in enumerate(line.line.teeth, start=1):
            yield ToothPart(line, tooth, number)


def place(part: ToothPart) -> Place:
    """Its line and its place in the line's list."""
    return (part.line.number, part.number)


def day(_: ClaimView, part: ToothPart) -> int | None:
    """The line's day."""
    return part.line.judged_day


def tooth_ok(tooth: str) -> bool | None:
    """Whether a tooth is one of the universal system; a leading zero is allowed.

    >>> tooth_ok("03"), tooth_ok("AS"), tooth_ok("33"), tooth_ok("")
    (True, True, False, None)
    """
    return tooth.removeprefix("0") in _TEETH if tooth else None


def surface_ok(surfaces: str) -> bool | None:
    """Whether surfaces are B, D, F, I, L, M or O, each once (837D TOO03).

    >>> surface_ok("MOD"), surface_ok("MM"), surface_ok("X"), surface_ok("")
    (True, False, False, None)
    """
    return set(surfaces) <= _SURFACES and len(set(surfaces)) == len(surfaces) if surfaces else None


def _surfaces(part: ToothPart) -> str:
    return "".join(part.tooth.surfaces)


FIELDS: Fields[ToothPart] = {
    "line_number": lambda _, p: p.line.number,
    "tooth": lambda _, p: p.tooth.tooth or None,
    "surface": lambda _, p: _surfaces(p) or None,
    "surface_count": lambda _, p: len(_surfaces(p)),
    "area": lambda _, p: p.tooth.area or None,
    "tooth_ok": lambda _, p: tooth_ok(p.tooth.tooth),
    "surface_ok": lambda _, p: surface_ok(_surfaces(p)),
}

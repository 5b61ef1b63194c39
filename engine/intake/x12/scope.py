"""What the assembler holds open and hands out: levels, claims, events; and small questions about loops."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from msgspec import Struct

from engine.intake.reading import IntakeFinding
from engine.intake.x12.loop_table import LINE, Node
from engine.intake.x12.segments import Loop, Segment

LINE_DIGITS = 6
"""Digits of LX01 that are still believed."""


class Scope(Struct):
    """A level (ST, 2000A, 2000B, 2000C) or a claim, with the findings that lie in it.

    ``rank`` counts levels from ST (0) inwards, ``number`` is HL01, ``claims`` counts the claims beneath. The last three
    are the reader's: how many findings it has given out, whether it has checked the loops against the guide, and what
    it made of the level.
    """

    loop: Loop
    node: Node
    rank: int
    findings: list[IntakeFinding] = msgspec.field(default_factory=list)
    number: str = ""
    has_child: bool = False
    claims: int = 0
    told: int = 0
    checked: bool = False
    memo: Any = None


class Event(Struct, frozen=True):
    """A claim or level that closes, the header of a transaction set that is complete, or a segment of the envelope."""

    kind: Literal["claim", "header", "level", "envelope"]
    scope: Scope | None = None
    segment: Segment | None = None


def line_number(loop: Loop | None) -> int | None:
    """The number of the service line that ``loop`` is or stands in: LX01, else its position among the lines."""
    while loop is not None and loop.id != LINE:
        loop = loop.parent
    if loop is None:
        return None
    first = loop.texts[0]
    text = first.get(1)
    if first.name == "LX" and text.isascii() and text.isdecimal() and len(text) <= LINE_DIGITS:
        return int(text)
    lines = [child for child in loop.parent.children if child.id == LINE] if loop.parent is not None else []
    return next((at for at, line in enumerate(lines, 1) if line is loop), None)


def let_go(loop: Loop) -> None:
    """Take a finished loop out of its parent, and undo the cycles inside so that it is freed at once."""
    if loop.parent is not None:
        loop.parent.children.pop()
    _cut(loop)


def _cut(loop: Loop) -> None:
    loop.parent = None
    for child in loop.children:
        _cut(child)


def label(segment: Segment) -> str:
    """The segment's name, with its qualifier where it is known by one (``NM1*82``)."""
    name = segment.elements[0]
    return f"{name}*{segment.get(1)[:12]}" if name in {"NM1", "REF", "DTP", "AMT", "PRV"} else name[:20]

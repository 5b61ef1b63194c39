"""The values that pass between the X12 layers: separators, segments, loops."""

from __future__ import annotations

from msgspec import Struct


class Separators(Struct, frozen=True):
    """The delimiters of one interchange, as its ISA declares them (or as they were recovered)."""

    element: str = "*"
    component: str = ":"
    repetition: str = "^"
    terminator: str = "~"


class Segment(Struct, frozen=True, gc=False):
    """One segment.

    ``elements[0]`` is the name, so ``elements[1]`` is element 01. ``start`` and ``end`` are byte offsets in the file
    (terminator not included). ``index`` counts from 0 at the file's first segment.
    """

    index: int
    elements: list[str]
    start: int
    end: int

    @property
    def name(self) -> str:
        """The segment's name (``CLM``)."""
        return self.elements[0]

    def get(self, position: int) -> str:
        """Element ``position`` (1-based), or ``""`` when the segment ends before it."""
        return self.elements[position] if position < len(self.elements) else ""


class Loop(Struct):
    """One loop as it stood in the file: its own segments in order, and the loops inside it in order."""

    id: str
    segments: list[Segment]
    children: list[Loop]
    parent: Loop | None = None

"""The values that pass between the X12 layers: separators, segments, loops."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from engine.intake.x12.memo import Memo

BLANK: Final = " \t\r\n\0\x1a"
"""What may stand round a segment."""

SHORT: Final = 256
"""Characters of the longest segment that is worth keeping for the next time."""

QUALIFIED: Final = frozenset({"DTP", "REF", "AMT", "CRC"})
"""Segments that a loop repeats with a qualifier; their origin keys are ``DTP*472``. Others are keyed by name alone."""


class Separators(Struct, frozen=True):
    """The delimiters of one interchange, as its ISA declares them (or as they were recovered)."""

    element: str = "*"
    component: str = ":"
    repetition: str = "^"
    terminator: str = "~"


class Text(Struct, frozen=True, eq=False, gc=False):
    """What a segment says, wherever it stands; segments that say the same share one (:func:`texts`).

    ``elements[0]`` is the name, so ``elements[1]`` is element 01, the ``qualifier`` where there is one. ``key`` is the
    segment's key in an origin: its name, ``DTP*472``, or one for each composite of HI. The elements are never changed.
    """

    body: str
    name: str
    qualifier: str
    key: str | tuple[str, ...]
    elements: list[str]

    def get(self, position: int) -> str:
        """Element ``position`` (1-based), or ``""`` when the segment ends before it."""
        return self.elements[position] if position < len(self.elements) else ""

    def renamed(self, name: str) -> Text:
        """The same under the name that was meant."""
        end = len(self.name)
        key = name + self.key[end:] if isinstance(self.key, str) else self.key
        return Text(name + self.body[end:], name, self.qualifier, key, [name, *self.elements[1:]])


class Segment(Struct, frozen=True):
    """A text at its place: ``index`` counts from 0 at the file's first segment."""

    index: int
    text: Text

    @property
    def elements(self) -> list[str]:
        """Name and elements."""
        return self.text.elements

    @property
    def name(self) -> str:
        """The segment's name (``CLM``)."""
        return self.text.name

    def get(self, position: int) -> str:
        """Element ``position`` (1-based), or ``""`` when the segment ends before it."""
        return self.text.get(position)


class Loop(Struct):
    """One loop as it stood in the file: its own segments in order, and the loops inside it in order.

    ``first`` is the index of the first segment. The others follow it without a gap, unless ``indexes`` has the index of
    each: a segment that stood elsewhere was added.
    """

    id: str
    parent: Loop | None = None
    texts: list[Text] = []
    first: int = 0
    children: list[Loop] = []
    indexes: list[int] | None = None

    def extend(self, texts: list[Text], index: int) -> None:
        """Add segments that follow each other in the file, the first of them at ``index``."""
        if not self.texts:
            self.texts, self.first = texts, index
            return
        if self.indexes is None and index != self.first + len(self.texts):
            self.indexes = list(range(self.first, self.first + len(self.texts)))
        if self.indexes is not None:
            self.indexes.extend(range(index, index + len(texts)))
        self.texts += texts

    def index(self, at: int) -> int:
        """The index in the file of the loop's segment ``at``."""
        return self.first + at if self.indexes is None else self.indexes[at]

    def segment(self, at: int) -> Segment:
        """The loop's segment ``at`` with its place."""
        return Segment(self.index(at), self.texts[at])

    @property
    def segments(self) -> list[Segment]:
        """All of the loop's own segments with their places."""
        return [self.segment(at) for at in range(len(self.texts))]


def read_text(body: str, element: str, component: str) -> Text:
    """Split one segment.

    >>> read_text("HI*ABK:J020*ABF:I10", "*", ":").key
    ('HI*ABK', 'HI*ABF')
    """
    elements = body.split(element)
    name = elements[0]
    if len(elements) == 1:
        return Text(body, name, "", name, elements)
    key: str | tuple[str, ...] = name
    meant = name.strip().upper()
    if meant in QUALIFIED:
        key = f"{name}*{elements[1]}"
    elif meant == "HI":
        key = tuple([f"HI*{composite.partition(component)[0]}" for composite in elements[1:]])
    return Text(body, name, elements[1], key, elements)


def texts(separators: Separators) -> Memo[str, Text | None]:
    """The texts of segments by what stands between two terminators, blanks included; ``None`` where nothing does."""
    element, component = separators.element, separators.component

    def read(piece: str) -> Text | None:
        body = piece.strip(BLANK)
        return read_text(body, element, component) if body else None

    return Memo(read, fits=_is_short)


def _is_short(piece: str) -> bool:
    return len(piece) <= SHORT

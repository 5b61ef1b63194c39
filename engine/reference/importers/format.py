"""What every importer offers, and the values that pass from a publisher's file to a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Protocol, TypeAlias

from msgspec import Struct

UNKNOWN_DAY = -719162
"""0001-01-01, ``Detected.first_day`` while the file does not say its edition."""


class Head(Struct, frozen=True):
    """What detection may look at: the file's name (editions often stand nowhere else), its first 64 KiB, and its size.

    For a zip as a whole ``start`` is its list of members (:func:`engine.reference.importers.open.listing`).
    """

    name: str
    start: bytes
    size: int


class Detected(Struct, frozen=True, kw_only=True):
    """What a file turned out to be: the table, its edition and the days it is in force (days since 1970-01-01).

    ``page`` is where the publisher offers it, ``licence`` what the user must have accepted to use it. A format leaves
    ``table`` or ``edition`` empty when neither content nor name says it, and puts into ``doubt`` what speaks against
    the edition that it found; then the caller of :func:`engine.reference.importers.detect.detect` must say.
    """

    table: str
    edition: str
    first_day: int
    last_day: int | None = None
    source: str = ""
    page: str = ""
    licence: str = ""
    doubt: str = ""


class Parsed(Struct, frozen=True, gc=False):
    """One row: its key, its texts in the order of the format's ``columns``, and the days on which it is in force.

    The key is what the table's layout looks rows up by; its columns are not repeated in ``values``.
    """

    key: str
    values: tuple[str, ...]
    first_day: int | None = None
    last_day: int | None = None


class BadRow(Struct, frozen=True):
    """A row that cannot be used: where it stands (line or sheet row, from 1), what is wrong with it."""

    line: int
    because: str


class Void(Struct, frozen=True):
    """A row that is right but not for the table, as the publisher means it: it is counted and left out, not bad."""

    line: int
    because: str


Read: TypeAlias = Parsed | BadRow | Void


class Format(Protocol):
    """One official file format. ``page`` is where its publisher offers files of it."""

    @property
    def name(self) -> str:
        """What people call it."""
        ...

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of its table beside the key."""
        ...

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that such a file can be."""
        ...

    @property
    def page(self) -> str:
        """Where its publisher offers it."""
        ...

    def detect(self, head: Head) -> Detected | None:
        """What the file is, if it has this format; content decides, never the name alone."""
        ...

    def rows(self, stream: BinaryIO, detected: Detected) -> Iterator[Read]:
        """Its rows, streamed.

        Raises:
            TableError: the layout is wrong, or the bytes are damaged; nothing else in the content raises.
        """
        ...

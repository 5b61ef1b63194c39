"""What every importer offers, and the values that pass from a publisher's file to a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Protocol

from msgspec import Struct


class Head(Struct, frozen=True):
    """What detection may look at: the file's name (editions often stand nowhere else), its first 64 KiB, and its size."""

    name: str
    start: bytes
    size: int


class Detected(Struct, frozen=True, kw_only=True):
    """What a file turned out to be: the table, its edition and the days it is in force (days since 1970-01-01).

    ``page`` is where the publisher offers it, ``licence`` what the user must have accepted to use it.
    """

    table: str
    edition: str
    first_day: int
    last_day: int | None = None
    source: str = ""
    page: str = ""
    licence: str = ""


class Parsed(Struct, frozen=True, gc=False):
    """One row of a table: its key, its texts in the order of the format's ``columns``, and the days on which it is in force."""

    key: str
    values: tuple[str, ...]
    first_day: int | None = None
    last_day: int | None = None


class BadRow(Struct, frozen=True):
    """A row that cannot be used: where it stands (line or sheet row, from 1), what is wrong with it."""

    line: int
    because: str


class Format(Protocol):
    """One official file format."""

    name: str
    columns: tuple[str, ...]

    def detect(self, head: Head) -> Detected | None:
        """What the file is, if it has this format; content decides, never the name alone."""
        ...

    def rows(self, stream: BinaryIO, detected: Detected) -> Iterator[Parsed | BadRow]:
        """Its rows, streamed; nothing in the content raises but :class:`engine.errors.TableError` for a wrong layout."""
        ...

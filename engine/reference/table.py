"""What a reference table is made of: rows, editions, and the store that holds one edition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from msgspec import Struct


class Row(Struct, frozen=True, gc=False):
    """One row: texts by column, and the days (since 1970-01-01, both included) on which it is in force."""

    values: dict[str, str]
    first_day: int | None = None
    last_day: int | None = None

    def on(self, day: int | None) -> bool:
        """Whether the row is in force on ``day``; without a day, always."""
        return day is None or (
            (self.first_day is None or self.first_day <= day) and (self.last_day is None or day <= self.last_day)
        )


class Edition(Struct, frozen=True, kw_only=True):
    """One edition of one table.

    ``first_day`` to ``last_day`` is what the publisher says; the edition is used from ``first_day`` until the next one
    begins. ``digest`` is the SHA-256 of the text or file that the rows are read from, ``rows`` their number; both are
    empty for CSV text until the rows have been read. ``files`` are the names of the files that they came from.
    """

    table: str
    edition: str
    first_day: int
    last_day: int | None = None
    digest: str = ""
    source: str = ""
    rows: int = 0
    files: tuple[str, ...] = ()


class Store(Protocol):
    """Holds the rows of one edition, however it likes. Rows are read on the first look-up, not before."""

    @property
    def edition(self) -> Edition:
        """What it holds."""
        ...

    def rows(self, key: str) -> Sequence[Row]:
        """The rows of ``key`` in the order of the file, none when it has none."""
        ...

    def rows_many(self, keys: Sequence[str]) -> Mapping[str, Sequence[Row]]:
        """The rows of those keys that have any, in one call: the pairs of a claim are asked about together."""
        ...

    def keys_from(self, prefix: str) -> Sequence[str]:
        """The keys that begin with ``prefix``, sorted."""
        ...

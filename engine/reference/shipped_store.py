"""The extracts that ship: CSV text that was checked and sorted when it was built, searched by bisection.

The lines stay bytes in one list, a third of the memory of a dict of texts; a row is taken apart when it is asked for.
"""

from __future__ import annotations

import csv
import hashlib
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence

from msgspec import structs

from engine.reference.days import read_day
from engine.reference.layouts import LAYOUTS, Layout
from engine.reference.table import Edition, Row

_REMEMBERED = 16_384
_AFTER_COMMA = b"-"


class ShippedStore:
    """One edition that ships. Its first column is the key, and no key holds a comma or what sorts before one.

    Args:
        edition: what the file holds.
        read: gives the text.
    """

    def __init__(self, edition: Edition, read: Callable[[], bytes]) -> None:
        self._edition = edition
        self._read = read
        self._layout = LAYOUTS.get(edition.table) or Layout(())
        self._columns: tuple[str, ...] = ()
        self._lines: list[bytes] = []
        self._remembered: dict[str, tuple[Row, ...]] = {}

    @property
    def edition(self) -> Edition:
        """What it holds."""
        return self._edition

    def rows(self, key: str) -> Sequence[Row]:
        """The rows of ``key`` in the order of the file."""
        found = self._remembered.get(key)
        if found is None:
            if len(self._remembered) >= _REMEMBERED:
                self._remembered.clear()
            lines = self._between(key.encode() + b",", key.encode() + _AFTER_COMMA)
            found = tuple([self._row(values) for values in csv.reader([line.decode() for line in lines])])
            self._remembered[key] = found
        return found

    def rows_many(self, keys: Sequence[str]) -> Mapping[str, Sequence[Row]]:
        """The rows of those keys that have any."""
        return {key: rows for key in keys if (rows := self.rows(key))}

    def keys_from(self, prefix: str) -> Sequence[str]:
        """The keys that begin with ``prefix``, sorted."""
        lines = self._between(prefix.encode(), prefix.encode() + b"\xff")
        return list(dict.fromkeys([line[: line.index(b",")].decode() for line in lines]))

    def reread(self) -> Edition:
        """What the file holds by its bytes, for those who want to check it."""
        data = self._read()
        return structs.replace(self._edition, digest=hashlib.sha256(data).hexdigest(), rows=data.count(b"\n") - 1)

    def _between(self, first: bytes, after: bytes) -> list[bytes]:
        lines = self._lines or self._load()
        start = bisect_left(lines, first)
        return lines[start : bisect_left(lines, after, start)]

    def _load(self) -> list[bytes]:
        header, *lines = self._read().rstrip(b"\n").split(b"\n")
        self._columns = tuple(next(csv.reader([header.decode()])))
        self._lines = lines
        return lines

    def _row(self, values: list[str]) -> Row:
        named = dict(zip(self._columns, values, strict=True))
        return Row(named, read_day(named.get(self._layout.first, "")), read_day(named.get(self._layout.last, "")))

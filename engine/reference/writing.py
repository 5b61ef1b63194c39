"""Writes the file of one edition: rows by key, and what stands under the keys once for all rows that say the same.

Rows come in any order and are never held: publishers' files are sorted, and then each row goes to the end of the file;
any other order is put right by SQLite within a fixed cache.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec
from msgspec import Struct

from engine.reference.importers.format import BadRow, Parsed, Read

Content = tuple[tuple[str, ...], int | None, int | None]

_SCHEMA = """
CREATE TABLE contents (id INTEGER PRIMARY KEY, part TEXT, first_day INTEGER, last_day INTEGER, data TEXT);
CREATE TABLE rows (key TEXT, n INTEGER, content INTEGER, PRIMARY KEY (key, n)) WITHOUT ROWID;
"""
_APPEND = "INSERT INTO rows VALUES (?, ?, ?)"
_INSERT = "INSERT INTO rows SELECT ?1, (SELECT coalesce(max(n) + 1, 0) FROM rows WHERE key = ?1), ?3 WHERE ?2 >= 0"
_CACHE_KIB = 64 << 10
_BATCH = 20_000
_MOST_SHARED, _LONGEST_SHARED = 1 << 16, 256
SHOWN = 20
"""Bad rows that are reported with their line and reason."""


class Counts(Struct, frozen=True, kw_only=True):
    """What a source file held; ``bad`` are the first :data:`SHOWN` bad rows, ``void`` rows that count for nothing."""

    rows: int
    bad_rows: int
    void: int
    bad: tuple[BadRow, ...]

    @property
    def seen(self) -> int:
        """All rows of the file."""
        return self.rows + self.bad_rows + self.void


class Writer:
    """A new file of an edition; used in ``with``. Until it is finished it is of no use to anyone.

    Args:
        path: where to; nothing must be there.

    Raises:
        sqlite3.Error: there is no room, or the folder cannot be written; so do all methods.
    """

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        for name, value in (("journal_mode", "off"), ("synchronous", "off"), ("cache_size", -_CACHE_KIB)):
            self._db.execute(f"PRAGMA {name}={value}")
        self._db.executescript(_SCHEMA)
        self._db.execute("BEGIN")
        self._ids = count(1)
        self._sorted = True
        self._high, self._n = "", -1

    def __enter__(self) -> Self:
        """The writer itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file, finished or not."""
        self._db.close()

    def take(self, earlier: Path, but_not: Iterable[str]) -> None:
        """Take over the rows of an earlier file, but for those of the named parts; before anything is written."""
        self._db.execute("COMMIT")
        self._db.execute("ATTACH ? AS old", (f"{earlier.absolute().as_uri()}?mode=ro&immutable=1",))
        self._db.execute("BEGIN")
        self._db.execute(
            "INSERT INTO contents SELECT * FROM old.contents WHERE part NOT IN (SELECT value FROM json_each(?))",
            (msgspec.json.encode(list(but_not)).decode(),),
        )
        self._db.execute(
            "INSERT INTO rows SELECT * FROM old.rows WHERE content IN (SELECT id FROM contents) ORDER BY key, n"
        )
        self._db.execute("COMMIT")
        self._db.execute("DETACH old")
        self._db.execute("BEGIN")
        (highest,) = self._db.execute("SELECT coalesce(max(id), 0) FROM contents").fetchone()
        self._ids = count(highest + 1)
        last = self._db.execute("SELECT key, n FROM rows ORDER BY key DESC, n DESC LIMIT 1").fetchone()
        if last is not None:
            self._high, self._n = last

    def write(self, part: str, read: Iterable[Read], told: Callable[[int], None]) -> Counts:
        """Write the rows of a source file.

        Args:
            part: which part of the edition the file is.
            read: its rows.
            told: called now and then with the number of rows seen.
        """
        ids: dict[Content, int] = {}
        pending: list[tuple[str, int, int]] = []
        high, n = self._high, self._n
        rows = bad_rows = void = 0
        bad: list[BadRow] = []
        for row in read:
            if type(row) is not Parsed:
                if isinstance(row, BadRow):
                    bad_rows += 1
                    if len(bad) < SHOWN:
                        bad.append(row)
                else:
                    void += 1
                continue
            content = (row.values, row.first_day, row.last_day)
            number = ids.get(content) or self._content(part, content, ids)
            key = row.key
            if key > high:
                high, n = key, 0
            elif key == high:
                n += 1
            elif self._sorted:
                self._flush(pending)
                self._sorted = False
            pending.append((key, n, number))
            rows += 1
            if len(pending) >= _BATCH:
                self._flush(pending)
                told(rows + bad_rows + void)
        self._flush(pending)
        self._high, self._n = high, n
        return Counts(rows=rows, bad_rows=bad_rows, void=void, bad=tuple(bad))

    def finish(self) -> tuple[int, int]:
        """Complete the file; the numbers of its rows and keys."""
        self._db.execute("COMMIT")
        if not self._sorted:
            self._db.execute("VACUUM")
        rows, keys = self._db.execute("SELECT count(*), count(DISTINCT key) FROM rows").fetchone()
        return int(rows), int(keys)

    def _content(self, part: str, content: Content, ids: dict[Content, int]) -> int:
        """Write a content that is new, or that is too long or too late to be remembered."""
        number = next(self._ids)
        values, first, last = content
        data = msgspec.json.encode(values).decode()
        self._db.execute("INSERT INTO contents VALUES (?, ?, ?, ?, ?)", (number, part, first, last, data))
        if len(data) <= _LONGEST_SHARED and len(ids) < _MOST_SHARED:
            ids[content] = number
        return number

    def _flush(self, pending: list[tuple[str, int, int]]) -> None:
        self._db.executemany(_APPEND if self._sorted else _INSERT, pending)
        pending.clear()

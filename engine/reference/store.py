"""The rows of one imported edition in its SQLite file (docs/adr/0006): opened on first use, memory-mapped, read only.

The file never changes once it is there, so it is opened without locks, and all processes share its pages.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from engine.errors import TableError
from engine.reference.folder import Entry, read_catalogue
from engine.reference.table import Edition, Row

MAPPED = 1 << 31
_AT_ONCE = 1000
_REMEMBERED = 4096
_PAIRS = 1 << 15
_LAST = "\U0010ffff"
_CONTENT = "c.first_day, c.last_day, c.data FROM rows r CROSS JOIN contents c ON c.id = r.content"
_ROWS = f"SELECT {_CONTENT} WHERE r.key = ? ORDER BY r.n"
_MANY = f"SELECT r.key, {_CONTENT} WHERE r.key IN (%s) ORDER BY r.key, r.n"
_KEYS = "SELECT DISTINCT key FROM rows WHERE key >= ? AND key < ? ORDER BY key"

_texts = msgspec.json.Decoder(tuple[str, ...]).decode


class Database:
    """A finished file, opened on first use: once for each thread, and anew in a forked process.

    Args:
        path: the file.
        size: its size; a file of another size is not opened.
    """

    def __init__(self, path: Path, size: int) -> None:
        self.path = path
        self._size = size
        self._held = _Held()

    def all(self, query: str, values: Sequence[object] = ()) -> list[Any]:
        """The rows that a query finds.

        Raises:
            FileNotFoundError: the file has gone.
            TableError: it is damaged or cannot be read.
        """
        held = self._held
        if held.process != os.getpid():
            held.open(self.path, self._size)
        try:
            return held.connection.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise damaged(self.path, str(error)) from error


class _Held(threading.local):
    """The connection of this thread, and the process that it belongs to."""

    process = 0
    connection: sqlite3.Connection
    inherited: sqlite3.Connection
    """A connection of the parent process must be neither used nor closed here."""

    def open(self, path: Path, size: int) -> None:
        if self.process:
            self.inherited = self.connection
        try:
            found = path.stat().st_size
            if found != size:
                raise damaged(path, f"{found:,} bytes where {size:,} belong")
            # One thread uses it; another may be the one that drops it when its own thread has ended.
            address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
            self.connection = sqlite3.connect(address, uri=True, check_same_thread=False)
            self.connection.execute(f"PRAGMA mmap_size={MAPPED}")
        except FileNotFoundError:
            raise
        except OSError as error:
            raise damaged(path, error.strerror or str(error)) from error
        except sqlite3.Error as error:
            raise damaged(path, str(error)) from error
        self.process = os.getpid()


def damaged(path: Path, what: str) -> TableError:
    """The error for a file that is not as it was written."""
    return TableError(f"damaged: {what}", location=str(path), hint="import its source file again")


class ImportedStore:
    """One imported edition.

    Args:
        folder: the folder of imported tables.
        entry: what its catalogue says of the edition.
    """

    def __init__(self, folder: Path, entry: Entry) -> None:
        self._folder = folder
        self._use(entry)

    def _use(self, entry: Entry) -> None:
        self.entry = entry
        self._names = (*entry.key, *entry.columns)
        self._database = Database(self._folder / entry.file, entry.size)
        self._remembered: dict[str, tuple[Row, ...]] = {}
        self._pairs: dict[str, tuple[Row, ...]] = {}
        self._edition = Edition(
            table=entry.table,
            edition=entry.edition,
            first_day=entry.first_day,
            last_day=entry.last_day,
            digest=entry.store_digest,
            source=entry.source,
            rows=entry.rows,
            files=tuple(each.source_file for each in entry.parts),
        )

    @property
    def edition(self) -> Edition:
        """What it holds; ``digest`` is that of the store's file."""
        return self._edition

    def rows(self, key: str) -> Sequence[Row]:
        """The rows of ``key`` in the order of the file; raises as :meth:`rows_many` does."""
        found = self._remembered.get(key)
        if found is None:
            if len(self._remembered) >= _REMEMBERED:
                self._remembered.clear()
            found = tuple([self._row(key, *content) for content in self._all(_ROWS, (key,))])
            self._remembered[key] = found
        return found

    def rows_many(self, keys: Sequence[str]) -> Mapping[str, Sequence[Row]]:
        """The rows of those keys that have any.

        Raises:
            TableError: the file is damaged or has gone.
        """
        known = self._pairs
        if len(keys) > _PAIRS:
            return self._read_many(keys)
        unknown = [key for key in keys if key not in known]
        if unknown:
            if len(known) + len(unknown) > _PAIRS:
                known.clear()
                unknown = list(keys)
            found = self._read_many(unknown)
            known.update({key: tuple(found.get(key, ())) for key in unknown})
        return {key: rows for key in keys if (rows := known[key])}

    def _read_many(self, keys: Sequence[str]) -> Mapping[str, Sequence[Row]]:
        found: dict[str, list[Row]] = {}
        for start in range(0, len(keys), _AT_ONCE):
            asked = keys[start : start + _AT_ONCE]
            for key, *content in self._all(_MANY % ",".join("?" * len(asked)), asked):
                found.setdefault(key, []).append(self._row(key, *content))
        return found

    def keys_from(self, prefix: str) -> Sequence[str]:
        """The keys that begin with ``prefix``, sorted; raises as :meth:`rows_many` does."""
        return [key for (key,) in self._all(_KEYS, (prefix, prefix + _LAST))]

    def _row(self, key: str, first: int | None, last: int | None, data: str) -> Row:
        parts = key.split("|") if len(self.entry.key) > 1 else (key,)
        return Row(dict(zip(self._names, (*parts, *_texts(data)), strict=True)), first, last)

    def _all(self, query: str, values: Sequence[object]) -> list[Any]:
        try:
            return self._database.all(query, values)
        except FileNotFoundError:
            self._use_successor()
        try:
            return self._database.all(query, values)
        except FileNotFoundError as error:
            raise damaged(self._database.path, "the file has gone") from error

    def _use_successor(self) -> None:
        """The edition was imported anew since this store was made, before it was first opened."""
        entry = read_catalogue(self._folder).of(self.entry.table, self.entry.edition)
        if entry is not None and entry.file != self.entry.file:
            self._use(entry)


def imported_stores(folder: Path) -> Iterator[ImportedStore]:
    """The editions imported into a folder.

    Raises:
        TableError: its catalogue cannot be read.
    """
    return (ImportedStore(folder, entry) for entry in read_catalogue(folder).editions)

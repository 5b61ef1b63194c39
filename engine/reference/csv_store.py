"""Tables kept as CSV text: a site's own files (and the list of the extracts that ship, see shipped_store.py).

A site's table is ``TABLE.csv`` with ``TABLE.yaml`` beside it. The header of the CSV names the columns; the optional
columns ``effective_from`` and ``effective_to`` date a row (YYYYMMDD or YYYY-MM-DD; blank, ``*``, 9999-12-31: open).
The YAML says ``edition``, ``from``, optionally ``to``, and ``source``.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import resources
from pathlib import Path

import yaml
from msgspec import structs

from engine.errors import TableError
from engine.reference.days import read_day
from engine.reference.layouts import LAYOUTS, Layout
from engine.reference.shipped_store import ShippedStore
from engine.reference.table import Edition, Row

_LAST = "\U0010ffff"


class CsvStore:
    """The rows of one edition, read from CSV text on the first look-up; a row is taken apart when it is asked for.

    Args:
        edition: what the file holds.
        read: gives the file's bytes.
        location: the file, for messages.
    """

    def __init__(self, edition: Edition, read: Callable[[], bytes], location: str) -> None:
        self._edition = edition
        self._read = read
        self._location = location
        self._loaded = False
        self._columns: tuple[str, ...] = ()
        self._layout = LAYOUTS.get(edition.table) or Layout(())
        self._lines: dict[str, list[str]] = {}
        self._keys: list[str] = []
        self._rows: dict[str, tuple[Row, ...]] = {}

    @property
    def edition(self) -> Edition:
        """What it holds; ``digest`` and ``rows`` are known once a row has been asked for."""
        return self._edition

    def rows(self, key: str) -> Sequence[Row]:
        """The rows of ``key`` in the order of the file.

        Raises:
            TableError: the file is malformed.
        """
        found = self._rows.get(key)
        if found is None:
            if not self._loaded:
                self._load()
            lines = self._lines.get(key)
            if lines is None:
                return ()
            found = self._rows[key] = tuple(self._row(values) for values in csv.reader(lines))
        return found

    def rows_many(self, keys: Sequence[str]) -> Mapping[str, Sequence[Row]]:
        """The rows of those keys that have any; raises as :meth:`rows` does."""
        if not self._loaded:
            self._load()
        return {key: self.rows(key) for key in keys if key in self._lines}

    def keys_from(self, prefix: str) -> Sequence[str]:
        """The keys that begin with ``prefix``, sorted; raises as :meth:`rows` does."""
        if not self._loaded:
            self._load()
        keys = self._keys
        return keys[bisect_left(keys, prefix) : bisect_left(keys, prefix + _LAST)]

    def _load(self) -> None:
        data = self._read()
        try:
            lines = data.decode("utf-8-sig").replace("\r\n", "\n").split("\n")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            raise TableError("not UTF-8 text", location=f"{self._location}:{line}", hint="save it as UTF-8") from error
        while lines and not lines[-1]:
            lines.pop()
        self._columns = tuple(next(csv.reader(lines[:1]), []))
        self._check_columns()
        by_key: dict[str, list[str]] = {}
        places = [self._columns.index(name) for name in self._layout.key] or [0]
        for text, values in self._checked(lines):
            by_key.setdefault("|".join([values[place] for place in places]), []).append(text)
        self._lines = by_key
        self._keys = sorted(by_key)
        digest = hashlib.sha256(data).hexdigest()
        self._edition = structs.replace(self._edition, digest=digest, rows=len(lines) - 1)
        self._loaded = True

    def _check_columns(self) -> None:
        columns, layout, where = self._columns, self._layout, f"{self._location}:1"
        if not columns or not all(columns):
            raise TableError("no column names", location=where, hint="the first line names the columns")
        if len(set(columns)) < len(columns):
            raise TableError("a column name stands twice", location=where, hint=", ".join(columns))
        missing = [name for name in layout.required if name not in columns]
        if missing:
            raise TableError(
                f"table {self._edition.table} has no column {missing[0]}",
                location=where,
                hint=f"its columns are {', '.join(layout.required)}, and {layout.first}, {layout.last} to date a row",
            )

    def _checked(self, lines: list[str]) -> Iterator[tuple[str, list[str]]]:
        """Each line after the first with its values, each checked."""
        width, layout = len(self._columns), self._layout
        dated = [self._columns.index(name) for name in (layout.first, layout.last) if name in self._columns]
        for number, line in enumerate(lines[1:], start=2):
            where = f"{self._location}:{number}"
            try:
                values = next(csv.reader([line], strict=True), [])
            except csv.Error as error:
                raise TableError(str(error), location=where, hint="a row is one line; quotes must be closed") from error
            if len(values) != width:
                raise TableError(
                    f"{len(values)} values under {width} columns", location=where, hint="quote values that hold a comma"
                )
            for place in dated:
                try:
                    read_day(values[place])
                except ValueError as error:
                    raise TableError(
                        f"{values[place]!r} is no date", location=where, hint="write YYYYMMDD or YYYY-MM-DD"
                    ) from error
            yield line, values

    def _row(self, values: list[str]) -> Row:
        named = dict(zip(self._columns, values, strict=True))
        return Row(named, read_day(named.get(self._layout.first, "")), read_day(named.get(self._layout.last, "")))


def shipped_stores() -> list[ShippedStore]:
    """The extracts in ``engine/reference/data``, as ``data/tables.yaml`` lists them."""
    folder = resources.files("engine.reference") / "data"
    listed = yaml.load((folder / "tables.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506
    digests = json.loads((folder / "digests.json").read_text(encoding="utf-8"))
    stores = []
    for name, about in listed.items():
        file = folder / about["file"]
        edition = structs.replace(
            _edition(name, about, f"engine/reference/data/{about['file']}"),
            digest=digests[name]["sha256"],
            rows=digests[name]["rows"],
            files=(about["file"],),
        )
        stores.append(ShippedStore(edition, lambda file=file: gzip.decompress(file.read_bytes())))  # type: ignore[misc]
    return stores


def folder_stores(folder: Path) -> list[CsvStore]:
    """The tables of a site's folder, by file name.

    Raises:
        TableError: the folder is absent, or a CSV file has no readable description beside it.
    """
    if not folder.is_dir():
        raise TableError(
            "no such folder of tables", location=str(folder), hint="name a folder with TABLE.csv and TABLE.yaml"
        )
    return [_folder_store(path) for path in sorted(folder.glob("*.csv"))]


def _folder_store(path: Path) -> CsvStore:
    beside = path.with_suffix(".yaml")
    hint = f"{beside.name} must say edition, from, source and, when it ended, to"
    try:
        about = yaml.load(beside.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 -- builds text only
    except FileNotFoundError as error:
        raise TableError(f"{path.name} has no description", location=str(path), hint=hint) from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise TableError(f"cannot be read: {error}", location=str(beside), hint=hint) from error
    if not isinstance(about, dict) or not all(isinstance(value, str) for value in about.values()):
        raise TableError("not a list of names and values", location=str(beside), hint=hint)
    edition = structs.replace(_edition(path.name.split(".")[0], about, str(beside)), files=(path.name,))
    return CsvStore(edition, path.read_bytes, str(path))


def _edition(table: str, about: dict[str, str], location: str) -> Edition:
    missing = [name for name in ("edition", "from") if not about.get(name)]
    if missing:
        raise TableError(f"{missing[0]} is missing", location=location, hint="say edition, from, source")
    try:
        first, last = read_day(about["from"]), read_day(about.get("to", ""))
    except ValueError as error:
        raise TableError(f"{error} is no date", location=location, hint="write from and to as YYYY-MM-DD") from error
    if first is None:
        raise TableError("from is open", location=location, hint="write it as YYYY-MM-DD")
    return Edition(
        table=table, edition=about["edition"], first_day=first, last_day=last, source=about.get("source", "")
    )

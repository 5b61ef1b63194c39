"""A payer's own list as plain CSV: fee schedule, authorization list or code set, told by a small YAML file beside it.

``acme-fees.csv`` has ``acme-fees.yaml`` beside it:

    table: fee-schedule-acme
    edition: "2026"
    from: 2026-01-01
    columns:            # theirs: ours; columns that are not named are left out
      Proc Code: procedure
      Allowed: amount
      Start: effective_from
    always:             # columns of ours that are the same in every row
      payer: acme

and, if they are needed, ``to``, ``delimiter``, ``encoding``, ``source``, ``licence``.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

import yaml
from msgspec import Struct

from engine.errors import TableError
from engine.reference.importers import notices
from engine.reference.importers.columns import layout_of
from engine.reference.importers.editions import dated
from engine.reference.importers.format import BadRow, Detected, Head, Parsed, Read
from engine.reference.importers.text import places, records
from engine.reference.layouts import Layout

_KNOWN = ("table", "edition", "from", "to", "columns", "always", "delimiter", "encoding", "source", "licence")
_NEEDED = ("table", "edition", "from", "columns")
_MOST = 1 << 20
_TABLE_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")


class Mapping_(Struct, frozen=True, kw_only=True):  # noqa: N801 -- Mapping is the abstract class
    """What the YAML file says."""

    table: str
    edition: str
    first_day: int
    last_day: int | None
    columns: dict[str, str]
    always: dict[str, str]
    delimiter: str = ","
    encoding: str = ""
    source: str = ""
    licence: str = ""


def mapping_beside(path: Path) -> Path | None:
    """The YAML file beside a list, if there is one that maps columns."""
    stem = path.name.removesuffix(".gz").removesuffix(".xz")
    beside = path.with_name(stem).with_suffix(".yaml")
    try:
        text = beside.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    return beside if any(line.startswith("columns:") for line in text.splitlines()) else None


def read_mapping(path: Path) -> Mapping_:
    """The mapping in a YAML file.

    Raises:
        TableError: it cannot be read, lacks something, or says something unknown.
    """
    where, hint = str(path), f"a mapping says {', '.join(_NEEDED)} and may say {', '.join(_KNOWN[3:4] + _KNOWN[5:])}"
    try:
        with path.open(encoding="utf-8") as file:
            about: Any = yaml.load(file.read(_MOST), Loader=yaml.BaseLoader)  # noqa: S506 -- builds text only
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
        raise TableError(f"cannot be read: {error}", location=where, hint=hint) from error
    if not isinstance(about, dict):
        raise TableError("not a list of names and values", location=where, hint=hint)
    for name in about:
        if name not in _KNOWN:
            raise TableError(f"unknown: {name}", location=where, hint=hint)
    for name in _NEEDED:
        if not about.get(name):
            raise TableError(f"{name} is missing", location=where, hint=hint)
    columns, always = _texts(about, "columns", where), _texts(about, "always", where)
    plain = {name: value for name, value in about.items() if name not in {"columns", "always"}}
    if not all(isinstance(value, str) for value in plain.values()) or not set(plain["table"]) <= _TABLE_LETTERS:
        raise TableError("a table's name has small letters, digits and hyphens; other values are texts", location=where)
    return Mapping_(
        columns=columns,
        always=always,
        table=plain["table"],
        edition=plain["edition"],
        first_day=_day(plain, "from", where) or 0,
        last_day=_day(plain, "to", where),
        delimiter=_delimiter(plain.get("delimiter", ","), where),
        encoding=_encoding(plain.get("encoding", ""), where),
        source=plain.get("source", ""),
        licence=plain.get("licence", ""),
    )


class PayerList:
    """A payer's own list.

    Args:
        mapping: what its columns mean.
        where: the mapping's file, for messages.

    Raises:
        TableError: a column that the table must have is mapped from nothing.
    """

    page = ""

    def __init__(self, mapping: Mapping_, where: str) -> None:
        ours = [*mapping.columns.values(), *mapping.always]
        layout = layout_of(mapping.table) or Layout((ours[0],))
        missing = [column for column in layout.required if column not in ours]
        if missing or len(set(ours)) < len(ours):
            raise TableError(
                f"table {mapping.table} must have a column {missing[0]}"
                if missing
                else "a column of ours is named twice",
                location=where,
                hint=f"columns: {', '.join(layout.required)}; {layout.first} and {layout.last} date a row",
            )
        self.tables = (mapping.table,)
        self.key = layout.key
        self.name = f"CSV mapped by {Path(where).name}"
        self._mapping, self._layout = mapping, layout
        dates = {layout.first, layout.last} - set(layout.columns)
        self.columns = tuple(column for column in ours if column not in dates and column not in layout.key)

    def detect(self, head: Head) -> Detected | None:
        """By what the mapping says: the user has told us."""
        mapping = self._mapping
        return Detected(
            table=mapping.table,
            edition=mapping.edition,
            first_day=mapping.first_day,
            last_day=mapping.last_day,
            source=mapping.source or head.name,
            page=self.page,
            licence=mapping.licence or notices.OWN,
        )

    def rows(self, stream: BinaryIO, detected: Detected) -> Iterator[Read]:  # noqa: ARG002 -- the interface
        """The rows under the names that the mapping gives.

        Raises:
            TableError: a mapped column is not there.
        """
        mapping = self._mapping
        where: list[int] | None = None
        width = 0
        seen: set[tuple[str, ...]] = set()
        for record in records(
            stream, mapping.delimiter, (mapping.encoding,) if mapping.encoding else ("utf-8", "cp1252")
        ):
            if isinstance(record, BadRow):
                yield record
            elif where is None:
                where = places(record[1], list(mapping.columns), "the list")
                width = len(record[1])
            elif len(record[1]) != width:
                yield BadRow(record[0], f"{len(record[1])} cells under {width} columns")
            else:
                cells = [record[1][place].strip() for place in where]
                mark = tuple(cells)
                if mark in seen:
                    yield BadRow(record[0], "the same row stands further up")
                    continue
                seen.add(mark)
                yield self._row(
                    record[0], {**dict(zip(mapping.columns.values(), cells, strict=True)), **mapping.always}
                )
        if where is None:
            raise TableError("the list has no header", hint="its first line names the columns")

    def _row(self, line: int, named: Mapping[str, str]) -> Read:
        layout = self._layout
        key = [named[column] for column in layout.key]
        if not all(key):
            return BadRow(line, f"{layout.key[key.index('')]} is empty")
        try:
            first, last = (dated(named.get(column, "")) for column in (layout.first, layout.last))
        except ValueError as error:
            return BadRow(line, str(error))
        if first is not None and last is not None and last < first:
            return BadRow(line, "it ends before it begins")
        return Parsed("|".join(key), tuple(named[column] for column in self.columns), first, last)


def _texts(about: Mapping[str, Any], name: str, where: str) -> dict[str, str]:
    found = about.get(name) or {}
    if not isinstance(found, dict) or not all(isinstance(value, str) and value for value in found.values()):
        raise TableError(f"{name} is not a list of names and values", location=where, hint="write «theirs: ours»")
    return found


def _day(about: Mapping[str, str], name: str, where: str) -> int | None:
    try:
        day = dated(about.get(name, ""))
    except ValueError as error:
        raise TableError(f"{name}: {error}", location=where, hint="write it as YYYY-MM-DD") from error
    if day is None and name == "from":
        raise TableError("from is open", location=where, hint="write it as YYYY-MM-DD")
    return day


def _delimiter(text: str, where: str) -> str:
    text = {"tab": "\t", "\\t": "\t"}.get(text, text)
    if len(text) != 1 or text in '"\r\n\0':
        raise TableError(f"delimiter {text!r}", location=where, hint="one character, or tab")
    return text


def _encoding(text: str, where: str) -> str:
    """An encoding in which a line break is the byte 10: UTF-16 has none that could be found."""
    try:
        usable = not text or "a,\n".encode(codecs.lookup(text).name) == b"a,\n"
    except (LookupError, UnicodeError, TypeError):
        usable = False
    if not usable:
        raise TableError(f"encoding {text!r}", location=where, hint="utf-8 or cp1252, say; save UTF-16 as UTF-8 first")
    return text

"""Workbooks (.xlsx) as CSV text, one line a row, so that formats read a sheet as they read its CSV.

A workbook is a zip of XML parts (ECMA-376 part 1, SpreadsheetML); of a cell only its value counts. That
little needs no library, streams, and keeps every hostile part behind the bounds of this package.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Generator, Iterator
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, cast

from engine.errors import TableError
from engine.reference.importers.bounded import AGAIN, DAMAGED, refuse
from engine.reference.importers.xml_events import Event, events

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_MOST_STRINGS = 64 << 20
_MOST_COLUMNS, _MOST_ROWS = 256, 1 << 20
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_WHOLE = re.compile(r"(-?\d+)\.0+")


class Sheet(NamedTuple):
    """A sheet: its name, and the part of the zip that holds it."""

    name: str
    part: str


def names(reopen: Callable[[], BinaryIO], where: str) -> list[Sheet]:
    """The sheets in the order of the workbook.

    Raises:
        TableError: it is no workbook.
    """
    with reopen() as raw, _zip(raw, where) as archive:
        targets = {
            event.attributes.get("Id", ""): event.attributes.get("Target", "")
            for event in _part(archive, "xl/_rels/workbook.xml.rels", where)
            if event.kind == "start" and event.name == "Relationship"
        }
        listed = []
        for event in _part(archive, "xl/workbook.xml", where):
            if event.kind == "start" and event.name == "sheet":
                ids = [value for name, value in event.attributes.items() if name.rpartition(":")[2] == "id"]
                target = targets.get(ids[0] if ids else "", "").removeprefix("/").removeprefix("xl/")
                listed.append(Sheet(event.attributes.get("name", ""), f"xl/{target}"))
        held = set(archive.namelist())
    return [sheet for sheet in listed if sheet.part in held]


def as_csv(reopen: Callable[[], BinaryIO], part: str, where: str) -> BinaryIO:
    """A sheet as CSV, in UTF-8: line numbers are row numbers, breaks inside a cell are blanks."""
    return cast("BinaryIO", io.BufferedReader(_Lines(_rows(reopen, part, where))))


def _rows(reopen: Callable[[], BinaryIO], part: str, where: str) -> Generator[bytes, None, None]:
    with reopen() as raw, _zip(raw, where) as archive:
        strings = _strings(archive, where)
        written = 0
        row: dict[int, str] = {}
        number, place, kind, text = 0, -1, "", ""
        for event in _part(archive, part, where):
            if event.kind == "text":
                text += event.name
            elif event.kind == "start":
                text = ""
                if event.name == "row":
                    said = event.attributes.get("r", str(number + 1))
                    number = int(said) if re.fullmatch("[0-9]{1,8}", said) else 0
                    row, place = {}, -1
                    if not written < number <= _MOST_ROWS:
                        raise refuse(f"a sheet whose row {written + 1} says that it is row {said[:20]}", where)
                elif event.name == "c":
                    place = _place(event.attributes.get("r", ""), place, where)
                    kind = event.attributes.get("t", "n")
            elif event.name in {"v", "t"}:
                row[place] = row.get(place, "") + _value(text, kind, strings, where)
            elif event.name == "row":
                yield b"\n" * (number - written - 1) + _line(row)
                written = number


def _place(reference: str, before: int, where: str) -> int:
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        place = before + 1
    else:
        place = 0
        for letter in found[1]:
            place = place * 26 + ord(letter) - ord("A") + 1
        place -= 1
    if place >= _MOST_COLUMNS:
        raise refuse(f"a sheet of more than {_MOST_COLUMNS} columns", where)
    return place


def _value(text: str, kind: str, strings: list[str], where: str) -> str:
    if kind == "s":
        if not re.fullmatch("[0-9]{1,9}", text) or int(text) >= len(strings):
            raise TableError(f"a damaged workbook: no text {text[:20]}", location=where, hint=AGAIN)
        return strings[int(text)]
    whole = _WHOLE.fullmatch(text) if kind == "n" else None
    return whole[1] if whole else text


def _line(row: dict[int, str]) -> bytes:
    cells = [" ".join(row.get(place, "").splitlines()) for place in range(max(row, default=-1) + 1)]
    quoted = ['"' + cell.replace('"', '""') + '"' if '"' in cell or "," in cell else cell for cell in cells]
    return ",".join(quoted).encode("utf-8", "replace") + b"\n"


def _strings(archive: zipfile.ZipFile, where: str) -> list[str]:
    """The shared texts of the workbook; phonetic guides (rPh) are no part of them."""
    if "xl/sharedStrings.xml" not in archive.namelist():
        return []
    if archive.getinfo("xl/sharedStrings.xml").file_size > _MOST_STRINGS:
        raise refuse(f"a workbook with more than {_MOST_STRINGS >> 20} MiB of texts", where)
    found: list[str] = []
    whole, text, guides = "", "", 0
    for event in _part(archive, "xl/sharedStrings.xml", where):
        if event.kind == "text":
            text += event.name
        elif event.kind == "start":
            text = ""
            guides += event.name == "rPh"
            if event.name == "si":
                whole = ""
        elif event.name == "rPh":
            guides -= 1
        elif event.name == "t" and not guides:
            whole += text
        elif event.name == "si":
            found.append(whole)
    return found


def _part(archive: zipfile.ZipFile, part: str, where: str) -> Iterator[Event]:
    try:
        with archive.open(part) as stream:
            yield from events(cast("BinaryIO", stream))
    except DAMAGED as error:
        raise TableError(f"a damaged workbook: {error}", location=where, hint=AGAIN) from error


def _zip(raw: BinaryIO, where: str) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(raw)
    except DAMAGED as error:
        raise TableError(f"a damaged workbook: {error}", location=where, hint=AGAIN) from error


class _Lines(io.RawIOBase):
    """Lines that are made as they are read."""

    def __init__(self, lines: Generator[bytes, None, None]) -> None:
        super().__init__()
        self._lines = lines
        self._left = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer)
        if not self._left:
            self._left = next(self._lines, b"")
        given = self._left[: len(view)]
        self._left = self._left[len(view) :]
        view[: len(given)] = given
        return len(given)

    def close(self) -> None:
        self._lines.close()
        super().close()

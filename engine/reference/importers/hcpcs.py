"""HCPCS level II codes and modifiers: the fixed-width file, and the CSV or workbook beside it.

Source: CMS, HCPCS record layout (``HCPCyyyy_recordlayout.txt``). Record ids: 3 code, 7 modifier, 4
and 8 more of their long texts. The edition stands only in the file's name (``HCPC2024_JUL_ANWEB``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import BinaryIO, NamedTuple

from engine.errors import TableError
from engine.reference.importers import notices
from engine.reference.importers.editions import MONTHS, UNKNOWN, dated, quarter
from engine.reference.importers.format import BadRow, Detected, Head, Parsed, Read
from engine.reference.importers.text import damage, lines, places, records, squeezed

_FIXED = re.compile(r"(?:[0-9A-Z]{5}|   [0-9A-Z]{2})\d{5}[3478].{80}")
_NAME = re.compile(r"(?i)hcpc[a-z]*[-_ ]?(20\d\d)[-_ ]?([a-z]{3})")
_CUTS = {  # from and to, in Python's counting; their 1-based places are those of the record layout
    "long": slice(11, 91), "short": slice(91, 119), "coverage": slice(229, 230), "betos": slice(256, 259),
    "type_of_service": slice(260, 261), "added": slice(268, 276), "terminated": slice(284, 292),
    "action": slice(292, 293),
}  # fmt: skip
_NAMED = ("HCPC", "RECID", "LONG DESCRIPTION", "SHORT DESCRIPTION", "COV", "BETOS", "TOS1", "ADD DT", "TERM DT",
          "ACTION CD")  # fmt: skip
_SHORTEST = 293
_LONG = 80
_EXCEL_EPOCH = 25569


class _Piece(NamedTuple):
    """One record of the file, however it is written."""

    line: int
    code: str
    id: str
    long: str
    short: str
    coverage: str
    betos: str
    type_of_service: str
    added: str
    terminated: str
    action: str


class Hcpcs:
    """HCPCS level II.

    Args:
        table: ``hcpcs`` or ``hcpcs-modifiers``.
        ids: record ids of an entry and of the continuation of its long text.
        sheet: read the CSV or workbook, not the fixed-width file.
    """

    columns = ("added", "terminated", "short", "long", "coverage", "betos", "type_of_service", "action")
    page = notices.HCPCS_PAGE

    def __init__(self, table: str, ids: str, *, sheet: bool) -> None:
        what = "modifiers" if table == "hcpcs-modifiers" else "codes"
        self.name = f"HCPCS level II {what}, {'CSV or workbook' if sheet else 'fixed width'}"
        self.tables = (table,)
        self._table = table
        self._entry, self._more = ids[0], ids[1]
        self._shape = re.compile(r"[A-Z0-9]{2}" if what == "modifiers" else r"[A-Z]\d{4}")
        self._read: Callable[[BinaryIO], Iterator[_Piece | BadRow]] = _listed if sheet else _fixed
        self._fits = _is_list if sheet else _is_fixed

    def detect(self, head: Head) -> Detected | None:
        """By the shape of its first records, or by its header."""
        if not self._fits(head.start.decode("latin-1")):
            return None
        named = _NAME.search(head.name)
        month = named[2].lower() if named else ""
        span = quarter(int(named[1]), MONTHS.index(month) + 1) if named and month in MONTHS else UNKNOWN
        return Detected(
            table=self._table,
            edition=span.edition,
            first_day=span.first_day,
            last_day=span.last_day,
            source=f"CMS HCPCS level II, {head.name}",
            page=self.page,
            licence=notices.HCPCS,
        )

    def rows(self, stream: BinaryIO, detected: Detected) -> Iterator[Read]:  # noqa: ARG002 -- the interface
        """The codes or the modifiers, with their long texts put together.

        Raises:
            TableError: there is no header of this format.
        """
        seen: set[str] = set()
        entry: _Piece | None = None
        for piece in self._read(stream):
            if isinstance(piece, BadRow):
                yield piece
            elif piece.id == self._more:
                if entry is None or entry.code != piece.code:
                    yield BadRow(piece.line, f"a continuation for {piece.code!r} without its first record")
                else:
                    entry = entry._replace(long=entry.long.ljust(_LONG * -(-len(entry.long) // _LONG)) + piece.long)
            elif piece.id == self._entry:
                if entry is not None:
                    yield self._row(entry, seen)
                entry = piece
            elif piece.id not in "3478":
                yield BadRow(piece.line, f"record id {piece.id!r} is not 3, 4, 7 or 8")
        if entry is not None:
            yield self._row(entry, seen)

    def _row(self, entry: _Piece, seen: set[str]) -> Read:
        code = entry.code
        if not self._shape.fullmatch(code):
            return BadRow(entry.line, f"{code!r} is not the shape of {self._table}")
        try:
            first, last = _day(entry.added), _day(entry.terminated)
        except ValueError as error:
            return BadRow(entry.line, f"{code}: {error}")
        if not entry.action or (last is not None and first is not None and last < first):
            return BadRow(entry.line, f"{code} ends before it begins" if entry.action else f"{code} has no action code")
        if code in seen:
            return BadRow(entry.line, f"{code} stands further up")
        seen.add(code)
        values = (entry.added, entry.terminated, entry.short, " ".join(entry.long.split()))
        return Parsed(code, (*values, entry.coverage, entry.betos, entry.type_of_service, entry.action), first, last)


def _day(text: str) -> int | None:
    """YYYYMMDD, or the day number of a workbook."""
    if re.fullmatch(r"\d{5}", text):
        return int(text) - _EXCEL_EPOCH
    return dated(text)


def _is_fixed(text: str) -> bool:
    found = [line for line in text.splitlines()[:20] if line.strip()]
    return bool(found) and all(_FIXED.match(line) for line in found[:3])


def _is_list(text: str) -> bool:
    return any(re.match(r"\"?HCPC\"?,\"?SEQNUM\"?,\"?RECID\"?,", line) for line in islice(text.splitlines(), 20))


def _fixed(stream: BinaryIO) -> Iterator[_Piece | BadRow]:
    for number, line in lines(stream):
        more = line[10:11] in {"4", "8"}
        if wrong := damage(line):
            yield BadRow(number, wrong)
        elif not line.strip():
            continue
        elif len(line) < (12 if more else _SHORTEST):
            yield BadRow(number, f"the row ends at column {len(line)} of {_SHORTEST}")
        else:
            cells = {name: line[cut].strip() for name, cut in _CUTS.items()}
            cells["long"] = line[_CUTS["long"]].rstrip()
            yield _Piece(number, line[:5].strip(), line[10], **cells)


def _listed(stream: BinaryIO) -> Iterator[_Piece | BadRow]:
    where: list[int] | None = None
    for record in records(stream):
        if isinstance(record, BadRow):
            yield record
        elif where is None:
            if squeezed(record[1][0]) == _NAMED[0]:
                where = places(record[1], _NAMED, "the HCPCS list")
        elif len(record[1]) < min(where[2:5]):
            yield BadRow(record[0], f"{len(record[1])} cells in a row of the HCPCS list")
        else:
            cells = [*record[1], *[""] * (max(where) + 1)]
            code, kind, long, short, coverage, betos, tos, added, ended, action = (cells[at].strip() for at in where)
            yield _Piece(record[0], code, kind, long, short, coverage, betos, tos, added, ended, action)
    if where is None:
        raise TableError("no header of the HCPCS list")


HCPCS_FORMATS = tuple(
    Hcpcs(table, ids, sheet=sheet)
    for sheet in (False, True)
    for table, ids in (("hcpcs", "34"), ("hcpcs-modifiers", "78"))
)
"""Codes and modifiers stand in one file and go to two tables."""

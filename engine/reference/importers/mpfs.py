"""Medicare physician fee schedule, relative value file (PPRRVU): CSV under a header stacked over several rows.

Source: CMS, PFS relative value files. Columns are found by name, the header's cells read from top to bottom, since 2026
adds one in the middle. The descriptor of CPT codes is not imported.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from engine.errors import TableError
from engine.reference.importers import notices
from engine.reference.importers.columns import PPRRVU
from engine.reference.importers.editions import MONTHS, UNKNOWN, Span, quarter
from engine.reference.importers.format import BadRow, Detected, Head, Parsed, Read
from engine.reference.importers.text import places, records, squeezed

_TITLE = re.compile(r"(?i)(20\d\d) National Physician Fee Schedule Relative Value File\s*([a-z]{3})?[a-z]*")
_LAST_HEADER = re.compile(r"(?m)^\"?HCPCS\"?,\"?MOD\"?,\"?DESCRIPTION\"?,")
_NAME = re.compile(r"(?i)pprrvu(?:20)?(\d\d)[-_ ]?([a-z]{3})?")
_QPP = re.compile(r"(?i)(?<!non)[-_ ]qpp")
_NAMES = (
    "MOD", "STATUS CODE", "NOT USED FOR MEDICARE PAYMENT", "WORK RVU", "NON-FAC PE RVU", "NON-FAC NA INDICATOR",
    "FACILITY PE RVU", "FACILITY NA INDICATOR", "MP RVU", "NON-FACILITY TOTAL", "FACILITY TOTAL", "PCTC IND",
    "GLOB DAYS", "PRE OP", "INTRA OP", "POST OP", "MULT PROC", "BILAT SURG", "ASST SURG", "CO- SURG", "TEAM SURG",
    "ENDO BASE", "CONV FACTOR", "PHYSICIAN SUPERVISION OF DIAGNOSTIC PROCEDURES", "CALCULATION FLAG",
    "DIAGNOSTIC IMAGING FAMILY INDICATOR",
)  # fmt: skip
_DESCRIPTION = 2  # its cells above the header hold the titles
_STATUS = 1


class FeeSchedule:
    """Physician fee schedule relative value file."""

    name = "Medicare physician fee schedule, relative value file (PPRRVU)"
    columns = PPRRVU
    tables = ("pprrvu", "pprrvu-qpp")
    page = notices.MPFS_PAGE

    def detect(self, head: Head) -> Detected | None:
        """By title and last header row; since 2026 qualifying participants (QPP) have a file and table of their own."""
        text = head.start.decode("latin-1")[:16384]
        title = _TITLE.search(text)
        if title is None or not _LAST_HEADER.search(text):
            return None
        named = _NAME.search(head.name)
        span = _release(int(title[1]), title[2] or (named[2] if named else None))
        wrong = named is not None and int(named[1]) != int(title[1]) % 100
        return Detected(
            table="pprrvu-qpp" if _QPP.search(head.name) else "pprrvu",
            edition=span.edition,
            first_day=span.first_day,
            last_day=span.last_day,
            source=f"CMS {self.name}, {head.name}",
            page=self.page,
            licence=notices.AMA_ADA,
            doubt=f"the file's name is of 20{named[1]}, its title of {title[1]}" if wrong and named else "",
        )

    def rows(self, stream: BinaryIO, detected: Detected) -> Iterator[Read]:  # noqa: ARG002 -- the interface
        """A procedure has one row for itself and one for each of the modifiers 26, TC and 53 that it has.

        Raises:
            TableError: the header is not complete.
        """
        above: list[list[str]] = []
        where: list[int] | None = None
        width = 0
        seen: set[tuple[str, str]] = set()
        for record in records(stream):
            if isinstance(record, BadRow):
                yield record
                continue
            line, cells = record
            if where is None:
                above.append(cells)
                if [squeezed(cell) for cell in cells[:2]] == ["HCPCS", "MOD"]:
                    header = _stacked(above)
                    where = places(header, _NAMES, "the relative value file")
                    width = max(where) + 1
            elif len(cells) < width:
                yield BadRow(line, f"{len(cells)} cells where {width} belong")
            elif any(cells):
                yield _row(line, cells[0].strip(), tuple(cells[place].strip() for place in where), seen)
        if where is None:
            raise TableError("no header of the relative value file")


def _row(line: int, code: str, values: tuple[str, ...], seen: set[tuple[str, str]]) -> Read:
    if not re.fullmatch(r"[0-9A-Z]{5}", code):
        return BadRow(line, f"{code!r} is no procedure code")
    if not re.fullmatch(r"[A-Z]", values[_STATUS]):
        return BadRow(line, f"status {values[_STATUS]!r} of {code} is no letter")
    if (code, values[0]) in seen:
        return BadRow(line, f"{code} {values[0]}".rstrip() + " stands further up")
    seen.add((code, values[0]))
    return Parsed(code, values)


def _stacked(rows: Sequence[Sequence[str]]) -> list[str]:
    """The names of the columns: their cells from top to bottom."""
    width = len(rows[-1])
    return [
        rows[-1][place]
        if place <= _DESCRIPTION
        else " ".join(cell for row in rows if place < len(row) and (cell := row[place].strip()))
        for place in range(width)
    ]


def _release(year: int, month: str | None) -> Span:
    short = (month or "").lower()
    return quarter(year, MONTHS.index(short) + 1) if short in MONTHS else UNKNOWN

"""NCCI procedure-to-procedure edits, practitioner and outpatient hospital: tab-delimited text under six header lines.

Source: CMS, "How to use the Medicare NCCI tools". A pair may come with several windows of dates; deletion ``*`` is in
force; indicator 9 means that the edit never applied.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from engine.errors import TableError
from engine.reference.importers import notices
from engine.reference.importers.editions import UNKNOWN, Span, dated, doubt, quarter
from engine.reference.importers.format import BadRow, Detected, Head, Parsed, Read, Void
from engine.reference.importers.text import batches, damage

_HEADER = re.compile(r"(?im)^\s*\"?Column 1\"?\t\"?Column 2\"?\t")
_VERSION = re.compile(r"(?i)cci(?:pra|oph)[-_]?v(\d\d)([0-3])r?\d*")
_QUARTER = re.compile(r"(?i)(20\d\d)[-_ ]?q([1-4])")
_HINTS = (  # the stem of the official names says it surest
    (re.compile(r"(?i)ccipra"), re.compile(r"(?i)ccioph")),
    (re.compile(r"(?i)practitioner"), re.compile(r"(?i)hospital|outpatient")),
)
_FIRST_VERSION = 1994  # version 30 is of 2024
_CODE, _CELLS, _MOST_HEADER_LINES = 5, 7, 40
_PROCEDURE = re.compile(r"[0-9A-Z]{5}")
_VOID = "9"
_INDICATORS = frozenset({"0", "1", _VOID})


class _Days(dict[str, int | None]):
    """Days by their text: a file has some hundreds of dates and millions of rows."""

    def __missing__(self, text: str) -> int | None:
        day = self[text] = dated(text)
        return day


class PtpEdits:
    """NCCI PTP edits."""

    name = "NCCI PTP edits"
    columns = ("modifier_indicator", "rationale")
    tables = ("ptp-practitioner", "ptp-outpatient")
    page = notices.PTP_PAGE

    def detect(self, head: Head) -> Detected | None:
        """By the header line; which of the two tables, and the quarter, stand in the name."""
        text = head.start.decode("latin-1")
        if not _HEADER.search(text[:8192]):
            return None
        where = head.name + "\n" + text[: text.lower().find("column 1\t")]
        span = _edition(head.name)
        return Detected(
            table=self._table(where),
            edition=span.edition,
            first_day=span.first_day,
            last_day=span.last_day,
            source=f"CMS {self.name}, {head.name}",
            page=self.page,
            licence=notices.AMA,
            doubt=doubt(span, text[:8192]),
        )

    def _table(self, where: str) -> str:
        """The table that the words name, empty when they name none or both."""
        for hints in _HINTS:
            named = [table for table, hint in zip(self.tables, hints, strict=True) if hint.search(where)]
            if named:
                return named[0] if len(named) == 1 else ""
        return ""

    def rows(self, stream: BinaryIO, detected: Detected) -> Iterator[Read]:  # noqa: ARG002 -- the interface
        """The pairs. Keys are ``column one|column two``.

        Raises:
            TableError: there is no header of this format.
        """
        number, began, header = 0, False, False
        days, shared, seen = _Days(), dict[tuple[str, str], tuple[str, str]](), set[int]()
        for batch in batches(stream):
            for line in batch:
                number += 1
                if not began:  # the header ends with the first line that has a code in its first cell
                    header = header or _HEADER.match(line) is not None
                    began = header and line[:1].isalnum() and not _HEADER.match(line)
                    if not began:
                        if number > _MOST_HEADER_LINES:
                            raise TableError("no row begins under the header of PTP edits")
                        continue
                try:
                    one, two, _, effective, deleted, indicator, rationale = line.split("\t")
                    row: Read = Parsed(f"{one}|{two}", shared[indicator, rationale], days[effective], days[deleted])
                    if len(one) != _CODE or len(two) != _CODE or "*" != deleted < effective or effective < "1":
                        row = _slowly(line, number, shared)
                except (ValueError, KeyError):
                    row = _slowly(line, number, shared)
                if type(row) is Parsed:
                    if (mark := hash(line)) in seen:
                        row = BadRow(number, "the same row stands further up")
                    seen.add(mark)
                yield row
        if not header:
            raise TableError("no header of PTP edits")


def _slowly(line: str, number: int, shared: dict[tuple[str, str], tuple[str, str]]) -> Read:
    """A row that the quick way did not understand: a new rationale, blanks around its cells, or something wrong."""
    cells = [cell.strip() for cell in line.split("\t")]
    if len(cells) == _CELLS - 1:
        cells.append("")  # older files have no rationale
    if wrong := damage(line) or _wrong(cells):
        return BadRow(number, wrong)
    one, two, _, effective, deleted, indicator, rationale = cells
    if indicator == _VOID:
        return Void(number, "indicator 9: the edit never applied")
    try:
        first, last = dated(effective), dated(deleted)
    except ValueError as error:
        return BadRow(number, str(error))
    if first is None or (last is not None and last < first):
        return BadRow(number, f"deleted {deleted}, effective {effective or 'never'}")
    values = shared.setdefault((indicator, rationale), (indicator, rationale))
    return Parsed(f"{one}|{two}", values, first, last)


def _wrong(cells: list[str]) -> str:
    """What is wrong with the cells of a row, empty when nothing is."""
    if len(cells) != _CELLS:
        return f"{len(cells)} cells where {_CELLS} belong"
    if not (_PROCEDURE.fullmatch(cells[0]) and _PROCEDURE.fullmatch(cells[1])):
        return f"{cells[0]!r} and {cells[1]!r} are no pair of procedure codes"
    if cells[5] not in _INDICATORS:
        return f"modifier indicator {cells[5]!r} is not 0, 1 or 9"
    return ""


def _edition(name: str) -> Span:
    if found := _VERSION.search(name):
        return quarter(_FIRST_VERSION + int(found[1]), 3 * int(found[2]) + 1)
    if found := _QUARTER.search(name):
        return quarter(int(found[1]), 3 * int(found[2]))
    return UNKNOWN

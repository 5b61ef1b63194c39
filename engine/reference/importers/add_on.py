"""NCCI add-on codes: the workbook that CMS publishes beside a flat text whose layout differs.

Source: CMS, add-on code edits. Dates are YYYYDDD; the primary ``CCCCC`` is "contractor defined"; type 1 lists all
primaries, 2 none, 3 some.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from engine.errors import TableError
from engine.reference.importers import notices
from engine.reference.importers.editions import UNKNOWN, doubt, quarter, year_and_day
from engine.reference.importers.format import BadRow, Detected, Head, Parsed, Read
from engine.reference.importers.text import places, records, squeezed

_HEADER = re.compile(r"(?i)AOC_Edit_Type,Add-On_Code,")
_QUARTER = re.compile(r"(?i)aoc[_-]?v(20\d\d)[-_ ]?q([1-4])")
_NAMES = (
    "AOC_Edit_Type", "Add-On_Code", "Primary_Code", "AOC_Edit_EffDT", "AOC_Edit_DelDT", "AOC_DelDT",
    "Primary_Code_DelDT",
)  # fmt: skip
_CODE = re.compile(r"[0-9A-Z]{5}")
_OPEN = frozenset({"", "*", "0", "9999365"})


class AddOnCodes:
    """NCCI add-on codes."""

    name = "NCCI add-on codes"
    columns = ("primary", "type")
    tables = ("add-on",)
    page = notices.ADD_ON_PAGE

    def detect(self, head: Head) -> Detected | None:
        """By the header; the quarter stands in the name of the file and of its sheet."""
        text = head.start.decode("latin-1")
        if not _HEADER.search(text[:16384]):
            return None
        named = _QUARTER.search(head.name)
        span = quarter(int(named[1]), 3 * int(named[2])) if named else UNKNOWN
        return Detected(
            table="add-on",
            edition=span.edition,
            first_day=span.first_day,
            last_day=span.last_day,
            source=f"CMS {self.name}, {head.name}",
            page=self.page,
            licence=notices.AMA,
            doubt=doubt(span, text[:16384]),
        )

    def rows(self, stream: BinaryIO, detected: Detected) -> Iterator[Read]:  # noqa: ARG002 -- the interface
        """The pairs, by add-on code.

        Raises:
            TableError: there is no header of this format.
        """
        where: list[int] | None = None
        seen: set[tuple[str, ...]] = set()
        for record in records(stream):
            if isinstance(record, BadRow):
                yield record
                continue
            line, cells = record
            if where is None:
                if squeezed(cells[0]) == squeezed(_NAMES[0]):
                    where = places(cells, _NAMES, "the add-on workbook")
                continue
            padded = [*cells, *[""] * len(_NAMES)]
            values = tuple(padded[place].strip() for place in where)
            if values in seen:
                yield BadRow(line, "the same row stands further up")
            elif any(values):
                seen.add(values)
                yield _row(line, *values)
        if where is None:
            raise TableError("no header of add-on codes")


def _row(line: int, kind: str, add_on: str, primary: str, effective: str, *deleted: str) -> Read:
    if kind not in {"1", "2", "3"}:
        return BadRow(line, f"add-on type {kind!r} is not 1, 2 or 3")
    if not _CODE.fullmatch(add_on) or not _CODE.fullmatch(primary):
        return BadRow(line, f"{add_on!r} and {primary!r} are no add-on and primary code")
    first = year_and_day(effective)
    if first is None:
        return BadRow(line, f"effective date {effective!r} is not YYYYDDD")
    ends = [(text, year_and_day(text)) for text in deleted if text not in _OPEN]
    wrong = [text for text, day in ends if day is None]
    if wrong:
        return BadRow(line, f"deletion date {wrong[0]!r} is not YYYYDDD")
    last = min((day for _, day in ends if day is not None), default=None)
    if last is not None and last < first:
        return BadRow(line, "deleted before it took effect")
    return Parsed(add_on, (primary, kind), first, last)

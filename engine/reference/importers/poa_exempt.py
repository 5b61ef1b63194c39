"""ICD-10-CM codes exempt from present-on-admission reporting: tab-delimited text, or the workbook of later years.

Source: CMS, POA exempt list. The fiscal year stands in the header (``Order2020``) or in the file's name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from engine.errors import TableError
from engine.reference.importers import notices
from engine.reference.importers.editions import UNKNOWN, fiscal_year
from engine.reference.importers.format import BadRow, Detected, Head, Parsed, Read
from engine.reference.importers.text import records, squeezed

_HEADER = re.compile(r"(?im)^\W{0,3}(?:order|#)[ _]?(20\d\d)?[^\t,\r\n]*?([\t,])\s*\"?POA[ _]?exempt[ _]?codes?")
_NAME = re.compile(r"(?i)exempt[a-z_ -]*?(jan|apr)?[a-z]*(?:fy)?(20)?(\d\d)(?!\d)")
_CODE = re.compile(r"[A-Z][0-9A][0-9A-Z](?:\.?[0-9A-Z]{1,4})?")
_COLUMN = re.compile(r"POA ?_?EXEMPT ?_?CODES?")


class PoaExempt:
    """POA-exempt codes."""

    name = "POA-exempt ICD-10-CM codes"
    columns: tuple[str, ...] = ()
    tables = ("poa-exempt",)
    page = notices.ICD_PAGE

    def detect(self, head: Head) -> Detected | None:
        """By its header."""
        found = _HEADER.search(head.start[:4096].decode("latin-1"))
        if not found:
            return None
        named = _NAME.search(head.name)
        inside, outside = found[1], f"20{named[3]}" if named else ""
        year = inside or outside
        span = fiscal_year(int(year), (named[1] or "") if named else "") if year else UNKNOWN
        wrong = inside and outside and inside != outside
        return Detected(
            table="poa-exempt",
            edition=span.edition,
            first_day=span.first_day,
            last_day=span.last_day,
            source=f"CMS {self.name}, {head.name}",
            page=self.page,
            licence=notices.PUBLIC,
            doubt=f"the file's name is of {outside}, its header of {inside}" if wrong else "",
        )

    def rows(self, stream: BinaryIO, detected: Detected) -> Iterator[Read]:  # noqa: ARG002 -- the interface
        """The codes, without the dot.

        Raises:
            TableError: there is no header of this format.
        """
        place: int | None = None
        width = 0
        seen: set[str] = set()
        for record in records(stream, ""):
            if isinstance(record, BadRow):
                yield record
                continue
            line, cells = record
            if place is None:
                place = next((at for at, cell in enumerate(cells) if _COLUMN.match(squeezed(cell))), None)
                width = len(cells)
                continue
            code = cells[place].strip() if place < len(cells) else ""
            if len(cells) < width:
                yield BadRow(line, f"{len(cells)} cells where {width} belong")
            elif not _CODE.fullmatch(code):
                yield BadRow(line, f"{code!r} is no ICD-10-CM code")
            elif code in seen:
                yield BadRow(line, f"{code} stands further up")
            else:
                seen.add(code)
                yield Parsed(code.replace(".", ""), ())
        if place is None:
            raise TableError("no header of POA-exempt codes")

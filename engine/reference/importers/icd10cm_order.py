"""ICD-10-CM codes in tabular order: fixed width, one code a line.

Source: CMS, ICD-10-CM order file. Places: 1-5 order number, 7-13 code, 15 whether it may be reported (1) or
is a heading (0), 17-76 short and 78- long description. The year stands only in the file's name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO

from engine.reference.importers import notices
from engine.reference.importers.editions import UNKNOWN, fiscal_year
from engine.reference.importers.format import BadRow, Detected, Head, Parsed, Read, Void
from engine.reference.importers.text import damage, lines

_ROW = re.compile(r"\d{5} (?=.{7} [01] )([A-Z][0-9A][0-9A-Z]{1,5}) +([01]) (.{60}) (\S.*)")
_NAME = re.compile(r"(?i)order.*?(20\d\d)|(20\d\d).*?order")
_CODE_END, _LONG = 14, 77


class CodeOrder:
    """ICD-10-CM order file."""

    name = "ICD-10-CM order file"
    columns = ("description",)
    tables = ("icd10cm",)
    page = notices.ICD_PAGE

    def detect(self, head: Head) -> Detected | None:
        """By the shape of its first lines; ICD-10-PCS has the same file, but its codes begin with a digit."""
        found = [line for line in islice(head.start.decode("latin-1").splitlines(), 12) if line.strip()]
        if not found or not all(_ROW.fullmatch(line) for line in found[:2]):
            return None
        named = _NAME.search(head.name)
        span = fiscal_year(int(named[1] or named[2]), head.name) if named else UNKNOWN
        return Detected(
            table="icd10cm",
            edition=span.edition,
            first_day=span.first_day,
            last_day=span.last_day,
            source=f"CMS {self.name}, {head.name}",
            page=self.page,
            licence=notices.PUBLIC,
        )

    def rows(self, stream: BinaryIO, detected: Detected) -> Iterator[Read]:  # noqa: ARG002 -- the interface
        """The codes that may be reported, without the dot; headings are left out."""
        seen: set[str] = set()
        for number, line in lines(stream):
            found = _ROW.fullmatch(line.rstrip())
            if found is None:
                if line.strip():
                    yield BadRow(number, damage(line) or _why(line))
                continue
            code, billable, _, description = found.groups()
            if code in seen:
                yield BadRow(number, f"{code} stands further up")
            elif billable == "0":
                yield Void(number, "a heading, no code to report")
            else:
                yield Parsed(code, (description,))
            seen.add(code)


def _why(line: str) -> str:
    if len(line) <= _LONG:
        return f"the row ends at column {len(line)}, before its long description"
    return f"no order number, code and mark in {line[: _CODE_END + 2]!r}"

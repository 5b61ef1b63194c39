"""NCCI medically unlikely edits: CSV whose first record and first header cell contain line breaks, or the workbook.

Source: CMS, MUE files of practitioner services, outpatient hospital services and DME suppliers. The quarter
stands only in the file's name (``…_Eff_07-01-2024.csv``); the adjudication indicator (MAI) is the leading digit of
its cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from engine.errors import TableError
from engine.reference.importers import notices
from engine.reference.importers.editions import UNKNOWN, doubt, quarter
from engine.reference.importers.format import BadRow, Detected, Head, Parsed, Read
from engine.reference.importers.text import places, records, squeezed

_HEADER = re.compile(
    r"HCPCS/?\s*CPT Code\"?\s*,\s*\"?([^\",]*?)\s+MUE\s+Values\"?\s*,\s*\"?MUE\s+Adjudication", re.IGNORECASE
)
_TABLES = {"PRACTITIONER": "mue-practitioner", "OUTPATIENT": "mue-outpatient", "DME": "mue-dme"}
_EFFECTIVE = re.compile(r"(?i)eff[-_ ]?(\d\d)[-_](\d\d)[-_](\d{4})")


class MedicallyUnlikely:
    """NCCI MUE values."""

    name = "NCCI medically unlikely edits"
    columns = ("mue_units", "mai", "rationale")
    tables = ("mue-practitioner", "mue-outpatient", "mue-dme")
    page = notices.MUE_PAGE

    def detect(self, head: Head) -> Detected | None:
        """By the header, which names the kind of service."""
        text = head.start.decode("latin-1")
        found = _HEADER.search(text[:16384])
        if not found:
            return None
        service = squeezed(found[1])
        named = _EFFECTIVE.search(head.name)
        span = quarter(int(named[3]), int(named[1])) if named and 1 <= int(named[1]) <= 12 else UNKNOWN  # noqa: PLR2004
        return Detected(
            table=next((table for word, table in _TABLES.items() if word in service), ""),
            edition=span.edition,
            first_day=span.first_day,
            last_day=span.last_day,
            source=f"CMS {self.name}, {head.name}",
            page=self.page,
            licence=notices.AMA,
            doubt=doubt(span, text[:16384]),
        )

    def rows(self, stream: BinaryIO, detected: Detected) -> Iterator[Read]:  # noqa: ARG002 -- the interface
        """The values, by procedure code.

        Raises:
            TableError: there is no header of this format.
        """
        seen: set[str] = set()
        where: list[int] | None = None
        for record in records(stream):
            if isinstance(record, BadRow):
                yield record
            elif where is None:
                if squeezed(record[1][0]).startswith("HCPCS"):
                    values = next((cell for cell in record[1] if squeezed(cell).endswith("MUE VALUES")), "MUE VALUES")
                    names = (record[1][0], values, "MUE Adjudication Indicator", "MUE Rationale")
                    where = places(record[1], names, "the MUE file")
            else:
                yield _row(*record, where, seen)
        if where is None:
            raise TableError("no header of MUE values")


def _row(line: int, cells: list[str], where: list[int], seen: set[str]) -> Read:
    if len(cells) <= max(where):
        return BadRow(line, f"{len(cells)} cells where {max(where) + 1} belong")
    code, units, indicator, rationale = (cells[place].strip() for place in where)
    if not re.fullmatch(r"[0-9A-Z]{5}", code):
        return BadRow(line, f"{code!r} is no procedure code")
    if not (units.isascii() and units.isdigit()):
        return BadRow(line, f"MUE value {units!r} of {code} is no whole number")
    if indicator[:1] not in {"1", "2", "3"}:
        return BadRow(line, f"adjudication indicator {indicator!r} of {code} does not begin with 1, 2 or 3")
    if code in seen:
        return BadRow(line, f"{code} stands further up")
    seen.add(code)
    return Parsed(code, (units, indicator[0], rationale))

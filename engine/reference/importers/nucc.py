"""Health care provider taxonomy: CSV. Its definitions are not imported.

Source: National Uniform Claim Committee. Release N.0 of January is in use from 1 April, N.1 of July
from 1 October; the release stands only in the file's name (``nucc_taxonomy_251.csv``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from engine.errors import TableError
from engine.reference.importers import notices
from engine.reference.importers.editions import day_of
from engine.reference.importers.format import UNKNOWN_DAY, BadRow, Detected, Head, Parsed, Read
from engine.reference.importers.text import places, records

_HEADER = re.compile(
    r"(?i)^(?:\xef\xbb\xbf)?\"?code\"?,\"?grouping\"?,\"?classification\"?,\"?specialization\"?[,\r\n]"
)
_NAME = re.compile(r"(?i)nucc\D*(\d\d)\.?([01])(?!\d)")
_NAMES = ("Code", "Grouping", "Classification", "Specialization")
_CODE = re.compile(r"[0-9A-Z]{9}X")
_FROM = {"0": (4, ".0"), "1": (10, ".1")}


class Taxonomy:
    """NUCC provider taxonomy."""

    name = "NUCC health care provider taxonomy"
    columns = ("grouping", "classification", "specialization")
    tables = ("taxonomy",)
    page = notices.NUCC_PAGE

    def detect(self, head: Head) -> Detected | None:
        """By its header."""
        if not _HEADER.match(head.start[:4096].decode("latin-1")):
            return None
        named = _NAME.search(head.name)
        first = day_of(2000 + int(named[1]), _FROM[named[2]][0]) if named else None
        return Detected(
            table="taxonomy",
            edition=named[1] + _FROM[named[2]][1] if named and first is not None else "",
            first_day=UNKNOWN_DAY if first is None else first,
            source=f"{self.name}, {head.name}",
            page=self.page,
            licence=notices.NUCC,
        )

    def rows(self, stream: BinaryIO, detected: Detected) -> Iterator[Read]:  # noqa: ARG002 -- the interface
        """The codes.

        Raises:
            TableError: there is no header of this format.
        """
        where: list[int] | None = None
        width = 0
        seen: set[str] = set()
        for record in records(stream):
            if isinstance(record, BadRow):
                yield record
            elif where is None:
                where, width = places(record[1], _NAMES, "the taxonomy"), len(record[1])
            elif len(record[1]) < width:
                yield BadRow(record[0], f"{len(record[1])} cells where {width} belong")
            else:
                code, *values = (record[1][place].strip() for place in where)
                if not _CODE.fullmatch(code):
                    yield BadRow(record[0], f"{code!r} is no taxonomy code")
                elif code in seen:
                    yield BadRow(record[0], f"{code} stands further up")
                else:
                    seen.add(code)
                    yield Parsed(code, tuple(values))
        if where is None:
            raise TableError("no header of the taxonomy")

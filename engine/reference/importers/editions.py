"""Which days an edition is for, as publishers name their releases."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import NamedTuple

from engine.reference.days import EPOCH, read_day
from engine.reference.importers.format import UNKNOWN_DAY

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_COPYRIGHT = re.compile(r"CPT[^\n]{0,80}?copyright (\d{4})", re.IGNORECASE)
_EARLIEST, _LATEST = 1990, 2099


class Span(NamedTuple):
    """An edition and the days that it is for."""

    edition: str
    first_day: int
    last_day: int | None


UNKNOWN = Span("", UNKNOWN_DAY, None)


def day_of(year: int, month: int, day: int = 1) -> int | None:
    """The day since 1970-01-01, ``None`` when there is no such day or the year is none of ours."""
    if not _EARLIEST <= year <= _LATEST:
        return None
    try:
        return date(year, month, day).toordinal() - EPOCH
    except ValueError:
        return None


def quarter(year: int, month: int) -> Span:
    """The calendar quarter in which the month lies.

    >>> quarter(2024, 7).edition
    '2024Q3'
    """
    number = (month + 2) // 3
    first = day_of(year, 3 * number - 2)
    if first is None:
        return UNKNOWN
    after = date(year + number // 4, 3 * number % 12 + 1, 1)
    return Span(f"{year}Q{number}", first, after.toordinal() - EPOCH - 1)


def fiscal_year(year: int, text: str = "") -> Span:
    """The federal fiscal year, or the update of ICD-10-CM within it that ``text`` names by its month.

    >>> fiscal_year(2026).edition, fiscal_year(2026, "icd10cm-tabular-April-1-2026.xml").edition
    ('FY2026', 'FY2026-Apr')
    """
    start = re.search(r"(?i)(?<![a-z])(jan|apr)(?:uary|il)?(?![a-z])", text)
    month = MONTHS.index(start[1].lower()) + 1 if start else 10
    first = day_of(year if start else year - 1, month)
    if first is None:
        return UNKNOWN
    name = f"FY{year}-{start[1].title()}" if start else f"FY{year}"
    return Span(name, first, date(year, 9, 30).toordinal() - EPOCH)


def dated(text: str) -> int | None:
    """The day that YYYYMMDD or YYYY-MM-DD writes, ``None`` when it is open.

    >>> dated("20200101"), dated("*")
    (18262, None)

    Raises:
        ValueError: it is neither; its text says so.
    """
    try:
        return read_day(text)
    except ValueError as error:
        raise ValueError(f"{text!r} is no date YYYYMMDD") from error


def year_and_day(text: str) -> int | None:
    """The day that YYYYDDD writes.

    >>> year_and_day("1970002"), year_and_day("2023366"), year_and_day("2013-91")
    (1, None, None)
    """
    if not re.fullmatch(r"\d{7}", text):
        return None
    year, number = int(text[:4]), int(text[4:])
    if not year or not number:
        return None
    found = date(year, 1, 1) + timedelta(days=number - 1) if year <= _LATEST else date.min
    return found.toordinal() - EPOCH if found.year == year else None


def doubt(span: Span, text: str) -> str:
    """What speaks against an edition taken from the file's name: the copyright notice of another year inside.

    CPT of a year bears the copyright of that year or of the one before.
    """
    notice = _COPYRIGHT.search(text)
    if not span.edition or notice is None:
        return ""
    year = int(span.edition[:4])
    if 0 <= year - int(notice[1]) <= 1:
        return ""
    return f"the file's name says {span.edition}, the notice inside is of {notice[1]}"

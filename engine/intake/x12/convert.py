"""X12 texts to values. What is not a value of its type becomes ``None``: the element checks report it."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Final, NamedTuple

MOST_DIGITS: Final = 12
"""Digits of an amount, or of a quantity, that are still believed."""

DECIMALS: Final = 2
SCALE: Final = (100, 10, 1)
DAY_LENGTH: Final = len("CCYYMMDD")
MOST_WHOLE: Final = 9
"""Digits of a line number or a pointer that are still believed."""

_NUMBER: Final = re.compile(r"-?(?=\.?[0-9])([0-9]*)(?:\.([0-9]*))?", re.ASCII)


class Period(NamedTuple):
    """A qualified date: one day, or from and to; ``time`` is HHMM."""

    day: date | None = None
    end_day: date | None = None
    time: str = ""


@lru_cache(maxsize=16384)
def cents(text: str) -> int | None:
    """An amount in cents; ``None`` with more than two decimals or twelve digits.

    >>> cents("185.5"), cents("-3"), cents(".07"), cents("1.005")
    (18550, -300, 7, None)
    """
    whole_part, _, part = text.partition(".")
    digits = whole_part.removeprefix("-") + part
    if not digits.isdecimal() or not digits.isascii() or len(part) > DECIMALS or len(digits) > MOST_DIGITS:
        return None
    amount = int(digits) * SCALE[len(part)]
    return -amount if text[0] == "-" else amount


@lru_cache(maxsize=8192)
def quantity(text: str) -> Decimal | None:
    """A quantity as it was written (``1.50`` keeps its places); ``None`` where it is no plain number."""
    found = _NUMBER.fullmatch(text)
    if found is None or len(found.group(1)) + len(found.group(2) or "") > MOST_DIGITS:
        return None
    return Decimal(text)


@lru_cache(maxsize=16384)
def day(text: str) -> date | None:
    """A calendar day written CCYYMMDD."""
    if len(text) != DAY_LENGTH or not text.isascii() or not text.isdecimal():
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


@lru_cache(maxsize=16384)
def period(form: str, text: str) -> Period:
    """The value of a DTP segment by its format qualifier (D8, RD8, DT, TM).

    >>> period("DT", "202501021430").time
    '1430'
    """
    if form == "D8":
        return Period(day(text))
    if form == "RD8":
        start, _, end = text.partition("-")
        return Period(day(start), day(end))
    if form == "DT":
        return Period(day(text[:DAY_LENGTH]), None, _time(text[DAY_LENGTH:]))
    return Period(None, None, _time(text)) if form == "TM" else Period()


@lru_cache(maxsize=4096)
def whole(text: str) -> int | None:
    """A whole number of at most nine digits, without sign."""
    return int(text) if 0 < len(text) <= MOST_WHOLE and text.isascii() and text.isdecimal() else None


@lru_cache(maxsize=8192)
def code(text: str) -> str:
    """A code in capitals, without blanks round it."""
    return text.strip().upper()


@lru_cache(maxsize=8192)
def diagnosis_code(text: str) -> str:
    """A diagnosis code in capitals, without its dot."""
    return text.strip().upper().replace(".", "")


def _time(text: str) -> str:
    if len(text) not in (4, 6) or not text.isascii() or not text.isdecimal():
        return ""
    return text[:4] if text[:2] < "24" and text[2:4] < "60" else ""

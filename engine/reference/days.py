"""Days as whole numbers since 1970-01-01."""

from __future__ import annotations

import re
from datetime import date

EPOCH = date(1970, 1, 1).toordinal()
_COMPACT = re.compile(r"\d{8}")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_OPEN = frozenset({"", "*", "99991231", "9999-12-31"})


def iso(day: int) -> str:
    """The day as YYYY-MM-DD; a number outside the calendar is shown as a number.

    >>> iso(0)
    '1970-01-01'
    """
    try:
        return date.fromordinal(day + EPOCH).isoformat()
    except (ValueError, OverflowError):
        return f"day {day}"


def read_day(text: str) -> int | None:
    """The day that ``text`` writes as YYYYMMDD or YYYY-MM-DD; ``None`` for blank, ``*`` or the last day of 9999.

    >>> read_day("19700102"), read_day("1970-01-02"), read_day("")
    (1, 1, None)

    Raises:
        ValueError: it is neither.
    """
    text = text.strip()
    if text in _OPEN:
        return None
    if not (_COMPACT.fullmatch(text) or _ISO.fullmatch(text)):
        raise ValueError(text)
    return date.fromisoformat(text).toordinal() - EPOCH

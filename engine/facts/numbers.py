"""Days, spans of years and quantities as whole numbers. Days count from 1970-01-01; quantities are in thousandths."""

from __future__ import annotations

from datetime import MAXYEAR, date
from decimal import ROUND_HALF_EVEN, Decimal

from engine.reference.days import EPOCH

THOUSAND = 1000
_MOST_DIGITS = 12
_FEBRUARY, _LEAP_DAY = 2, 29
_MONTHS = 12


def day_number(day: date | None) -> int | None:
    """Days since 1970-01-01.

    >>> day_number(date(1970, 1, 2))
    1
    """
    return None if day is None else day.toordinal() - EPOCH


def calendar_day(day: int) -> date:
    """The date of a day number.

    >>> calendar_day(0)
    datetime.date(1970, 1, 1)
    """
    return date.fromordinal(day + EPOCH)


def thousandths(quantity: Decimal | None) -> int | None:
    """A quantity in thousandths, rounded half to even; ``None`` for one that is no number or has over twelve digits.

    >>> thousandths(Decimal("1.5"))
    1500
    """
    if quantity is None or not quantity.is_finite() or quantity.adjusted() >= _MOST_DIGITS:
        return None
    return int((quantity * THOUSAND).to_integral_value(ROUND_HALF_EVEN))


def whole(quantity: int | None) -> int | None:
    """The whole number that a quantity in thousandths is, ``None`` when it has a fraction.

    >>> whole(3000), whole(2500)
    (3, None)
    """
    return None if quantity is None or quantity % THOUSAND else quantity // THOUSAND


def whole_years(start: date, end: date) -> int:
    """Whole years from ``start`` to ``end``: one born on 29 February comes of age on 1 March of a common year.

    >>> whole_years(date(2000, 2, 29), date(2001, 2, 28)), whole_years(date(2000, 2, 29), date(2001, 3, 1))
    (0, 1)
    """
    return end.year - start.year - ((end.month, end.day) < (start.month, start.day))


def whole_months(start: date, end: date) -> int:
    """Whole months from ``start`` to ``end``.

    >>> whole_months(date(2023, 3, 5), date(2026, 3, 4)), whole_months(date(2023, 3, 5), date(2026, 3, 5))
    (35, 36)
    """
    return (end.year - start.year) * _MONTHS + end.month - start.month - (end.day < start.day)


def one_year_later(day: date) -> date:
    """The same calendar day of the next year; 28 February for 29 February.

    Source: 42 CFR 424.44(a), "1 calendar year after the date of service"; Medicare Claims Processing Manual (100-04)
    ch. 1 §70.1.

    >>> one_year_later(date(2024, 2, 29))
    datetime.date(2025, 2, 28)
    """
    if day.month == _FEBRUARY and day.day == _LEAP_DAY:
        return date(day.year + 1, _FEBRUARY, _LEAP_DAY - 1)
    return date(min(day.year + 1, MAXYEAR), day.month, day.day)

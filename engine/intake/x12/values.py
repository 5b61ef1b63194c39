"""Whether a text is a value of an X12 type: number, date, time, qualified period."""

from __future__ import annotations

from calendar import isleap

from engine.intake.x12.patterns import MONEY

SHORT_DATE = len("YYMMDD")
LONG_DATE = len("CCYYMMDD")
CENTS = 2
TIMES = {4, 6, 7, 8}
MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def type_fault(kind: str, number: str, value: str) -> str:
    """What ``value`` should have been (``a whole number``), or ``""`` when it is of its type."""
    if kind == "N0":
        return "" if is_digits(value.removeprefix("-")) else "a whole number"
    if kind == "R":
        return number_fault(value, money=number == MONEY)
    if kind == "DT":
        return (
            ""
            if is_date(value) or (len(value) == SHORT_DATE and is_date(f"20{value}"))
            else "a calendar date (CCYYMMDD)"
        )
    if kind == "TM":
        return "" if is_time(value) else "a time of day (HHMM)"
    return ""


def number_fault(value: str, *, money: bool) -> str:
    """What a decimal should have been: digits, one optional leading minus, one optional point; money to the cent."""
    whole, point, fraction = value.removeprefix("-").partition(".")
    if not is_digits(whole + fraction):
        return "an amount in digits (1234.50)" if money else "a number in digits (12.5)"
    if money and point and len(fraction.rstrip("0")) > CENTS:
        return "an amount to the cent (two decimals)"
    return ""


def period_fault(form: str, value: str) -> str:
    """What a date or time should have been under its format qualifier; ``""`` under a qualifier not known here."""
    if form == "D8":
        return "" if is_date(value) else "a calendar date (CCYYMMDD)"
    if form == "RD8":
        first, dash, last = value.partition("-")
        return "" if dash and is_date(first) and is_date(last) else "two calendar dates (CCYYMMDD-CCYYMMDD)"
    if form == "TM":
        return "" if is_time(value) else "a time of day (HHMM)"
    if form == "DT":
        good = is_date(value[:8]) and is_time(value[8:])
        return "" if good else "a calendar date and time (CCYYMMDDHHMM)"
    return ""


def is_digits(text: str) -> bool:
    """Whether ``text`` is one or more of the digits 0 to 9."""
    return text.isascii() and text.isdigit()


def is_date(text: str) -> bool:
    """Whether ``text`` is CCYYMMDD of a day that exists."""
    if len(text) != LONG_DATE or not is_digits(text):
        return False
    year, month, day = int(text[:4]), int(text[4:6]), int(text[6:])
    if not 1 <= month <= len(MONTH_DAYS) or year == 0:
        return False
    return 1 <= day <= MONTH_DAYS[month - 1] or (text[4:] == "0229" and isleap(year))


def is_time(text: str) -> bool:
    """Whether ``text`` is HHMM, HHMMSS or HHMMSS with hundredths."""
    if len(text) not in TIMES or not is_digits(text):
        return False
    return text[:2] <= "23" and text[2:4] <= "59" and text[4:6] <= "59"


def length_of(kind: str, value: str) -> int:
    """The length that limits apply to: the sign and the point of a number do not count."""
    if kind in {"N0", "R"}:
        return len(value.replace("-", "", 1).replace(".", "", 1))
    return len(value)


def wrong_characters(value: str) -> str:
    """The characters that X12's basic and extended sets do not have, in their order."""
    if value.isascii() and value.isprintable():
        return ""
    return "".join(c for c in value if not (c.isascii() and c.isprintable()))

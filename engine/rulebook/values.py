"""What the author typed, as the value that facts hold."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation

from engine.facts.fact import Value
from engine.facts.vocabulary import Field, FieldType, nearest
from engine.reference.days import EPOCH

THOUSAND = 1000

UNITS: dict[str, FieldType] = {
    "days": "count",
    "years": "count",
    "months": "count",
    "minutes": "count",
    "lines": "count",
    "count": "count",
    "units": "quantity",
    "cents": "cents",
    "date": "day",
    "flag": "flag",
    "code": "text",
    "text": "text",
}
"""The unit of a parameter and the type of its value."""


def day_number(text: str) -> int:
    """Days since 1970-01-01 of an ISO date; ValueError when it is none.

    >>> day_number("1970-01-02")
    1
    """
    return date.fromisoformat(text).toordinal() - EPOCH


def typed(text: str, field: Field) -> Value:
    """``text`` as a value of the field's type.

    Raises:
        ValueError: it is none; the message says what was expected.
    """
    match field.type:
        case "count" | "cents":
            try:
                return int(text)
            except ValueError:
                message = f"{text!r} is not a whole number"
                raise ValueError(message) from None
        case "day":
            try:
                return day_number(text)
            except ValueError:
                message = f"{text!r} is not a date like 2026-03-01"
                raise ValueError(message) from None
        case "quantity":
            return _thousandths(text)
        case "flag":
            if text not in ("true", "false"):
                message = f"{text!r} is not true or false"
                raise ValueError(message)
            return text == "true"
        case "icd10":
            return text.replace(".", "").upper()
        case "enum":
            if text not in field.values:
                hint = nearest(text, field.values) or f"one of {', '.join(field.values)}"
                message = f"{text!r} is not a value of this field ({hint})"
                raise ValueError(message)
            return text
        case _:
            return text


def _thousandths(text: str) -> int:
    try:
        scaled = Decimal(text) * THOUSAND
    except InvalidOperation:
        message = f"{text!r} is not a number"
        raise ValueError(message) from None
    if not scaled.is_finite() or scaled != scaled.to_integral_value():
        message = f"{text!r} has more than three decimals"
        raise ValueError(message)
    return int(scaled)

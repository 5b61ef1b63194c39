"""Values as people read them, and as reports hold them."""

from __future__ import annotations

from decimal import Decimal

from engine.facts.fact import Value
from engine.facts.vocabulary import FieldType
from engine.reference.days import iso

THOUSAND = 1000
CATEGORY_LENGTH = 3


def quantity(thousandths: int) -> str:
    """A quantity without superfluous zeros.

    >>> quantity(1000), quantity(12500)
    ('1', '12.5')
    """
    text = str(Decimal(thousandths) / THOUSAND)
    return text.rstrip("0").rstrip(".") if "." in text else text


def shown(value: Value | None, kind: FieldType) -> str:
    """A value for a message.

    >>> shown(-18500, "cents"), shown("E119", "icd10")
    ('-$185.00', 'E11.9')
    """
    if value is None:
        return "(absent)"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        if kind == "cents":
            return f"{'-' if value < 0 else ''}${abs(value) // 100:,}.{abs(value) % 100:02d}"
        if kind == "day":
            return iso(value)
        return quantity(value) if kind == "quantity" else str(value)
    if kind == "icd10" and len(value) > CATEGORY_LENGTH:
        return f"{value[:CATEGORY_LENGTH]}.{value[CATEGORY_LENGTH:]}"
    return value


def plain(value: Value, kind: FieldType) -> str | int | bool:
    """A value for JSON.

    Days as ISO dates, quantities as whole numbers or decimal text, cents and counts as they are.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        if kind == "day":
            return iso(value)
        if kind == "quantity":
            return value // THOUSAND if value % THOUSAND == 0 else quantity(value)
    return value

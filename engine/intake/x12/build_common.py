"""What the claim builder's modules share: origins, references, dates, notes, and the other repeatable segments."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from engine.claim.model import (
    Adjustment,
    Ambulance,
    Amount,
    Attachment,
    Condition,
    Contract,
    DatedValue,
    Note,
    Origin,
    Reference,
    Repricing,
)
from engine.intake.x12.convert import cents, code, period, quantity
from engine.intake.x12.segments import Loop

PAD: Final = [""] * 24
"""Appended to a segment's elements, so that absent ones read as blank."""

Places = tuple[tuple[str, int], ...]
"""Origin keys, each with the position of a segment in its loop."""

Fields = dict[str, Any]
"""The fields of a part while it is read; lists become tuples at the end (:func:`settle`)."""


def origin(loop: Loop) -> Origin:
    """Where a part that is one loop stands."""
    return Origin(loop=loop.id, segments=segment_keys(loop))


def segment_keys(loop: Loop) -> dict[str, int]:
    """The origin keys of the loop's segments, each with the index of the first segment that has it."""
    return at_places(loop, first_places(tuple([text.key for text in loop.texts])))


def at_places(loop: Loop, places: Places) -> dict[str, int]:
    """Origin keys with the indexes of the loop's segments that have them."""
    first, indexes = loop.first, loop.indexes
    if indexes is None:
        return {key: first + at for key, at in places}
    return {key: indexes[at] for key, at in places}


@lru_cache(maxsize=4096)
def first_places(keys: tuple[str | tuple[str, ...], ...]) -> Places:
    """The origin keys of segments that have these keys, each with the first that has it.

    >>> first_places(("CLM", ("HI*ABK", "HI*ABF"), "REF*D9", ("HI*ABF",)))
    (('CLM', 0), ('HI*ABK', 1), ('HI*ABF', 1), ('REF*D9', 2))
    """
    places: dict[str, int] = {}
    for at, key in enumerate(keys):
        for each in (key,) if isinstance(key, str) else key:
            places.setdefault(each, at)
    return tuple(places.items())


def settle(fields: Fields) -> Fields:
    """Turn the gathered lists into tuples."""
    for name, value in fields.items():
        if type(value) is list:
            fields[name] = tuple(value)
    return fields


def set_first(fields: Fields, name: str, value: object) -> bool:
    """Set a field that has no value yet; False when it had one. Nothing is set to nothing."""
    if value is None or value == "" or name in fields:
        return False
    fields[name] = value
    return True


def add(fields: Fields, name: str, part: object) -> None:
    """Append to a repeatable field."""
    held = fields.get(name)
    if held is None:
        fields[name] = [part]
    else:
        held.append(part)


def read_reference(fields: Fields, e: list[str], named: dict[str, str]) -> None:
    """REF: kept as a reference, and as the field that ``named`` has for its qualifier.

    A number that belongs to another payer (REF04 names one) is only kept.
    """
    qualifier = e[1]
    value = e[2] or e[3]
    add(fields, "references", Reference(qualifier=qualifier, value=value))
    name = named.get(qualifier)
    if name is not None and not e[4]:
        set_first(fields, name, value)


def read_date(fields: Fields, e: list[str], named: dict[str, tuple[str, str, str]]) -> None:
    """DTP: the fields that ``named`` has for its qualifier (day, end day, time), else a dated value."""
    value = period(e[2], e[3])
    names = named.get(e[1])
    if names is not None:
        day_name, end_name, time_name = names
        if day_name not in fields and time_name not in fields and (value.day or value.time):
            if value.day is not None:
                fields[day_name] = value.day
            if end_name and value.end_day is not None:
                fields[end_name] = value.end_day
            if time_name and value.time:
                fields[time_name] = value.time
            return
    add(fields, "dates", DatedValue(qualifier=e[1], day=value.day, end_day=value.end_day, time=value.time))


def read_amount(fields: Fields, e: list[str], named: dict[str, str]) -> None:
    """AMT: kept as an amount, and as the field that ``named`` has for its qualifier."""
    amount = cents(e[2])
    add(fields, "amounts", Amount(qualifier=e[1], amount_cents=amount))
    name = named.get(e[1])
    if name is not None:
        set_first(fields, name, amount)


def read_attachment(fields: Fields, e: list[str]) -> None:
    """PWK: paperwork announced."""
    add(fields, "attachments", Attachment(report_type=e[1], transmission=e[2], control_number=e[6]))


def read_note(fields: Fields, e: list[str]) -> None:
    """NTE: free text."""
    add(fields, "notes", Note(qualifier=e[1], text=e[2]))


def read_fixed_note(fields: Fields, e: list[str]) -> None:
    """K3: fixed-format text, kept as a note with the qualifier K3."""
    add(fields, "notes", Note(qualifier="K3", text=e[1]))


def read_condition(fields: Fields, e: list[str]) -> None:
    """CRC: a condition indicator."""
    codes = tuple(code(text) for text in e[3:8] if text)
    add(fields, "conditions", Condition(category=e[1], applies=e[2], codes=codes))


def read_repricing(fields: Fields, e: list[str]) -> None:
    """HCP: pricing information."""
    value = Repricing(methodology=e[1], allowed_cents=cents(e[2]), savings_cents=cents(e[3]), organization_id=e[4])
    set_first(fields, "repricing", value)


def read_contract(fields: Fields, e: list[str]) -> None:
    """CN1: contract information."""
    value = Contract(
        contract_type=e[1],
        amount_cents=cents(e[2]),
        percentage=quantity(e[3]),
        code=e[4],
        terms_discount=quantity(e[5]),
        version=e[6],
    )
    set_first(fields, "contract", value)


def read_ambulance(fields: Fields, e: list[str]) -> None:
    """CR1: ambulance transport."""
    value = Ambulance(
        reason=e[4],
        distance=quantity(e[6]),
        weight_pounds=quantity(e[2]) if e[1] == "LB" else None,
        round_trip_purpose=e[9],
        stretcher_purpose=e[10],
    )
    set_first(fields, "ambulance", value)


def adjustments(loop: Loop) -> tuple[Adjustment, ...]:
    """All adjustments of the loop's CAS segments: up to six reasons each."""
    found: list[Adjustment] = []
    for text in loop.texts:
        if text.name != "CAS":
            continue
        e = text.elements + PAD
        for at in range(2, min(len(text.elements), 20), 3):
            if e[at] or e[at + 1]:
                number: Decimal | None = quantity(e[at + 2])
                found.append(Adjustment(group=e[1], reason=e[at], amount_cents=cents(e[at + 1]), quantity=number))
    return tuple(found)

"""The condition that may follow the codes of a reference: ``with .17, .27``, ``with fifth or sixth character 1-4``."""

from __future__ import annotations

import re

from engine.reference.notes.model import Condition

CONDITION_START = re.compile(r"[\s,]*with\b")

_ORDINALS = {"fourth": 4, "4th": 4, "fifth": 5, "5th": 5, "sixth": 6, "six": 6, "6th": 6, "seventh": 7, "7th": 7}
_ORDINAL = "|".join(_ORDINALS)
_VALUE = r"\.?[0-9A-Z]+(?:-[0-9A-Z])?"
_VALUES = rf"{_VALUE}(?:\s*(?:,|or|and)\s*{_VALUE})*"
_CHARACTERS = re.compile(
    rf"[\s,]*with (?P<first>{_ORDINAL})(?:(?P<link> or | to )(?P<second>{_ORDINAL}))?[ -]characters?"
    rf" (?P<values>{_VALUES})(?:[\s,.].*)?"
)
_FINAL = re.compile(rf"[\s,]*with final characters? (?P<values>-[0-9A-Z]+|{_VALUES})")
_SUFFIX = r"\.[0-9A-Z]+(?:-\.[0-9A-Z]+|-)?"
_AFTER_DOT = re.compile(rf"[\s,]*with (?P<values>{_SUFFIX}(?:(?:[,.]\s*|\s+or\s+|,\s*or\s+){_SUFFIX})*)")


def read_condition(text: str) -> Condition | None:
    """The condition that ``text`` states, ``None`` when it is not understood.

    >>> read_condition("with fifth or sixth character 1-4 or 6")
    Condition(values=('1', '2', '3', '4', '6'), positions=(5, 6), final=False)
    """
    text = text.rstrip(" ,.")
    found = _AFTER_DOT.fullmatch(text)
    if found:
        return Condition(_values(found["values"].replace(".", "")))
    found = _FINAL.fullmatch(text)
    if found:
        values = found["values"]
        if "." in values:
            return Condition(_values(values.replace(".", "")))
        return Condition(_values(values.lstrip("-")), final=True)
    found = _CHARACTERS.fullmatch(text)
    if not found:
        return None
    first, second = _ORDINALS[found["first"]], _ORDINALS.get(found["second"] or "")
    values = _values(found["values"].replace(".", ""))
    if found["link"] == " to ":
        width = (second or first) - first + 1
        return Condition(values, (first,)) if all(len(value) == width for value in values) else None
    if any(len(value) != 1 for value in values):
        return None
    return Condition(values, (first, second) if second else (first,))


def _values(text: str) -> tuple[str, ...]:
    """The values of a list; ``1-4`` is four of them, ``51-52`` two, ``62-`` is all that begins with 62."""
    values: list[str] = []
    for item in re.split(r"\s*(?:,|\bor\b|\band\b|\s)\s*", text):
        low, _, high = item.partition("-")
        if low.isdigit() and high.isdigit():
            values += [str(number).zfill(len(low)) for number in range(int(low), int(high) + 1)]
        elif low:
            values.append(low)
    return tuple(values)

"""How a structural finding names things: own-word labels, shortened values, and values that must not be repeated."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import yaml

from engine.intake.x12.guide import Guide, SegmentFact
from engine.intake.x12.segments import Segment

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LONGEST_VALUE = 40
LONGEST_LIST = 12
LONGEST_QUALIFIER = 3
MOST_NAMES = 4
LABELS = Path(__file__).parent / "labels.yaml"
QUALIFIED = frozenset({"REF", "DTP", "NM1", "AMT", "HI", "HL", "PRV", "PER", "CRC", "QTY", "NTE", "CAS", "PWK", "LQ"})
PERSONS = frozenset({"IL", "QC"})


@lru_cache(maxsize=1)
def labels() -> Mapping[str, str]:
    """Own-word labels by element (``CLM02``) or element and qualifier (``NM109(85)``)."""
    return MappingProxyType(yaml.safe_load(LABELS.read_text(encoding="utf-8")))


def named(element: str, segment: Segment) -> str:
    """``CLM02 (total claim charge)``, or the bare element where no label is written for it."""
    known = labels()
    label = known.get(f"{element}({qualifier_value(segment)})") or known.get(element)
    return f"{element} ({label})" if label else element


def qualifier_value(segment: Segment) -> str:
    """The value of element 01 up to its first component separator, whatever that separator is."""
    value = segment.get(1)
    for n, char in enumerate(value):
        if not char.isalnum():
            return value[:n]
    return value


def qualified(segment: Segment) -> str:
    """``REF*EI`` for segments known by a qualifier, else ``CLM``; never more than a short code."""
    name = shown(segment.elements[0])
    value = qualifier_value(segment)
    return f"{name}*{value}" if name in QUALIFIED and 0 < len(value) <= LONGEST_QUALIFIER else name


def names_of(fact: SegmentFact, guide: Guide) -> str:
    """``REF*EI or REF*SY`` for a use of a segment that its qualifier tells apart, else ``CLM``."""
    first = fact.elements[0]
    first = first.parts[0] if first.parts else first
    codes = guide.codes_of(first)
    if fact.name not in QUALIFIED or not codes or len(codes) > MOST_NAMES:
        return fact.name
    return " or ".join(f"{fact.name}*{code}" for code in codes)


def shown(value: str) -> str:
    """A value short enough for a message, control characters made visible."""
    text = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in value[:LONGEST_VALUE])
    return text if len(value) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 3]}..."


def is_private(element: str, segment: Segment) -> bool:
    """Whether the element tells who the patient or subscriber is, so that a finding must not repeat it."""
    name = segment.elements[0]
    if name == "NM1":
        return segment.get(1) in PERSONS and element in {"NM103", "NM104", "NM105", "NM109"}
    if name == "REF":
        return segment.get(1) == "SY" and element == "REF02"
    return name == "N3" or element == "DMG02"


def found_in(element: str, segment: Segment, value: str) -> str:
    """The value as evidence, or its shape (``9 characters``) where the value is private."""
    if not is_private(element, segment):
        return shown(value)
    kind = "digits" if value.isdigit() else "characters"
    return f"{len(value)} {kind if len(value) != 1 else kind[:-1]}"


def code_list(codes: Iterable[str]) -> str:
    """Up to twelve codes, and how many more there are."""
    known = list(codes)
    text = ", ".join(known[:LONGEST_LIST])
    return text if len(known) <= LONGEST_LIST else f"{text} and {len(known) - LONGEST_LIST} more"

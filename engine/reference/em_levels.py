"""The levels of visits: what each code asks for, dated (``data/em-levels.yaml``). Numbers only, no arithmetic.

Days are whole days since 1970-01-01.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from importlib import resources
from typing import Any

import yaml
from msgspec import Struct, convert, field

from engine.reference.days import EPOCH


class Dated(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An entry that holds from a day to a day, both included; open where none is given."""

    first: date | None = field(name="from", default=None)
    last: date | None = field(name="to", default=None)

    def on(self, day: int) -> bool:
        """Whether it holds on a day."""
        return (self.first is None or self.first.toordinal() - EPOCH <= day) and (
            self.last is None or day <= self.last.toordinal() - EPOCH
        )


class LevelCode(Dated, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A code of a family: the least medical decision making (0 to 4) and minutes; ``None``: never chosen by time."""

    code: str
    mdm: int
    minutes: int | None = None


class Family(Dated, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A family of visits, lowest code first; ``patient`` is new or established where the family says so."""

    title: str
    codes: tuple[LevelCode, ...]
    settings: frozenset[str]
    patient: str = ""


class Prolonged(Dated, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From which minute on a prolonged service is added to a base visit; ``window``: time on other days counts too."""

    code: str
    base: str
    minute: int = field(name="first")
    medicare: bool = False
    window: bool = False


class DataElement(Struct, frozen=True, forbid_unknown_fields=True):
    """How much data makes the element limited, moderate and extensive."""

    first_category: frozenset[str]
    limited_items: int
    moderate_items: int
    high_categories: int


class Elements(Struct, frozen=True, forbid_unknown_fields=True):
    """What makes each level of the three elements of medical decision making."""

    problems: Mapping[str, Mapping[str, int]]
    data: DataElement
    risk: Mapping[str, frozenset[str]]


class Levels(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole table."""

    elements: Elements
    families: Mapping[str, Family]
    prolonged: tuple[Prolonged, ...]


MINUTES_A_UNIT = 15
"""Each further unit of a prolonged service is another full 15 minutes."""


@lru_cache(maxsize=1)
def levels() -> Levels:
    """The table as shipped.

    >>> levels().families["office_new"].codes[0].minutes
    15
    """
    file = resources.files("engine.reference") / "data" / "em-levels.yaml"
    content: Any = yaml.safe_load(file.read_text(encoding="utf-8"))
    return convert(content, Levels)


@lru_cache(maxsize=512)
def family_of(code: str, day: int) -> str:
    """The family that a visit's code belongs to on a day, or the empty string.

    >>> family_of("99214", 20000), family_of("98001", 19000)
    ('office_established', '')
    """
    for name, family in levels().families.items():
        if family.on(day) and any(each.code == code for each in family.codes):
            return name
    return ""


@lru_cache(maxsize=128)
def codes_of(family: str, day: int) -> tuple[LevelCode, ...]:
    """The codes of a family in force on a day, lowest first."""
    return tuple(code for code in levels().families[family].codes if code.on(day))


def prolonged_for(base: str, day: int, *, medicare: bool) -> Prolonged | None:
    """The prolonged service of Medicare or of CPT that goes with a visit on a day."""
    found = (each for each in levels().prolonged if each.base == base and each.medicare == medicare and each.on(day))
    return next(found, None)

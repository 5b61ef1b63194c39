"""What the engine must know of single procedure codes: ages, regions, surfaces, teeth (``data/procedures.yaml``)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from typing import Any

import yaml
from msgspec import Struct

OPEN_ENDED = "+"


class Regions(Struct, frozen=True):
    """How many regions a code is for at least, and the region of each diagnosis code that names one."""

    needed: int
    region_of: Mapping[str, str]


class Ages(Struct, frozen=True):
    """The ages in whole years that a code is for; without ``last``: so old and older."""

    first: int
    last: int | None

    def __str__(self) -> str:
        """As a message says it: ``18 to 39``, ``65 and older``."""
        if self.last is None:
            return f"{self.first} and older"
        return str(self.first) if self.first == self.last else f"{self.first} to {self.last}"


class Surfaces(Struct, frozen=True):
    """How many surfaces a restoration is for; ``or_more``: at least so many."""

    count: int
    or_more: bool


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    text = (resources.files("engine.reference") / "data" / "procedures.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 -- builds text only
    return loaded


@lru_cache(maxsize=1)
def regions() -> Mapping[str, Regions]:
    """The regions by procedure code.

    >>> regions()["98941"].needed, regions()["98941"].region_of["M9903"]
    (3, 'lumbar')
    """
    found = {}
    for family in _data()["regions"]:
        region_of = {code: region for region, codes in family["diagnoses"].items() for code in codes}
        found.update({code: Regions(int(least), region_of) for code, least in family["codes"].items()})
    return found


@lru_cache(maxsize=1)
def ages() -> Mapping[str, Ages]:
    """The ages by procedure code.

    >>> str(ages()["99395"]), str(ages()["99397"]), str(ages()["99381"])
    ('18 to 39', '65 and older', '0')
    """
    return {
        code: Ages(int(band["from"]), int(band["to"]) if "to" in band else None)
        for band in _data()["ages"]
        for code in band["codes"]
    }


@lru_cache(maxsize=1)
def surfaces() -> Mapping[str, Surfaces]:
    """The surfaces by procedure code.

    >>> surfaces()["D2394"]
    Surfaces(count=4, or_more=True)
    """
    return {
        code: Surfaces(int(count.rstrip(OPEN_ENDED)), count.endswith(OPEN_ENDED))
        for count, codes in _data()["surfaces"].items()
        for code in codes
    }


@lru_cache(maxsize=4096)
def tooth_requirement(procedure: str) -> str:
    """``tooth``, ``area`` (a quadrant or arch) or ``none``.

    >>> tooth_requirement("D7140"), tooth_requirement("D4341"), tooth_requirement("D0120")
    ('tooth', 'area', 'none')
    """
    for answer, ranges in _data()["tooth"].items():
        if any(len(procedure) == len(low) and low <= procedure <= high for low, high in ranges):
            return str(answer)
    return "none"

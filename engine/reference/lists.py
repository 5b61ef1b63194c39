"""Short lists of our own: places of service, modifiers, taxonomies, types of bill, chapters (``data/*.yaml``)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from typing import Any

import yaml

from engine.reference.code_lists import code_list

_TAXONOMY_LENGTH = 10


@lru_cache(maxsize=8)
def _data(name: str) -> dict[str, Any]:
    text = (resources.files("engine.reference") / "data" / f"{name}.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 -- builds text only
    return loaded


@lru_cache(maxsize=1)
def places() -> Mapping[str, tuple[bool, int | None]]:
    """Places of service: whether paid at the facility rate, and the first day of the code (``None``: long ago)."""
    listed = code_list("place-of-service").entries
    return {code: (entry.attributes["setting"] == "facility", entry.first_day) for code, entry in listed.items()}


def facility_place(code: str, day: int | None) -> bool | None:
    """Whether ``code`` is paid at the facility rate; ``None`` for a code that is not in use on ``day``.

    >>> facility_place("23", None), facility_place("11", None), facility_place("28", None)
    (True, False, None)
    """
    found = places().get(code)
    if found is None or (day is not None and found[1] is not None and day < found[1]):
        return None
    return found[0]


@lru_cache(maxsize=1)
def modifier_sides() -> Mapping[str, str]:
    """``left`` or ``right`` by modifier; others name no side."""
    return {code: entry.attributes["side"] for code, entry in code_list("laterality-modifiers").entries.items()}


@lru_cache(maxsize=1)
def telehealth_modifiers() -> frozenset[str]:
    """Modifiers that say a service was furnished by telehealth."""
    return frozenset(_data("modifiers")["telehealth"])


@lru_cache(maxsize=1)
def component_modifiers() -> Mapping[str, str]:
    """``26`` or ``TC`` by modifier."""
    parts = _data("modifiers")["component"]
    return {code: word for kind, word in (("professional", "26"), ("technical", "TC")) for code in parts[kind]}


@lru_cache(maxsize=4096)
def rendering_kind(taxonomy: str) -> str:
    """The kind of provider that a taxonomy code names, ``other`` when it is none of the listed.

    >>> rendering_kind("207Q00000X"), rendering_kind("207L00000X"), rendering_kind("261QP2300X")
    ('physician', 'anesthesiologist', 'other')
    """
    return _longest(_data("taxonomies")["rendering_kind"], taxonomy) or "other"


@lru_cache(maxsize=4096)
def supplier_kind(taxonomy: str) -> str | None:
    """The kind of supplier that a taxonomy code names, or ``None``."""
    return _longest(_data("taxonomies")["supplier"], taxonomy)


def _longest(prefixes: Mapping[str, str], code: str) -> str | None:
    for length in range(_TAXONOMY_LENGTH, 0, -1):
        found = prefixes.get(code[:length])
        if found is not None:
            return found
    return None


@lru_cache(maxsize=1)
def facility_kinds() -> Mapping[str, str]:
    """Kind of facility by the first two digits of the type of bill."""
    return dict(_data("bill-types")["facility_kind"])


@lru_cache(maxsize=1)
def inpatient_bill_types() -> frozenset[str]:
    """First two digits of the types of bill of inpatient claims."""
    return frozenset(_data("bill-types")["inpatient"])


@lru_cache(maxsize=1)
def inpatient_places() -> frozenset[str]:
    """Places of service in which the patient is an inpatient."""
    return frozenset(_data("bill-types")["inpatient_places"])


def room_and_board(revenue_code: str) -> bool:
    """Whether a revenue code is room and board, leave of absence apart.

    >>> room_and_board("0120"), room_and_board("0183"), room_and_board("0250")
    (True, False, False)
    """
    codes = _data("bill-types")["room_and_board"]
    stays = bool(codes["from"] <= revenue_code <= codes["to"])
    return stays and not codes["leave_from"] <= revenue_code <= codes["leave_to"]


@lru_cache(maxsize=4096)
def icd10cm_chapter(category: str) -> int | None:
    """The chapter of a category (the first three characters of a code).

    >>> icd10cm_chapter("O80"), icd10cm_chapter("D49"), icd10cm_chapter("")
    (15, 2, None)
    """
    for number, (first, last) in _data("icd10cm-chapters").items():
        if first <= category <= last:
            return int(number)
    return None

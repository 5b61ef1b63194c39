"""Families of modifiers (``data/modifier-families.yaml``)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from typing import Any

import yaml

_PAIR = 2


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    text = (resources.files("engine.reference") / "data" / "modifier-families.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 -- builds text only
    return loaded


@lru_cache(maxsize=1)
def families() -> Mapping[str, str]:
    """The family by modifier."""
    return {code: family for family, codes in _data()["family"].items() for code in codes}


@lru_cache(maxsize=1)
def areas() -> Mapping[str, str]:
    """The part of the body by anatomic modifier."""
    return {code: area for area, codes in _data()["area"].items() for code in codes}


@lru_cache(maxsize=1)
def pricing() -> frozenset[str]:
    """Modifiers that change the amount paid."""
    return frozenset(_data()["pricing"])


@lru_cache(maxsize=1)
def without_own_global() -> frozenset[str]:
    """Modifiers with which a service opens no global period of its own."""
    return frozenset(_data()["without_own_global"])


@lru_cache(maxsize=2048)
def ambulance_pair(code: str) -> bool:
    """Whether a modifier is an ambulance origin and destination.

    >>> ambulance_pair("RH"), ambulance_pair("RX"), ambulance_pair("XR"), ambulance_pair("25")
    (True, True, False, False)
    """
    letters = _data()["ambulance"]
    origin, destination = set(letters["origin"]), set(letters["origin"]) | set(letters["destination_only"])
    return len(code) == _PAIR and code[0] in origin and code[1] in destination

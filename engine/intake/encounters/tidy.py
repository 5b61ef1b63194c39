"""A native encounter as parsed from JSON, tidied in place: canonical codes, and each part's path as its origin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.intake.codes import code, plain, upper
from engine.intake.native_tidy import Change, change, set_origin, tidy_modifiers

_ENCOUNTER = {"place_of_service": upper, "performer_npi": plain, "billed_npi": plain, "filing_indicator": upper}
_PARTS: Mapping[str, Change] = {
    "diagnoses": {"code": code},
    "services": {"procedure": code, "performer_npi": plain},
    "data": {},
    "risk": {},
    "chosen": {"code": code},
    "charges": {"procedure": code, "rendering_npi": plain},
}


def tidy(encounter: dict[str, Any]) -> None:
    """Tidies one encounter. What has the wrong type is left alone: the schema speaks about it."""
    change(encounter, _ENCOUNTER)
    record = encounter.get("record")
    if isinstance(record, dict):
        change(record, {"signer_npi": plain})
    for name, changes in _PARTS.items():
        parts = encounter.get(name)
        for index, part in enumerate(parts if isinstance(parts, list) else ()):
            if isinstance(part, dict):
                change(part, changes)
                set_origin(part, f"$.{name}[{index}]")
                _number(name, part, index)
                _inner(part)


def _number(name: str, part: dict[str, Any], index: int) -> None:
    """Charges and chosen diagnoses that are not numbered count from 1."""
    if name == "charges":
        part.setdefault("number", index + 1)
    elif name == "chosen":
        part.setdefault("position", index + 1)


def _inner(part: dict[str, Any]) -> None:
    tidy_modifiers(part)
    drug = part.get("drug")
    if isinstance(drug, dict):
        change(drug, {"code": code})

"""A native claim as parsed from JSON, tidied in place: canonical codes, and each part's path as its origin."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine.intake.codes import code, ndc, plain, sex, upper

_CLAIM = {"facility_code": upper, "frequency_code": upper, "accident_state": upper, "drg": upper, "clia_number": upper}
_LINE = {
    "procedure": code,
    "code_type": upper,
    "revenue_code": upper,
    "unit_basis": upper,
    "place_of_service": upper,
    "clia_number": upper,
}
_ADDRESS = {"state": upper, "postal_code": plain, "country": upper}
_PERSON = {"sex": sex, "member_id": upper}
_PROVIDER = {"npi": plain, "tax_id": plain, "taxonomy": upper}
_CODE = {"code": code, "present_on_admission": upper}
_DRUG = {"ndc": ndc, "unit_basis": upper}
_ADJUDICATION = {"procedure": code}

Change = Mapping[str, Callable[[str], str]]


def tidy(claim: dict[str, Any]) -> None:
    """Tidies one claim. What has the wrong type is left alone: the schema speaks about it."""
    change(claim, _CLAIM)
    for name in ("payer", "subscriber", "patient"):
        for part, path in _parts(claim, name, "$"):
            _person(part, path)
    for part, path in _parts(claim, "providers", "$"):
        _provider(part, path)
    for name in ("diagnoses", "codes", "procedures"):
        for part, path in _parts(claim, name, "$"):
            change(part, _CODE)
            set_origin(part, path)
    for part, path in _parts(claim, "lines", "$"):
        _line(part, path)
    for part, path in _parts(claim, "other_payers", "$"):
        _person(part, path)
        for payer, inner in _parts(part, "payer", path):
            _person(payer, inner)
        for provider, inner in _parts(part, "providers", path):
            _provider(provider, inner)


def _line(line: dict[str, Any], path: str) -> None:
    change(line, _LINE)
    set_origin(line, path)
    tidy_modifiers(line)
    for drug, _ in _parts(line, "drug", path):
        change(drug, _DRUG)
    for provider, inner in _parts(line, "providers", path):
        _provider(provider, inner)
    for part, inner in _parts(line, "adjudications", path):
        change(part, _ADJUDICATION)
        set_origin(part, inner)


def _person(part: dict[str, Any], path: str) -> None:
    change(part, _PERSON)
    _address(part)
    set_origin(part, path)


def _provider(part: dict[str, Any], path: str) -> None:
    change(part, _PROVIDER)
    _address(part)
    set_origin(part, path)


def _address(part: dict[str, Any]) -> None:
    address = part.get("address")
    if isinstance(address, dict):
        change(address, _ADDRESS)


def _parts(owner: dict[str, Any], name: str, path: str) -> list[tuple[dict[str, Any], str]]:
    """The objects under ``name``, one or a list, each with its path."""
    value = owner.get(name)
    if isinstance(value, dict):
        return [(value, f"{path}.{name}")]
    if not isinstance(value, list):
        return []
    return [(item, f"{path}.{name}[{index}]") for index, item in enumerate(value) if isinstance(item, dict)]


def tidy_modifiers(line: dict[str, Any]) -> None:
    """Canonical modifiers."""
    modifiers = line.get("modifiers")
    if isinstance(modifiers, list):
        line["modifiers"] = [code(item) if isinstance(item, str) else item for item in modifiers]


def change(part: dict[str, Any], changes: Change) -> None:
    """Some fields of a part, each by its own function."""
    for name, tidied in changes.items():
        value = part.get(name)
        if isinstance(value, str):
            part[name] = tidied(value)


def set_origin(part: dict[str, Any], path: str) -> None:
    """The part's path, unless it brings an origin."""
    part.setdefault("origin", {"path": path})

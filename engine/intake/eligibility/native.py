"""The native form: one mapping, as JSON or YAML, with ``answers``, ``provider_lists`` and ``laboratories``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
import yaml

from engine.claim.eligibility import EligibilityAnswer, Known, Laboratory, ProviderList
from engine.intake.json_text import printable
from engine.intake.reading import IntakeFinding, Spot

_PARTS: Mapping[str, type[Known]] = {
    "answers": EligibilityAnswer,
    "provider_lists": ProviderList,
    "laboratories": Laboratory,
}


def read_native(text: str) -> Iterator[Known | IntakeFinding]:
    """Each answer, list and laboratory of the text; one that cannot be used is reported and the others are read."""
    try:
        content = _parsed(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        yield _unusable("$", f"not JSON and not YAML: {_reason(error)}")
        return
    if not isinstance(content, dict):
        yield _unusable("$", "not a mapping")
        return
    for name, value in content.items():
        part = _PARTS.get(name)
        if part is None:
            yield _unusable(f"$.{printable(str(name))}", "no such part", f"the parts are {', '.join(_PARTS)}")
        elif not isinstance(value, list):
            yield _unusable(f"$.{name}", "not a list")
        else:
            for number, item in enumerate(value):
                yield from _read(part, item, f"$.{name}[{number}]")


def read_value(name: str, item: object) -> Known:
    """One item of a part, for tests of rules.

    Raises:
        ValueError: there is no such part, or the item is not one of it.
    """
    part = _PARTS.get(name)
    if part is None:
        raise ValueError(f"no such part of eligibility: {name}")
    return msgspec.convert(item, part, strict=False)


def _read(part: type[Known], item: object, path: str) -> Iterator[Known | IntakeFinding]:
    try:
        yield msgspec.convert(item, part, strict=False)
    except (msgspec.ValidationError, ValueError, OverflowError) as error:
        yield _unusable(path, str(error).replace("`$", f"`{path}"))


def _parsed(text: str) -> Any:  # noqa: ANN401 -- whatever the file holds
    if text.lstrip("\ufeff \t\r\n").startswith(("{", "[")):
        try:
            return json.loads(text)
        except ValueError:
            pass  # a YAML flow mapping begins with a brace too
    return yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 -- texts, lists and mappings only


def _reason(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark is not None else ""
    return where + str(getattr(error, "problem", None) or "damaged")


def _unusable(path: str, what: str, fix: str = "See docs/eligibility.md for the form.") -> IntakeFinding:
    return IntakeFinding(rule="INT-0016", says=f"{path}: {what}.", fix=fix, at=Spot(path=path))

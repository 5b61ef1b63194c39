"""What is wrong with a native claim, by its JSON Schema: each mistake a finding, each bad value mended or left out."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cached_property
from importlib.resources import files
from typing import Any, TypeVar

import msgspec
from jsonschema import Draft202012Validator, FormatChecker, TypeChecker
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend
from msgspec import Struct

from engine.intake.json_text import printable, shown
from engine.intake.reading import IntakeFinding, Spot

_ROUNDS = 4
_WHOLE = re.compile(r"^-?\d{1,15}$")
_DAY = re.compile(r"^(\d{4})-?(\d{2})-?(\d{2})(?:T.*)?$")
_NAMES = {
    "string": "text",
    "integer": "a whole number",
    "array": "a list",
    "object": "an object",
    "boolean": "true or false",
}
_PRIVATE = frozenset({"subscriber", "patient", "member_id", "last_name", "first_name"})
_CENTS = "a whole number of cents"

Path = tuple[str | int, ...]
Model = TypeVar("Model")


class Mistake(Struct, frozen=True):
    """One mistake: where, against which schema, which keyword, and the value there."""

    path: Path
    keyword: str
    schema: dict[str, Any]
    value: Any
    key: str = ""


class Absent:
    """Marks a value that is to be left out."""


class Repairer:
    """Holds the schema of a native format; it is read when the first damaged claim or encounter asks for it."""

    def __init__(self, schema: str = "claim.schema.json") -> None:
        self._absent = Absent()
        self._file = schema

    def convert(
        self, value: dict[str, Any], model: type[Model], findings: list[IntakeFinding], *, doubtful: bool
    ) -> Model:
        """A value as its model has it; one that does not fit, or is doubtful, is repaired before.

        Raises:
            ValidationError: it does not fit even then.
        """
        if not doubtful:
            try:
                return msgspec.convert(value, model)
            except msgspec.ValidationError:
                pass
        findings.extend(self.repair(value))
        return msgspec.convert(value, model)

    @cached_property
    def schema(self) -> dict[str, Any]:
        """The schema as a value."""
        text = files("engine.claim").joinpath(self._file).read_text(encoding="utf-8")
        loaded: dict[str, Any] = json.loads(text)
        return loaded

    @cached_property
    def _validator(self) -> Any:  # noqa: ANN401
        types: TypeChecker = Draft202012Validator.TYPE_CHECKER
        checker = types.redefine("number", lambda _, value: _is_number(value))
        kind = extend(Draft202012Validator, type_checker=checker)  # type: ignore[no-untyped-call]
        return kind(self.schema, format_checker=FormatChecker(formats=["date"]))

    def mistakes(self, claim: dict[str, Any]) -> list[Mistake]:
        """Every mistake of ``claim``, one a place, in the order of the paths."""
        seen: dict[tuple[Path, str], Mistake] = {}
        for error in self._validator.iter_errors(claim):
            for mistake in self._flat(error):
                seen.setdefault((mistake.path, mistake.key), mistake)
        return sorted(seen.values(), key=lambda mistake: [_order(step) for step in mistake.path])

    def repair(self, claim: dict[str, Any]) -> list[IntakeFinding]:
        """Changes ``claim`` in place until it fits the schema; says what was changed."""
        findings: list[IntakeFinding] = []
        for _ in range(_ROUNDS):
            mistakes = self.mistakes(claim)
            if not mistakes:
                break
            findings.extend([self._mend(claim, mistake) for mistake in mistakes])
            self._prune(claim)
        return findings

    def _flat(self, error: ValidationError) -> Iterator[Mistake]:
        path = tuple(error.absolute_path)
        schema = error.schema if isinstance(error.schema, dict) else {}
        if error.validator == "anyOf":
            for inner in error.context or ():
                if inner.relative_schema_path[0] == 0:
                    yield from self._flat(inner)
        elif error.validator == "additionalProperties" and isinstance(error.instance, dict):
            for key in error.instance:
                if key not in schema.get("properties", {}):
                    yield Mistake((*path, key), "additionalProperties", schema, error.instance[key], key)
        elif error.validator == "required" and isinstance(error.instance, dict):
            for key in schema.get("required", ()):
                if key not in error.instance:
                    yield Mistake((*path, key), "required", schema, self._absent, key)
        else:
            yield Mistake(path, str(error.validator), schema, error.instance)

    def _mend(self, claim: dict[str, Any], mistake: Mistake) -> IntakeFinding:
        if mistake.keyword == "required":
            filled = _filler(mistake)
            _put(claim, mistake.path, filled)
            return _missing(mistake, filled)
        if mistake.keyword == "additionalProperties":
            _put(claim, mistake.path, self._absent)
            return _unknown(mistake)
        mended = _mended(mistake)
        _put(claim, mistake.path, self._absent if mended is None else mended)
        expected = _expected(mistake)
        found = _seen(mistake)
        private = found != shown(mistake.value)
        outcome = "left out" if mended is None else "read as one" if private else f"read as {shown(mended)}"
        null = mistake.value is None
        return IntakeFinding(
            rule="INT-0016",
            says=f"{_last(mistake.path)} is {found}, which is not {expected}; it was {outcome}.",
            fix="Leave the key out when there is no value." if null else f"Send {expected}.",
            at=_spot(mistake.path),
            severity="info" if null else "warning" if mended is not None else "error",
            expected=expected,
            found=found,
        )

    def _prune(self, node: Any) -> None:  # noqa: ANN401
        if isinstance(node, dict):
            for key in [key for key, value in node.items() if value is self._absent]:
                del node[key]
            for value in node.values():
                self._prune(value)
        elif isinstance(node, list):
            node[:] = [value for value in node if value is not self._absent]
            for value in node:
                self._prune(value)


def json_path(path: Path) -> str:
    """``$.lines[0].units``.

    >>> json_path(("lines", 0, "units"))
    '$.lines[0].units'
    """
    return "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{printable(step)}" for step in path)


def _spot(path: Path) -> Spot:
    return Spot(path=json_path(path))


def _is_number(value: object) -> bool:
    if isinstance(value, Decimal):
        return value.is_finite()
    return isinstance(value, int) and not isinstance(value, bool)


def _order(step: str | int) -> tuple[int, str]:
    return (step, "") if isinstance(step, int) else (-1, step)


def _last(path: Path) -> str:
    """The name at the end of a path, with its index when it lies in a list."""
    names = [place for place, step in enumerate(path) if isinstance(step, str)]
    return json_path(path[names[-1] :])[2:] if names else "The claim"


def _seen(mistake: Mistake) -> str:
    """The value as a message may show it: never what identifies a person."""
    if isinstance(mistake.value, str | int | Decimal) and _PRIVATE.intersection(mistake.path):
        return "a value"
    return shown(mistake.value)


def _expected(mistake: Mistake) -> str:
    schema = mistake.schema
    if "enum" in schema:
        return "one of " + ", ".join(str(value) or '""' for value in schema["enum"])
    if schema.get("format") == "date":
        return "a date (YYYY-MM-DD)"
    kind = schema.get("type")
    if isinstance(kind, list):
        return "a number of at most 12 digits before and 6 after the point"
    if kind == "integer" and mistake.keyword in ("minimum", "maximum"):
        return "a number of at most 15 digits"
    if kind == "integer" and _last(mistake.path).endswith("_cents"):
        return _CENTS
    return _NAMES.get(str(kind), "a known value")


def _mended(mistake: Mistake) -> Any:  # noqa: ANN401
    """The value that was surely meant, or ``None``."""
    kind, value = mistake.schema.get("type"), mistake.value
    if "enum" in mistake.schema:
        return next((known for known in mistake.schema["enum"] if str(value).strip().lower() == known), None)
    return [value] if kind == "array" and value is not None else _converted(mistake, kind, value)


def _converted(mistake: Mistake, kind: object, value: Any) -> Any:  # noqa: ANN401
    if kind == "integer" and isinstance(value, str) and _WHOLE.match(value.strip()):
        return int(value)
    if kind == "boolean" and isinstance(value, str):
        return {"true": True, "false": False}.get(value.strip().lower())
    if kind == "string" and mistake.schema.get("format") == "date":
        return _day(value)
    if kind == "string" and _is_number(value):
        return str(value)
    return None


def _day(value: object) -> str | None:
    parts = _DAY.match(value.strip()) if isinstance(value, str) else None
    if parts is None:
        return None
    try:
        return date(int(parts[1]), int(parts[2]), int(parts[3])).isoformat()
    except ValueError:
        return None


def _filler(mistake: Mistake) -> str | int:
    """What stands for a required value that is missing: a position, or nothing known."""
    if mistake.key == "claim_type":
        return "professional"
    if mistake.key in ("number", "position"):
        places = [step for step in mistake.path if isinstance(step, int)]
        return places[-1] + 1 if places else 1
    return ""


def _missing(mistake: Mistake, filled: str | int) -> IntakeFinding:
    outcome = f"; read as {shown(filled)}" if filled else ""
    return IntakeFinding(
        rule="INT-0016",
        says=f"{printable(mistake.key)} is missing{outcome}.",
        fix=f"Add {printable(mistake.key)}.",
        at=_spot(mistake.path),
        expected=printable(mistake.key),
        found="nothing",
    )


def _unknown(mistake: Mistake) -> IntakeFinding:
    known = list(mistake.schema.get("properties", {}))
    near = difflib.get_close_matches(_snake(mistake.key), known, n=1, cutoff=0.75)
    hint = f"Did you mean {near[0]}?" if near else "Remove it; the schema lists the known keys."
    return IntakeFinding(
        rule="INT-0016",
        says=f"{shown(mistake.key)} is not a key of the format; its value was left out.",
        fix=hint,
        at=_spot(mistake.path),
        expected=near[0] if near else "a known key",
        found=printable(mistake.key),
    )


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name[:80]).lower()


def _put(claim: dict[str, Any], path: Path, value: Any) -> None:  # noqa: ANN401
    node: Any = claim
    for step in path[:-1]:
        node = node[step]
    if path and not isinstance(node, Absent):
        node[path[-1]] = value

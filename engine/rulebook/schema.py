"""JSON Schema mistakes turned into sentences that tell the author what to write."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from engine.errors import RuleError
from engine.facts.vocabulary import nearest
from engine.rulebook.document import Document


@lru_cache(maxsize=8)
def _validator(path: Path) -> Draft202012Validator:
    return Draft202012Validator(json.loads(path.read_text(encoding="utf-8")))


def check_shape(document: Document, schema: Path) -> list[RuleError]:
    """Every way in which a file departs from a JSON Schema, located, in reading order."""
    found = [_sentence(document, _deepest(error)) for error in _validator(schema).iter_errors(document.content)]
    return sorted(found, key=lambda mistake: mistake.location)


def _deepest(error: ValidationError) -> ValidationError:
    """The mistake that the author made, inside an "any of": the branch that was meant is the one that got furthest."""
    while error.validator == "anyOf" and error.context:
        instance = error.instance
        meant = [
            e for e in error.context if e.validator != "type" or len(e.absolute_path) > len(error.absolute_path)
        ] or list(error.context)
        if isinstance(instance, dict):
            meant = [e for e in meant if e.validator != "enum" or len(e.path) > 0] or meant
        error = max(meant, key=lambda e: len(e.absolute_path))
    return error


def _sentence(document: Document, error: ValidationError) -> RuleError:
    steps = tuple(error.absolute_path)
    rule: Any = error.validator_value
    if error.validator == "additionalProperties" and isinstance(error.instance, dict):
        properties = error.schema.get("properties", {})
        known = list(properties)
        patterns = error.schema.get("patternProperties")
        unknown = [k for k in error.instance if k not in known]
        name = unknown[0] if unknown else "?"
        what = "operator" if "same_as" in known else "key"
        hint = nearest(name, known) or (f"known: {', '.join(known)}" if known and not patterns else "lower-case letters, digits and _")
        return document.error(f"unknown {what} {name}", *steps, name, hint=hint)
    if error.validator == "required":
        missing = [name for name in rule if isinstance(error.instance, dict) and name not in error.instance]
        return document.error(f"key {', '.join(missing)} is missing", *steps, hint="every rule needs it")
    if error.validator == "enum":
        return document.error(
            f"{error.instance} is not allowed here",
            *steps,
            hint=nearest(str(error.instance), rule) or f"one of {', '.join(map(str, dict.fromkeys(map(str, rule))))}",
        )
    if error.validator == "pattern":
        return document.error(f"{error.instance!r} does not have the required form", *steps, hint=f"expected {rule}")
    if error.validator in ("minProperties", "maxProperties"):
        return document.error(f"{len(error.instance)} entries found", *steps, hint="a field has exactly one operator")
    if error.validator == "maxItems":
        return document.error(f"{len(error.instance)} values in a list", *steps, hint="more than eight is a code set")
    if error.validator == "type":
        return document.error(f"found {_name(error.instance)}", *steps, hint=f"expected {_types(rule)}")
    return document.error(error.message, *steps)


def _name(value: object) -> str:
    if value is None:
        return "nothing"
    return {dict: "a mapping", list: "a list"}.get(type(value), f"the text {value!r}")


def _types(rule: object) -> str:
    names = {"object": "a mapping", "array": "a list", "string": "text", "null": "nothing", "number": "a number", "boolean": "true or false"}
    return " or ".join(names.get(str(t), str(t)) for t in (rule if isinstance(rule, list) else [rule]))

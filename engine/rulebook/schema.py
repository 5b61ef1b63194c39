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
from engine.rulebook.document import Document, Steps, read_document


@lru_cache(maxsize=8)
def _validator(path: Path) -> Draft202012Validator:
    return Draft202012Validator(json.loads(path.read_text(encoding="utf-8")))


def check_shape(document: Document, schema: Path) -> list[RuleError]:
    """Every way in which a file departs from a JSON Schema, located, in reading order."""
    found = [_sentence(document, _deepest(error)) for error in _validator(schema).iter_errors(document.content)]
    return sorted(found, key=lambda mistake: mistake.location)


def read_shaped(path: Path, called: str, schema: Path) -> tuple[Document | None, list[RuleError]]:
    """A file that is acceptable YAML and has the shape of a schema, or ``None`` with what is wrong with it."""
    try:
        document = read_document(path, called)
    except RuleError as error:
        return None, [error]
    mistakes = check_shape(document, schema)
    return (None if mistakes else document), mistakes


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
    found: Any = error.instance
    match error.validator:
        case "additionalProperties":
            return _unknown(document, steps, found, error.schema)
        case "required":
            missing = [name for name in rule if name not in found]
            return document.error(f"key {', '.join(missing)} is missing", *steps, hint="every such file needs it")
        case "enum":
            known = list(dict.fromkeys(map(str, rule)))
            hint = nearest(str(found), known) or f"one of {', '.join(known)}"
            return document.error(f"{found} is not allowed here", *steps, hint=hint)
        case "pattern":
            return document.error(f"{found!r} does not have the required form", *steps, hint=f"expected {rule}")
        case "minProperties" | "maxProperties":
            return document.error(f"{len(found)} entries found", *steps, hint="a field has exactly one operator")
        case "maxItems":
            return document.error(f"{len(found)} values in a list", *steps, hint="more than eight is a code set")
        case "type":
            return document.error(f"found {_name(found)}", *steps, hint=f"expected {_types(rule)}")
        case _:
            return document.error(error.message, *steps)


def _unknown(document: Document, steps: Steps, found: dict[str, object], schema: Any) -> RuleError:  # noqa: ANN401 -- JSON
    """An entry that the schema does not know: an operator where operators stand, else a key."""
    known = list(schema.get("properties", {}))
    name = next((key for key in found if key not in known), "?")
    what = "operator" if "same_as" in known else "key"
    listed = f"known: {', '.join(known)}" if known and "patternProperties" not in schema else ""
    hint = nearest(name, known) or listed or "lower-case letters, digits and _"
    return document.error(f"unknown {what} {name}", *steps, name, hint=hint)


NAMES = {
    "object": "a mapping",
    "array": "a list",
    "string": "text",
    "null": "nothing",
    "number": "a number",
    "boolean": "true or false",
}


def _name(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a mapping"
    return "a list" if isinstance(value, list) else f"the text {value!r}"


def _types(rule: object) -> str:
    return " or ".join(NAMES.get(str(kind), str(kind)) for kind in (rule if isinstance(rule, list) else [rule]))

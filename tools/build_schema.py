"""Writes the JSON Schemas of the native formats, engine/claim/*.schema.json, from the models of claim and encounter.

Run it after a change of engine/claim/model.py or engine/claim/encounter.py; a test fails while the file is behind.
"""

from __future__ import annotations

import inspect
import json
import sys
from pathlib import Path
from typing import Any

import msgspec

from engine.claim import encounter, model

FOLDER = Path(__file__).parents[1] / "engine" / "claim"
ROOTS: dict[str, type[msgspec.Struct]] = {"claim": model.Claim, "encounter": encounter.Encounter}
MOST = 10**15 - 1
MOST_QUANTITY = 10**12 - 1
QUANTITY = {
    "type": ["number", "string"],
    "pattern": r"^-?[0-9]{1,12}(\.[0-9]{1,6})?$",
    "minimum": -MOST_QUANTITY,
    "maximum": MOST_QUANTITY,
}


def schema(name: str) -> dict[str, Any]:
    """The schema of one claim or encounter."""
    root = ROOTS[name]
    made = msgspec.json.schema(root)
    parts = {each: _part(each, part) for each, part in made["$defs"].items()}
    whole = parts.pop(root.__name__)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:cleanclaim:schema:{name}",
        **whole,
        "$defs": dict(sorted(parts.items())),
    }


def _part(name: str, part: dict[str, Any]) -> dict[str, Any]:
    part = _narrow(part)
    part["description"] = " ".join(inspect.cleandoc(_model(name).__doc__ or "").replace("``", "").split())
    for field, rule in part["properties"].items():
        part["properties"][field] = {"title": field.replace("_", " "), **rule}
    if not part["required"]:
        del part["required"]
    return part


def _model(name: str) -> Any:  # noqa: ANN401
    return getattr(model, name, None) or getattr(encounter, name)


def _narrow(node: Any) -> Any:  # noqa: ANN401
    """Bounds what a number may be, and says ISO dates by pattern: not every validator checks formats."""
    if isinstance(node, list):
        return [_narrow(item) for item in node]
    if not isinstance(node, dict):
        return node
    if node.get("type") == "string" and node.get("format") == "decimal":
        return {**QUANTITY}
    result = {key: _narrow(value) for key, value in node.items()}
    if node.get("type") == "string" and node.get("format") == "date":
        result["pattern"] = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
    if node.get("type") == "integer":
        result |= {"minimum": -MOST, "maximum": MOST}
    return result


def text(name: str = "claim") -> str:
    """The file's text."""
    return json.dumps(schema(name), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    for each in ROOTS:
        (FOLDER / f"{each}.schema.json").write_text(text(each), encoding="utf-8")
        sys.stdout.write(f"wrote {FOLDER / each}.schema.json\n")

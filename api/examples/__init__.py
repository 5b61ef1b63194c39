"""Examples of the OpenAPI document. A test sends each and holds the answers against the service's own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent


def text(name: str) -> str:
    """The text of an example file."""
    return (_FOLDER / name).read_text(encoding="utf-8")


def value(name: str) -> Any:  # noqa: ANN401 -- JSON
    """The content of an example file."""
    return json.loads(text(name))


_X12 = {"schema": {}, "examples": {"x12": {"summary": "An 837P", "value": text("claim.837")}}}

CLAIM_BODIES: dict[str, Any] = {
    "required": True,
    "description": (
        "X12 837, FHIR R4 Claim or Bundle, or native JSON; plain, or gzip with Content-Encoding. "
        "What is none of these is no failure: the report says what was found instead."
    ),
    "content": {
        "application/json": {
            "schema": {},
            "examples": {"native": {"summary": "A claim in native JSON", "value": value("claim.json")}},
        },
        "application/fhir+json": {"schema": {}},
        "application/edi-x12": _X12,
        "application/octet-stream": {"schema": {}},
    },
}

PACKS_HEADER_DOC = {"description": "The packs that the answer rests on: name=version;sha256=digest, …"}
_PACKS = {"Cleanclaim-Packs": {**PACKS_HEADER_DOC, "schema": {"type": "string"}}}
_TEXT = {"schema": {"type": "string"}}
_INPUT = {
    "Cleanclaim-Input-Findings": {
        "description": "How many problems lie outside any claim; a 277CA cannot tell them.",
        "schema": {"type": "integer"},
    }
}
_CHECK = {"Cleanclaim-Check": {"description": "The id of the saved check.", "schema": {"type": "string"}}}
_NDJSON = {"schema": {"type": "string", "description": "A claim a line."}}

REPORT_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The report",
        "headers": {**_PACKS, **_CHECK, **_INPUT},
        "content": {
            "application/json": {
                "schema": {"$ref": "#/components/schemas/Report"},
                "examples": {"native": {"summary": "The report of the claim above", "value": value("report.json")}},
            },
            "application/x-ndjson": _NDJSON,
            "application/sarif+json": {"schema": {"type": "object"}},
            "application/edi-x12": _TEXT,
            "application/fhir+json": {"schema": {"type": "object"}},
        },
    }
}

RESULT_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Results so far",
        "headers": {
            **_PACKS,
            "Cleanclaim-Batch-State": {"description": "State of the batch.", "schema": {"type": "string"}},
            "Cleanclaim-Pieces": {"description": "Pieces read so far.", "schema": {"type": "integer"}},
        },
        "content": {"application/x-ndjson": _NDJSON},
    }
}

EXPLANATION_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The explanation",
        "headers": {**_PACKS, **_CHECK},
        "content": {"application/json": {"schema": {"type": "object"}}},
    }
}

ENCOUNTER_TYPES = ("application/json", "application/fhir+json")

ENCOUNTER_BODIES: dict[str, Any] = {
    "required": True,
    "description": "Documented encounters in native JSON, or a FHIR R4 Bundle for each; plain, or gzip.",
    "content": {
        "application/json": {
            "schema": {},
            "examples": {"native": {"summary": "An office visit", "value": value("encounter.json")}},
        },
        "application/fhir+json": {"schema": {}},
    },
}

SCORE_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The report",
        "headers": _PACKS,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/EncounterReports"}}},
    }
}

LINT_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {"$ref": "#/components/schemas/DraftIn"},
            "examples": {"draft": {"value": {"rule": text("draft.yaml"), "test": text("draft.test.yaml")}}},
        }
    },
}

TRY_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {"$ref": "#/components/schemas/TryIn"},
            "examples": {
                "draft": {
                    "value": {
                        "rule": text("draft.yaml"),
                        "claims": text("claim.837").replace("*15*UN*0*", "*30*UN*2*"),
                        "received_on": "2026-04-15",
                    }
                }
            },
        }
    },
}

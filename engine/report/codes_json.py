"""Codes as JSON: the answer of a search, and cards; dates as YYYY-MM-DD, codes of ICD-10-CM with their dot."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from engine.reference import cards as known
from engine.reference.cards import Card, Rows
from engine.reference.days import iso
from engine.reference.search.document import Window
from engine.reference.search.search import Answer
from engine.report.codes import shown_code
from engine.report.codes_words import ADJUDICATION, IMPORTS, INDICATORS, flag_words


def answer_object(answer: Answer, query: str, system: str, day: int) -> dict[str, Any]:
    """A search's answer."""
    return {
        "query": query,
        "system": system,
        "on": iso(day),
        "corrected": [{"typed": typed, "searched": used} for typed, used in answer.corrected],
        "hits": [
            {
                "code": shown_code(hit.code, system),
                "description": hit.description,
                "billable": hit.standing != "heading",
                "standing": hit.standing,
                "valid": _windows(hit.windows),
                "matched": hit.matched,
                "other_sevenths": hit.others,
                "score": hit.score,
            }
            for hit in answer.hits
        ],
    }


def card_object(card: Card) -> dict[str, Any]:
    """One card; an absent part is an empty list."""
    return {
        "system": card.system,
        "code": shown_code(card.code, card.system),
        "on": iso(card.day),
        "description": card.description,
        "standing": card.standing,
        "billable": card.billable,
        "valid": _windows(card.windows),
        "above": [{"node": shown_code(level.node, "icd10cm"), "title": level.title} for level in card.above],
        "below": [
            {"code": shown_code(level.node, "icd10cm"), "title": level.title, "billable": level.billable}
            for level in card.below
        ],
        "seventh_characters": dict(card.sevenths),
        "notes": [
            {
                "kind": each.kind,
                "at": shown_code(each.at, "icd10cm"),
                "inherited": each.at != card.code,
                "heading": each.heading,
                "lines": list(each.lines),
            }
            for each in card.instructions
        ],
        "editor_flags": [
            {
                "flag": flag.name,
                "says": flag_words(flag.name, card.day),
                "holds": flag.holds,
                "from_to": _windows(flag.windows),
            }
            for flag in card.flags
        ],
        "tables": [_rows(rows) for rows in card.tables],
        "editions": [
            {"table": each.table, "edition": each.edition, "from": iso(each.first_day), "to": _day(each.last_day)}
            for each in card.editions
        ]
        + ([{"table": "tabular notes", "edition": known.notes_edition()}] if card.instructions else []),
    }


def _rows(rows: Rows) -> dict[str, Any]:
    if rows.edition is None:
        return {"table": rows.table, "loaded": False, "because": rows.because, "import": IMPORTS.get(rows.table, "")}
    return {
        "table": rows.table,
        "loaded": True,
        "edition": rows.edition.edition,
        "rows": [{**row, **_meanings(row)} for row in rows.rows],
    }


def _meanings(row: Any) -> dict[str, dict[str, str]]:  # noqa: ANN401 -- a mapping of texts
    said = {column: words[row[column]] for column, (_, words) in INDICATORS.items() if row.get(column) in words}
    if row.get("mai") in ADJUDICATION:
        said["mai"] = ADJUDICATION[row["mai"]]
    return {"meanings": said} if said else {}


def _windows(windows: Iterable[Window]) -> list[dict[str, str | None]]:
    return [{"from": _day(first), "to": _day(last)} for first, last in windows]


def _day(day: int | None) -> str | None:
    return None if day is None else iso(day)

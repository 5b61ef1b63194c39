"""``rules/scoring.yaml``: how likely a finding costs payment, dated."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

from msgspec import Struct

from engine.errors import RuleError
from engine.facts.vocabulary import nearest
from engine.rulebook.document import Document, Node, items, read_document
from engine.rulebook.encounter_scoring import EncounterScoring, read_encounter_scoring
from engine.rulebook.rule import ENCOUNTER_DISPOSITIONS, Disposition, Severity
from engine.rulebook.values import day_number

PERCENT = range(101)
DISPOSITIONS = tuple(d for d in get_args(Disposition) if d == "informational" or d not in ENCOUNTER_DISPOSITIONS)
"""What a payer would do."""


class Scoring(Struct, frozen=True):
    """From a service day on: denial likelihood in percent by (disposition, severity), and why; and for encounters."""

    first_day: int
    because: str
    likelihood: dict[tuple[str, str], int]
    encounter: EncounterScoring


def read_scoring(path: Path, called: str) -> tuple[tuple[Scoring, ...], list[RuleError]]:
    """The scoring tables in order of their dates, or what is wrong with the file."""
    try:
        document = read_document(path, called)
    except RuleError as error:
        return (), [error]
    mistakes: list[RuleError] = []
    found = [_table(document, number, node, mistakes) for number, node in enumerate(items(document.content))]
    if not found:
        mistakes.append(document.error("no scoring table", hint="a list of {from, because, likelihood}"))
    return tuple(sorted((t for t in found if t), key=lambda table: table.first_day)), mistakes


def _table(document: Document, number: int, node: Node, mistakes: list[RuleError]) -> Scoring | None:
    entries = node if isinstance(node, dict) else {}
    rows = entries.get("likelihood")
    before = len(mistakes)
    likelihood: dict[tuple[str, str], int] = {}
    for disposition, columns in (rows if isinstance(rows, dict) else {}).items():
        for severity, percent in (columns if isinstance(columns, dict) else {}).items():
            steps = (number, "likelihood", disposition, severity)
            if disposition not in DISPOSITIONS or severity not in get_args(Severity):
                hint = nearest(disposition, DISPOSITIONS) or nearest(severity, get_args(Severity))
                mistakes.append(document.error(f"unknown {disposition} / {severity}", *steps, hint=hint))
            elif not str(percent).isdecimal() or int(str(percent)) not in PERCENT:
                mistakes.append(document.error(f"{percent} is not a percentage", *steps, hint="0 to 100"))
            else:
                likelihood[disposition, severity] = int(str(percent))
    missing = [f"{d}/{s}" for d in DISPOSITIONS for s in get_args(Severity) if (d, s) not in likelihood]
    if missing and len(mistakes) == before:
        mistakes.append(document.error(f"no likelihood for {', '.join(missing)}", number))
    encounter = read_encounter_scoring(document, number, entries.get("encounter"), mistakes)
    try:
        first_day = day_number(str(entries.get("from")))
    except ValueError:
        mistakes.append(document.error("from is not a date", number, hint="a date like 2026-03-01"))
        return None
    return Scoring(first_day, str(entries.get("because", "")), likelihood, encounter)

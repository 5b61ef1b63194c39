"""The ``encounter`` part of ``rules/scoring.yaml``: what findings about encounters cost, dated like claims' table."""

from __future__ import annotations

from typing import get_args

from msgspec import Struct

from engine.errors import RuleError
from engine.facts.vocabulary import nearest
from engine.rulebook.document import Document, Node, mapping
from engine.rulebook.rule import Dimension, Severity

PERCENT = range(101)
WHOLE = 100


class RulePoints(Struct, frozen=True):
    """What one rule's finding costs where it is not the usual for its severity, and why."""

    points: int
    because: str


class EncounterScoring(Struct, frozen=True):
    """Weights of the dimensions (they add up to 100), points by severity and by rule, caps by severity, and bands.

    ``bands``: from which overall score on a draft is released, and reviewed; below it is held.
    """

    weights: dict[str, int]
    points: dict[str, int]
    rules: dict[str, RulePoints]
    caps: dict[str, int]
    release: int
    review: int


def read_encounter_scoring(document: Document, number: int, node: Node, mistakes: list[RuleError]) -> EncounterScoring:
    """One table; mistakes are added to the list."""
    entries = mapping(node)
    reader = _Reader(document, (number, "encounter"), mistakes)
    weights = reader.numbers(entries, "weights", get_args(Dimension))
    if sum(weights.values()) != WHOLE:
        reader.mistake("the weights do not add up to 100", "weights")
    rules = {}
    for rule, body in mapping(entries.get("rules")).items():
        about = mapping(body)
        if set(about) != {"points", "because"}:
            reader.mistake(f"{rule} has points and because", "rules", rule)
        else:
            rules[rule] = RulePoints(reader.percent(about["points"], "rules", rule), str(about["because"]))
    bands = reader.numbers(entries, "bands", ("release", "review"))
    caps = mapping(entries.get("caps"))
    return EncounterScoring(
        weights=weights,
        points=reader.numbers(entries, "points", get_args(Severity)),
        rules=rules,
        caps={key: reader.percent(value, "caps", key) for key, value in caps.items()},
        release=bands.get("release", WHOLE),
        review=bands.get("review", WHOLE),
    )


class _Reader:
    """Reads numbers out of one table and remembers what is wrong with them."""

    def __init__(self, document: Document, steps: tuple[str | int, ...], mistakes: list[RuleError]) -> None:
        self.document = document
        self.steps = steps
        self.mistakes = mistakes

    def mistake(self, message: str, *steps: str, hint: str = "") -> None:
        self.mistakes.append(self.document.error(message, *self.steps, *steps, hint=hint))

    def percent(self, node: Node, *steps: str) -> int:
        text = str(node)
        if not text.isdecimal() or int(text) not in PERCENT:
            self.mistake(f"{text} is no number from 0 to 100", *steps)
            return 0
        return int(text)

    def numbers(self, entries: dict[str, Node], key: str, names: tuple[str, ...]) -> dict[str, int]:
        """A number for each of some names, no more and no less."""
        found = mapping(entries.get(key))
        for name in found:
            if name not in names:
                self.mistake(f"unknown {name}", key, name, hint=nearest(name, names) or f"one of {', '.join(names)}")
        for name in names:
            if name not in found:
                self.mistake(f"{key} has no {name}", key)
        return {name: self.percent(found[name], key, name) for name in names if name in found}

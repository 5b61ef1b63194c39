"""What each stage of a check saw: ``cleanclaim explain --stage``."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from msgspec import to_builtins

from engine.backends.protocol import Match
from engine.explained import Explained, pretty
from engine.facts.fact import Fact, Value
from engine.facts.vocabulary import vocabulary
from engine.findings.explain import called
from engine.findings.show import shown
from engine.report.page import Page
from engine.report.words import count

RAW = 60


class Stage(StrEnum):
    """The stages, from the bytes on."""

    intake = "intake"
    claim = "claim"
    facts = "facts"
    matches = "matches"


def write_stage(page: Page, one: Explained, stage: Stage) -> None:
    """A stage's value as text."""
    if stage == Stage.intake:
        _intake(page, one)
    elif stage == Stage.claim:
        for line in json_of_stage(one, stage).decode().splitlines():
            page.line(line)
    elif stage == Stage.facts:
        _facts(page, one.examined.facts)
    else:
        _matches(page, one)
    page.blank()


def json_of_stage(one: Explained, stage: Stage) -> bytes:
    """A stage's value as JSON."""
    if stage == Stage.claim:
        return pretty(one.item.claim)
    if stage == Stage.intake:
        rows = [{"index": index, "loop": loop, "text": text} for index, loop, text in one.item.raw]
        return pretty({"raw": rows, "findings": one.item.findings})
    facts = one.examined.facts
    if stage == Stage.facts:
        return pretty([to_builtins(fact) for fact in facts])
    return pretty([{"rule": match.rule, "bound": _bound(one, match)} for match in one.examined.matches])


def _intake(page: Page, one: Explained) -> None:
    rows = [(str(index), loop, text) for index, loop, text in one.item.raw]
    if rows:
        page.columns([("Index", "Loop", "Text"), *rows], (0,))
    for found in one.item.findings:
        page.paragraph(f"{found.says} {found.fix}", label=found.rule, label_style="bold")


def _facts(page: Page, facts: Sequence[Fact]) -> None:
    kinds = vocabulary()
    by_kind: dict[str, list[Fact]] = {}
    for fact in facts:
        by_kind.setdefault(fact.kind, []).append(fact)
    for kind, found in by_kind.items():
        page.blank()
        page.line((f"{kind}  {count(len(found), 'fact')}", "bold"))
        for fact in found:
            page.line((called(fact), "cyan"), indent=2)
            rows = []
            for name, value in fact.values.items():
                field = kinds[kind].fields.get(name.partition("|")[0])
                human = shown(value, field.type) if field and "|" not in name else shown(value, "flag")
                rows.append((name.replace("|", " ").strip(), human, "" if human == str(value) else _raw(value)))
            if rows:
                page.columns([("Field", "Value", "Raw"), *rows], indent=4)


def _matches(page: Page, one: Explained) -> None:
    for match in one.examined.matches:
        page.line((match.rule, "bold"))
        rows = [(name, fact, ", ".join(values)) for name, fact, values in _rows(one, match)]
        page.columns([("Name", "Fact", "Values"), *rows], indent=2)
    if not one.examined.matches:
        page.line(one.examined.failure or "No rule matched.")


def _rows(one: Explained, match: Match) -> list[tuple[str, str, list[str]]]:
    rule = one.rulebook.rule(match.rule)
    if rule is None:
        return []
    rows = []
    for pattern, index in zip(rule.condition.when, match.bound, strict=True):
        fact = one.examined.facts[index]
        fields = vocabulary()[fact.kind].fields
        asked = [read.field for read in rule.reads if read.name == pattern.name and read.field in fact.values]
        rows.append(
            (
                pattern.name,
                called(fact),
                [f"{name} {shown(fact.values[name], fields[name].type)}" for name in dict.fromkeys(asked)],
            )
        )
    return rows


def _bound(one: Explained, match: Match) -> dict[str, Any]:
    rule = one.rulebook.rule(match.rule)
    names = [pattern.name for pattern in rule.condition.when] if rule else []
    return {name: to_builtins(one.examined.facts[index]) for name, index in zip(names, match.bound, strict=False)}


def _raw(value: Value) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text if len(text) <= RAW else f"{text[:RAW]}..."

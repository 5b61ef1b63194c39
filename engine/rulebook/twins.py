"""Test twins: ``NAME.test.yaml`` beside ``NAME.yaml``."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from engine.errors import RuleError
from engine.rulebook.document import Document, Node, items, mapping
from engine.rulebook.rule import Rule
from engine.rulebook.schema import read_shaped


class Expected(Struct, frozen=True):
    """One expected finding: its place in words (``line 1 units``), its message, and its fix when that matters."""

    at: str
    says: str
    fix: str = ""


class Case(Struct, frozen=True, kw_only=True):
    """One case: what it changes in the base claim, and what must come out.

    ``eligibility`` is given in its native form; ``tables`` replaces rows of reference tables, ``parameters`` values of
    the payer's parameters; ``encounter`` is what changes in the twin's encounter, for a claim held against it;
    ``not_evaluated`` is the expected reason when the rule cannot be evaluated; ``passes_if`` are the changes after
    which the rule is quiet.
    """

    name: str
    given: dict[str, Node] = {}
    expect: tuple[Expected, ...] = ()
    not_evaluated: str | None = None
    passes_if: tuple[str, ...] | None = None
    received_on: str = ""
    payer: str = ""
    tables: dict[str, Node] = {}
    parameters: dict[str, Node] = {}
    history: tuple[Node, ...] = ()
    eligibility: dict[str, Node] = {}
    encounter: Node = None
    encounter_base: str = ""
    where: str = ""


class Equivalent(Struct, frozen=True):
    """A mutant of the rule (by its name) that no claim can tell from the rule, and why."""

    mutant: str
    because: str
    where: str = ""


class Twin(Struct, frozen=True):
    """The tests of one rule: the base claim's name (under ``tests/claims``) and the cases."""

    rule: str
    base: str
    cases: tuple[Case, ...]
    equivalent: tuple[Equivalent, ...] = ()


def read_twin(path: Path, called: str, rule: Rule, schema: Path) -> tuple[Twin | None, list[RuleError]]:
    """Read a twin, or say what is wrong with it: it must have a firing and a quiet case."""
    document, mistakes = read_shaped(path, called, schema)
    return (None, mistakes) if document is None else twin_of(document, rule)


def twin_of(document: Document, rule: Rule) -> tuple[Twin | None, list[RuleError]]:
    """As :func:`read_twin`, of a document that has the right shape."""
    mistakes: list[RuleError] = []
    content = mapping(document.content)
    if content["rule"] != rule.id:
        mistakes.append(document.error(f"tests {content['rule']}", "rule", hint=f"the rule beside it is {rule.id}"))
    cases = []
    for number, node in enumerate(items(content["cases"])):
        entries = mapping(node)
        expect = entries["expect"]
        cases.append(
            Case(
                name=str(entries["name"]),
                given=mapping(entries.get("given")),
                expect=tuple(Expected(**{k: str(v) for k, v in mapping(e).items()}) for e in items(expect)),
                not_evaluated=str(expect["not_evaluated"]) if isinstance(expect, dict) else None,
                passes_if=tuple(map(str, items(entries["passes_if"]))) if "passes_if" in entries else None,
                received_on=str(entries.get("received_on") or content.get("received_on") or ""),
                payer=str(entries.get("payer") or content.get("payer") or ""),
                tables={**mapping(content.get("tables")), **mapping(entries.get("tables"))},
                parameters=mapping(entries.get("parameters")),
                history=tuple(items(entries.get("history"))),
                eligibility=mapping(entries.get("eligibility")),
                encounter=entries.get("encounter"),
                encounter_base=str(content.get("encounter_base", "")) if "encounter" in entries else "",
                where=document.where("cases", number),
            )
        )
    names = [case.name for case in cases]
    mistakes += [
        document.error(f"case {name!r} stands twice", "cases") for name in {n for n in names if names.count(n) > 1}
    ]
    if not any(case.expect for case in cases):
        mistakes.append(
            document.error("no case in which the rule fires", "cases", hint="add one with an expected finding")
        )
    if not any(not case.expect and case.not_evaluated is None for case in cases):
        mistakes.append(document.error("no quiet case", "cases", hint="add one with expect: []"))
    equivalent = tuple(
        Equivalent(str(entry["mutant"]), str(entry["because"]), document.where("equivalent", number))
        for number, entry in enumerate(map(mapping, items(content.get("equivalent"))))
    )
    return (None if mistakes else Twin(rule.id, str(content["base"]), tuple(cases), equivalent)), mistakes

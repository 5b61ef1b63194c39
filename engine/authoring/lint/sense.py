"""Severity, disposition, SNIP type and category that cannot go together; words that nobody uses."""

from __future__ import annotations

from collections.abc import Iterator

from engine.authoring.corpus import Corpus
from engine.authoring.lint.remark import Check, Remark
from engine.facts.vocabulary import vocabulary
from engine.rulebook.conditions import PARAM
from engine.rulebook.rule import Rule

SNIP: dict[str, frozenset[int]] = {
    "structure": frozenset({1, 2}),
    "charges": frozenset({1, 2, 3, 4, 7}),
    "bundling": frozenset({5, 6, 7}),
    "coverage": frozenset({6, 7}),
    "documentation": frozenset({6, 7}),
    "timely_filing": frozenset({7}),
    "authorization": frozenset({6, 7}),
    "duplicate": frozenset({6, 7}),
}
"""The SNIP types that a category can have, where not all are possible.

Types 1 and 2 are syntax and the implementation guide, 3 balancing, 4 situations, 5 outside code sets, 6 lines of
business, 7 trading partners.
"""


def combinations(corpus: Corpus) -> Iterator[Remark]:
    """What does not go together in the head of a rule."""
    for rule in corpus.rules:
        for key, says, hint in _contradictions(rule):
            yield Remark(rule.id, corpus.where(rule, key), says, hint)


def _contradictions(rule: Rule) -> Iterator[tuple[str, str, str]]:
    if rule.applies.subject == "encounter":
        yield from _encounter_contradictions(rule)
        return
    advice = rule.disposition == "informational"
    if advice != (rule.severity == "info"):
        yield (
            "severity",
            f"severity {rule.severity} with disposition {rule.disposition}",
            "advice is info, informational",
        )
    if rule.severity == "error" and rule.disposition in ("suspend", "documentation_request"):
        yield "severity", f"an error whose disposition is {rule.disposition}", "what a person looks at is a warning"
    if advice and rule.predicts:
        yield "predicts", "advice predicts a denial", "take predicts out, or raise the severity"
    if rule.snip not in SNIP.get(rule.category, {rule.snip}):
        yield "snip", f"SNIP type {rule.snip} with category {rule.category}", "see the SNIP types in docs/authoring.md"
    part = rule.at.part or vocabulary()[rule.kinds[rule.at.name]].part
    if rule.disposition.startswith("line_") and part not in ("line", "diagnosis", "provider"):
        yield "disposition", f"{rule.disposition} of a finding on a {part or 'part that is no line'}", "use claim_…"


def _encounter_contradictions(rule: Rule) -> Iterator[tuple[str, str, str]]:
    if (rule.severity == "error") != (rule.disposition == "hold") and rule.severity != "warning":
        yield "severity", f"severity {rule.severity} with disposition {rule.disposition}", "an error is held"
    if rule.disposition == "query_provider" and not rule.query:
        yield "disposition", "the provider is to be asked, and there is no question", "add finding.query"


def unused_sets(corpus: Corpus) -> Iterator[Remark]:
    """Code sets that no rule and no derived field asks."""
    asked = {name for rule in corpus.rules for name in rule.sets}
    asked |= {name for kind in vocabulary().values() for field in kind.fields.values() for name in field.sets}
    for name in sorted(set(corpus.rulebook.sets) - asked):
        yield Remark(
            name, corpus.code_set(name).where("set"), f"nothing asks the code set {name}", "use it, or remove it"
        )


def unused_parameters(corpus: Corpus) -> Iterator[Remark]:
    """Parameters that no rule and no derived field asks."""
    asked = {name for rule in corpus.rules for name in rule.parameters}
    asked |= {
        str(test.value)
        for rule in corpus.rules
        for pattern in (*rule.condition.when, *rule.condition.unless)
        if pattern.kind == PARAM
        for test in pattern.tests
        if test.field == "name"
    }
    told = " ".join(field.about for kind in vocabulary().values() for field in kind.fields.values())
    for name in sorted(set(corpus.rulebook.parameters) - asked):
        if name not in told:
            slug = next((p.slug for p in corpus.rulebook.payers.values() if name in p.parameters), "_base")
            home = next((p.lineage[-1] for p in corpus.rulebook.payers.values() if p.slug == slug), slug)
            where = corpus.payer(home).where("parameters", name)
            yield Remark(name, where, f"nothing asks the parameter {name}", "use it, or remove it")


def unexercised(corpus: Corpus) -> Iterator[Remark]:
    """Entries of ``unless`` without a quiet case that fires when the entry is left out."""
    for rule, mutant, wanted in _survivors(corpus):
        if mutant.startswith("unless.") and mutant.endswith(" dropped") and mutant.count(".") == 1:
            name = mutant.removeprefix("unless.").removesuffix(" dropped")
            yield Remark(
                rule.id, corpus.where(rule, "unless", name), f"no case shows what {name} silences", f"add {wanted}"
            )


def boundaries(corpus: Corpus) -> Iterator[Remark]:
    """Comparisons without a case on either side of the boundary."""
    for rule, mutant, wanted in _survivors(corpus):
        path, _, change = mutant.partition(" ")
        if " -> " in change and change.startswith(("at_least", "at_most", "more_than", "less_than")):
            where = corpus.where(rule, *path.split("."))
            yield Remark(rule.id, where, f"no case tells {change.replace(' -> ', ' from ')}", f"add {wanted}")


def _survivors(corpus: Corpus) -> Iterator[tuple[Rule, str, str]]:
    for rule in corpus.rules:
        if found := corpus.outcomes.get(rule.id):
            for survivor in found.survivors:
                yield rule, survivor.mutant, survivor.wanted


CHECKS = (
    Check("contradiction", "error", "Severity, disposition, category and SNIP type go together.", combinations),
    Check("unused-code-set", "warning", "Every code set is asked by a rule or a derived field.", unused_sets),
    Check("unused-parameter", "warning", "Every parameter is asked by a rule or a derived field.", unused_parameters),
    Check("unless-without-case", "error", "A quiet case shows what each entry of unless silences.", unexercised),
    Check("boundary-without-case", "error", "Cases stand on both sides of each boundary.", boundaries),
)

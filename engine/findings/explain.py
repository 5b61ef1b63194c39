"""Why a rule did or did not fire on a claim.

The facts it bound, the tests they met, and what would change the answer.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from engine.facts.fact import Fact, Value
from engine.facts.vocabulary import Field, FieldType, vocabulary
from engine.findings.partial import Partial, Step, judge, nearest_miss
from engine.findings.show import shown
from engine.rulebook.rule import Rule


class TestSeen(Struct, frozen=True, kw_only=True):
    """One test of a rule on one fact, in words: ``line 2: line.units more_than 0`` read 1, which holds."""

    fact: str
    test: str
    read: str
    compared_with: str = ""
    outcome: str


class Explanation(Struct, frozen=True, kw_only=True):
    """Why a rule came out as it did on one claim.

    ``outcome`` is finding, suppressed, passed, not_evaluated or not_applicable; ``because`` says it in a sentence;
    ``tests`` are those of the match, or of the binding that went furthest; ``would_fire_if`` names the first test
    that failed.
    """

    rule: str
    title: str
    outcome: str
    because: str
    why: str
    tests: tuple[TestSeen, ...] = ()
    would_fire_if: str = ""


def trace(rule: Rule, facts: Sequence[Fact], bound: Sequence[int]) -> tuple[TestSeen, ...]:
    """The tests that the facts of a match (or of a part of one) met."""
    names: dict[str, int] = {}
    seen: list[TestSeen] = []
    for pattern, index in zip(rule.condition.when, bound, strict=False):
        seen += [_seen(step, rule, facts) for step in judge(pattern, index, facts, names)] or [
            TestSeen(fact=called(facts[index]), test=f"{pattern.name} exists", read="yes", outcome="holds")
        ]
        names[pattern.name] = index
    return tuple(seen)


def why_not(rule: Rule, facts: Sequence[Fact]) -> tuple[str, tuple[TestSeen, ...], str]:
    """For a rule that did not match.

    A sentence, the tests of its best partial match, and what would have made it fire.
    """
    miss = nearest_miss(rule.condition, facts)
    if miss is None:
        return "nothing on the claim could match", (), ""
    tests = trace(rule, facts, miss.bound)
    if miss.silenced:
        return f"an exception of the rule is met: {miss.silenced}", tests, f"there were no {miss.silenced}"
    if miss.failed:
        last = _seen(miss.failed, rule, facts)
        return (
            f"{last.fact}: {last.test} does not hold, it is {last.read}",
            (*tests, last),
            f"{last.test} on {last.fact}",
        )
    if miss.nothing:
        kind = rule.kinds[miss.nothing]
        return f"the claim has no {kind} for {miss.nothing}", tests, f"there were a {kind} that meets {miss.nothing}"
    return _undecided(miss, rule, facts), tests, ""


def _undecided(miss: Partial, rule: Rule, facts: Sequence[Fact]) -> str:
    step = _seen(miss.unknown[0], rule, facts) if miss.unknown else None
    return (
        f"{step.fact}: {step.test} cannot be judged, a value is absent" if step else "nothing on the claim could match"
    )


def _seen(step: Step, rule: Rule, facts: Sequence[Fact]) -> TestSeen:
    field, operator, argument = step.test.authored
    fact = facts[step.fact]
    kind = _field(rule, step.name, field, fact)
    value: Value | None = fact.values.get(field) if operator in ("present", "missing") else step.found
    if step.test.field != field:
        value = fact.values.get(field)
    outcome = {True: "holds", False: "does not hold", None: "cannot be judged"}[step.held]
    referred = (
        "." in argument and operator not in ("is", "is_not", "is_one_of", "starts_with")
    ) or argument.startswith("param.")
    return TestSeen(
        fact=called(fact),
        test=f"{step.name}.{field} {operator} {argument}".strip(),
        read=shown(value, kind),
        compared_with=shown(step.wanted, kind) if referred else "",
        outcome=outcome,
    )


def _field(rule: Rule, name: str, field: str, fact: Fact) -> FieldType:
    found: Field | None = vocabulary()[rule.kinds.get(name, fact.kind)].fields.get(field)
    return found.type if found else "text"


def called(fact: Fact) -> str:
    """A fact in words.

    >>> called(Fact("line", {}, line=2))
    'line 2'
    """
    if fact.kind == "param":
        return f"parameter {fact.values.get('name', '')}"
    if fact.kind == "provider":
        return f"{fact.values.get('role', '')} provider".strip() + (f" on line {fact.line}" if fact.line else "")
    if fact.kind == "line":
        return f"line {fact.line}"
    where = f" {fact.part}" if fact.part else ""
    return f"{fact.kind}{where}" + (f" on line {fact.line}" if fact.line else "")

"""What a condition means, by nested loops: slow, and short enough to be checked by reading it."""

from __future__ import annotations

import operator
from collections.abc import Iterator, Sequence

from engine.backends.protocol import Match
from engine.facts.fact import Fact
from engine.rulebook.form import Condition, Pattern, Ref, Test

ORDER = {"gt": operator.gt, "ge": operator.ge, "lt": operator.lt, "le": operator.le}


class Oracle:
    def __init__(self, conditions: Sequence[Condition]) -> None:
        self.conditions = conditions

    def run(self, facts: Sequence[Fact]) -> list[Match]:
        found = {Match(one.rule, bound) for one in self.conditions for bound in bindings(one, facts, ())}
        return sorted(found)


def bindings(condition: Condition, facts: Sequence[Fact], bound: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """Every way to go on binding `when` in order, each to a fact not yet bound, with nothing left for `unless`."""
    names = {pattern.name: facts[index] for pattern, index in zip(condition.when, bound, strict=False)}
    free = [index for index in range(len(facts)) if index not in bound]
    if len(bound) == len(condition.when):
        if not any(holds(pattern, facts[index], names) for pattern in condition.unless for index in free):
            yield bound
        return
    for index in free:
        if holds(condition.when[len(bound)], facts[index], names):
            yield from bindings(condition, facts, (*bound, index))


def holds(pattern: Pattern, fact: Fact, names: dict[str, Fact]) -> bool:
    return fact.kind == pattern.kind and all(passes(test, fact, names) for test in pattern.tests)


def passes(test: Test, fact: Fact, names: dict[str, Fact]) -> bool:
    left = fact.values.get(test.field)
    right = names[test.value.name].values.get(test.value.field) if isinstance(test.value, Ref) else test.value
    if left is None or right is None:  # absent
        return False
    if test.comparison in ("eq", "ne"):
        return (type(left) is type(right) and left == right) == (test.comparison == "eq")
    return type(left) is int and type(right) is int and bool(ORDER[test.comparison](left, right))

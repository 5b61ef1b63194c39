"""How far a condition holds on the facts of a claim, in three values: for coverage and for "why not".

A test on an absent field is neither true nor false. A rule that did not fire was judged (*passed*) unless some
binding fails on nothing but absent fields: then the data decides nothing, and the rule was *not evaluated*.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from engine.backends.comparing import holds
from engine.facts.fact import Fact, Value
from engine.rulebook.form import Condition, Pattern, Ref, Test

BINDINGS_LIMIT = 20_000

Places = Mapping[str, Sequence[int]]
"""Indexes of facts by kind."""


class Step(Struct, frozen=True):
    """One test on one fact.

    The value read, the value compared with, and whether it held (``None``: a value is absent).
    """

    name: str
    test: Test
    fact: int
    found: Value | None
    wanted: Value | None
    held: bool | None


class Partial(Struct, frozen=True):
    """A binding as far as it went.

    ``failed`` is the first test that did not hold; ``silenced`` the pattern of ``unless`` that was met.
    """

    bound: tuple[int, ...]
    unknown: tuple[Step, ...] = ()
    failed: Step | None = None
    nothing: str = ""
    silenced: str = ""
    passed: int = 0


def judge(pattern: Pattern, index: int, facts: Sequence[Fact], bound: dict[str, int]) -> list[Step]:
    """The tests of a pattern on one fact, up to and including the first that is false."""
    steps: list[Step] = []
    values = facts[index].values
    for test in pattern.tests:
        found = values.get(test.field)
        wanted = (
            facts[bound[test.value.name]].values.get(test.value.field) if isinstance(test.value, Ref) else test.value
        )
        held = None if found is None or wanted is None else holds(test.comparison, found, wanted)
        steps.append(Step(pattern.name, test, index, found, wanted, held))
        if held is False:
            break
    return steps


def partials(condition: Condition, facts: Sequence[Fact]) -> Iterator[Partial]:
    """Every way to bind ``when`` as far as it goes, complete bindings included; at most ``BINDINGS_LIMIT`` of them."""
    by_kind = places_by_kind(facts)
    left = BINDINGS_LIMIT
    stack: list[tuple[dict[str, int], tuple[Step, ...], int]] = [({}, (), 0)]
    while stack and left:
        bound, unknown, passed = stack.pop()
        left -= 1
        if len(bound) == len(condition.when):
            yield Partial(
                tuple(bound.values()), unknown, silenced=_silenced(condition, facts, by_kind, bound), passed=passed
            )
            continue
        pattern = condition.when[len(bound)]
        candidates = [i for i in by_kind.get(pattern.kind, ()) if i not in bound.values()]
        if not candidates:
            yield Partial(tuple(bound.values()), unknown, nothing=pattern.name, passed=passed)
        deeper = []
        for index in candidates:
            steps = judge(pattern, index, facts, bound)
            if steps and steps[-1].held is False:
                yield Partial(tuple(bound.values()), unknown, failed=steps[-1], passed=passed + len(steps) - 1)
            else:
                doubtful = tuple(step for step in steps if step.held is None)
                deeper.append(({**bound, pattern.name: index}, unknown + doubtful, passed + len(steps)))
        stack.extend(reversed(deeper))


def _silenced(condition: Condition, facts: Sequence[Fact], by_kind: Places, bound: dict[str, int]) -> str:
    for pattern in condition.unless:
        for index in by_kind.get(pattern.kind, ()):
            if index not in bound.values() and all(step.held for step in judge(pattern, index, facts, bound)):
                return pattern.name
    return ""


def places_by_kind(facts: Sequence[Fact]) -> Places:
    """The indexes of the facts of each kind."""
    places: dict[str, list[int]] = {}
    for index, fact in enumerate(facts):
        places.setdefault(fact.kind, []).append(index)
    return places


def nearest_miss(condition: Condition, facts: Sequence[Fact]) -> Partial | None:
    """The binding that went furthest without becoming a match."""
    whole = len(condition.when)

    def rank(partial: Partial) -> tuple[int, int, bool]:
        return (len(partial.bound), partial.passed, bool(partial.failed))

    misses = [p for p in partials(condition, facts) if len(p.bound) < whole or p.silenced or p.unknown]
    return max(misses, key=rank) if misses else None

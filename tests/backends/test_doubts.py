"""Three outcomes: a rule matches, passes, or is in doubt because nothing but absent values kept it from matching."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from engine.backends.compiled import CompiledEvaluator
from engine.facts.fact import Fact
from engine.findings.partial import partials
from engine.rulebook.form import Condition, Pattern, Ref
from engine.rulebook.form import Test as Asked
from tests.backends.oracle import Oracle
from tests.backends.random_rules import random_condition, random_facts

UNITS = Condition("R", (Pattern("line", "line", (Asked("code", "eq", "A"), Asked("units", "gt", 1))),))
PAIR = Condition(
    "R",
    (Pattern("a", "line"), Pattern("b", "line", (Asked("day", "eq", Ref("a", "day")),))),
    (Pattern("m", "mod", (Asked("line", "eq", Ref("b", "n")),)),),
)


def line(**values):
    return Fact("line", values, line=int(values.get("n", 0)))


def doubts(condition: Condition, facts: Sequence[Fact]):
    return [
        (doubt.test.field, None if doubt.fact is None else facts.index(doubt.fact))
        for doubt in CompiledEvaluator([condition]).doubts(facts)
    ]


def plain_doubt(condition: Condition, facts: Sequence[Fact]):
    """The same by trying every binding: the first that fails on absent values alone and that nothing silences."""
    whole = len(condition.when)
    for found in partials(condition, facts):
        if len(found.bound) == whole and found.unknown and not found.silenced:
            step = found.unknown[0]
            return [(step.test, step.fact if step.found is None else None)]
    return []


def test_a_value_that_decides_is_a_pass():
    assert doubts(UNITS, [line(code="A", units=1)]) == []


def test_an_absent_value_is_not_a_pass():
    assert doubts(UNITS, [line(code="B"), line(code="A")]) == [("units", 1)]


def test_a_match_leaves_no_doubt():
    assert doubts(UNITS, [line(code="A"), line(code="A", units=2)]) == []


def test_an_absent_value_beside_a_false_one_decides_nothing():
    assert doubts(UNITS, [line(code="B")]) == []


@pytest.mark.parametrize(("days", "fact"), [((5, None), 1), ((None, 5), None)])
def test_a_join_to_an_absent_value_is_not_a_pass(days, fact):
    facts = [line(n=n, **({} if day is None else {"day": day})) for n, day in enumerate(days, start=1)]
    assert doubts(PAIR, facts) == [("day", fact)]


def test_a_doubt_that_an_exception_would_silence_is_a_pass():
    facts = [line(n=1), line(n=2), Fact("mod", {"line": 1}), Fact("mod", {"line": 2})]
    assert doubts(PAIR, facts) == []


def test_many_facts_are_looked_up_and_come_to_the_same():
    facts = [line(n=n, day=n // 2) for n in range(60)] + [line(n=60)]
    evaluator = CompiledEvaluator([PAIR])
    assert evaluator.run(facts) == Oracle([PAIR]).run(facts)
    assert len(evaluator.run(facts)) == 60


@pytest.mark.parametrize("seed", range(30))
def test_doubts_are_those_of_the_plain_search(seed):
    rnd = random.Random(seed)
    conditions = [random_condition(rnd, f"R{number:03}") for number in range(40)]
    evaluator, oracle = CompiledEvaluator(conditions), Oracle(conditions)
    for _ in range(15):
        facts = [Fact(fact.kind, fact.values, line=number) for number, fact in enumerate(random_facts(rnd))]
        matched = {match.rule for match in oracle.run(facts)}
        expected = {
            one.rule: found[0]
            for one in conditions
            if one.when and one.rule not in matched and (found := plain_doubt(one, facts))
        }
        found = {
            doubt.rule: (doubt.test, None if doubt.fact is None else doubt.fact.line)
            for doubt in evaluator.doubts(facts)
        }
        assert found == expected

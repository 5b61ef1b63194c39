"""Both back ends and the plain evaluator on claims: every operator, joins, absences, sets, parameters, shared bindings.

durable_rules and the plain evaluator get the facts of the claim, in several orders; the compiled rules read the claim.
"""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from engine.backends.compiled import compile_compiled
from engine.backends.compiled_judge import PartsJudge
from engine.backends.durable import compile_durable
from engine.facts.project import Projector
from engine.facts.view import ClaimView
from engine.reference.catalog import Tables
from tests.backends.oracle import Oracle
from tests.backends.random_claims import Author, random_claim, random_context
from tests.backends.test_doubts import plain_doubt

RULES, CLAIMS = 25, 4


@cache
def tables() -> Tables:
    return Tables.load([Path(__file__).parents[1] / "tables"])


def judged(rnd, *, rules=RULES, claims=CLAIMS):
    """One rulebook over some claims: yields (rules, facts, what the compiled rules made of the claim, in a plan)."""
    author = Author(rnd)
    conditions = [author.rule(f"R{number:03}") for number in range(rules)]
    projector = Projector(author.needs())
    judge = PartsJudge(conditions, projector.readers)
    off = frozenset(one.rule for one in conditions if rnd.random() < 0.2)
    context = random_context(rnd, tables())
    plans = [(judge.plan(), conditions), (judge.plan(off), [one for one in conditions if one.rule not in off])]
    for _ in range(claims):
        claim = random_claim(rnd)
        facts = projector.facts(ClaimView(claim, context))
        yield conditions, facts, [(judge.judge(ClaimView(claim, context), plan), active) for plan, active in plans]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(seed=st.integers(0, 2**32))
@example(seed=287734)  # a quantity with a number and a list: `true` of the list is no limit, though it equals 1
def test_all_three_find_the_same_matches(seed):
    rnd = random.Random(seed)
    evaluators = None
    for conditions, facts, answers in judged(rnd):
        evaluators = evaluators or [compile_durable(conditions), compile_compiled(conditions)]
        expected = Oracle(conditions).run(facts)
        assert [evaluator.run(facts) for evaluator in evaluators] == [expected, expected]
        for found, active in answers:
            names = {one.rule for one in active}
            assert sorted(found.matches()) == [match for match in expected if match.rule in names]
        places = rnd.sample(range(len(facts)), len(facts))
        moved = [facts[place] for place in places]
        for evaluator in evaluators:
            back = sorted((match.rule, tuple(places[index] for index in match.bound)) for match in evaluator.run(moved))
            assert back == [(match.rule, match.bound) for match in expected]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32))
def test_doubts_are_those_of_the_plain_search(seed):
    for _, facts, answers in judged(random.Random(seed)):
        for found, active in answers:
            matched = {match.rule for match in found.matches()}
            expected = {}
            for one in active:
                if one.rule not in matched and one.when and (plain := plain_doubt(one, facts)):
                    test, index = plain[0]
                    where = None if index is None else (facts[index].kind, facts[index].line, facts[index].part)
                    expected[one.rule] = (test, where)
            doubts = {
                doubt.rule: (doubt.test, doubt.fact and (doubt.fact.kind, doubt.fact.line, doubt.fact.part))
                for doubt in found.doubts()
            }
            assert doubts == expected


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32))
def test_values_read_when_asked_are_those_of_the_facts(seed):
    for _, facts, answers in judged(random.Random(seed)):
        for found, _ in answers:
            for match, (rule, seen) in zip(sorted(found.matches()), found.matched(), strict=True):
                assert match.rule == rule
                for index, fact in zip(match.bound, seen, strict=True):
                    whole = facts[index]
                    assert (fact.kind, fact.line, fact.part) == (whole.kind, whole.line, whole.part)
                    assert {name: fact.values.get(name) for name in whole.values} == whole.values

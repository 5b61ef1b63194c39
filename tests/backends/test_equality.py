"""Every back end means the same: what the plain evaluator says, on random rules and random claims in any order."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.backends.compiled import compile_compiled
from engine.backends.durable import compile_durable
from engine.errors import CompileError
from engine.facts.fact import Fact
from engine.rulebook.form import Condition, Pattern, Ref
from engine.rulebook.form import Test as Check  # pytest would collect a class named Test
from tests.backends.oracle import Oracle
from tests.backends.random_rules import random_condition, random_facts

BACKENDS = [
    pytest.param(compile_compiled, id="compiled"),
    pytest.param(compile_durable, id="durable"),
]

FIELDS = st.sampled_from(["units", "day", "code#a?", "x.y-z", "id", "kind"])
VALUES = st.one_of(
    st.integers(-2, 2),
    st.sampled_from([True, False, "0", "1", "true", "", "-", "i1", "c0", 2**63 - 1, -(2**63)]),
    st.text(max_size=3),
    st.text(alphabet='"\\{}[],:\x00\n😀\ud800', max_size=2),
)
KINDS = st.sampled_from(["line", "claim"])
COMPARISONS = st.sampled_from(["eq", "eq", "ne", "gt", "ge", "lt", "le"])


@st.composite
def patterns(draw, name, earlier):
    value = st.one_of(VALUES, st.builds(Ref, st.sampled_from(earlier), FIELDS)) if earlier else VALUES
    tests = draw(st.lists(st.builds(Check, FIELDS, COMPARISONS, value), max_size=3))
    return Pattern(name, draw(KINDS), tuple(tests))


@st.composite
def conditions(draw, rule):
    when = []
    for number in range(draw(st.integers(1, 3))):
        when.append(draw(patterns(f"p{number}", [one.name for one in when])))
    names = [one.name for one in when]
    unless = [draw(patterns(f"x{number}", names)) for number in range(draw(st.integers(0, 2)))]
    return Condition(rule, tuple(when), tuple(unless))


RULEBOOKS = st.integers(1, 5).flatmap(lambda size: st.tuples(*(conditions(f"R{n}") for n in range(size))))
CLAIMS = st.lists(st.builds(Fact, KINDS, st.dictionaries(FIELDS, VALUES, max_size=4)), max_size=6)


@pytest.mark.parametrize("compile_backend", BACKENDS)
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rulebook=RULEBOOKS, claims=st.lists(CLAIMS, min_size=1, max_size=3))
def test_a_backend_means_what_the_plain_evaluator_says(compile_backend, rulebook, claims):
    evaluator, oracle = compile_backend(rulebook), Oracle(rulebook)
    for facts in claims:
        assert evaluator.run(facts) == oracle.run(facts)


@pytest.mark.parametrize("compile_backend", BACKENDS)
@pytest.mark.parametrize("seed", range(20))
def test_larger_rulebooks_on_the_same_claims(compile_backend, seed):
    rnd = random.Random(seed)
    rulebook = [random_condition(rnd, f"R{number}") for number in range(rnd.choice([20, 60, 150]))]
    evaluator, oracle = compile_backend(rulebook), Oracle(rulebook)
    for _ in range(25):
        facts = random_facts(rnd)
        assert evaluator.run(facts) == oracle.run(facts)


@pytest.mark.parametrize("compile_backend", BACKENDS)
def test_the_order_of_facts_changes_only_their_indexes(compile_backend):
    rnd = random.Random(5)
    rulebook = [random_condition(rnd, f"R{number}") for number in range(60)]
    evaluator = compile_backend(rulebook)
    for _ in range(40):
        facts = random_facts(rnd)
        places = rnd.sample(range(len(facts)), len(facts))
        moved = [facts[place] for place in places]
        back = sorted((match.rule, tuple(places[index] for index in match.bound)) for match in evaluator.run(moved))
        assert back == [(match.rule, match.bound) for match in evaluator.run(facts)]


TYPED = [0, 1, True, False, "0", "1", "true", "false", "", -1]


@pytest.mark.parametrize("compile_backend", BACKENDS)
@pytest.mark.parametrize("comparison", ["eq", "ne", "gt", "ge", "lt", "le"])
@pytest.mark.parametrize("right", TYPED, ids=repr)
def test_each_comparison_between_each_two_types(compile_backend, comparison, right):
    constant = Condition("constant", (Pattern("a", "line", (Check("f", comparison, right),)),))
    joined = (Pattern("b", "other"), Pattern("a", "line", (Check("f", comparison, Ref("b", "g")),)))
    rulebook = [constant, Condition("joined", joined)]
    facts = [Fact("line", {"f": left}) for left in TYPED]
    facts += [Fact("line", {}), Fact("other", {"g": right}), Fact("other", {})]
    assert compile_backend(rulebook).run(facts) == Oracle(rulebook).run(facts)


@pytest.mark.parametrize("compile_backend", BACKENDS)
def test_a_condition_without_when_matches_once_unless_disturbed(compile_backend):
    rulebook = [Condition("always", ()), Condition("no-line", (), (Pattern("x", "line"),))]
    for facts in ([], [Fact("line", {})], [Fact("claim", {}), Fact("claim", {})]):
        assert compile_backend(rulebook).run(facts) == Oracle(rulebook).run(facts)


@pytest.mark.parametrize("compile_backend", BACKENDS)
def test_no_rules_and_no_facts_match_nothing(compile_backend):
    assert compile_backend([]).run([Fact("line", {"units": 1})]) == []
    assert compile_backend([Condition("R", (Pattern("a", "line"),))]).run([]) == []


@pytest.mark.parametrize("compile_backend", BACKENDS)
@pytest.mark.parametrize("comparison", ["eq", "lt"])
def test_a_reference_to_a_later_name_does_not_compile(compile_backend, comparison):
    forward = Condition("R7", (Pattern("a", "line", (Check("f", comparison, Ref("b", "g")),)), Pattern("b", "line")))
    with pytest.raises(CompileError, match="R7"):
        compile_backend([forward])


@pytest.mark.parametrize("compile_backend", BACKENDS)
def test_one_name_for_two_patterns_does_not_compile(compile_backend):
    with pytest.raises(CompileError, match="R7"):
        compile_backend([Condition("R7", (Pattern("a", "line"), Pattern("a", "claim")))])

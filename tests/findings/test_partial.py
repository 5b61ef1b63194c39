"""How far a condition holds: what came nearest, and why it did not match."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.backends.comparing import holds
from engine.facts.fact import Fact
from engine.findings.partial import nearest_miss, partials
from engine.rulebook.form import Condition, Pattern, Ref
from engine.rulebook.form import Test as Asked

UNITS = Condition("R", (Pattern("line", "line", (Asked("code", "eq", "A"), Asked("units", "gt", 1))),))
PAIR = Condition(
    "R",
    (Pattern("a", "line"), Pattern("b", "line", (Asked("day", "eq", Ref("a", "day")),))),
    (Pattern("m", "mod", (Asked("line", "eq", Ref("b", "n")),)),),
)


def line(**values: str | int | bool) -> Fact:
    return Fact("line", values, line=int(values.get("n", 0)))


def test_the_nearest_miss_names_the_first_test_that_failed() -> None:
    miss = nearest_miss(UNITS, [line(code="B", units=5), line(code="A", units=1)])
    assert miss is not None
    assert miss.failed is not None
    assert (miss.failed.test.field, miss.failed.found) == ("units", 1)


def test_the_nearest_miss_of_a_silenced_rule_names_the_exception() -> None:
    facts = [line(n=1, day=5), line(n=2, day=5), Fact("mod", {"line": 1}), Fact("mod", {"line": 2})]
    miss = nearest_miss(PAIR, facts)
    assert miss is not None
    assert miss.silenced == "m"


def test_nothing_of_the_kind() -> None:
    miss = nearest_miss(UNITS, [])
    assert miss is not None
    assert miss.nothing == "line"


@pytest.mark.parametrize(
    ("comparison", "found", "wanted", "expected"),
    [
        ("eq", True, 1, False),
        ("ne", True, 1, True),
        ("gt", "b", "a", False),
        ("ge", 2, 2, True),
        ("lt", 1, 2, True),
        ("le", 3, 2, False),
    ],
)
def test_comparisons(comparison: str, found: object, wanted: object, *, expected: bool) -> None:
    assert holds(comparison, found, wanted) is expected  # type: ignore[arg-type]


VALUES = st.dictionaries(st.sampled_from(["code", "units", "day"]), st.sampled_from(["A", 1, 2]), max_size=3)


@given(st.lists(VALUES, max_size=4))
def test_complete_partials_without_doubt_are_exactly_the_matches(rows: list[dict[str, str | int]]) -> None:
    facts = [Fact("line", dict(row)) for row in rows]
    certain = {p.bound for p in partials(UNITS, facts) if len(p.bound) == 1 and not p.unknown}
    plain = {(i,) for i, f in enumerate(facts) if f.values.get("code") == "A" and f.values.get("units") == 2}
    assert certain == plain

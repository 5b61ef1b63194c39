"""Plans the rulesets (shards) that durable_rules gets and writes their rules; knows its limits, not its library.

What a rule must contain and why is in :mod:`engine.backends.durable`, row by row; the words it is written in are in
:mod:`engine.backends.durable_words`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from engine.backends.durable_words import CLOSED, INT_MAX, INT_MIN, Layout, piece
from engine.errors import CompileError
from engine.facts.fact import Value
from engine.rulebook.form import Comparison, Condition, Pattern, Ref, Test

MAX_PATTERNS = 200
"""Fact patterns a shard (E1: 512 tests below one node hang; a pattern adds at most one test below any node)."""
MAX_WAITING = 48
"""Tests that one fact may pass at the same time in a shard (E2, E18: the stack of the matcher holds 64)."""
MAX_BOUND = 15
"""Patterns of ``when`` in a rule (E21: a frame holds 16 facts, one of them is the closing fact)."""
MAX_JOINS = 28
"""Join tests in a pattern (E21: an expression sequence has 32 places, three of them ours)."""
MAX_PROPERTIES = 200
"""Properties of a fact in a shard (E21: an object holds 254)."""
MAX_RULES_WITH_NEEDS = 32
"""Rules a shard when they ask for something that most claims lack: small shards are skipped more often (measured)."""

OPERATORS: dict[Comparison, str] = {"eq": "$eq", "ne": "$neq", "gt": "$gt", "ge": "$gte", "lt": "$lt", "le": "$lte"}

ALWAYS = "always"


class Check(Struct, frozen=True):
    """One test of an ``$and``: property ``name`` against a constant, or property ``value`` of fact ``alias``."""

    operator: str
    name: str
    value: str | int
    alias: str = ""

    @property
    def is_equality(self) -> bool:
        """Whether this is an equality with a constant, of which one fact can pass one a property."""
        return self.operator == "$eq" and not self.alias

    def definition(self) -> dict[str, Any]:
        """The test as durable_rules reads it."""
        right = {self.alias: self.value} if self.alias else self.value
        plain = {self.name: right}
        return plain if self.operator == "$eq" else {self.operator: plain}


class Emitted(Struct, frozen=True):
    """One rule, ready for a shard. ``needs``: what some fact of the claim must show, or else the rule cannot match."""

    rule: str
    name: str
    patterns: tuple[tuple[str, tuple[Check, ...]], ...]
    bound: tuple[str, ...]
    needs: frozenset[str]
    reads: dict[str, frozenset[str]]
    """The properties tested or joined to, by kind."""


class Shard(Struct, frozen=True):
    """Rules that share a ruleset."""

    rules: tuple[Emitted, ...]
    reads: dict[str, frozenset[str]]
    needs: tuple[frozenset[str], ...]
    """The shard is worth running when the claim shows all of one of these."""

    def definition(self) -> dict[str, list[dict[str, Any]]]:
        """The patterns of each rule by rule name, as durable_rules reads them."""
        written = {
            rule.name: [{alias: {"$and": [check.definition() for check in checks]}} for alias, checks in rule.patterns]
            for rule in self.rules
        }
        return {ALWAYS: [{CLOSED: {"kind": CLOSED}}], **written}


def emit(conditions: Sequence[Condition]) -> tuple[Layout, list[Emitted]]:
    """Write all rules as the engine needs them.

    Raises:
        CompileError: a rule is malformed or does not fit the engine, even alone.
    """
    layout = Layout()
    rules = [rule for number, one in enumerate(conditions) if (rule := _emit(one, f"r{number}", layout)) is not None]
    for rule in rules:
        _check_fits(rule)
    return layout, rules


def share(rules: Iterable[Emitted], possible: Mapping[str, int]) -> tuple[Shard, ...]:
    """Share rules out among shards that the engine can hold.

    Neighbours are possible on as many of the claims seen so far, read the same kinds and need the same things: most
    claims need few shards then.

    Args:
        rules: the rules.
        possible: by rule name, on how many claims it was possible.
    """
    ordered = sorted(
        rules, key=lambda rule: (_has_needs(rule), -possible.get(rule.name, 0), sorted(rule.reads), sorted(rule.needs))
    )
    return tuple(_shard(group) for group in _groups(ordered))


def _groups(rules: Iterable[Emitted]) -> Iterator[list[Emitted]]:
    group: list[Emitted] = []
    for rule in rules:
        grown = [*group, rule]
        apart = group and _has_needs(rule) and (not _has_needs(group[0]) or len(grown) > MAX_RULES_WITH_NEEDS)
        if apart or (group and _misfit(grown)):
            yield group
            grown = [rule]
        group = grown
    if group:
        yield group


def _has_needs(rule: Emitted) -> bool:
    """Whether the rule asks for more than the existence of kinds."""
    return any(not need.startswith(',"kind"') for need in rule.needs)


def _shard(group: Sequence[Emitted]) -> Shard:
    needs = {rule.needs for rule in group}
    least = tuple(one for one in needs if not any(other < one for other in needs))
    return Shard(rules=tuple(group), reads=_reads(group), needs=tuple(sorted(least, key=sorted)))


def _reads(group: Iterable[Emitted]) -> dict[str, frozenset[str]]:
    reads: dict[str, frozenset[str]] = defaultdict(frozenset)
    for rule in group:
        for kind, properties in rule.reads.items():
            reads[kind] |= properties
    return dict(reads)


def _check_fits(rule: Emitted) -> None:
    problem = _misfit([rule])
    if len(rule.bound) > MAX_BOUND:
        problem = f"{len(rule.bound)} patterns in when; at most {MAX_BOUND} fit"
    for _, checks in rule.patterns:
        joins = sum(1 for check in checks if check.alias)
        if joins > MAX_JOINS:
            problem = f"{joins} join tests in one pattern; at most {MAX_JOINS} fit"
    if problem:
        raise CompileError(f"rule {rule.rule} does not fit the durable_rules engine: {problem}", hint="split the rule")


def _misfit(group: Sequence[Emitted]) -> str:
    """Why these rules cannot share a ruleset, or nothing."""
    chains = [checks for rule in group for _, checks in rule.patterns]
    if len(chains) > MAX_PATTERNS:
        return f"{len(chains)} patterns; at most {MAX_PATTERNS} fit"
    if (waiting := _most_waiting(chains)) > MAX_WAITING:
        return f"one fact can pass {waiting} tests at once; at most {MAX_WAITING} fit"
    widest = max((len(properties) for properties in _reads(group).values()), default=0)
    if widest > MAX_PROPERTIES:
        return f"{widest} properties on one kind of fact; at most {MAX_PROPERTIES} fit"
    return ""


def _most_waiting(chains: Sequence[tuple[Check, ...]]) -> int:
    """How deep the matcher's stack of passed tests can get (E2, E18).

    Patterns share the tests that they begin with, joins excepted. Below one node a fact passes at most one equality
    for each property, and perhaps every other test; the matcher goes down one branch while the others wait.
    """
    branches: dict[Check | int, list[tuple[Check, ...]]] = defaultdict(list)
    for number, chain in enumerate(chains):
        if chain:
            branches[number if chain[0].alias else chain[0]].append(chain[1:])
    equalities = {node.name for node in branches if isinstance(node, Check) and node.is_equality}
    others = sum(1 for node in branches if isinstance(node, int) or not node.is_equality)
    passed = len(equalities) + others
    deepest = max((_most_waiting(rest) for rest in branches.values()), default=0)
    return max(passed, passed - 1 + deepest)


def _emit(condition: Condition, name: str, layout: Layout) -> Emitted | None:
    """The rule as durable_rules needs it, or nothing when it can never match."""
    bound = {pattern.name: (f"a{number}", pattern.kind) for number, pattern in enumerate(condition.when)}
    if len(bound) < len(condition.when):
        raise CompileError(f"rule {condition.rule} declares a name twice", hint="give each pattern its own name")
    patterns: list[tuple[str, tuple[Check, ...]]] = []
    if condition.unless or not condition.when:  # E6: only after the closing fact is everything known
        patterns.append((CLOSED, (Check("$eq", "kind", CLOSED),)))
    reads: dict[str, set[str]] = defaultdict(set)
    needs: set[str] = set()
    seen: dict[str, tuple[str, str]] = {}
    for pattern in condition.when:
        checks = _checks(condition.rule, pattern, seen, layout, reads)
        if checks is None:
            return None
        needs.update(piece(one.name, str(one.value)) for one in checks if one.is_equality)
        patterns.append((bound[pattern.name][0], checks))
        seen[pattern.name] = bound[pattern.name]
    for number, pattern in enumerate(condition.unless):
        checks = _checks(condition.rule, pattern, seen, layout, reads)
        if checks is not None:  # an absence that nothing can disturb holds
            patterns.append((f"x{number}$not", checks))
    return Emitted(
        rule=condition.rule,
        name=name,
        patterns=tuple(patterns),
        bound=tuple(alias for alias, _ in bound.values()),
        needs=frozenset(needs),
        reads={kind: frozenset(properties) for kind, properties in reads.items()},
    )


def _checks(
    rule: str, pattern: Pattern, seen: dict[str, tuple[str, str]], layout: Layout, reads: dict[str, set[str]]
) -> tuple[Check, ...] | None:
    """Kind first, then equalities, other constants, joins, and after joins one that always holds (E15)."""
    first, later, joins = [Check("$eq", "kind", layout.kind(pattern.kind))], list[Check](), list[Check]()
    reads[pattern.kind].update()
    for test in pattern.tests:
        if isinstance(test.value, Ref):
            if test.value.name not in seen:
                raise CompileError(f"rule {rule} refers to {test.value.name}, which is not declared before it")
            made = _join(test, test.value, pattern.kind, seen[test.value.name], layout)
            reads[seen[test.value.name][1]].update(str(check.value) for check in made)
            reads[pattern.kind].update(check.name for check in made)
            joins += made
        elif (check := _constant(rule, test, test.value, pattern.kind, layout)) is None:
            return None
        else:
            reads[pattern.kind].add(check.name)
            (first if check.is_equality else later).append(check)
    if joins:
        joins.append(Check("$eq", "one", "one", joins[0].alias))
    return (*first, *later, *joins)


def _constant(rule: str, test: Test, value: Value, kind: str, layout: Layout) -> Check | None:
    operator = OPERATORS[test.comparison]
    if isinstance(value, int) and not INT_MIN <= value <= INT_MAX:
        raise CompileError(f"rule {rule} compares {test.field} with {value}, which has more than 63 bits")
    if test.comparison in ("eq", "ne"):
        token, name = layout.token(value), layout.property(kind, test.field, "token")
        layout.ask(name, token if test.comparison == "eq" else None)
        return Check(operator, name, token)
    if isinstance(value, str | bool):
        return None  # only numbers have an order
    return Check(operator, layout.property(kind, test.field, "number"), value)


def _join(test: Test, ref: Ref, kind: str, target: tuple[str, str], layout: Layout) -> list[Check]:
    alias, other = target
    operator = OPERATORS[test.comparison]
    if test.comparison in ("eq", "ne"):
        own, theirs = layout.property(kind, test.field, "token"), layout.property(other, ref.field, "joined")
        layout.ask(own)
    else:
        own, theirs = layout.property(kind, test.field, "number"), layout.property(other, ref.field, "joined_number")
    join = Check(operator, own, theirs, alias)
    if test.comparison == "eq":
        return [join]  # nothing equals the filler of an absent field
    there = layout.property(other, ref.field, "has" if test.comparison == "ne" else "has_number")
    return [Check("$eq", "one", there, alias), join]

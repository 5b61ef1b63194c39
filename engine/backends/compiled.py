"""The compiled back end: rules as generated, indexed Python.

A claim is read kind by kind. Each part passes once through the code of its kind, which finds all patterns that the part
leaves possible (:mod:`engine.backends.compiled_scan`). Only rules of which a rare pattern is possible are run
(:mod:`engine.backends.compiled_rules`), so time grows with the claim and with what nearly matches, not with the number
of rules. Why it is built so, and what was measured, is in docs/adr/0008.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from engine.backends.compiled_board import Board
from engine.backends.compiled_rules import Bound, Place, Run, check_names, compile_rule
from engine.backends.compiled_scan import KindIndex, rareness
from engine.backends.protocol import Doubt, Evaluator, Match
from engine.facts.fact import Fact
from engine.facts.reading import KindReader
from engine.rulebook.form import Condition, Ref

REMEMBERED = 1 << 14
"""Combinations of possible patterns whose rules are remembered."""


def compile_compiled(conditions: Sequence[Condition]) -> Evaluator:
    """Compile conditions to generated Python.

    Raises:
        CompileError: a rule uses a name that is not declared before it, or declares one twice.
    """
    return CompiledEvaluator(conditions)


class CompiledEvaluator:
    """Conditions over facts."""

    def __init__(self, conditions: Sequence[Condition]) -> None:
        kinds = dict.fromkeys(p.kind for one in conditions for p in (*one.when, *one.unless))
        self._judge = PartsJudge(conditions, [_given(kind) for kind in kinds])
        self._kinds = tuple(kinds)

    def run(self, facts: Sequence[Fact]) -> list[Match]:
        """All matches, sorted, each once."""
        places: dict[str, list[int]] = {kind: [] for kind in self._kinds}
        for index, fact in enumerate(facts):
            if fact.kind in places:
                places[fact.kind].append(index)
        view = {kind: [facts[index] for index in indexes] for kind, indexes in places.items()}
        flat = [index for indexes in places.values() for index in indexes]
        matches = self._judge.judge(view).matches
        return sorted(Match(match.rule, tuple([flat[index] for index in match.bound])) for match in matches)


class _Rule(NamedTuple):
    """One rule: its number, its condition, where its patterns are."""

    number: int
    condition: Condition
    places: tuple[Place, ...]


class Judged(NamedTuple):
    """What came of one claim: matches, the doubts of rules without a match, and the facts that both speak of."""

    board: Board
    matches: list[Match]
    doubts: list[Doubt]


class PartsJudge:
    """Conditions over claims as they are, without facts.

    Args:
        conditions: the rules.
        readers: how to read the parts of each kind; their order is that of the facts, by whose indexes matches speak.
    """

    def __init__(self, conditions: Sequence[Condition], readers: Sequence[KindReader]) -> None:
        self._readers = tuple(readers)
        numbers = {reader.kind: number for number, reader in enumerate(readers)}
        indexes = [KindIndex(reader) for reader in readers]
        self._roots = [0] * len(indexes)
        self._rules_of: list[dict[int, list[_Rule]]] = [{} for _ in indexes]
        self._always: list[_Rule] = []
        self._runs: dict[int, Run] = {}
        for number, condition in enumerate(conditions):
            check_names(condition)
            if any(pattern.kind not in numbers for pattern in condition.when):
                continue  # no claim has such a part
            when = [Place(numbers[p.kind], indexes[numbers[p.kind]].bit(p)) for p in condition.when]
            unless = [p for p in condition.unless if p.kind in numbers]
            absent = [Place(numbers[p.kind], indexes[numbers[p.kind]].bit(p)) for p in unless]
            kept = Condition(condition.rule, condition.when, tuple(unless))
            rule = _Rule(number, kept, (*when, *absent))
            if not when:
                self._always.append(rule)
                continue
            rarest = max(range(len(when)), key=lambda n: rareness(kept.when[n], readers[when[n].kind]))
            root = when[rarest]
            self._roots[root.kind] |= root.bit
            self._rules_of[root.kind].setdefault(root.bit, []).append(rule)
        self._scans = [index.scan() for index in indexes]
        self._woken = [_Woken(rules) for rules in self._rules_of]

    def judge(self, view: Any, fixed: dict[int, Any] | None = None, off: Collection[str] = ()) -> Judged:  # noqa: ANN401
        """The matches of a claim, and the doubts of the rules that have none.

        Args:
            view: the claim, as the readers want it.
            fixed: remembers the scans of kinds that are the same for all claims of a context.
            off: rules that are not to be judged.
        """
        board = Board(self._readers, view)
        rules = list(self._always)
        for number, scan in enumerate(self._scans):
            reader = self._readers[number]
            if fixed is not None and reader.fixed:
                seen = fixed.get(number)
                if seen is None:
                    parts = list(reader.parts(view))
                    seen = fixed[number] = (parts, *scan(view, parts))
                parts, masks, doubts, union = seen
            else:
                parts = list(reader.parts(view))
                masks, doubts, union = scan(view, parts)
            board.add(parts, masks, doubts)
            rules += self._woken[number][union & self._roots[number]]
        judged = Judged(board, [], [])
        for rule in rules:
            if rule.condition.rule not in off:
                self._run(rule, board, judged)
        return judged

    def _run(self, rule: _Rule, board: Board, judged: Judged) -> None:
        run = self._runs.get(rule.number)
        if run is None:
            run = self._runs[rule.number] = compile_rule(rule.condition, rule.places)
        found: list[Bound] = []
        first = run(board, found)
        name = rule.condition.rule
        if found:
            judged.matches.extend([Match(name, board.indexes(rule.places, bound)) for bound in found])
        elif first is not None:
            judged.doubts.append(_doubt(rule, board, first))


def _doubt(rule: _Rule, board: Board, bound: Bound) -> Doubt:
    """What is absent, first of all, of a binding in doubt."""
    names = {pattern.name: number for number, pattern in enumerate(rule.condition.when)}
    values = [board.values(place.kind, number) for place, number in zip(rule.places, bound, strict=False)]
    indexes = board.indexes(rule.places, bound)
    for number, pattern in enumerate(rule.condition.when):
        for test in pattern.tests:
            if values[number][test.field] is None:
                return Doubt(rule.condition.rule, test, indexes[number])
            if isinstance(test.value, Ref) and values[names[test.value.name]][test.value.field] is None:
                return Doubt(rule.condition.rule, test, None)
    message = f"rule {rule.condition.rule} is in doubt, but nothing is absent"
    raise AssertionError(message)


class _Woken(dict[int, list[_Rule]]):
    """The rules to run, by the bits of their rarest patterns that are possible."""

    def __init__(self, rules: Mapping[int, list[_Rule]]) -> None:
        self._rules = rules

    def __missing__(self, union: int) -> list[_Rule]:
        """Work out which."""
        if len(self) >= REMEMBERED:
            self.clear()
        found = self[union] = [rule for bit, rules in self._rules.items() if union & bit for rule in rules]
        return found


class _Given(dict[str, Any]):
    """The values of a given fact; an absent one is ``None``."""

    def __missing__(self, name: str) -> None:
        """It is absent."""


class _Fields(dict[str, Any]):
    """How to read any field of a given fact."""

    def __missing__(self, name: str) -> Any:  # noqa: ANN401 -- a getter
        """A getter for the field."""
        get = self[name] = lambda _view, fact: fact.values.get(name)
        return get

    def get(self, name: str, _default: object = None) -> Any:  # noqa: ANN401 -- as dict.get
        """A getter for the field; every field may be there."""
        return self[name]


def _given(kind: str) -> KindReader:
    """Reads facts of a kind that were given as facts: any field, of any type."""
    return KindReader(
        kind=kind,
        parts=lambda facts: facts[kind],
        place=lambda fact: (fact.line, fact.part),
        day=lambda _view, _fact: None,
        fields=_Fields(),
        tags={},
        types={},
        values=lambda _view, fact: _Given(fact.values),
    )

"""Compiled rules over claims as they are: no fact is built, and only what some rule asks about is read."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from engine.backends.compiled_board import Board
from engine.backends.compiled_rules import Bound, Place, Run, check_names, compile_rule
from engine.backends.compiled_scan import KindIndex, Scan, rareness
from engine.backends.protocol import Doubt, Match
from engine.facts.fact import Fact
from engine.facts.reading import KindReader
from engine.rulebook.form import Condition, Ref, Test

REMEMBERED = 1 << 12
"""Combinations of possible patterns, a plan and a kind, whose rules are remembered."""


class _Step(NamedTuple):
    """One test of a rule: the number of its pattern, and of the one it compares with, if any."""

    number: int
    test: Test
    other: int
    other_field: str


class _Rule:
    """One rule: its condition, where its patterns are, and its code, generated when it is first run."""

    def __init__(self, condition: Condition, places: tuple[Place, ...], root: Place | None) -> None:
        self.id = condition.rule
        self.places = places
        self.root = root
        self._condition = condition
        names = {pattern.name: number for number, pattern in enumerate(condition.when)}
        self.steps = [
            _Step(number, test, names[test.value.name], test.value.field)
            if isinstance(test.value, Ref)
            else _Step(number, test, -1, "")
            for number, pattern in enumerate(condition.when)
            for test in pattern.tests
        ]

    def run(self, board: Board, found: list[Bound]) -> Bound | None:
        """As :data:`Run`; from the second time on the generated function itself."""
        run: Run = compile_rule(self._condition, self.places)
        self.run = run  # type: ignore[assignment, method-assign]
        return run(board, found)


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


class _Stage(NamedTuple):
    """What to do with one kind under a plan: ``whole`` are the patterns of rules that are run."""

    number: int
    reader: KindReader
    scan: Scan
    whole: int
    roots: int
    woken: _Woken


class Plan:
    """The rules that are run on claims of one kind: payer, period, setting.

    ``fixed`` remembers what the parts come to that are the same for all of these claims.
    """

    def __init__(self, stages: Sequence[_Stage], always: Sequence[_Rule]) -> None:
        self.stages = stages
        self.always = always
        self.fixed: dict[int, tuple[Sequence[Any], list[int], list[int], int]] = {}


class Judged:
    """What came of one claim: for each rule the ways in which it matches, or the first binding in doubt."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self.found: list[tuple[_Rule, Bound]] = []
        self.doubted: list[tuple[_Rule, Bound]] = []

    def matched(self) -> list[tuple[str, tuple[Fact, ...]]]:
        """Rule and facts of each match, sorted; the values of a fact are worked out as they are asked for."""
        fact = self._board.fact
        self.found.sort(key=lambda one: (one[0].id, one[1]))
        return [
            (rule.id, tuple([fact(place.kind, number) for place, number in zip(rule.places, bound, strict=False)]))
            for rule, bound in self.found
        ]

    def matches(self) -> list[Match]:
        """The matches, by the indexes of the facts among those of all kinds."""
        return [Match(rule.id, self._board.indexes(rule.places, bound)) for rule, bound in self.found]

    def doubts(self) -> list[Doubt]:
        """What is absent, first of all, of each binding in doubt."""
        return [self._doubt(rule, bound) for rule, bound in self.doubted]

    def _doubt(self, rule: _Rule, bound: Bound) -> Doubt:
        board, places = self._board, rule.places
        for number, test, other, other_field in rule.steps:
            kind = places[number].kind
            if board.seen[kind][bound[number]][test.field] is None:
                return Doubt(rule.id, test, board.fact(kind, bound[number]))
            if other >= 0 and board.seen[places[other].kind][bound[other]][other_field] is None:
                return Doubt(rule.id, test, None)
        message = f"rule {rule.id} is in doubt, but nothing is absent"
        raise AssertionError(message)


class PartsJudge:
    """Conditions over claims.

    Args:
        conditions: the rules.
        readers: how to read the parts of each kind; their order is that of the facts, by whose indexes matches speak.

    Raises:
        CompileError: a rule uses a name that is not declared before it, or declares one twice.
    """

    def __init__(self, conditions: Sequence[Condition], readers: Sequence[KindReader]) -> None:
        self._readers = tuple(readers)
        self._numbers = {reader.kind: number for number, reader in enumerate(readers)}
        indexes = [KindIndex(reader) for reader in readers]
        self._rules = [rule for one in conditions if (rule := self._rule(one, indexes)) is not None]
        self._scans = [index.scan() for index in indexes]

    def _rule(self, condition: Condition, indexes: Sequence[KindIndex]) -> _Rule | None:
        """The rule, or nothing when no claim has such parts; an absence of what is never there is dropped."""
        check_names(condition)
        numbers = self._numbers
        if any(pattern.kind not in numbers for pattern in condition.when):
            return None
        unless = tuple(pattern for pattern in condition.unless if pattern.kind in numbers)
        patterns = (*condition.when, *unless)
        places = tuple([Place(numbers[one.kind], indexes[numbers[one.kind]].bit(one)) for one in patterns])
        rare = [rareness(one, self._readers[numbers[one.kind]]) for one in condition.when]
        root = places[rare.index(max(rare))] if rare else None
        return _Rule(Condition(condition.rule, condition.when, unless), places, root)

    def plan(self, off: Collection[str] = ()) -> Plan:
        """What to run when some rules are switched off."""
        rules = [rule for rule in self._rules if rule.id not in off]
        wholes = [0] * len(self._readers)
        rooted: list[dict[int, list[_Rule]]] = [{} for _ in self._readers]
        for rule in rules:
            for place in rule.places:
                wholes[place.kind] |= place.bit
            if rule.root:
                rooted[rule.root.kind].setdefault(rule.root.bit, []).append(rule)
        stages = [
            _Stage(number, reader, self._scans[number], whole, sum(roots), _Woken(roots))
            for number, (reader, whole, roots) in enumerate(zip(self._readers, wholes, rooted, strict=True))
            if whole
        ]
        return Plan(stages, [rule for rule in rules if rule.root is None])

    def judge(self, view: Any, plan: Plan) -> Judged:  # noqa: ANN401 -- the claim, as the readers want it
        """The matches of a claim, and the doubts of the rules that have none."""
        board = Board(self._readers, view)
        parts_of, masks_of, doubts_of, unions = board.parts, board.masks, board.doubts, board.unions
        fixed = plan.fixed
        rules = list(plan.always)
        for number, reader, scan, whole, roots, woken in plan.stages:
            known = fixed.get(number)
            if known is None:
                parts = list(reader.parts(view))
                known = (parts, *scan(view, parts, whole)) if parts else _NOTHING
                if reader.fixed:
                    fixed[number] = known
            parts_of[number], masks_of[number], doubts_of[number], unions[number] = known
            awake = known[3] & roots
            if awake:
                rules += woken[awake]
        judged = Judged(board)
        found: list[Bound] = []
        for rule in rules:
            first = rule.run(board, found)
            if found:
                judged.found += [(rule, bound) for bound in found]
                found.clear()
            elif first is not None:
                judged.doubted.append((rule, first))
        return judged


_NOTHING: tuple[Sequence[Any], list[int], list[int], int] = ((), [], [], 0)
"""What comes of a kind of which the claim has no part."""

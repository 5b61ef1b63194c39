"""The compiled back end: rules as generated, indexed Python.

A claim is read kind by kind. Each part passes once through the code of its kind, which finds all patterns that the part
leaves possible (:mod:`engine.backends.compiled_scan`). Only rules of which a rare pattern is possible are run
(:mod:`engine.backends.compiled_rules`), so time grows with the claim and with what nearly matches, not with the number
of rules. Why it is built so, and what was measured, is in docs/adr/0008.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.backends.compiled_judge import PartsJudge
from engine.backends.protocol import Doubt, Evaluator, Match
from engine.facts.fact import Fact
from engine.facts.reading import KindReader
from engine.rulebook.form import Condition


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
        self._plan = self._judge.plan()
        self._kinds = tuple(kinds)

    def run(self, facts: Sequence[Fact]) -> list[Match]:
        """All matches, sorted, each once."""
        view, flat = self._by_kind(facts)
        matches = self._judge.judge(view, self._plan).matches()
        return sorted(Match(match.rule, tuple([flat[index] for index in match.bound])) for match in matches)

    def doubts(self, facts: Sequence[Fact]) -> list[Doubt]:
        """The rules that match nothing, but might if an absent field were there, by rule."""
        view, _ = self._by_kind(facts)
        return sorted(self._judge.judge(view, self._plan).doubts(), key=lambda doubt: doubt.rule)

    def _by_kind(self, facts: Sequence[Fact]) -> tuple[dict[str, list[Fact]], list[int]]:
        """The facts of each kind, and their indexes in the same order."""
        places: dict[str, list[int]] = {kind: [] for kind in self._kinds}
        for index, fact in enumerate(facts):
            if fact.kind in places:
                places[fact.kind].append(index)
        flat = [index for indexes in places.values() for index in indexes]
        return {kind: [facts[index] for index in indexes] for kind, indexes in places.items()}, flat


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

"""Mutation testing of rules: every mutant of a rule must change the outcome of some case of its twin."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from msgspec import Struct, structs

from engine.authoring.exact import compile_exact
from engine.authoring.mutants import Mutant, mutants
from engine.authoring.twins import Trial, base_claims, differences, only, trials, with_twins
from engine.errors import UsageError
from engine.facts.vocabulary import nearest
from engine.reference.catalog import Tables
from engine.rulebook.book import Rulebook
from engine.rulebook.rule import Rule
from engine.rulebook.twins import Twin

GOAL = 95
"""Percent of the mutants of a pack that its twins must notice."""


class Survivor(Struct, frozen=True):
    """A mutant that no case notices, and the case that would."""

    mutant: str
    wanted: str


class Outcome(Struct, frozen=True, kw_only=True):
    """The mutants of one rule.

    ``equivalent`` of them are excused by the twin; ``stale`` says which excuses are wrong, each with its place.
    ``killed`` maps each mutant that was noticed to the first case that did.
    """

    rule: str
    pack: str
    path: str
    killed: dict[str, str]
    survivors: tuple[Survivor, ...]
    equivalent: int
    stale: tuple[str, ...] = ()


class Score(Struct, frozen=True):
    """Killed mutants of a pack out of those that count."""

    pack: str
    rules: int
    killed: int
    counted: int
    equivalent: int

    @property
    def percent(self) -> int:
        """Rounded down, so that 100 means all."""
        return 100 if self.counted == 0 else 100 * self.killed // self.counted

    @property
    def reached(self) -> bool:
        """Whether the goal is met, to the last mutant."""
        return 100 * self.killed >= GOAL * self.counted


def mutate(
    rulebook: Rulebook,
    ids: Sequence[str] = (),
    pack: str = "",
    claims: Path | None = None,
    tables: Tables | None = None,
) -> Iterator[Outcome]:
    """Run the mutants of the named rules, of a pack, or of all rules that have a twin and are not retired.

    Raises:
        UsageError: an id or the pack is unknown, or a base claim is not there.
    """
    packs = [known.name for known in rulebook.packs]
    if pack and pack not in packs:
        raise UsageError(f"unknown pack {pack}", hint=nearest(pack, packs) or f"one of {', '.join(packs)}")
    tables = tables or Tables.load()
    for rule, twin in with_twins(rulebook, ids):
        if pack in ("", rule.pack) and rule.status != "retired":
            yield outcome(rulebook, rule, twin, trials(rule, twin, claims or base_claims(), tables))


def outcome(rulebook: Rulebook, rule: Rule, twin: Twin, cases: Sequence[Trial]) -> Outcome:
    """The mutants of one rule under the cases of its twin."""
    excuses = {entry.mutant: entry for entry in twin.equivalent}
    known: set[str] = set()
    killed: dict[str, str] = {}
    survivors: list[Survivor] = []
    for mutant in mutants(rule, rulebook.tags[rule.id]):
        known.add(mutant.name)
        if case := noticed(rulebook, mutant, cases):
            killed[mutant.name] = case
        elif mutant.name not in excuses:
            survivors.append(Survivor(mutant.name, mutant.wanted))
    stale = [
        f"{entry.where}: {entry.mutant} is not equivalent: the case {killed[name]!r} notices it"
        if name in killed
        else f"{entry.where}: the rule has no mutant {entry.mutant!r}"
        for name, entry in excuses.items()
        if name in killed or name not in known
    ]
    return Outcome(
        rule=rule.id,
        pack=rule.pack,
        path=rule.path,
        killed=killed,
        survivors=tuple(survivors),
        equivalent=len(excuses) - len(stale),
        stale=tuple(stale),
    )


def noticed(rulebook: Rulebook, mutant: Mutant, cases: Sequence[Trial]) -> str:
    """The name of the first case whose outcome differs, or the empty string."""
    rule = mutant.rule
    book = structs.replace(only(rulebook, rule), tags={rule.id: (*rulebook.tags[rule.id], *mutant.tags)})
    return next((trial.case.name for trial in cases if differences(rule, trial, book, compile_exact)), "")


def scores(outcomes: Iterable[Outcome]) -> list[Score]:
    """The score of each pack, in order of their names."""
    by_pack: dict[str, list[Outcome]] = {}
    for found in outcomes:
        by_pack.setdefault(found.pack, []).append(found)
    return [
        Score(
            pack,
            len(found),
            sum(len(o.killed) for o in found),
            sum(len(o.killed) + len(o.survivors) for o in found),
            sum(o.equivalent for o in found),
        )
        for pack, found in sorted(by_pack.items())
    ]

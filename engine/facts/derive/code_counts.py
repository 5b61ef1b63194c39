"""Getters that ask code sets: the vocabulary names the sets of a field, the rulebook holds them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache

from engine.facts.view import ClaimView, LineView
from engine.facts.vocabulary import vocabulary


@lru_cache(maxsize=256)
def sets_of(kind: str, field: str) -> tuple[str, ...]:
    """The code sets that a field counts or looks for.

    >>> sets_of("claim_day", "em_count")
    ('em-visits',)
    """
    return vocabulary()[kind].fields[field].sets


def members(view: ClaimView, names: tuple[str, ...], lines: Iterable[LineView]) -> list[LineView] | None:
    """The lines whose procedure is in one of the sets on the line's day; ``None`` when a set is not loaded."""
    found = []
    for line in lines:
        inside = view.in_sets(names, line.line.procedure, line.judged_day)
        if inside is None:
            return None
        if inside:
            found.append(line)
    return found


def counter(kind: str, field: str) -> Callable[[ClaimView, Iterable[LineView]], int | None]:
    """How many of some lines are in the sets of a field."""

    def count(view: ClaimView, lines: Iterable[LineView]) -> int | None:
        found = members(view, sets_of(kind, field), lines)
        return None if found is None else len(found)

    return count

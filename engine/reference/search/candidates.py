"""Entries worth ranking, from the full-text table: those with every word asked for, then those that lack one."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from engine.reference.search.question import Group

_MOST = 250
_ENOUGH = 25
_MOST_DROPPED = 12
_SQL = "SELECT rowid FROM words WHERE words MATCH ? ORDER BY bm25(words, 10, 6, 2, 1) LIMIT ?"


def candidates(connection: sqlite3.Connection, groups: Sequence[Group], weights: Sequence[int]) -> list[int]:
    """Numbers of entries; ``weights`` say which group matters least and may be missing first."""
    hard = [(group, weight) for group, weight in zip(groups, weights, strict=True) if not group.soft]
    if not hard:
        hard = list(zip(groups, weights, strict=True))
    found = dict.fromkeys(_match(connection, [group for group, _ in hard]))
    soft = [group for group in groups if group.soft]
    if soft and len(hard) < len(groups):
        found = dict.fromkeys([*_match(connection, list(groups)), *found])
    if len(found) >= _ENOUGH or len(hard) == 1:
        return list(found)
    order = sorted(range(len(hard)), key=lambda place: hard[place][1])
    for place in order[:_MOST_DROPPED]:
        rest = [group for number, (group, _) in enumerate(hard) if number != place]
        found.update(dict.fromkeys(_match(connection, rest)))
    if len(found) < _ENOUGH and len(hard) > 2:  # noqa: PLR2004 -- of two, each has been tried alone
        best = [hard[place][0] for place in order[::-1][:4]]
        pairs = [f"({_either(a)} AND {_either(b)})" for n, a in enumerate(best) for b in best[n + 1 :]]
        found.update(dict.fromkeys(_run(connection, " OR ".join(pairs))))
    if not found:
        found.update(dict.fromkeys(_run(connection, " OR ".join(_either(group) for group, _ in hard))))
    return list(found)


def _match(connection: sqlite3.Connection, groups: Sequence[Group]) -> list[int]:
    return _run(connection, " AND ".join([_either(group) for group in groups]))


def _run(connection: sqlite3.Connection, match: str) -> list[int]:
    return [number for (number,) in connection.execute(_SQL, (match, _MOST))]


def _either(group: Group) -> str:
    """The readings of a group as a full-text expression; stems are letters and digits only, so nothing is escaped."""
    return (
        "(" + " OR ".join(["(" + " AND ".join([f'"{each}"' for each in m.stems]) + ")" for m in group.meanings]) + ")"
    )

"""One claim as the compiled back end sees it: its parts, the patterns they leave possible, their values when asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.backends.compiled_rules import Bound, Place
from engine.facts.fact import Fact
from engine.facts.once import once
from engine.facts.reading import KindReader


class Board:
    """The parts of a claim by the number of their kind.

    ``masks`` are the patterns that each part leaves possible, ``doubts`` those among them for which it lacks a field,
    ``unions`` what any part of a kind leaves possible; ``seen`` are the values, by kind and part.

    Args:
        readers: by kind, how to read a part.
        view: the claim, as the readers want it.
    """

    def __init__(self, readers: Sequence[KindReader], view: object) -> None:
        kinds = len(readers)
        self.parts: list[Sequence[Any]] = [()] * kinds
        self.masks: list[list[int]] = [[]] * kinds
        self.doubts: list[list[int]] = [[]] * kinds
        self.unions = [0] * kinds
        self.seen = _Kinds(self)
        self.readers = readers
        self.view = view
        self._tables: dict[tuple[int, str], dict[Any, list[int]]] = {}

    def joined(self, kind: int, field: str, value: object) -> Sequence[int]:
        """The facts whose field equals a value, or is absent; all of them when the value is absent."""
        numbers = range(len(self.parts[kind]))
        if value is None:
            return numbers
        table = self._tables.get((kind, field))
        if table is None:
            table = self._tables[kind, field] = {}
            seen = self.seen[kind]
            for number in numbers:
                table.setdefault(seen[number][field], []).append(number)
        equal, absent = table.get(value, ()), table.get(None, ())
        return sorted((*equal, *absent)) if absent else equal

    def fact(self, kind: int, number: int) -> Fact:
        """One fact, its values worked out as they are asked for."""
        reader = self.readers[kind]
        return Fact(reader.kind, self.seen[kind][number], *reader.place(self.parts[kind][number]))  # type: ignore[arg-type]

    def indexes(self, places: Sequence[Place], bound: Bound) -> tuple[int, ...]:
        """The indexes, among the facts of all kinds, of the facts bound in some places."""
        return tuple([self._firsts[place.kind] + number for place, number in zip(places, bound, strict=False)])

    @once
    def _firsts(self) -> list[int]:
        """By kind, the index of its first fact; kinds that no rule looked at have facts too."""
        counts = [
            len(parts) or sum(1 for _ in reader.parts(self.view))
            for parts, reader in zip(self.parts, self.readers, strict=True)
        ]
        return [sum(counts[:kind]) for kind in range(len(counts))]


class _Kinds(dict[int, "_Seen"]):
    """The values of facts by kind."""

    __slots__ = ("_board",)

    def __init__(self, board: Board) -> None:
        self._board = board

    def __missing__(self, kind: int) -> _Seen:
        """The facts of a kind that is first looked at."""
        found = self[kind] = _Seen(self._board, kind)
        return found


class _Seen(dict[int, Mapping[str, Any]]):
    """The values of the facts of a kind, by number; an absent value is ``None``."""

    __slots__ = ("_board", "_kind")

    def __init__(self, board: Board, kind: int) -> None:
        self._board = board
        self._kind = kind

    def __missing__(self, number: int) -> Mapping[str, Any]:
        """The values of a fact that is first looked at."""
        board, kind = self._board, self._kind
        found = self[number] = board.readers[kind].values(board.view, board.parts[kind][number])
        return found

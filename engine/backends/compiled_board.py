"""One claim as the compiled back end sees it: its parts, which patterns they leave possible, their values when asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.backends.compiled_rules import Bound, Place
from engine.facts.fact import Fact
from engine.facts.reading import KindReader


class Board:
    """The parts of a claim by the number of their kind.

    Args:
        readers: by kind, how to read a part.
        view: the claim, as the readers want it.
    """

    def __init__(self, readers: Sequence[KindReader], view: object) -> None:
        self.doubts: list[list[int]] = []
        self._readers = readers
        self._view = view
        self._parts: list[Sequence[Any]] = []
        self._masks: list[list[int]] = []
        self._values: list[dict[int, Mapping[str, Any]]] = []
        self._tables: dict[tuple[int, str], dict[Any, list[int]]] = {}

    def add(self, parts: Sequence[Any], masks: list[int], doubts: list[int]) -> None:
        """The parts of the next kind, scanned."""
        self._parts.append(parts)
        self._masks.append(masks)
        self.doubts.append(doubts)
        self._values.append({})

    def possible(self, kind: int, bit: int) -> list[int]:
        """The facts that a pattern leaves possible."""
        return [number for number, mask in enumerate(self._masks[kind]) if mask & bit]

    def certain(self, kind: int, bit: int) -> list[int]:
        """The facts that meet a pattern, joins apart, with no absent field."""
        doubts = self.doubts[kind]
        return [number for number, mask in enumerate(self._masks[kind]) if mask & bit and not doubts[number] & bit]

    def joined(self, kind: int, field: str, value: object, among: Sequence[int]) -> Sequence[int]:
        """Of some facts those whose field equals a value, or is absent; all of them when the value is absent."""
        if value is None:
            return among
        table = self._tables.get((kind, field))
        if table is None:
            table = self._tables[kind, field] = {}
            for number in range(len(self._parts[kind])):
                table.setdefault(self.values(kind, number)[field], []).append(number)
        equal, absent = table.get(value, ()), table.get(None, ())
        if not equal and not absent:
            return ()
        wanted = set(among)
        return sorted(number for number in (*equal, *absent) if number in wanted)

    def values(self, kind: int, number: int) -> Mapping[str, Any]:
        """The values of a fact; an absent one is ``None``."""
        known = self._values[kind]
        found = known.get(number)
        if found is None:
            found = known[number] = self._readers[kind].values(self._view, self._parts[kind][number])
        return found

    def indexes(self, places: Sequence[Place], bound: Bound) -> tuple[int, ...]:
        """The indexes, among the facts of all kinds, of the facts bound in some places."""
        return tuple([self._first(place.kind) + number for place, number in zip(places, bound, strict=False)])

    def fact(self, index: int) -> Fact:
        """The fact of an index, its values worked out as they are asked for."""
        for kind, parts in enumerate(self._parts):
            if index < len(parts):
                reader = self._readers[kind]
                return Fact(reader.kind, self.values(kind, index), *reader.place(parts[index]))  # type: ignore[arg-type]
            index -= len(parts)
        raise IndexError(index)

    def _first(self, kind: int) -> int:
        """The index of the first fact of a kind."""
        return sum(len(parts) for parts in self._parts[:kind])

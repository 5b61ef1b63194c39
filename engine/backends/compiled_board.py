"""One claim as the compiled back end sees it: its parts, which patterns they leave possible, their values when asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.backends.compiled_rules import Bound, Place
from engine.facts.fact import Fact
from engine.facts.once import once
from engine.facts.reading import KindReader


class Board:
    """The parts of a claim by the number of their kind.

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
        self._readers = readers
        self._view = view
        self._values: dict[tuple[int, int], Mapping[str, Any]] = {}
        self._tables: dict[tuple[int, str], dict[Any, list[int]]] = {}

    def possible(self, kind: int, bit: int) -> list[int]:
        """The facts that a pattern leaves possible."""
        return [number for number, mask in enumerate(self.masks[kind]) if mask & bit]

    def certain(self, kind: int, bit: int) -> list[int]:
        """The facts that meet a pattern, joins apart, with no absent field."""
        doubts = self.doubts[kind]
        return [number for number, mask in enumerate(self.masks[kind]) if mask & bit and not doubts[number] & bit]

    def joined(self, kind: int, field: str, value: object, among: Sequence[int]) -> Sequence[int]:
        """Of some facts those whose field equals a value, or is absent; all of them when the value is absent."""
        if value is None:
            return among
        table = self._tables.get((kind, field))
        if table is None:
            table = self._tables[kind, field] = {}
            for number in range(len(self.parts[kind])):
                table.setdefault(self.values(kind, number)[field], []).append(number)
        equal, absent = table.get(value, ()), table.get(None, ())
        if not equal and not absent:
            return ()
        wanted = set(among)
        return sorted(number for number in (*equal, *absent) if number in wanted)

    def values(self, kind: int, number: int) -> Mapping[str, Any]:
        """The values of a fact; an absent one is ``None``."""
        found = self._values.get((kind, number))
        if found is None:
            found = self._readers[kind].values(self._view, self.parts[kind][number])
            self._values[kind, number] = found
        return found

    def fact(self, kind: int, number: int) -> Fact:
        """One fact, its values worked out as they are asked for."""
        reader = self._readers[kind]
        return Fact(reader.kind, self.values(kind, number), *reader.place(self.parts[kind][number]))  # type: ignore[arg-type]

    def fact_of(self, kind: str) -> Fact:
        """The fact of a kind of which every claim has one."""
        reader = next(reader for reader in self._readers if reader.kind == kind)
        part = next(iter(reader.parts(self._view)))
        return Fact(kind, reader.values(self._view, part), *reader.place(part))  # type: ignore[arg-type]

    def indexes(self, places: Sequence[Place], bound: Bound) -> tuple[int, ...]:
        """The indexes, among the facts of all kinds, of the facts bound in some places."""
        return tuple([self._firsts[place.kind] + number for place, number in zip(places, bound, strict=False)])

    @once
    def _firsts(self) -> list[int]:
        """By kind, the index of its first fact; kinds that no rule looked at have facts too."""
        counts = [
            len(parts) or sum(1 for _ in reader.parts(self._view))
            for parts, reader in zip(self.parts, self._readers, strict=True)
        ]
        return [sum(counts[:kind]) for kind in range(len(counts))]

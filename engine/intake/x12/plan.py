"""A guide made ready for one pair of separators: which segment uses a loop knows, and how each is recognised."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from itertools import product
from typing import Final

from msgspec import Struct

from engine.intake.x12.guide import ChildFact, ElementFact, Guide, SegmentFact, load_guide
from engine.intake.x12.patterns import PatternWriter

STREAMED: Final = frozenset({"2000A", "2000B", "2000C", "2300"})
"""Loops that are read one at a time; whether they are there and how often, the reader knows."""

Notes = tuple[tuple[str, tuple[int, ...]], ...]


class SegmentPlan(Struct, frozen=True, eq=False):
    """One use of a segment in a loop.

    ``pattern`` matches a segment without fault as far as one pattern can tell. ``notes`` are the relational notes that
    can be broken; those that the pattern leaves open need a look only when the segment has more than ``notes_from``
    elements. ``bit`` stands for this use in the set of those seen.
    """

    fact: SegmentFact
    pattern: str
    bit: int
    notes: Notes
    notes_from: int
    position: int
    most: int


class NamePlan(Struct, frozen=True, eq=False):
    """How the uses of one segment name are told apart.

    By the value of element ``at`` (0: there is one use, and the name is the key), or of its first component where
    ``composite``.
    """

    at: int
    composite: bool
    uses: dict[str, tuple[SegmentPlan, ...]]


class LoopPlan(Struct, frozen=True, eq=False):
    """One loop: its segments by name, the bits of the required ones, and the loops inside that are judged with it."""

    names: dict[str, NamePlan]
    required: int
    plans: tuple[SegmentPlan, ...]
    children: dict[str, ChildFact]
    has_required_child: bool


@lru_cache(maxsize=1024)
def matcher(pattern: str) -> Callable[[str], object]:
    """The compiled pattern's ``fullmatch``; compiled when a segment first needs it."""
    return re.compile(pattern, re.ASCII).fullmatch


@lru_cache(maxsize=64)
def plan_loops(file: str, element: str, component: str) -> dict[str, LoopPlan]:
    """Every loop of the guide ``file`` for one pair of separators."""
    guide = load_guide(file)
    writer = PatternWriter(guide, element, component)
    return {loop: plan_loop(guide, loop, writer) for loop in guide.loops}


def plan_loop(guide: Guide, loop: str, writer: PatternWriter) -> LoopPlan:
    """One loop's plan."""
    fact = guide.loops[loop]
    plans = tuple(plan_segment(s, 1 << n, writer) for n, s in enumerate(fact.segments))
    children = {child.loop: child for child in fact.children if child.loop not in STREAMED}
    names: dict[str, list[SegmentPlan]] = {}
    for plan in plans:
        names.setdefault(plan.fact.name, []).append(plan)
    return LoopPlan(
        names={name: plan_name(guide, name, uses) for name, uses in names.items()},
        required=sum(p.bit for p in plans if p.fact.usage == "R"),
        plans=plans,
        children=children,
        has_required_child=any(child.usage == "R" for child in children.values()),
    )


def plan_segment(fact: SegmentFact, bit: int, writer: PatternWriter) -> SegmentPlan:
    """One segment use's plan."""
    notes = tuple(note for note in map(read_note, fact.notes) if open_note(note, fact))
    folded = [note for note in notes if not in_pattern(note, fact)]
    return SegmentPlan(
        fact=fact,
        pattern=writer.segment(fact),
        bit=bit,
        notes=notes,
        notes_from=min((trigger(note) for note in folded), default=10_000),
        position=fact.position,
        most=fact.most or 1_000_000,
    )


def plan_name(guide: Guide, name: str, uses: list[SegmentPlan]) -> NamePlan:
    """How ``uses`` are told apart; a single use with its own qualifier needs no telling."""
    if len(uses) == 1:
        return NamePlan(at=0, composite=False, uses={name: (uses[0],)})
    table: dict[str, tuple[SegmentPlan, ...]] = {}
    for plan in uses:
        for code in guide.codes_of(qualifier(plan.fact)):
            table[code] = (*table.get(code, ()), plan)
    return NamePlan(at=1, composite=bool(uses[0].fact.elements[0].parts), uses=table)


def qualifier(fact: SegmentFact) -> ElementFact:
    """The element whose codes tell a use apart: the first, or its first component."""
    first = fact.elements[0]
    return first.parts[0] if first.parts else first


def read_note(text: str) -> tuple[str, tuple[int, ...]]:
    """``P0809`` as ``("P", (8, 9))``."""
    return text[:1], tuple(int(text[n : n + 2]) for n in range(1, len(text), 2))


def broken(note: tuple[str, tuple[int, ...]], has: Callable[[int], bool]) -> bool:
    """Whether a relational note does not hold, given which positions carry data.

    P: all or none. R: at least one. E: at most one. C: if the first, then all others. L: if the first, then one other.
    """
    kind, positions = note
    present = [has(position) for position in positions]
    if kind == "P":
        return any(present) and not all(present)
    if kind == "R":
        return not any(present)
    if kind == "E":
        return sum(present) > 1
    if kind == "C":
        return present[0] and not all(present)
    return kind == "L" and present[0] and not any(present[1:])


def open_note(note: tuple[str, tuple[int, ...]], fact: SegmentFact) -> bool:
    """Whether a note can be broken although each element obeys its own usage."""
    usages = {p: fact.elements[p - 1].usage if p <= len(fact.elements) else "N" for p in note[1]}
    choices = [{"R": (True,), "N": (False,)}.get(usages[p], (True, False)) for p in note[1]]
    return any(broken(note, dict(zip(note[1], choice, strict=True)).__getitem__) for choice in product(*choices))


def in_pattern(note: tuple[str, tuple[int, ...]], fact: SegmentFact) -> bool:
    """Whether the segment's pattern already sees to the note: neighbours that come together."""
    kind, positions = note
    return (
        kind == "P"
        and positions == (positions[0], positions[0] + 1)
        and all(fact.elements[p - 1].usage == "S" for p in positions)
    )


def trigger(note: tuple[str, tuple[int, ...]]) -> int:
    """The lowest position that can break the note; a segment that ends before it keeps it."""
    kind, positions = note
    if kind == "R":
        return 0
    if kind == "E":
        return sorted(positions)[1]
    return positions[0] if kind in {"C", "L"} else min(positions)

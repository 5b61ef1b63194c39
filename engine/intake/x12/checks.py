"""Checks of one loop against its implementation guide: SNIP types 1 and 2.

Rules INT-0005 to INT-0012, INT-0014 and INT-0015. ``check_loop`` looks at the loop's own segments and at the presence
and repeat of the loops inside it; it does not go into them. Nothing here raises on any content.
"""

from __future__ import annotations

from typing import Final

from engine.intake.reading import IntakeFinding
from engine.intake.x12.element_checks import check_elements, check_notes, holds_notes
from engine.intake.x12.element_findings import Place
from engine.intake.x12.guide import Guide
from engine.intake.x12.memo import Memo
from engine.intake.x12.plan import LoopPlan, NamePlan, SegmentPlan, matcher, plan_loops
from engine.intake.x12.segments import SHORT, Loop, Segment, Separators, Text
from engine.intake.x12.structure_findings import (
    line_of,
    misplaced,
    missing_loop,
    missing_segment,
    repeated,
    repeated_loop,
    unknown_qualifier,
    unknown_segment,
)

ENVELOPE: Final = frozenset({"ISA", "GS", "ST", "SE", "GE", "IEA", "TA1"})
READERS_MATTER: Final = ENVELOPE | {"LX"}
"""Segments whose absence the reader reports, because it had to read on without them."""


MOST_SHAPES: Final = 4096
"""Shapes of a loop that are remembered as right."""

MOST_CHILDREN: Final = 64
"""Loops inside a loop with which its shape is still remembered."""


class GuideChecks:
    """The checks of one file against one guide; what was found right is not looked at again."""

    def __init__(self, guide: Guide, separators: Separators) -> None:
        """``separators`` are those of the interchange."""
        self.loops: Memo[str, LoopChecks] = Memo(lambda loop: LoopChecks(loop, guide, separators))

    def check(self, loop: Loop) -> list[IntakeFinding]:
        """What :func:`check_loop` says of a loop."""
        known = self.loops[loop.id]
        plan = known.plan
        if plan is None:
            return []
        shape: tuple[object, ...] = tuple(map(known.uses.__getitem__, loop.texts))
        if loop.children:
            shape += tuple([child.id for child in loop.children])
        return [] if shape in known.right else known.look(loop, shape)


class LoopChecks:
    """What was found right in the instances of one loop.

    A text is right in a use of its segment, whatever stands round it. A sequence of uses, and of loops inside, is
    right or wrong as a whole, whatever the texts: there are few of those in a file, and one look-up tells.
    """

    def __init__(self, loop: str, guide: Guide, separators: Separators) -> None:
        """The loop ``loop`` of ``guide``."""
        self.guide = guide
        self.separators = separators
        self.plan = plan_loops(guide.file, separators.element, separators.component).get(loop)
        self.nowhere = Loop(loop)
        self.uses: Memo[Text, SegmentPlan | None] = Memo(self.use_of, fits=lambda text: len(text.body) <= SHORT)
        self.right: set[tuple[object, ...]] = set()

    def look(self, loop: Loop, shape: tuple[object, ...]) -> list[IntakeFinding]:
        """What :func:`check_loop` says of the loop; the shape is remembered where that is nothing."""
        findings = check_loop(loop, self.guide, self.separators)
        if not findings and None not in shape and len(loop.children) <= MOST_CHILDREN:
            if len(self.right) >= MOST_SHAPES:
                self.right.clear()
            self.right.add(shape)
        return findings

    def use_of(self, text: Text) -> SegmentPlan | None:
        """The use in which nothing is wrong with a text."""
        if self.plan is None:
            return None
        named = self.plan.names.get(text.name)
        uses = named.uses.get(key_of(named, text, self.separators.component)) if named is not None else None
        if not uses or fits(uses[0], text):
            return uses[0] if uses else None
        place = Place(loop=self.nowhere, segment=Segment(0, text), guide=self.guide, separators=self.separators)
        findings: list[IntakeFinding] = []
        use = examine(place, uses, findings)
        return None if findings else use


def key_of(named: NamePlan, text: Text, component: str) -> str:
    """What tells the use of a segment: its name where it has but one, else its qualifier."""
    key = text.qualifier if named.at else text.name
    return key.partition(component)[0] if named.composite else key


def fits(use: SegmentPlan, text: Text) -> bool:
    """Whether one match tells that nothing is wrong with a text."""
    if matcher(use.pattern)(text.body) is None:
        return False
    return not use.notes or len(text.elements) <= use.notes_from or holds_notes(use.notes, text.elements)


def check_loop(loop: Loop, guide: Guide, separators: Separators) -> list[IntakeFinding]:
    """What is wrong with one instance of a loop, in the order of the file.

    Nothing for a loop that the guide does not know.
    """
    plan = plan_loops(guide.file, separators.element, separators.component).get(loop.id)
    if plan is None:
        return []
    findings: list[IntakeFinding] = []
    seen = 0
    last = 0
    counts: dict[int, int] = {}
    for segment in loop.segments:
        place = Place(loop=loop, segment=segment, guide=guide, separators=separators, line=line_of(loop))
        use = find_use(place, plan, findings)
        if use is None:
            continue
        if seen & use.bit:
            counts[use.bit] = number = counts.get(use.bit, 1) + 1
            if number > use.most:
                if number == use.most + 1:
                    findings.append(repeated(loop, segment, use))
                continue
        seen |= use.bit
        if use.position >= last:
            last = use.position
        else:
            findings.append(misplaced(loop, segment))
    if seen & plan.required != plan.required:
        report_missing(loop, plan, seen, guide, findings)
    if loop.children or plan.has_required_child:
        check_children(loop, plan, findings)
    return findings


def find_use(place: Place, plan: LoopPlan, findings: list[IntakeFinding]) -> SegmentPlan | None:
    """Find the use of a segment and report what is wrong with its elements; ``None`` where it has no use."""
    segment = place.segment
    named = plan.names.get(segment.name)
    if named is None:
        if segment.name not in ENVELOPE:
            findings.append(unknown_segment(place.loop, segment, place.guide))
        return None
    key = key_of(named, segment.text, place.separators.component)
    uses = named.uses.get(key)
    if uses is None:
        findings.append(unknown_qualifier(place.loop, segment, named, key))
        return None
    return uses[0] if fits(uses[0], segment.text) else examine(place, uses, findings)


def examine(place: Place, uses: tuple[SegmentPlan, ...], findings: list[IntakeFinding]) -> SegmentPlan:
    """Look at each element of a segment whose pattern did not match, and report what is wrong.

    Where one qualifier stands for several uses, the one with the fewest faults is meant.
    """
    tried = []
    for use in uses:
        found = check_elements(place, use.fact)
        found.extend(check_notes(place, use, found))
        tried.append((len(found), found, use))
    _, found, use = min(tried, key=lambda trial: trial[0])
    findings.extend(found)
    return use


def report_missing(loop: Loop, plan: LoopPlan, seen: int, guide: Guide, findings: list[IntakeFinding]) -> None:
    """Report required segments that were not seen.

    Not one that is there under a qualifier that was reported, and not the LX of a line that opened without it.
    """
    unread = {f.at.element for f in findings if f.rule in {"INT-0008", "INT-0011"}}
    for use in plan.plans:
        if use.fact.usage == "R" and not seen & use.bit and use.fact.name not in READERS_MATTER:
            under_other_code = bool(use.fact.elements[0].parts) and f"{use.fact.name}01-1" in unread
            if not under_other_code:
                findings.append(missing_segment(loop, use.fact, guide))


def check_children(loop: Loop, plan: LoopPlan, findings: list[IntakeFinding]) -> None:
    """Report required loops that are missing and loops that repeat too often.

    Levels (2000A, 2000B, 2000C) and claims are read one at a time and judged by the reader, not here.
    """
    counts: dict[str, int] = {}
    for child in loop.children:
        number = counts[child.id] = counts.get(child.id, 0) + 1
        fact = plan.children.get(child.id)
        if fact is not None and fact.most and number == fact.most + 1:
            findings.append(repeated_loop(loop, child, fact.most))
    if plan.has_required_child:
        findings.extend(
            missing_loop(loop, name) for name, fact in plan.children.items() if fact.usage == "R" and name not in counts
        )

"""Segments to loops, claim by claim. Nothing is lost: a segment that fits nowhere is kept where it stood, and reported.

The common path is one look-up a segment in the steps of the open loop (:mod:`loop_table`); the segments that stay in
a loop are taken into it together. Claims and levels (HL) close what is open and leave as events, so that only one claim
and the levels above it are held at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from msgspec.structs import replace

from engine.intake.reading import IntakeFinding, Spot
from engine.intake.x12.hierarchy import childless_fault, level_faults, level_of, next_number
from engine.intake.x12.loop_table import LEVELS, LINE, OTHER_QUALIFIER, SERVICE, STAY, LoopTable, Node, Step
from engine.intake.x12.scope import Event, Scope, label, let_go, line_number
from engine.intake.x12.segments import Loop, Segment, Text

ENVELOPE: Final = frozenset({"ISA", "GS", "ST", "SE", "GE", "IEA", "TA1"})
MOST_CLAIMS: Final = 100
"""Claims that the guides allow under one subscriber or patient."""


class Assembler:
    """Puts segments into loops.

    Attributes:
        levels: The open levels from the transaction set inwards; empty between transaction sets.
        claim: The open claim, if any.
        skipping: True inside a transaction set that holds no claims; its segments are passed over.
        choose: Finds the table of each claim by its CLM, where the transaction set does not say it.
    """

    def __init__(self, table: LoopTable) -> None:
        """``table`` serves until a transaction set asks for another (:meth:`begin`)."""
        self.table = table
        self.levels: list[Scope] = []
        self.claim: Scope | None = None
        self.skipping = False
        self.choose: Callable[[Segment], LoopTable] | None = None
        self._header_told = False
        self._outside = Node("", None, frozenset(), {})
        self._node = self._outside
        self._loop = Loop("")
        self._next_level = 1

    def begin(self, table: LoopTable, segment: Segment | None) -> None:
        """Open a transaction set; ``segment`` is its ST where there is one."""
        self.table = table
        self.skipping = False
        node = table.levels["ST"]
        loop = Loop("ST")
        if segment is not None:
            loop.extend([segment.text], segment.index)
        self.levels = [Scope(loop, node, 0)]
        self._next_level = 1
        self._header_told = False
        self._stand(node, self.levels[0].loop)

    def skip(self) -> None:
        """Pass over everything up to the next envelope segment that begins something else."""
        self.skipping = True
        self._stand(self._outside, Loop(""))

    def change_table(self, table: LoopTable) -> None:
        """Read the rest of an open transaction set, which has no level yet, by another table."""
        if len(self.levels) == 1 and self.claim is None:
            self.table = table
            self.levels[0].node = table.levels["ST"]
            self._stand(self.levels[0].node, self.levels[0].loop)

    def end(self) -> Iterator[Event]:
        """Close the transaction set and everything in it."""
        yield from self._close_levels(0)
        self.skipping = False
        self._stand(self._outside, Loop(""))

    def feed(self, texts: list[Text], index: int) -> Iterator[Event]:
        """Place segments that follow each other, the first of them at ``index``; yields what they close.

        Envelope segments are handed out, not placed.
        """
        node, loop = self._node, self._loop
        steps = node.steps
        start = 0
        for at, text in enumerate(texts):
            step = steps.get(text.name)
            if type(step) is dict:
                step = step.get(text.qualifier) or step.get(OTHER_QUALIFIER)
            if step is STAY:
                continue
            if step is SERVICE and node.id == LINE and at - start == 1 and not loop.texts and text.name in node.has:
                continue  # LX, then the line's service: the usual case of _service
            if start < at:
                loop.extend(texts[start:at], index + start)
            if type(step) is Step and step.node is not None:
                start = at
                node = step.node
                steps = node.steps
                for _ in range(step.up):
                    loop = loop.parent  # type: ignore[assignment]
                loop = self._open(node, loop)
                if not step.note:
                    continue
                loop.extend([text], index + at)
                self._irregular(Segment(index + at, text), step)
            else:
                yield from self._leave(Segment(index + at, text), step if type(step) is Step else None)
                node, loop = self._node, self._loop
                steps = node.steps
            start = at + 1
        if start < len(texts):
            loop.extend(texts[start:], index + start)

    def _open(self, node: Node, parent: Loop) -> Loop:
        """Open the loop of ``node`` inside ``parent``; its first segment is still to come."""
        self._node = node
        self._loop = loop = Loop(node.id, parent)
        parent.children.append(loop)
        return loop

    def _leave(self, segment: Segment, step: Step | None) -> Iterator[Event]:
        """Place a segment that does more than stay or open a loop."""
        if step is None:
            yield from self._stray(segment)
        elif step.kind == "service":
            self._service(segment)
        elif step.kind == "claim":
            yield from self._open_claim(segment)
        else:
            yield from self._open_level(segment)

    def report(self, segment: Segment, fault: IntakeFinding) -> None:
        """Add a finding about ``segment`` to the open claim, or to the innermost open level."""
        scope = self.claim or self.levels[-1]
        spot = Spot(loop=self._loop.id, segment=segment.index, element=fault.at.element, line=line_number(self._loop))
        scope.findings.append(replace(fault, at=spot))

    def _stand(self, node: Node, loop: Loop) -> None:
        self._node, self._loop = node, loop

    def _irregular(self, segment: Segment, step: Step) -> None:
        """Report a loop that was opened although it does not belong there."""
        name, loop = label(segment), self._loop.id
        if step.note == "order":
            fault = _misplaced(name, f"opens loop {loop} after loops that follow it", f"Send loop {loop} before them.")
        elif step.note == "home":
            what = f"opens loop {loop}, but the level that holds it is not open"
            fault = _misplaced(name, what, "Send the HL segment of that level first.")
        else:
            fix = "Use a qualifier that the guide lists for this place, or move the party to its level."
            fault = _misplaced(name, "names a party that has no loop here", fix)
        self.report(segment, fault)

    def _service(self, segment: Segment) -> None:
        """Place SV1, SV2 or SV3: in the open line, or in a new one when that has its service already."""
        name = segment.elements[0]
        node: Node | None = self._node
        loop: Loop | None = self._loop
        while node is not None and loop is not None and node.id != LINE:
            node, loop = node.parent, loop.parent
        service = self.table.service
        if node is None or loop is None or any(held.name in service for held in loop.texts):
            self._open_line(segment)
            return
        loop.extend([segment.text], segment.index)
        if name not in node.has:
            right = " or ".join(sorted(service & node.has))
            self.report(segment, _misplaced(name, "tells no service of this claim type", f"Use {right}."))
        elif loop is not self._loop:
            self._late(segment, loop.id)

    def _open_line(self, segment: Segment) -> None:
        """Open a line for a service that has no LX."""
        line = self.table.claim.steps["LX"]
        if self.claim is None or not isinstance(line, Step) or line.node is None:
            return
        self._open(line.node, self.claim.loop).extend([segment.text], segment.index)
        name = segment.elements[0]
        what = "stands without an LX before it; it was read as a line of its own"
        self.report(segment, _misplaced(name, what, "Send LX before each service line.", "LX"))

    def _open_claim(self, segment: Segment) -> Iterator[Event]:
        """CLM: a claim, always, whatever is or is not open."""
        if self.claim is not None:
            yield from self._close_claim()
        if not self._header_told:
            yield from self._tell_header()
        if self.choose is not None:
            self.table = self.choose(segment)
        parent = self.levels[-1]
        node = self.table.claim
        loop = self._open(node, parent.loop)
        loop.extend([segment.text], segment.index)
        self.claim = Scope(loop, node, len(LEVELS))
        for scope in self.levels:
            scope.claims += 1
        if parent.rank < LEVELS.index("2000B"):
            what = "stands outside a subscriber or patient level (HL 22 or 23)"
            self.report(segment, _misplaced("CLM", what, "Send the HL segments and parties before the claim.", "HL"))
        if parent.claims == MOST_CLAIMS + 1:
            fault = IntakeFinding(
                rule="INT-0006",
                says=f"More than {MOST_CLAIMS} claims stand under one {parent.loop.id} level.",
                fix=f"Repeat the level after each {MOST_CLAIMS} claims.",
                expected=f"at most {MOST_CLAIMS}",
                found=str(parent.claims),
            )
            self.report(segment, fault)

    def _open_level(self, segment: Segment) -> Iterator[Event]:
        """HL: close what is further in and open its level."""
        if self.claim is not None:
            yield from self._close_claim()
        level = level_of(segment, self.levels)
        rank = LEVELS.index(level)
        if self.levels[-1].rank >= rank:
            yield from self._close_levels(rank)
        if not self._header_told:
            yield from self._tell_header()
        parent = self.levels[-1]
        parent.has_child = True
        node = self.table.levels[level]
        loop = self._open(node, parent.loop)
        loop.extend([segment.text], segment.index)
        self.levels.append(Scope(loop, node, rank, number=segment.get(1)))
        for fault in level_faults(segment, parent, level, str(self._next_level)):
            self.report(segment, fault)
        self._next_level = next_number(segment, self._next_level)

    def _tell_header(self) -> Iterator[Event]:
        self._header_told = True
        yield Event("header", self.levels[0])

    def _close_claim(self) -> Iterator[Event]:
        claim = self.claim
        if claim is not None:
            self.claim = None
            yield Event("claim", claim)
            let_go(claim.loop)

    def _close_levels(self, rank: int) -> Iterator[Event]:
        """Close the claim and every level at ``rank`` or further in."""
        if self.claim is not None:
            yield from self._close_claim()
        while self.levels and self.levels[-1].rank >= rank:
            scope = self.levels[-1]
            self._stand(scope.node, scope.loop)
            fault = childless_fault(scope)
            if fault is not None:
                self.report(scope.loop.segment(0), fault)
            self.levels.pop()
            yield Event("level", scope)
            let_go(scope.loop)

    def _stray(self, segment: Segment) -> Iterator[Event]:
        """A segment that has no step here: of the envelope, misspelt, outside any set, late, or unknown."""
        name = segment.elements[0]
        if name in ENVELOPE:
            yield Event("envelope", segment=segment)
            return
        right = name.strip().upper()
        if self.skipping and right not in ENVELOPE:
            return
        if right != name and (right in ENVELOPE or right in self.table.names):
            segment = Segment(segment.index, segment.text.renamed(right))
            yield from self.feed([segment.text], segment.index)
            if self.levels:
                what = "is not written in capitals"
                self.report(segment, _misplaced(f"Segment name '{name}'", what, f"Write {right}.", right))
        elif not self.levels:
            self.begin(self.table, None)
            what = "stands outside a transaction set"
            self.report(segment, _misplaced(label(segment), what, "Put the claims between ST and SE.", "ST"))
            yield from self.feed([segment.text], segment.index)
        else:
            self._keep(segment)

    def _keep(self, segment: Segment) -> None:
        """Keep a segment that belongs to a loop further out, or nowhere."""
        name = segment.elements[0]
        node, loop = self._node.parent, self._loop.parent
        while node is not None and loop is not None and name not in node.has:
            node, loop = node.parent, loop.parent
        if node is not None and loop is not None:
            loop.extend([segment.text], segment.index)
            self._late(segment, loop.id)
            return
        self._loop.extend([segment.text], segment.index)
        if name in self.table.names:
            what = f"does not belong in loop {self._loop.id}"
            fault = _misplaced(label(segment), what, "Move it to the loop that the guide has it in.")
        else:
            fault = _misplaced(f"'{name[:20]}'", "is no segment of an 837", "Remove it, or correct its name.")
        self.report(segment, fault)

    def _late(self, segment: Segment, home: str) -> None:
        what = f"of loop {home} stands after loop {self._loop.id}"
        self.report(segment, _misplaced(label(segment), what, f"Send it before loop {self._loop.id}."))


def _misplaced(name: str, what: str, fix: str, expected: str = "") -> IntakeFinding:
    return IntakeFinding(rule="INT-0005", says=f"{name} {what}.", fix=fix, expected=expected, found=name.strip("'"))

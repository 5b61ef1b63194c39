"""Segments to loops, claim by claim. Nothing is lost: a segment that fits nowhere is kept where it stood, and reported.

The common path is one look-up a segment in the steps of the open loop (:mod:`loop_table`). Claims and levels (HL) close
what is open and leave as events, so that only one claim and the levels above it are held at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, Literal

import msgspec
from msgspec import Struct

from engine.intake.reading import IntakeFinding, Spot
from engine.intake.x12.loop_table import CLAIM, LEVELS, LINE, OTHER_QUALIFIER, STAY, LoopTable, Node, Step
from engine.intake.x12.segments import Loop, Segment

ENVELOPE: Final = frozenset({"ISA", "GS", "ST", "SE", "GE", "IEA", "TA1"})
LEVEL_OF_CODE: Final = {"20": "2000A", "22": "2000B", "23": "2000C"}
CODE_OF_LEVEL: Final = {level: code for code, level in LEVEL_OF_CODE.items()}
MOST_CLAIMS: Final = 100
"""Claims that the guides allow under one subscriber or patient."""


class Scope(Struct):
    """A level (ST, 2000A, 2000B, 2000C) or a claim, with the findings that lie in it.

    ``claims`` counts the claims beneath. The last three are the reader's: how many findings it has given out, whether it
    has checked the loops against the guide, and what it made of the level.
    """

    loop: Loop
    node: Node
    rank: int
    findings: list[IntakeFinding] = msgspec.field(default_factory=list)
    number: str = ""
    has_child: bool = False
    claims: int = 0
    told: int = 0
    checked: bool = False
    memo: Any = None


class Event(Struct, frozen=True):
    """A claim or level that closes, the header of a transaction set that is complete, or a segment of the envelope."""

    kind: Literal["claim", "header", "level", "envelope"]
    scope: Scope | None = None
    segment: Segment | None = None


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
        self._loop = Loop("", [], [])
        self._next_level = 1

    def begin(self, table: LoopTable, segment: Segment | None) -> None:
        """Open a transaction set; ``segment`` is its ST where there is one."""
        self.table = table
        self.skipping = False
        node = table.levels["ST"]
        self.levels = [Scope(Loop("ST", [segment] if segment is not None else [], []), node, 0)]
        self._next_level = 1
        self._header_told = False
        self._stand(node, self.levels[0].loop)

    def skip(self) -> None:
        """Pass over everything up to the next envelope segment that begins something else."""
        self.skipping = True
        self._stand(self._outside, Loop("", [], []))

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
        self._stand(self._outside, Loop("", [], []))

    def feed(self, segments: Iterable[Segment]) -> Iterator[Event]:
        """Place ``segments``; yields what they close. Envelope segments are handed out, not placed."""
        steps, loop = self._node.steps, self._loop
        for segment in segments:
            elements = segment.elements
            step = steps.get(elements[0])
            if type(step) is dict:
                step = step.get(elements[1] if len(elements) > 1 else "") or step.get(OTHER_QUALIFIER)
            if step is STAY:
                loop.segments.append(segment)
                continue
            if type(step) is Step:
                node = step.node
                if node is not None:
                    for _ in range(step.up):
                        loop = loop.parent  # type: ignore[assignment]
                    inner = Loop(node.id, [segment], [], loop)
                    loop.children.append(inner)
                    steps, loop = node.steps, inner
                    self._node, self._loop = node, inner
                    if step.note:
                        self._irregular(segment, step)
                    continue
                if step.kind == "service":
                    self._service(segment)
                elif step.kind == "claim":
                    yield from self._open_claim(segment)
                else:
                    yield from self._open_level(segment)
            else:
                yield from self._stray(segment)
            steps, loop = self._node.steps, self._loop

    def report(self, rule: str, segment: Segment, says: str, fix: str, **more: str) -> None:
        """Add a finding to the claim, or to the innermost open level."""
        scope = self.claim or self.levels[-1]
        spot = Spot(
            loop=self._loop.id, segment=segment.index, element=more.pop("element", ""), line=line_number(self._loop)
        )
        scope.findings.append(IntakeFinding(rule=rule, says=says, fix=fix, at=spot, **more))

    def _stand(self, node: Node, loop: Loop) -> None:
        self._node, self._loop = node, loop

    def _irregular(self, segment: Segment, step: Step) -> None:
        """Report a loop that was opened although it does not belong there."""
        name = _label(segment)
        says, fix = {
            "order": (
                f"{name} opens loop {self._loop.id} after loops that follow it in the guide.",
                f"Send loop {self._loop.id} before them.",
            ),
            "home": (
                f"{name} opens loop {self._loop.id}, but the level that holds it is not open.",
                "Send the HL segment of that level first.",
            ),
            "unknown": (
                f"{name} names a party that has no loop here.",
                "Use a qualifier that the guide lists for this place, or move the party to its level.",
            ),
        }[step.note]
        self.report("INT-0005", segment, says, fix, found=name)

    def _service(self, segment: Segment) -> None:
        """Place SV1, SV2 or SV3: in the open line, or in a new one when that has its service already."""
        name = segment.elements[0]
        node: Node | None = self._node
        loop: Loop | None = self._loop
        while node is not None and loop is not None and node.id != LINE:
            node, loop = node.parent, loop.parent
        service = self.table.service
        if node is not None and loop is not None and not any(s.elements[0] in service for s in loop.segments):
            loop.segments.append(segment)
            if name not in node.has:
                self.report(
                    "INT-0005",
                    segment,
                    f"{name} tells no service of this claim type.",
                    f"Use {' or '.join(sorted(service & node.has))}.",
                    found=name,
                )
            elif loop is not self._loop:
                self._late(segment, loop.id)
            return
        assert self.claim is not None
        line = self.claim.node.steps["LX"]
        if not isinstance(line, Step) or line.node is None:
            return
        inner = Loop(LINE, [segment], [], self.claim.loop)
        self.claim.loop.children.append(inner)
        self._stand(line.node, inner)
        self.report(
            "INT-0005",
            segment,
            f"{name} stands without an LX before it; it was read as a line of its own.",
            "Send LX before each service line.",
            expected="LX",
            found=name,
        )

    def _open_claim(self, segment: Segment) -> Iterator[Event]:
        """CLM: a claim, always, whatever is or is not open."""
        if self.claim is not None:
            yield from self._close_claim()
        if not self._header_told:
            yield from self._tell_header()
        if self.choose is not None:
            self.table = self.choose(segment)
        parent = self.levels[-1]
        loop = Loop(CLAIM, [segment], [], parent.loop)
        parent.loop.children.append(loop)
        node = self.table.claim
        self.claim = Scope(loop, node, len(LEVELS))
        self._stand(node, loop)
        for scope in self.levels:
            scope.claims += 1
        if parent.rank < LEVELS.index("2000B"):
            self.report(
                "INT-0005",
                segment,
                "CLM stands outside a subscriber or patient level (HL 22 or 23).",
                "Send the HL segments and parties of the claim before it.",
                expected="HL",
                found="CLM",
            )
        if parent.claims == MOST_CLAIMS + 1:
            self.report(
                "INT-0006",
                segment,
                f"More than {MOST_CLAIMS} claims stand under one {parent.loop.id} level.",
                "Repeat the level after each 100 claims.",
                expected=str(MOST_CLAIMS),
            )

    def _open_level(self, segment: Segment) -> Iterator[Event]:
        """HL: close what is further in and open the level that HL03 names."""
        if self.claim is not None:
            yield from self._close_claim()
        code = segment.get(3)
        level = LEVEL_OF_CODE.get(code) or self._guess_level(segment)
        rank = LEVELS.index(level)
        if self.levels[-1].rank >= rank:
            yield from self._close_levels(rank)
        if not self._header_told:
            yield from self._tell_header()
        parent = self.levels[-1]
        parent.has_child = True
        loop = Loop(level, [segment], [], parent.loop)
        parent.loop.children.append(loop)
        node = self.table.levels[level]
        self.levels.append(Scope(loop, node, rank, number=segment.get(1)))
        self._stand(node, loop)
        self._check_level(segment, parent, level)

    def _guess_level(self, segment: Segment) -> str:
        """The level of an HL whose HL03 is none of ours: one inside its parent, or the outermost without parent."""
        parent = segment.get(2)
        if not parent:
            return LEVELS[1]
        ranks = [scope.rank for scope in self.levels if scope.number == parent]
        return LEVELS[min(ranks[-1] + 1, len(LEVELS) - 1)] if ranks else LEVELS[2]

    def _check_level(self, segment: Segment, parent: Scope, level: str) -> None:
        """Report what is wrong with the numbers of an HL."""
        number, above, code, child = (segment.elements + ["", "", "", ""])[1:5]
        expected = str(self._next_level)
        self._next_level = (int(number) if number.isdecimal() and len(number) <= 12 else self._next_level) + 1
        rank = LEVELS.index(level)
        if code not in LEVEL_OF_CODE:
            self.report(
                "INT-0013",
                segment,
                f"HL03 is '{code}', which is no level of a claim; read as {level}.",
                "Use 20 billing provider, 22 subscriber or 23 patient.",
                element="HL03",
                found=code,
            )
        if number != expected:
            self.report(
                "INT-0013",
                segment,
                f"HL01 is '{number}'; levels count up by one, so {expected} was due.",
                "Number the HL segments 1, 2, 3 … within each ST.",
                element="HL01",
                expected=expected,
                found=number,
            )
        if parent.rank != rank - 1:
            self.report(
                "INT-0013",
                segment,
                f"HL '{number}' is a {level} level, but no {LEVELS[rank - 1]} level is open.",
                f"Send HL*{CODE_OF_LEVEL.get(LEVELS[rank - 1], '20')} before it.",
                element="HL03",
                found=code,
            )
        elif above != parent.number:
            due = f"'{parent.number}'" if parent.number else "blank"
            self.report(
                "INT-0013",
                segment,
                f"HL02 names '{above}' as parent; the open {parent.loop.id} level is {due}.",
                "Give the HL01 of the level that this one stands under.",
                element="HL02",
                expected=parent.number,
                found=above,
            )
        if parent.rank and parent.loop.segments[0].get(4) == "0":
            self.report(
                "INT-0013",
                segment,
                f"HL '{parent.number}' says by HL04 that it has no level beneath, but HL '{number}' stands beneath it.",
                "Set HL04 of the upper level to 1.",
                element="HL04",
                expected="1",
                found="0",
            )
        if rank == len(LEVELS) - 1 and child == "1":
            self.report(
                "INT-0013",
                segment,
                "HL04 announces a level beneath the patient; there is none.",
                "Set HL04 to 0.",
                element="HL04",
                expected="0",
                found="1",
            )

    def _tell_header(self) -> Iterator[Event]:
        self._header_told = True
        yield Event("header", self.levels[0])

    def _close_claim(self) -> Iterator[Event]:
        claim = self.claim
        if claim is None:
            return
        self.claim = None
        yield Event("claim", claim)
        _let_go(claim.loop)

    def _close_levels(self, rank: int) -> Iterator[Event]:
        """Close the claim and every level at ``rank`` or further in."""
        if self.claim is not None:
            yield from self._close_claim()
        while self.levels and self.levels[-1].rank >= rank:
            scope = self.levels[-1]
            self._stand(scope.node, scope.loop)
            if scope.rank in (1, 2) and not scope.has_child and scope.loop.segments[0].get(4) == "1":
                self.report(
                    "INT-0013",
                    scope.loop.segments[0],
                    f"HL '{scope.number}' says by HL04 that a level stands beneath it; none does.",
                    "Set HL04 to 0.",
                    element="HL04",
                    expected="0",
                    found="1",
                )
            self.levels.pop()
            yield Event("level", scope)
            _let_go(scope.loop)

    def _stray(self, segment: Segment) -> Iterator[Event]:
        """A segment that has no step here: of the envelope, misspelt, late, or unknown."""
        name = segment.elements[0]
        if name in ENVELOPE:
            yield Event("envelope", segment=segment)
            return
        right = name.strip().upper()
        known = right in ENVELOPE or right in self.table.names
        if self.skipping and right not in ENVELOPE:
            return
        if right != name and known:
            segment.elements[0] = right
            yield from self.feed([segment])
            if self.claim is not None or self.levels:
                self.report(
                    "INT-0005",
                    segment,
                    f"The segment name '{name}' is not in capitals.",
                    f"Write {right}.",
                    expected=right,
                    found=name,
                )
            return
        if not self.levels:
            self.begin(self.table, None)
            self.report(
                "INT-0005",
                segment,
                f"{_label(segment)} stands outside a transaction set.",
                "Put the claims between ST and SE.",
                expected="ST",
                found=name,
            )
            yield from self.feed([segment])
            return
        node, loop = self._node.parent, self._loop.parent
        while node is not None and loop is not None and name not in node.has:
            node, loop = node.parent, loop.parent
        if node is not None and loop is not None:
            loop.segments.append(segment)
            self._late(segment, loop.id)
            return
        self._loop.segments.append(segment)
        if name in self.table.names:
            self.report(
                "INT-0005",
                segment,
                f"{_label(segment)} does not belong in loop {self._loop.id}.",
                "Move it to the loop that the guide has it in.",
                found=name,
            )
        else:
            self.report(
                "INT-0005",
                segment,
                f"'{name[:20]}' is no segment of an 837.",
                "Remove it, or correct its name.",
                found=name[:20],
            )

    def _late(self, segment: Segment, home: str) -> None:
        self.report(
            "INT-0005",
            segment,
            f"{_label(segment)} of loop {home} stands after loop {self._loop.id}.",
            f"Send it before loop {self._loop.id}.",
            found=segment.elements[0],
        )


def line_number(loop: Loop | None) -> int | None:
    """The number of the service line that ``loop`` is or stands in: LX01, else its position among the lines."""
    while loop is not None and loop.id != LINE:
        loop = loop.parent
    if loop is None:
        return None
    first = loop.segments[0]
    text = first.get(1)
    if first.elements[0] == "LX" and text.isascii() and text.isdecimal() and len(text) <= 6:
        return int(text)
    lines = [child for child in loop.parent.children if child.id == LINE] if loop.parent is not None else []
    return next((at for at, line in enumerate(lines, 1) if line is loop), None)


def _let_go(loop: Loop) -> None:
    """Take a finished loop out of its parent, and undo the cycles inside so that it is freed at once."""
    if loop.parent is not None:
        loop.parent.children.pop()
    _cut(loop)


def _cut(loop: Loop) -> None:
    loop.parent = None
    for child in loop.children:
        _cut(child)


def _label(segment: Segment) -> str:
    """The segment's name, with its qualifier where it is named by one."""
    name = segment.elements[0]
    return f"{name}*{segment.get(1)[:12]}" if name in ("NM1", "REF", "DTP", "AMT", "PRV") else name[:20]

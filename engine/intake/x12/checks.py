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
from engine.intake.x12.plan import LoopPlan, SegmentPlan, matcher, plan_loops
from engine.intake.x12.segments import Loop, Separators
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


def check_loop(  # noqa: C901, PLR0912 - one pass, kept flat: it runs for every segment of every claim
    loop: Loop, guide: Guide, separators: Separators
) -> list[IntakeFinding]:
    """What is wrong with one instance of a loop, in the order of the file.

    Nothing for a loop that the guide does not know.
    """
    plan = plan_loops(guide.file, separators.element, separators.component).get(loop.id)
    if plan is None:
        return []
    findings: list[IntakeFinding] = []
    mark = separators.element
    names = plan.names
    seen = 0
    last = 0
    counts: dict[int, int] = {}
    for segment in loop.segments:
        elements = segment.elements
        named = names.get(elements[0])
        if named is None:
            if elements[0] not in ENVELOPE:
                findings.append(unknown_segment(loop, segment, guide))
            continue
        key = elements[named.at] if named.at < len(elements) else ""
        if named.composite:
            key = key.partition(separators.component)[0]
        uses = named.uses.get(key)
        if uses is None:
            findings.append(unknown_qualifier(loop, segment, named, key))
            continue
        use = uses[0]
        if matcher(use.pattern)(mark.join(elements)) is None or (
            len(elements) > use.notes_from and not holds_notes(use.notes, elements)
        ):
            place = Place(loop=loop, segment=segment, guide=guide, separators=separators, line=line_of(loop))
            use = examine(place, uses, findings)
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


def check_header(loop: Loop, guide: Guide, separators: Separators) -> list[IntakeFinding]:
    """As ``check_loop`` for the ST loop, to be asked before its levels are read."""
    return check_loop(loop, guide, separators)


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

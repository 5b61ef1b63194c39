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
    missing_loop,
    missing_segment,
    misplaced,
    repeated,
    repeated_loop,
    unknown_qualifier,
    unknown_segment,
)

ENVELOPE: Final = frozenset({"ISA", "GS", "ST", "SE", "GE", "IEA", "TA1"})
NONE_REPORTED: Final[frozenset[int]] = frozenset()


def check_loop(  # noqa: C901, PLR0912 - one pass, kept flat: it runs for every segment of every claim
    loop: Loop, guide: Guide, separators: Separators, reported: frozenset[int] = NONE_REPORTED
) -> list[IntakeFinding]:
    """What is wrong with one instance of a loop, in the order of the file.

    A loop that the guide does not know gives nothing. ``reported`` are the indexes of segments that the reader has
    reported already because they stood in the wrong place: their place is not reported again.
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
            if elements[0] not in ENVELOPE and segment.index not in reported:
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
        if use.position >= last:
            last = use.position
        elif segment.index not in reported:
            findings.append(misplaced(loop, segment))
        if seen & use.bit:
            counts[use.bit] = number = counts.get(use.bit, 1) + 1
            if number == use.most + 1:
                findings.append(repeated(loop, segment, use))
        seen |= use.bit
    if seen & plan.required != plan.required:
        missing = [use for use in plan.plans if use.fact.usage == "R" and not seen & use.bit]
        if missing[0] is plan.plans[0] and loop.segments and loop.segments[0].index in reported:
            del missing[0]  # the reader said that the loop opens without it
        report_missing(loop, missing, guide, findings)
    if loop.children or plan.has_required_child:
        check_children(loop, plan, findings)
    return findings


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


def report_missing(loop: Loop, missing: list[SegmentPlan], guide: Guide, findings: list[IntakeFinding]) -> None:
    """Report required segments that were not seen, apart from one that is there under a qualifier reported already."""
    unread = {f.at.element for f in findings if f.rule in {"INT-0008", "INT-0011"}}
    for use in missing:
        under_other_code = bool(use.fact.elements[0].parts) and f"{use.fact.name}01-1" in unread
        if not under_other_code and use.fact.name not in ENVELOPE:
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

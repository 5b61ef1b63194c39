"""The findings about segments and loops as a whole: unknown, out of order, repeated, missing."""

from __future__ import annotations

from engine.intake.reading import IntakeFinding, Spot
from engine.intake.x12.guide import Guide, SegmentFact
from engine.intake.x12.plan import NamePlan, SegmentPlan
from engine.intake.x12.segments import Loop, Segment
from engine.intake.x12.wording import code_list, names_of, qualified, shown


def unknown_segment(loop: Loop, segment: Segment, guide: Guide) -> IntakeFinding:
    """A segment whose name the loop does not know."""
    name = shown(segment.elements[0]) or "without a name"
    return IntakeFinding(
        rule="INT-0005",
        says=f"Segment {name} is not used in loop {loop.id}.",
        fix=f"Remove {name}, or move it to the loop where the guide has it.",
        at=Spot(loop=loop.id, segment=segment.index, line=line_of(loop)),
        expected=code_list(dict.fromkeys(fact.name for fact in guide.loops[loop.id].segments)),
        found=name,
    )


def unknown_qualifier(loop: Loop, segment: Segment, named: NamePlan, value: str) -> IntakeFinding:
    """A segment that the loop knows under other qualifiers."""
    name = segment.elements[0]
    element = f"{name}01-1" if named.composite else f"{name}01"
    missing = not value.strip()
    known = code_list(named.uses)
    return IntakeFinding(
        rule="INT-0008" if missing else "INT-0011",
        says=f"{element} is blank, so this {name} cannot be told from the others in loop {loop.id}."
        if missing
        else f"{element} is {shown(value)}, which loop {loop.id} does not use in {name}.",
        fix=f"Give {element} one of the guide's qualifiers: {known}.",
        at=Spot(loop=loop.id, segment=segment.index, element=element, line=line_of(loop)),
        snip=1 if missing else 2,
        expected=known,
        found=shown(value),
    )


def misplaced(loop: Loop, segment: Segment) -> IntakeFinding:
    """A known segment that stands after one it must precede."""
    name = qualified(segment)
    return IntakeFinding(
        rule="INT-0005",
        says=f"{name} stands too late in loop {loop.id}; the guide has it earlier.",
        fix=f"Put the segments of loop {loop.id} in the guide's order.",
        at=Spot(loop=loop.id, segment=segment.index, line=line_of(loop)),
        found=name,
    )


def repeated(loop: Loop, segment: Segment, use: SegmentPlan) -> IntakeFinding:
    """The first segment over the limit of its use."""
    name = qualified(segment)
    return IntakeFinding(
        rule="INT-0006",
        says=f"{name} is given more often than loop {loop.id} allows: {times(use.most)} at most.",
        fix=f"Keep {use.most} of these {use.fact.name} segments, or split the claim.",
        at=Spot(loop=loop.id, segment=segment.index, line=line_of(loop)),
        expected=f"at most {use.most}",
        found=f"more than {use.most}",
    )


def repeated_loop(loop: Loop, child: Loop, most: int) -> IntakeFinding:
    """The first loop over the limit."""
    return IntakeFinding(
        rule="INT-0006",
        says=f"Loop {child.id} is given more often than loop {loop.id} allows: {times(most)} at most.",
        fix=f"Keep {most} of loop {child.id}, or split the claim.",
        at=Spot(loop=child.id, segment=first_index(child), line=line_of(child)),
        expected=f"at most {most}",
        found=str(sum(other.id == child.id for other in loop.children)),
    )


def missing_segment(loop: Loop, fact: SegmentFact, guide: Guide) -> IntakeFinding:
    """A required segment that is not there."""
    name = names_of(fact, guide)
    return IntakeFinding(
        rule="INT-0007",
        says=f"Loop {loop.id} has no {name} segment; the guide requires it.",
        fix=f"Add {name} to loop {loop.id}.",
        at=Spot(loop=loop.id, segment=first_index(loop), element=fact.name, line=line_of(loop)),
        expected=name,
    )


def missing_loop(loop: Loop, name: str) -> IntakeFinding:
    """A required loop that is not there."""
    return IntakeFinding(
        rule="INT-0007",
        says=f"Loop {loop.id} has no loop {name}; the guide requires it.",
        fix=f"Add loop {name} to loop {loop.id}.",
        at=Spot(loop=name, segment=first_index(loop), line=line_of(loop)),
        expected=name,
    )


def times(number: int) -> str:
    """``once`` or ``5 times``."""
    return "once" if number == 1 else f"{number} times"


def first_index(loop: Loop) -> int | None:
    """The index of the loop's first segment, where findings about what is missing point."""
    return loop.first if loop.texts else None


def line_of(loop: Loop | None) -> int | None:
    """The service line's number (LX01) of the line that ``loop`` is or lies in."""
    while loop is not None and loop.id != "2400":
        loop = loop.parent
    if loop is None or not loop.texts or loop.texts[0].name != "LX":
        return None
    number = loop.texts[0].get(1)
    return int(number[:6]) if number.isascii() and number.isdigit() else None

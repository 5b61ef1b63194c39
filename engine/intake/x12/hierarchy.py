"""HL segments: which level they open, and what is wrong with their numbers (INT-0013)."""

from __future__ import annotations

from typing import Final

from engine.intake.reading import IntakeFinding, Spot
from engine.intake.x12.loop_table import LEVELS
from engine.intake.x12.scope import Scope
from engine.intake.x12.segments import Segment

LEVEL_OF_CODE: Final = {"20": "2000A", "22": "2000B", "23": "2000C"}
CODE_OF_LEVEL: Final = {level: code for code, level in LEVEL_OF_CODE.items()}
INNERMOST: Final = len(LEVELS) - 1
MOST_DIGITS: Final = 12
"""Digits of HL01 that are still believed."""

PARENT, CODE, CHILD = 2, 3, 4
"""Elements of HL."""


def level_of(segment: Segment, levels: list[Scope]) -> str:
    """The level an HL opens: by HL03, else one inside its parent, else the outermost when it has no parent."""
    level = LEVEL_OF_CODE.get(segment.get(CODE))
    if level is not None:
        return level
    parent = segment.get(PARENT)
    if not parent:
        return LEVELS[1]
    ranks = [scope.rank for scope in levels if scope.number == parent]
    return LEVELS[min(ranks[-1] + 1, INNERMOST)] if ranks else LEVELS[2]


def next_number(segment: Segment, expected: int) -> int:
    """The HL01 that is due after this HL, which resets the count where it is a number."""
    number = segment.get(1)
    return (int(number) if number.isascii() and number.isdecimal() and len(number) <= MOST_DIGITS else expected) + 1


def level_faults(segment: Segment, parent: Scope, level: str, expected: str) -> list[IntakeFinding]:
    """What is wrong with an HL that opens ``level`` under ``parent`` when HL01 should be ``expected``."""
    elements = segment.elements
    code, child = segment.get(CODE), segment.get(CHILD)
    rank = LEVELS.index(level)
    right = (
        elements[1:2] == [expected]
        and code in LEVEL_OF_CODE
        and parent.rank == rank - 1
        and elements[PARENT] == parent.number
    )
    faults = [] if right else _wrong_numbers(segment, parent, level, expected)
    if parent.rank and parent.loop.texts[0].get(CHILD) == "0":
        says = (
            f"HL '{parent.number}' says by HL04 that it has no level beneath, but HL '{segment.get(1)}' is beneath it."
        )
        faults.append(_fault(says, "Set HL04 of the upper level to 1.", "HL04", "1", "0"))
    if rank == INNERMOST and child == "1":
        says = "HL04 announces a level beneath the patient; there is none."
        faults.append(_fault(says, "Set HL04 to 0.", "HL04", "0", "1"))
    return faults


def childless_fault(scope: Scope) -> IntakeFinding | None:
    """The fault of a level that announced a level beneath it and closes without one."""
    if not 0 < scope.rank < INNERMOST or scope.has_child or scope.loop.texts[0].get(CHILD) != "1":
        return None
    says = f"HL '{scope.number}' says by HL04 that a level stands beneath it; none does."
    return _fault(says, "Set HL04 to 0.", "HL04", "0", "1")


def _wrong_numbers(segment: Segment, parent: Scope, level: str, expected: str) -> list[IntakeFinding]:
    number, above, code = segment.get(1), segment.get(PARENT), segment.get(CODE)
    rank = LEVELS.index(level)
    faults: list[IntakeFinding] = []
    if code not in LEVEL_OF_CODE:
        says = f"HL03 is '{code}', which is no level of a claim; read as {level}."
        faults.append(
            _fault(says, "Use 20 billing provider, 22 subscriber or 23 patient.", "HL03", "20, 22 or 23", code)
        )
    if number != expected:
        says = f"HL01 is '{number}'; levels count up by one, so {expected} was due."
        faults.append(_fault(says, "Number the HL segments 1, 2, 3 … within each ST.", "HL01", expected, number))
    if parent.rank != rank - 1:
        missing = LEVELS[rank - 1]
        says = f"HL '{number}' opens level {level}, but no level {missing} is open."
        fix = f"Send the HL segment with level code {CODE_OF_LEVEL.get(missing, '20')} before it."
        faults.append(_fault(says, fix, "HL03", CODE_OF_LEVEL.get(missing, ""), code))
    elif above != parent.number:
        due = f"that of the open level {parent.loop.id} is '{parent.number}'" if parent.number else "it must be blank"
        says = f"HL02 names '{above}' as parent; {due}."
        faults.append(_fault(says, "Give the HL01 of the level above.", "HL02", parent.number, above))
    return faults


def _fault(says: str, fix: str, element: str, expected: str, found: str) -> IntakeFinding:
    return IntakeFinding(
        rule="INT-0013", says=says, fix=fix, at=Spot(element=element), expected=expected, found=found[:40]
    )

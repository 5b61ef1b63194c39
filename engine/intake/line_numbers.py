"""Service lines are told apart by their numbers: lines that share one are numbered anew, and that is said."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from msgspec.structs import replace

from engine.claim.model import Claim
from engine.intake.reading import IntakeFinding, Spot


def told_apart(claim: Claim, findings: Sequence[IntakeFinding]) -> tuple[Claim, tuple[IntakeFinding, ...]]:
    """The claim with lines of different numbers, and the findings: by the new numbers, with one more that says so.

    Findings name lines by number, and rules join what belongs to a line by it. Lines that repeat a number would be
    taken for one, and a claim of many such lines would take minutes.
    """
    numbers = [line.number for line in claim.lines]
    if len(set(numbers)) == len(numbers):
        return claim, tuple(findings)
    seen: set[int] = set()
    again = next(place for place, number in enumerate(numbers) if number in seen or seen.add(number))  # type: ignore[func-returns-value]
    lines = tuple(replace(line, number=place) for place, line in enumerate(claim.lines, start=1))
    origin = claim.lines[again].origin
    at = Spot(
        loop=origin.loop,
        segment=origin.segments.get("LX"),
        element="LX01" if "LX" in origin.segments else "",
        path=origin.path,
        line=again + 1,
    )
    said = IntakeFinding(
        rule="INT-0018",
        says=f"Line number {numbers[again]} stands on more than one line; the {len(lines)} lines count from 1 here.",
        fix="Number the lines from 1 in steps of 1.",
        at=at,
        severity="warning",
        snip=2,
        expected=str(again + 1),
        found=str(numbers[again]),
    )
    starts = [line.origin.segments.get("LX", 0) for line in lines]
    return replace(claim, lines=lines), (*(_moved(finding, starts) for finding in findings), said)


def _moved(finding: IntakeFinding, starts: Sequence[int]) -> IntakeFinding:
    """A finding on a line of X12 with the line's new number, by the segments at which the lines begin."""
    at = finding.at
    if at.line is None or at.segment is None:
        return finding
    return replace(finding, at=replace(at, line=bisect_right(starts, at.segment)))

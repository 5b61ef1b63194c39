"""The service line on which a finding of a JSON claim lies."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from engine.claim.model import Claim
from engine.intake.reading import IntakeFinding


def with_lines(findings: Iterable[IntakeFinding], claim: Claim) -> tuple[IntakeFinding, ...]:
    """The findings, each with the number of the line in whose path (``Claim.item[0]``, ``$.lines[0]``) it lies."""
    numbers = {line.origin.path: line.number for line in claim.lines}
    placed = []
    for finding in findings:
        head, bracket, _ = finding.at.path.partition("]")
        number = numbers.get(head + bracket)
        placed.append(finding if number is None else replace(finding, at=replace(finding.at, line=number)))
    return tuple(placed)

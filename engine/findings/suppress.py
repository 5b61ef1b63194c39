"""Findings that another at the same place makes noise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.findings.report import Finding, Suppressed
from engine.rulebook.rule import Rule


def suppress(
    findings: Sequence[Finding], rules: Mapping[str, Rule]
) -> tuple[tuple[Finding, ...], tuple[Suppressed, ...]]:
    """Leave out each finding that another on the same part of the claim makes noise.

    Which others those are, the finding's rule names in ``suppressed_by``. A shadow finding never hides a stable one:
    the suppressor must be stable, or the finding be in testing itself.
    """
    if not any(found.rule in rules and rules[found.rule].suppressed_by for found in findings):
        return tuple(findings), ()
    places: dict[tuple[str, tuple[object, ...]], Finding] = {(f.rule, _part(f)): f for f in findings}
    kept: list[Finding] = []
    left_out: list[Suppressed] = []
    for finding in findings:
        rule = rules.get(finding.rule)
        others = [places.get((other, _part(finding))) for other in (rule.suppressed_by if rule else ())]
        by = next((o for o in others if o and (o.status == "stable" or finding.status == "testing")), None)
        if by:
            left_out.append(Suppressed(finding.rule, finding.at.words(), by.rule))
        else:
            kept.append(finding)
    return tuple(kept), tuple(left_out)


def _part(finding: Finding) -> tuple[object, ...]:
    at = finding.at
    return (at.line, at.diagnosis, at.provider, at.part)

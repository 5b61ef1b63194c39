"""Score, verdict and cents at risk, in the open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from engine.claim.model import Claim
from engine.findings.report import Factor, Finding, Verdict

REJECTIONS = ("claim_rejection", "return_to_provider")
DENIALS = ("claim_denial", "line_denial", "line_rejection")
HUNDRED = 100

Likelihood = Mapping[tuple[str, str], int]
"""(disposition, severity) to denial likelihood in percent."""


def factors(findings: Iterable[Finding], likelihood: Likelihood) -> tuple[Factor, ...]:
    """One factor for each distinct (rule, place) of the stable findings."""
    found: dict[tuple[str, str], Factor] = {}
    for finding in findings:
        if finding.status == "stable":
            place = finding.at.words()
            percent = likelihood.get((finding.disposition, finding.severity), 0)
            found.setdefault((finding.rule, place), Factor(finding.rule, place, percent))
    return tuple(found.values())


def score(parts: Iterable[Factor]) -> int:
    """100 times the product of (1 - p), rounded: 100 is clean.

    >>> score([Factor("A", "x", 50), Factor("B", "y", 50)])
    25
    """
    passing, whole = HUNDRED, 1
    for part in parts:
        passing *= HUNDRED - part.percent
        whole *= HUNDRED
    return passing if whole == 1 else round(Fraction(passing, whole))


def verdict(findings: Sequence[Finding]) -> Verdict:
    """``will_reject`` before ``will_deny`` before ``review`` before ``clean``; only stable findings count.

    A line that is rejected is not paid: it counts with the denials.
    """
    stable = [f for f in findings if f.status == "stable"]
    errors = {f.disposition for f in stable if f.severity == "error"}
    if errors.intersection(REJECTIONS):
        return "will_reject"
    if errors.intersection(DENIALS):
        return "will_deny"
    if errors or any(f.severity == "warning" or f.disposition in ("suspend", "documentation_request") for f in stable):
        return "review"
    return "clean"


def finding_cents(claim: Claim, line: int | None, severity: str, status: str) -> int:
    """The charge that a finding puts at risk: its line's, or the claim's; none for advice and shadow findings."""
    if severity == "info" or status != "stable":
        return 0
    if line is None:
        return max(claim.total_charge_cents or 0, 0)
    return max(sum(part.charge_cents or 0 for part in claim.lines if part.number == line), 0)


def claim_cents(claim: Claim, findings: Iterable[Finding]) -> int:
    """Cents at risk of the whole claim, each counted once, never more than the claim charges."""
    total = 0
    lines: dict[int, int] = {}
    for finding in findings:
        if finding.cents_at_risk and finding.at.line is None:
            total = max(total, finding.cents_at_risk)
        elif finding.cents_at_risk and finding.at.line is not None:
            lines[finding.at.line] = finding.cents_at_risk
    at_risk = total or sum(lines.values())
    return (
        min(at_risk, claim.total_charge_cents) if claim.total_charge_cents and claim.total_charge_cents > 0 else at_risk
    )

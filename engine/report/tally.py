"""Counts over a whole run, for the summary and the exit status; the memory it needs does not grow with the claims."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from engine.claim.model import Claim
from engine.findings.report import ClaimReport, InputFinding
from engine.findings.score import claim_cents
from engine.report.words import reason_kind


class Tally:
    """What a run has seen so far. Findings of rules in testing are counted by rule, but not by severity."""

    def __init__(self) -> None:
        self.files = 0
        self.unusable = 0
        self.claims = 0
        self.verdicts: Counter[str] = Counter()
        self.charge_cents = 0
        self.cents_at_risk = 0
        self.severities: Counter[str] = Counter()
        self.input_findings = 0
        self.rule_claims: Counter[str] = Counter()
        self.rule_cents: Counter[str] = Counter()
        self.not_judged: Counter[str] = Counter()
        self.remarks: Counter[str] = Counter()

    def add(self, report: ClaimReport, claim: Claim) -> None:
        """Count a claim."""
        self.claims += 1
        self.verdicts[report.verdict] += 1
        self.charge_cents += report.charge_cents or 0
        self.cents_at_risk += report.cents_at_risk
        self.severities.update(finding.severity for finding in report.findings if finding.status == "stable")
        for rule in {finding.rule for finding in report.findings}:
            self.rule_claims[rule] += 1
            self.rule_cents[rule] += claim_cents(claim, [f for f in report.findings if f.rule == rule])
        self.not_judged.update(dict.fromkeys((reason_kind(m.because) for m in report.coverage.not_evaluated), 1))
        self.remarks.update(report.coverage.remarks)

    def add_input(self, finding: InputFinding) -> None:
        """Count a problem outside any claim."""
        self.input_findings += 1
        self.severities[finding.severity] += 1
        self.rule_claims.setdefault(finding.rule, 0)

    def failing(self, fail_on: str) -> bool:
        """Whether anything at or above ``error`` or ``warning`` was found; nothing is for ``never``."""
        return failing(self.severities, fail_on)


def failing(severities: Collection[str], fail_on: str) -> bool:
    """Whether one of the severities is at or above ``error`` or ``warning``; none is for ``never``."""
    levels = {"error": ("error",), "warning": ("error", "warning")}.get(fail_on, ())
    return any(level in severities for level in levels)

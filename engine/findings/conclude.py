"""An examined claim to its report: findings, suppression, score, verdict, coverage."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterator, Mapping, Sequence

from engine.facts.fact import Fact
from engine.findings.coverage import doubtful
from engine.findings.examine import Examined, Examiner, Outcome
from engine.findings.report import ClaimReport, Coverage, Finding, NotEvaluated
from engine.findings.score import Likelihood, claim_cents, factors, score, verdict
from engine.findings.suppress import suppress
from engine.rulebook.rule import Rule
from engine.rulebook.scoring import Scoring

SEVERITIES = ("error", "warning", "info")


def conclude(examiner: Examiner, examined: Examined, structural: Sequence[Finding]) -> ClaimReport:
    """The report of a claim; ``structural`` are the findings of the reader."""
    claim = examined.claim
    kept, left_out = suppress([*structural, *rule_findings(examiner, examined)], examiner.rules)
    day = examiner.setting.received_on if examined.day is None else examined.day
    parts = factors(kept, likelihood(examiner.setting.rulebook.scoring, day))
    return ClaimReport(
        claim_id=claim.patient_control_number,
        claim_type=claim.claim_type,
        payer=examined.payer.slug,
        source=claim.source,
        verdict=verdict(kept),
        score=score(parts),
        charge_cents=claim.total_charge_cents,
        cents_at_risk=claim_cents(claim, kept),
        findings=tuple(sorted(kept, key=_reading_order)),
        coverage=coverage(examiner, examined),
        factors=parts,
        suppressed=left_out,
    )


def rule_findings(examiner: Examiner, examined: Examined) -> list[Finding]:
    """The findings of a claim, one for each match whose place or message differs."""
    found: dict[tuple[str, object, str], Finding] = {}
    for finding, _, _ in bound_findings(examiner, examined):
        found.setdefault((finding.rule, finding.at, finding.says), finding)
    return list(found.values())


def bound_findings(examiner: Examiner, examined: Examined) -> Iterator[tuple[Finding, Rule, Mapping[str, Fact]]]:
    """What each match finds, with its rule and the facts that matched, by their names in ``when``."""
    for rule_id, facts in examined.found:
        rule = examiner.rules[rule_id]
        bound = {pattern.name: fact for pattern, fact in zip(rule.condition.when, facts, strict=True)}
        change = examined.scope.changes.get(rule_id)
        made = examiner.maker(rule_id).make(facts, examined.claim, examined.payer_fact, examined.used, change)
        yield made, rule, bound


def coverage(examiner: Examiner, examined: Outcome) -> Coverage:
    """Which rules were judged (found or passed), and why the others were not."""
    if examined.failure:
        return Coverage(0, tuple(NotEvaluated(rule, examined.failure) for rule in examiner.rules))
    scope = examined.scope
    doubts = [NotEvaluated(doubt.rule, doubtful(doubt)) for doubt in examined.doubts]
    evaluated = len(examiner.rules) - len(scope.reasons) - len(doubts)
    not_evaluated = list(scope.not_evaluated)
    for doubt in doubts:
        insort(not_evaluated, doubt)
    return Coverage(evaluated, tuple(not_evaluated), scope.remarks)


def likelihood(scoring: Sequence[Scoring], day: int) -> Likelihood:
    """The scoring table in force on a day; the oldest one before it began."""
    return ([table for table in scoring if table.first_day <= day] or [scoring[0]])[-1].likelihood


def _reading_order(finding: Finding) -> tuple[int, int, int, str]:
    """Claim findings first, then line by line; the worst first; then by rule."""
    return (finding.at.line or 0, SEVERITIES.index(finding.severity), finding.at.diagnosis or 0, finding.rule)

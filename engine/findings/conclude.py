"""An examined claim to its report: findings, suppression, score, verdict, coverage."""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial

from engine.claim.model import Claim
from engine.facts.fact import Fact
from engine.findings.coverage import doubtful
from engine.findings.examine import Examined, Examiner, Outcome
from engine.findings.place import place
from engine.findings.report import ClaimReport, Coverage, Finding, FindingAt, NotEvaluated
from engine.findings.score import Likelihood, claim_cents, factors, score, verdict
from engine.findings.suppress import suppress
from engine.rulebook.rule import At, Rule
from engine.rulebook.scoring import Scoring

SEVERITIES = ("error", "warning", "info")

Bound = tuple[Finding, Rule, Mapping[str, Fact]]
"""A finding with its rule and the facts that matched, by their names in ``when``."""


def conclude(examiner: Examiner, examined: Examined, structural: Sequence[Finding]) -> ClaimReport:
    """The report of a claim; ``structural`` are the findings of the reader."""
    claim = examined.claim
    kept, left_out = suppress([*structural, *distinct(claim_findings(examiner, examined))], examiner.rules)
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


def claim_findings(examiner: Examiner, examined: Examined) -> Iterator[Bound]:
    """What each match on a claim finds."""
    return bound_findings(examiner, examined, partial(place, examined.claim), examined.claim)


def bound_findings(
    examiner: Examiner, examined: Outcome, where: Callable[[At, Fact], FindingAt], claim: Claim | None = None
) -> Iterator[Bound]:
    """What each match finds; ``where`` tells the place of a fact in the claim or encounter."""
    for rule_id, facts in examined.found:
        maker = examiner.maker(rule_id)
        rule = maker.rule
        bound = {pattern.name: fact for pattern, fact in zip(rule.condition.when, facts, strict=True)}
        change = examined.scope.changes.get(rule_id)
        at = where(rule.at, bound[rule.at.name])
        yield maker.make(at, bound, examined.payer_fact, examined.used, change, claim), rule, bound


def distinct(found: Iterable[Bound]) -> list[Finding]:
    """The findings, of those of one rule with the same place and message the first."""
    kept: dict[tuple[str, object, str], Finding] = {}
    for finding, _, _ in found:
        kept.setdefault((finding.rule, finding.at, finding.says), finding)
    return list(kept.values())


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

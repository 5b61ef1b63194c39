"""What a change of the rules does to a file of claims: findings gained and lost, verdicts, money at risk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from msgspec import Struct

from engine.check import Checker
from engine.findings.report import ClaimReport
from engine.intake.reading import ReadClaim

Place = tuple[str, str, str]
"""A finding as far as it matters for comparison: rule, place in words, message."""


class RuleImpact(Struct, frozen=True, kw_only=True):
    """One rule: findings gained and lost, the number of claims with either, and one of them."""

    rule: str
    gained: int
    lost: int
    claims: int
    example: str


class Impact(Struct, frozen=True, kw_only=True):
    """What a change does to all claims. Money is the cents at risk over all claims, before and after."""

    claims: int
    changed: int
    rules: tuple[RuleImpact, ...]
    verdicts: dict[str, int]
    cents_before: int
    cents_after: int


def impact(claims: Iterable[ReadClaim], old: Checker, new: Checker) -> Impact:
    """Check each claim under both rulebooks and compare."""
    gained: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    touched: dict[str, list[str]] = {}
    verdicts: Counter[str] = Counter()
    total = changed = before_cents = after_cents = 0
    for item in claims:
        before, after = old.check_claim(item), new.check_claim(item)
        total += 1
        before_cents += before.cents_at_risk or 0
        after_cents += after.cents_at_risk or 0
        if before.verdict != after.verdict:
            verdicts[f"{before.verdict} -> {after.verdict}"] += 1
        one, other = places(before), places(after)
        come, gone = other - one, one - other
        gained.update(_by_rule(come))
        lost.update(_by_rule(gone))
        for rule in {place[0] for place in (*come, *gone)}:
            touched.setdefault(rule, []).append(before.claim_id)
        changed += bool(come or gone) or before.verdict != after.verdict
    rules = [
        RuleImpact(rule=rule, gained=gained[rule], lost=lost[rule], claims=len(ids), example=ids[0])
        for rule, ids in sorted(touched.items())
    ]
    return Impact(
        claims=total,
        changed=changed,
        rules=tuple(rules),
        verdicts=dict(sorted(verdicts.items())),
        cents_before=before_cents,
        cents_after=after_cents,
    )


def places(report: ClaimReport) -> set[Place]:
    """The findings of a report."""
    return {(found.rule, found.at.words(), found.says) for found in report.findings}


def _by_rule(found: Iterable[Place]) -> Counter[str]:
    return Counter(place[0] for place in found)

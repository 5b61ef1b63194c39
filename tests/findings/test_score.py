"""Score, verdict, cents at risk, suppression."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec import structs

from engine.claim.model import Claim, ServiceLine
from engine.findings.report import Factor, Finding, FindingAt
from engine.findings.score import claim_cents, factors, finding_cents, score, verdict
from engine.findings.suppress import suppress
from engine.rulebook.book import Rulebook

BASE = Finding(
    rule="A-1", name="a", severity="error", disposition="line_denial", category="units", snip=5, status="stable",
    pack="p", at=FindingAt(line=1, field="units"), says="s", fix="f", cents_at_risk=100,
)  # fmt: skip
CLAIM = Claim(
    claim_type="professional",
    total_charge_cents=300,
    lines=(ServiceLine(number=1, charge_cents=100), ServiceLine(number=2, charge_cents=200)),
)
LIKELIHOOD = {("line_denial", "error"): 70, ("claim_denial", "error"): 85}


def found(**changes: object) -> Finding:
    return structs.replace(BASE, **changes)


@pytest.mark.parametrize(
    ("findings", "expected"),
    [
        ([], "clean"),
        ([found(severity="info", disposition="informational")], "clean"),
        ([found(severity="warning")], "review"),
        ([found(severity="info", disposition="suspend")], "review"),
        ([found(disposition="suspend")], "review"),
        ([found()], "will_deny"),
        ([found(disposition="line_rejection")], "will_deny"),
        ([found(), found(disposition="return_to_provider")], "will_reject"),
        ([found(status="testing", disposition="claim_rejection")], "clean"),
    ],
)
def test_verdict(findings: list[Finding], expected: str) -> None:
    assert verdict(findings) == expected


def test_each_rule_and_place_counts_once_and_shadows_do_not() -> None:
    parts = factors(
        [
            found(),
            found(says="other words"),
            found(at=FindingAt(line=2, field="units")),
            found(status="testing", rule="B-1"),
        ],
        LIKELIHOOD,
    )
    assert [(p.rule, p.at, p.percent) for p in parts] == [("A-1", "line 1 units", 70), ("A-1", "line 2 units", 70)]
    assert score(parts) == 9


@pytest.mark.parametrize(("percents", "expected"), [([], 100), ([0], 100), ([100], 0), ([95, 95], 0), ([15], 85)])
def test_score(percents: list[int], expected: int) -> None:
    assert score([Factor("r", str(n), p) for n, p in enumerate(percents)]) == expected


@pytest.mark.parametrize(
    ("line", "severity", "status", "expected"),
    [
        (1, "error", "stable", 100),
        (None, "error", "stable", 300),
        (1, "info", "stable", 0),
        (1, "error", "testing", 0),
        (9, "error", "stable", 0),
    ],
)
def test_cents_of_a_finding(line: int | None, severity: str, status: str, expected: int) -> None:
    assert finding_cents(CLAIM, line, severity, status) == expected


def test_each_cent_counts_once() -> None:
    lines = [found(), found(rule="B-1"), found(at=FindingAt(line=2), cents_at_risk=200)]
    assert claim_cents(CLAIM, lines) == 300
    assert claim_cents(CLAIM, lines[:2]) == 100
    assert claim_cents(CLAIM, [*lines, found(at=FindingAt(field="x"), cents_at_risk=300)]) == 300


def test_suppression_at_the_same_part_only(load: Callable[[], Rulebook]) -> None:
    rule = structs.replace(load().rules[0], id="B-1", suppressed_by=("A-1",))
    here, elsewhere = (
        found(rule="B-1", at=FindingAt(line=1, field="procedure")),
        found(rule="B-1", at=FindingAt(line=2)),
    )
    kept, left_out = suppress([found(), here, elsewhere], {"B-1": rule})
    assert [(f.rule, f.at.line) for f in kept] == [("A-1", 1), ("B-1", 2)]
    assert [(s.rule, s.at, s.by) for s in left_out] == [("B-1", "line 1 procedure", "A-1")]


def test_a_shadow_finding_never_hides_a_stable_one(load: Callable[[], Rulebook]) -> None:
    rule = structs.replace(load().rules[0], id="B-1", suppressed_by=("A-1",))
    kept, _ = suppress([found(status="testing"), found(rule="B-1")], {"B-1": rule})
    assert [f.rule for f in kept] == ["A-1", "B-1"]

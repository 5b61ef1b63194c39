"""The parts of text reports that golden files show poorly."""

import io
from datetime import date
from decimal import Decimal

import pytest
from rich.console import Console

from engine.claim.model import Claim, Diagnosis, ServiceLine, Source
from engine.findings.report import ClaimReport, Coverage, Finding, FindingAt, NotEvaluated, X12At
from engine.report.claim_text import coverage, heading, write_claim
from engine.report.line_table import write_lines
from engine.report.page import Page
from engine.report.rule_words import readable
from engine.report.tally import Tally
from engine.report.words import where


def page():
    stream = io.StringIO()
    return Page(Console(file=stream, width=100, highlight=False, markup=False, emoji=False)), stream


def a_line(number, **fields):
    given = {"procedure": "99213", "charge_cents": 1000, "units": Decimal(1), "service_day": date(2026, 3, 5)}
    return ServiceLine(number=number, **(given | fields))


def a_finding(**fields):
    given = {
        "rule": "BIL-0001", "name": "units-not-positive", "severity": "error", "disposition": "line_rejection",
        "category": "units", "snip": 2, "status": "stable", "pack": "billing", "at": FindingAt(line=1, field="units"),
        "says": "Line 1 bills 0 units.", "fix": "Enter the units.", "cents_at_risk": 1000,
    }  # fmt: skip
    return Finding(**(given | fields))


def a_report(**fields):
    given = {
        "claim_id": "A1", "claim_type": "professional", "payer": "_base", "source": Source(file="a"),
        "verdict": "clean", "score": 100, "charge_cents": 5000, "cents_at_risk": 0, "coverage": Coverage(3),
    }  # fmt: skip
    return ClaimReport(**(given | fields))


def test_a_long_claim_shows_only_lines_with_findings():
    sheet, stream = page()
    claim = Claim(claim_type="professional", lines=tuple(a_line(n) for n in range(1, 31)))
    write_lines(sheet, claim, [a_finding(at=FindingAt(line=7))], indent=0)
    text = stream.getvalue()
    assert text.splitlines()[1].startswith("E     7")
    assert "29 other lines without findings" in text


def test_the_worst_severity_marks_a_line():
    sheet, stream = page()
    claim = Claim(claim_type="professional", lines=(a_line(1), a_line(2)))
    both = [a_finding(severity="info"), a_finding(), a_finding(severity="warning", at=FindingAt(line=2))]
    write_lines(sheet, claim, both, indent=0)
    assert [row[0] for row in stream.getvalue().splitlines()[1:]] == ["E", "W"]


def test_a_claim_without_lines_or_ids_can_be_shown():
    sheet, stream = page()
    write_claim(sheet, a_report(claim_id="", charge_cents=None), Claim(claim_type="dental"))
    assert "Claim (no id)" in stream.getvalue()


def test_coverage_groups_reasons_and_cuts_the_rest():
    missed = [NotEvaluated(f"R-{n}", f"reason {n % 5}") for n in range(12)]
    text = coverage(Coverage(evaluated=214, not_evaluated=tuple(missed)))
    assert text == "214 rules judged, 12 not: reason 0 (3), reason 1 (3), reason 2 (2), other reasons (4)."


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (FindingAt(), "Claim"),
        (FindingAt(line=2), "Line 2  0450 99283 25"),
        (FindingAt(line=9), "Line 9"),
        (FindingAt(diagnosis=1), "Diagnosis 1  E11.9"),
        (FindingAt(provider="other_operating", line=2), "Other operating provider on line 2"),
        (FindingAt(part="other_payer 1"), "Other payer 1"),
    ],
)
def test_findings_stand_under_their_part(at, words):
    claim = Claim(
        claim_type="institutional",
        diagnoses=(
            Diagnosis(position=1, code="E119", role="principal"),
            Diagnosis(position=1, code="I10", role="admitting"),
        ),
        lines=(a_line(2, procedure="99283", modifiers=("25",), revenue_code="0450"),),
    )
    assert heading(at, claim) == words


def test_a_place_is_box_and_element_or_path():
    x12 = FindingAt(
        line=1, form="CMS-1500 24G", fhir="Claim.item[0]", x12=X12At(loop="2400", segment=0, element="SV104")
    )
    assert where(x12) == "CMS-1500 24G; loop 2400 SV104; segment 0"
    assert where(FindingAt(fhir="Claim.item[0]")) == "Claim.item[0]"
    assert where(FindingAt()) == ""


def test_money_is_counted_once_a_rule_and_claim():
    tally = Tally()
    claim = Claim(claim_type="professional", total_charge_cents=5000, lines=(a_line(1), a_line(2)))
    findings = (a_finding(), a_finding(says="again"), a_finding(at=FindingAt(line=2)))
    tally.add(a_report(findings=findings, verdict="will_deny", cents_at_risk=2000), claim)
    assert tally.rule_cents["BIL-0001"] == 2000
    assert tally.rule_claims["BIL-0001"] == 1
    assert tally.failing("error")
    assert not tally.failing("never")


@pytest.mark.parametrize(
    ("trace", "words"),
    [
        ("line.units more_than param.most", "line.units is more than the payer's most"),
        ("line.units_over_mue present", "line.units_over_mue is there"),
        ("a.code not_in_set x", "a.code is not in the code set x"),
        ("line.units is 3", "line.units is 3"),
    ],
)
def test_traces_are_readable(trace, words):
    assert readable(trace) == words

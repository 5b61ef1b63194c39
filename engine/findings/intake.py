"""Structural problems of the input, as findings."""

from __future__ import annotations

from engine.claim.model import Claim, Source
from engine.findings.report import ClaimReport, Finding, FindingAt, InputAt, InputFinding, X12At
from engine.intake.int_rules import load_int_rules
from engine.intake.reading import IntakeFinding, Spot
from engine.rulebook.rule import Citation


def claim_finding(found: IntakeFinding, claim: Claim) -> Finding:
    """A structural problem inside a claim; the transaction it stands in will not pass the front door."""
    at = FindingAt(line=found.at.line, field=found.at.element or found.at.path, x12=_x12(found.at), fhir=found.at.path)
    cents = max(claim.total_charge_cents or 0, 0) if found.severity == "error" else 0
    return structural_finding(found, at, cents)


def structural_finding(found: IntakeFinding, at: FindingAt, cents: int = 0) -> Finding:
    """A structural problem at a place, with the cents that it puts at risk."""
    rule = load_int_rules()[found.rule]
    disposition = "informational" if found.severity == "info" else rule.disposition
    return Finding(
        rule=found.rule,
        name=rule.name,
        severity=found.severity,
        disposition=disposition,
        category=rule.category,
        snip=found.snip,
        status="stable",
        pack="intake",
        at=at,
        says=found.says,
        fix=found.fix,
        why=rule.why,
        cents_at_risk=cents,
        references=tuple(Citation(source.title, source.locator) for source in rule.references),
        matched={"input": {"expected": found.expected, "found": found.found}},
    )


def not_checked(claim: Claim, error: Exception) -> ClaimReport:
    """The report of a claim on which cleanclaim itself failed.

    Named by the kind of fault only, which holds no claim content.
    """
    finding = claim_finding(
        IntakeFinding(
            rule="INT-0020",
            says=f"This claim could not be checked: {type(error).__name__} inside cleanclaim.",
            fix="Check the claim by hand, and report the fault with the claim's structure (no patient data).",
        ),
        claim,
    )
    return ClaimReport(
        claim_id=claim.patient_control_number,
        claim_type=claim.claim_type,
        payer="",
        source=claim.source,
        verdict="review",
        score=0,
        charge_cents=claim.total_charge_cents,
        cents_at_risk=0,
        findings=(finding,),
    )


def input_finding(found: IntakeFinding, file: str) -> InputFinding:
    """A structural problem outside any claim."""
    return InputFinding(
        rule=found.rule,
        name=load_int_rules()[found.rule].name,
        severity=found.severity,
        says=found.says,
        fix=found.fix,
        source=Source(file=file),
        at=InputAt(x12=_x12(found.at), path=found.at.path),
        snip=found.snip,
    )


def _x12(at: Spot) -> X12At | None:
    if at.segment is None and not at.element and not at.loop:
        return None
    return X12At(loop=at.loop, segment=at.segment, element=at.element)

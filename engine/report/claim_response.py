"""One claim's report as a FHIR R4 ClaimResponse: a prediction, never a payer's decision."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from engine.claim.model import Claim
from engine.findings.report import ClaimReport, Finding
from engine.report.claim_status import refusing
from engine.report.words import clean

SYSTEM = "https://cleanclaim.invalid/fhir/CodeSystem/"
CARC = "https://x12.org/codes/claim-adjustment-reason-codes"
RARC = "https://x12.org/codes/remittance-advice-remark-codes"
CLAIM_TYPE = "http://terminology.hl7.org/CodeSystem/claim-type"
ADJUDICATION = "http://terminology.hl7.org/CodeSystem/adjudication"
TYPES = {"professional": "professional", "institutional": "institutional", "dental": "oral"}
PREDICTION = "Predicted by cleanclaim from its rules; no payer has decided."

Json = dict[str, Any]


def claim_response(report: ClaimReport, claim: Claim, received_on: date) -> Json:
    """The response: errors when the claim would be refused, else items with what would happen to them.

    R4 has a response either errors or adjudications, never both: an error is what keeps a claim from being adjudicated.
    """
    refused = refusing(report)
    number = clean(report.claim_id).strip()
    found: Json = {
        "resourceType": "ClaimResponse",
        "status": "active",
        "type": _concept(CLAIM_TYPE, TYPES[report.claim_type]),
        "use": "predetermination",
        "patient": _named("Patient", "patient-control-number", number, "patient of a claim without a number"),
        "created": received_on.isoformat(),
        "insurer": _named("Organization", "payer-id", claim.payer.payer_id, claim.payer.name or "payer not named"),
        "request": _named("Claim", "patient-control-number", number, "claim without a number"),
        "outcome": "error" if refused else "complete",
        "disposition": f"{report.verdict}, score {report.score} of 100. {PREDICTION}",
    }
    positions = {line.number: at for at, line in enumerate(claim.lines, 1)}
    if refused:
        found["error"] = [_error(finding, positions) for finding in refused]
        return found
    notes: list[Json] = []
    by_line: dict[int | None, list[Finding]] = {}
    for finding in report.findings:
        if finding.status == "stable":
            by_line.setdefault(positions.get(finding.at.line or 0), []).append(finding)
    if claim.lines:
        found["item"] = [
            _item(at, line.charge_cents, by_line.get(at, []), notes) for at, line in enumerate(claim.lines, 1)
        ]
    if whole := by_line.get(None):
        found["adjudication"] = [_adjudication(finding) for finding in whole]
        for finding in whole:
            _note(finding, notes)
    if report.charge_cents is not None:
        found["total"] = [{"category": _concept(ADJUDICATION, "submitted"), "amount": _money(report.charge_cents)}]
    if notes:
        found["processNote"] = notes
    return found


def _item(at: int, charge: int | None, found: list[Finding], notes: list[Json]) -> Json:
    numbers = [_note(finding, notes) for finding in found]
    submitted: Json = {"category": _concept(ADJUDICATION, "submitted")}
    if charge is not None:
        submitted["amount"] = _money(charge)
    item: Json = {"itemSequence": at, "adjudication": [submitted, *(_adjudication(finding) for finding in found)]}
    if numbers:
        item["noteNumber"] = numbers
    return item


def _adjudication(finding: Finding) -> Json:
    """What is predicted: the disposition, the reason with the rule, the money at risk."""
    return {
        "category": _concept(SYSTEM + "disposition", finding.disposition),
        "reason": {"coding": _codes(finding)},
        "amount": _money(finding.cents_at_risk),
    }


def _error(finding: Finding, positions: Mapping[int, int]) -> Json:
    found: Json = {"code": {"coding": _codes(finding), "text": clean(f"{finding.says} {finding.fix}")}}
    if position := positions.get(finding.at.line or 0):
        found["itemSequence"] = position
    return found


def _codes(finding: Finding) -> list[Json]:
    codes = [{"system": SYSTEM + "rule", "code": finding.rule, "display": finding.name}]
    if finding.predicts:
        codes.append({"system": CARC, "code": finding.predicts.carc})
        codes += [{"system": RARC, "code": remark} for remark in finding.predicts.rarc]
    return codes


def _note(finding: Finding, notes: list[Json]) -> int:
    notes.append({"number": len(notes) + 1, "type": "display", "text": clean(f"{finding.says} {finding.fix}")})
    return len(notes)


def _named(kind: str, system: str, value: str, otherwise: str) -> Json:
    """A reference by number: what a claim says of a party, without a server that holds it."""
    value = clean(value).strip()
    if not value:
        return {"type": kind, "display": clean(otherwise)}
    return {
        "type": kind,
        "identifier": {"system": SYSTEM.replace("CodeSystem", "NamingSystem") + system, "value": value},
    }


def _concept(system: str, code: str) -> Json:
    return {"coding": [{"system": system, "code": code}]}


def _money(cents: int) -> Json:
    return {"value": Decimal(cents).scaleb(-2), "currency": "USD"}

"""The FHIR R4 report: a Bundle with a ClaimResponse and an OperationOutcome for each claim, and one about the run."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date
from typing import Any, BinaryIO

from msgspec.json import Encoder

from engine.claim.model import Claim
from engine.findings.report import ClaimReport, Finding, InputFinding, Tool
from engine.report.claim_response import SYSTEM, claim_response
from engine.report.tally import Tally
from engine.report.words import clean, count, where

URL = "https://cleanclaim.invalid/fhir/"
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, URL)
ISSUES = {
    "structure": "structure",
    "identifiers": "value",
    "timely_filing": "business-rule",
    "authorization": "business-rule",
}
"""FHIR's issue type by our category; the others are business rules."""

Json = dict[str, Any]


class FhirReport:
    """Writes one Bundle of the type collection. The problems of files are kept until the end.

    Args:
        stream: takes the bytes (UTF-8).
        received_on: the day of receipt, which is when the responses are said to be made.
    """

    def __init__(self, stream: BinaryIO, received_on: date) -> None:
        self.stream = stream
        self.received_on = received_on
        self.encoder = Encoder(decimal_format="number")
        self.separator = b"\n"
        self.number = 0
        self.tool: Tool | None = None
        self.problems: list[Json] = []

    def begin(self, tool: Tool) -> None:
        """The head."""
        self.tool = tool
        self.stream.write(b'{"resourceType":"Bundle","type":"collection","entry":[')

    def file(self, name: str) -> None:
        """Nothing: each claim names its file."""

    def claim(self, report: ClaimReport, claim: Claim) -> None:
        """The response, and the outcome that it refers to."""
        self.number += 1
        about = f"{self.number}|{report.source.file}|{report.claim_id}"
        outcome = _url("OperationOutcome", about)
        self._write(_url("ClaimResponse", about), claim_response(report, claim, self.received_on))
        self._write(outcome, {"resourceType": "OperationOutcome", "issue": list(_issues(report))})
        self.stream.flush()

    def input_finding(self, finding: InputFinding) -> None:
        """Kept until the end."""
        at = finding.at
        spot = " ".join(part for part in (at.x12.loop, at.x12.element) if part) if at.x12 else at.path
        found = _issue(finding.severity, "structure", finding.rule, finding.name, finding.says)
        found["diagnostics"] = clean(f"{finding.fix} Where: {finding.source.file} {spot}".strip())
        self.problems.append(found)

    def end(self, tally: Tally) -> None:
        """What made the report, what was not judged, and the problems of the files."""
        issues = [*self.problems, *self._about(tally)]
        self._write(_url("OperationOutcome", "run"), {"resourceType": "OperationOutcome", "issue": issues})
        self.stream.write(b"\n]}\n")
        self.stream.flush()

    def _about(self, tally: Tally) -> Iterator[Json]:
        if self.tool:
            packs = ", ".join(f"{pack.name} {pack.version} ({pack.digest})" for pack in self.tool.packs)
            tables = ", ".join(f"{table['name']} {table['edition']}" for table in self.tool.tables)
            yield _said(f"Made by {self.tool.name} {self.tool.version}. Packs: {packs}. Tables: {tables}.")
        for reason, number in sorted(tally.not_judged.items()):
            yield _said(f"Rules not judged on {count(number, 'claim')}: {reason}.")
        for remark, number in sorted(tally.remarks.items()):
            yield _said(f"On {count(number, 'claim')}: {remark}")
        if not (self.tool or tally.not_judged or self.problems):
            yield _said("Nothing was read.")

    def _write(self, url: str, resource: Json) -> None:
        self.stream.write(self.separator + self.encoder.encode({"fullUrl": url, "resource": resource}))
        self.separator = b",\n"


def _url(kind: str, about: str) -> str:
    """The same for the same claim at the same place of the same input."""
    return uuid.uuid5(NAMESPACE, f"{kind}|{about}").urn


def _issues(report: ClaimReport) -> Iterator[Json]:
    for finding in report.findings:
        severity = finding.severity if finding.status == "stable" else "info"
        found = _issue(
            severity, ISSUES.get(finding.category, "business-rule"), finding.rule, finding.name, finding.says
        )
        found["diagnostics"] = clean(_diagnostics(finding))
        if finding.at.fhir:
            found["expression"] = [finding.at.fhir]
        yield found
    yield _said(
        f"{report.verdict}, score {report.score} of 100: {count(report.coverage.evaluated, 'rule')} judged, "
        f"{len(report.coverage.not_evaluated)} not."
    )


def _diagnostics(finding: Finding) -> str:
    shadow = " This rule is in testing: no effect on the verdict." if finding.status == "testing" else ""
    spot = where(finding.at)
    return f"{finding.fix}{f' Where: {spot}.' if spot else ''}{shadow}"


def _issue(severity: str, code: str, rule: str, name: str, says: str) -> Json:
    return {
        "severity": "information" if severity == "info" else severity,
        "code": code,
        "details": {"coding": [{"system": SYSTEM + "rule", "code": rule, "display": name}], "text": clean(says)},
    }


def _said(words: str) -> Json:
    return {"severity": "information", "code": "informational", "diagnostics": clean(words)}

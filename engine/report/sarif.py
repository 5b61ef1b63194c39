"""The SARIF 2.1.0 report: results as claims are checked; the rules that they name, and what was not judged, last."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, BinaryIO
from urllib.parse import quote

from msgspec import to_builtins
from msgspec.json import encode

from engine.claim.model import Claim, Source
from engine.findings.report import ClaimReport, Finding, InputFinding, Tool
from engine.report.described import Described
from engine.report.tally import Tally
from engine.report.words import clean, count, where

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS = {"error": "error", "warning": "warning", "info": "note"}
FINGERPRINT = "cleanclaim/v1"
"""Which way of making fingerprints: the name changes when the way does."""

Json = dict[str, Any]


class SarifReport:
    """Writes one run. The rules that findings name are kept until the end, and nothing else.

    Args:
        stream: takes the bytes (UTF-8).
        rules: every rule by id.
    """

    def __init__(self, stream: BinaryIO, rules: Mapping[str, Described]) -> None:
        self.stream = stream
        self.rules = rules
        self.separator = b"\n"
        self.tool: Tool | None = None
        self.indexes: dict[str, int] = {}

    def begin(self, tool: Tool) -> None:
        """The head."""
        self.tool = tool
        self.stream.write(
            b'{"$schema":' + encode(SCHEMA) + b',\n"version":"2.1.0",\n"runs":[{"columnKind":"unicodeCodePoints",'
            b'\n"results":['
        )

    def file(self, name: str) -> None:
        """Nothing: each result names its file."""

    def claim(self, report: ClaimReport, claim: Claim) -> None:  # noqa: ARG002 -- the report says all that SARIF holds
        """A result for each finding."""
        for finding in report.findings:
            self._write(self._result(finding, report))

    def input_finding(self, finding: InputFinding) -> None:
        """A result on the file."""
        x12, path = finding.at.x12, finding.at.path
        place = " ".join(part for part in ((x12.loop, x12.element) if x12 else (path,)) if part)
        properties: Json = {"severity": finding.severity, "snip": finding.snip, "fix": finding.fix}
        if finding.source.transaction is not None:
            properties["transaction"] = finding.source.transaction
        if x12:
            properties["x12"] = to_builtins(x12)
        self._write({
            **self._rule(finding.rule),
            "level": LEVELS[finding.severity],
            "message": {"text": clean(f"{finding.says} {finding.fix}")},
            "locations": [_location(finding.source, place or "file", place or "file")],
            "partialFingerprints": {FINGERPRINT: _fingerprint(finding.source.file, finding.rule, place, finding.says)},
            "properties": properties,
        })  # fmt: skip

    def end(self, tally: Tally) -> None:
        """The tool with its rules, and the reasons why rules were not judged."""
        notes = [
            {"level": "note", "message": {"text": f"Rules not judged on {count(number, 'claim')}: {reason}."}}
            for reason, number in sorted(tally.not_judged.items())
        ]
        notes += [
            {"level": "note", "message": {"text": f"On {count(number, 'claim')}: {remark}"}}
            for remark, number in sorted(tally.remarks.items())
        ]
        run: Json = {
            "tool": self._tool(),
            "invocations": [{"executionSuccessful": not tally.unusable, "toolConfigurationNotifications": notes}],
        }
        self.stream.write(b"\n],\n" + encode(run)[1:] + b"]}\n")
        self.stream.flush()

    def _result(self, finding: Finding, report: ClaimReport) -> Json:
        at = finding.at
        claim_id = report.claim_id or "(no id)"
        words = at.words()
        properties: Json = {
            "claim_id": report.claim_id,
            "severity": finding.severity,
            "disposition": finding.disposition,
            "status": finding.status,
            "cents_at_risk": finding.cents_at_risk,
            "fix": finding.fix,
            "where": where(at),
            "at": to_builtins(at),
        }
        if report.source.transaction is not None:
            properties["transaction"] = report.source.transaction
        if finding.predicts:
            properties["predicts"] = to_builtins(finding.predicts)
        if isinstance(finding.changed_because, str):
            properties["changed_because"] = finding.changed_because
        return {
            **self._rule(finding.rule),
            # A shadow finding of a rule in testing is told, without effect.
            "level": LEVELS[finding.severity] if finding.status == "stable" else "note",
            "message": {"text": clean(f"Claim {claim_id}, {words}: {finding.says} {finding.fix}")},
            "locations": [_location(report.source, words, f"{claim_id}/{words}")],
            "partialFingerprints": {FINGERPRINT: _fingerprint(claim_id, finding.rule, words, finding.says)},
            "properties": properties,
        }

    def _rule(self, rule: str) -> Json:
        return {"ruleId": rule, "ruleIndex": self.indexes.setdefault(rule, len(self.indexes))}

    def _tool(self) -> Json:
        driver: Json = {"name": "cleanclaim", "rules": [_descriptor(self.rules[rule]) for rule in self.indexes]}
        if self.tool is None:
            return {"driver": driver}
        driver["version"] = driver["semanticVersion"] = self.tool.version
        driver["properties"] = {"engine": self.tool.engine, "tables": list(self.tool.tables)}
        packs = [
            {"name": pack.name, "version": pack.version, "properties": {"digest": pack.digest}}
            for pack in self.tool.packs
        ]
        return {"driver": driver, "extensions": packs}

    def _write(self, result: Json) -> None:
        self.stream.write(self.separator + encode(result))
        self.stream.flush()
        self.separator = b",\n"


def _descriptor(rule: Described) -> Json:
    sources = "; ".join(", ".join(part for part in (cited.title, cited.locator) if part) for cited in rule.references)
    found: Json = {
        "id": rule.id,
        "name": rule.name,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.why},
        "help": {"text": f"{rule.why} Source: {sources}."},
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": {"category": rule.category, "disposition": rule.disposition, "snip": rule.snip},
    }
    if url := next((url for cited in rule.references if (url := getattr(cited, "url", ""))), ""):
        found["helpUri"] = url
    return found


def _location(source: Source, name: str, qualified: str) -> Json:
    """The file, and the part of the claim in it; X12 has segments, not SARIF's lines, and they stand as properties."""
    logical = {"name": clean(name), "fullyQualifiedName": clean(qualified), "kind": "element"}
    found: Json = {"physicalLocation": {"artifactLocation": {"uri": _uri(source.file)}}, "logicalLocations": [logical]}
    if source.segment is not None:
        found["properties"] = {"claim_segment": source.segment}
    return found


def _uri(file: str) -> str:
    """A file's name as a URI reference; ``-`` is standard input."""
    if file == "-":
        return "stdin"
    return ("file://" if file.startswith("/") else "") + quote(file)


def _fingerprint(*parts: str) -> str:
    """The same for the same finding on the same claim, wherever the claim stands in the file."""
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "backslashreplace")).hexdigest()[:32]

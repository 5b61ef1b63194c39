"""From findings to the claim status codes of a 277CA (``claim_status.yaml``)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

import msgspec
import yaml
from msgspec import Struct

from engine.findings.report import ClaimReport, Finding
from engine.rulebook.rule import Citation

FILE = Path(__file__).parent / "claim_status.yaml"
REFUSALS = ("claim_rejection", "return_to_provider", "line_rejection")
"""What happens at the front door; a denial happens after a claim was accepted."""


class Status(Struct, frozen=True, forbid_unknown_fields=True):
    """A claim status: category (code list 507), code (508), and the entity that it is about."""

    category: str
    code: str
    entity: str = ""


class Row(Struct, frozen=True, forbid_unknown_fields=True):
    """A row of the table; ``role`` asks for the entity code of the finding's provider."""

    category: str
    code: str
    entity: str = ""
    role: bool = False


class Table(Struct, frozen=True, forbid_unknown_fields=True):
    """The table with its sources."""

    sources: tuple[Citation, ...]
    accepted: Status
    received: Status
    otherwise: Status
    fields: Mapping[str, Row]
    categories: Mapping[str, Row]
    roles: Mapping[str, str]


@lru_cache(maxsize=1)
def table() -> Table:
    """The shipped table."""
    return msgspec.convert(yaml.safe_load(FILE.read_text(encoding="utf-8")), Table)


def refusing(report: ClaimReport) -> tuple[Finding, ...]:
    """The findings for which a front door refuses the claim: stable errors that reject the claim or a line of it."""
    return tuple(
        finding
        for finding in report.findings
        if finding.status == "stable" and finding.severity == "error" and finding.disposition in REFUSALS
    )


def statuses(findings: Iterable[Finding]) -> tuple[Status, ...]:
    """The statuses of refusing findings, each once, in the order of the findings."""
    return tuple(dict.fromkeys(status_of(finding) for finding in findings))


def status_of(finding: Finding) -> Status:
    """The status that says best what is wrong.

    >>> from engine.findings.report import FindingAt
    >>> at = FindingAt(provider="billing", field="npi")
    >>> made = Finding(
    ...     rule="BIL-0001", name="n", severity="error", disposition="claim_rejection", category="identifiers", snip=2,
    ...     status="stable", pack="billing", at=at, says="", fix="",
    ... )  # fmt: skip
    >>> status_of(made)
    Status(category='A7', code='562', entity='85')
    """
    known = table()
    at = finding.at
    part = "provider" if at.provider else "diagnosis" if at.diagnosis is not None else "line" if at.line else ""
    row = known.fields.get(f"{part or at.part.partition(' ')[0] or 'claim'}.{at.field}")
    row = row or known.categories.get(finding.category)
    if row is None:
        return known.otherwise
    if not row.role:
        return Status(row.category, row.code, row.entity)
    entity = known.roles.get(at.provider, "")
    return Status(row.category, row.code, entity) if entity else known.otherwise


def acceptance(report: ClaimReport) -> Status:
    """The status of a claim that is not refused: accepted, or only received when no rule could judge it."""
    return table().accepted if report.coverage.evaluated else table().received

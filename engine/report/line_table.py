"""The service lines of a claim as a table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from engine.claim.model import Claim, ServiceLine
from engine.findings.report import Finding
from engine.findings.show import shown
from engine.report.page import Page
from engine.report.words import SEVERITIES, count, money

HEADING = ("", "Line", "Service", "Rev", "Procedure", "Tooth", "Dx", "Units", "Charge")
RIGHT = (1, 7, 8)
SHOWN_WHOLE = 20


def write_lines(page: Page, claim: Claim, findings: Sequence[Finding], *, indent: int) -> None:
    """The lines; of a claim with more than twenty only those with findings."""
    worst: dict[int, str] = {}
    for severity in reversed(SEVERITIES):
        worst |= {f.at.line: severity for f in findings if f.at.line is not None and f.severity == severity}
    chosen = claim.lines if len(claim.lines) <= SHOWN_WHOLE else [line for line in claim.lines if line.number in worst]
    if not chosen:
        return
    codes = {d.position: shown(d.code, "icd10") for d in reversed(claim.diagnoses) if d.role in ("principal", "other")}
    marks = [worst.get(line.number, "") for line in chosen]
    rows = [_row(line, mark, codes) for line, mark in zip(chosen, marks, strict=True)]
    page.columns([HEADING, *rows], RIGHT, indent=indent, styles=["bold" if mark else "" for mark in marks])
    if hidden := len(claim.lines) - len(chosen):
        page.line((f"{count(hidden, 'other line')} without findings", "dim"), indent=indent)


def _row(line: ServiceLine, mark: str, codes: dict[int, str]) -> tuple[str, ...]:
    teeth = " ".join(f"{tooth.tooth or tooth.area} {''.join(tooth.surfaces)}".strip() for tooth in line.teeth)
    units = "" if line.units is None else f"{line.units:f}"
    basis = "" if line.unit_basis in ("", "UN") else f" {line.unit_basis}"
    return (
        {"error": "E", "warning": "W", "info": "i"}.get(mark, ""),
        str(line.number),
        service(line.service_day, line.service_end_day),
        line.revenue_code,
        " ".join((line.procedure, *line.modifiers)).strip(),
        teeth,
        " ".join(f"{pointer}:{codes.get(pointer, '?')}" for pointer in line.diagnosis_pointers),
        f"{units}{basis}",
        money(line.charge_cents),
    )


def service(first: date | None, last: date | None) -> str:
    """A day, or a span of days.

    >>> service(date(2026, 3, 5), date(2026, 3, 7))
    '2026-03-05 to 2026-03-07'
    """
    if first is None:
        return ""
    return first.isoformat() if last in (None, first) else f"{first.isoformat()} to {last}"

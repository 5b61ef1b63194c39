"""One claim as text: what it is, its lines, and its findings under the part of the claim they are about."""

from __future__ import annotations

from collections import Counter

from engine.claim.model import Claim
from engine.findings.report import ClaimReport, Coverage, Finding, FindingAt
from engine.findings.show import shown
from engine.report.line_table import write_lines
from engine.report.page import Page
from engine.report.words import SEVERITIES, VERDICTS, count, expected, money, reason_kind, source, spaced, where
from engine.rulebook.payers import BASE

REASONS_SHOWN = 3


def write_claim(page: Page, report: ClaimReport, claim: Claim, *, verbose: bool = False) -> None:
    """The whole section of one claim."""
    word, style = VERDICTS[report.verdict]
    page.line(
        (word, style),
        "  ",
        (f"Claim {report.claim_id or '(no id)'}", "bold"),
        f"  score {report.score} of 100  charged {money(report.charge_cents)}",
        f"  at risk {money(report.cents_at_risk)}" if report.cents_at_risk else "",
    )
    page.paragraph(_about(report, claim), indent=2, style="dim")
    if diagnoses := _diagnoses(claim):
        page.paragraph(diagnoses, indent=2, style="dim")
    if claim.lines:
        page.blank()
        write_lines(page, claim, report.findings, indent=2)
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for finding in report.findings:
        at = finding.at
        groups.setdefault((at.line, at.diagnosis, at.provider, at.part), []).append(finding)
    for findings in groups.values():
        page.blank()
        page.line((heading(findings[0].at, claim), "bold"), indent=2)
        for finding in findings:
            write_finding(page, finding, indent=4)
    page.blank()
    write_coverage(page, report, verbose=verbose)


def write_finding(page: Page, finding: Finding, *, indent: int, cited: bool = True) -> None:
    """One finding: its rule, message, fix and place, what the payer would do, and (``cited``) the first source."""
    word, style = SEVERITIES[finding.severity]
    page.line(
        (f"{word:<5}", style),
        f"  {finding.rule} {finding.name}",
        ("  (in testing: no effect on score and verdict)" if finding.status == "testing" else "", "dim"),
        (f"  {money(finding.cents_at_risk)} at risk" if finding.cents_at_risk else "", "dim"),
        indent=indent,
    )
    inner = indent + 7
    page.paragraph(finding.says, indent=inner)
    page.paragraph(finding.fix, indent=inner, label="Fix:", label_style="bold")
    details = [
        ("Where:", where(finding.at)),
        ("Expect:", expected(finding)),
        ("Source:", source(finding) if cited else ""),
    ]
    for label, text in details:
        if text:
            page.paragraph(text, indent=inner, label=label, style="dim")
    for used in finding.parameters:
        text = f"{spaced(used.name)} {used.value}, of {used.payer} since {used.since}: {used.because}"
        page.paragraph(text, indent=inner, label="Limit:", style="dim")
    if isinstance(finding.changed_because, str):
        page.paragraph(finding.changed_because, indent=inner, label="Changed:", style="dim")


def write_coverage(page: Page, report: ClaimReport, *, verbose: bool) -> None:
    """What was judged and what was not, in a line; every rule with ``verbose``."""
    if report.suppressed:
        hidden = ", ".join(f"{s.rule} at {s.at} (see {s.by})" for s in report.suppressed) if verbose else ""
        text = f"{count(len(report.suppressed), 'further finding')} left out: another at the same place says more."
        page.paragraph(f"{text} {hidden}", indent=2, style="dim")
    page.paragraph(coverage(report.coverage), indent=2, style="dim" if report.coverage.evaluated else "bold yellow")
    if verbose:
        for missed in report.coverage.not_evaluated:
            page.paragraph(missed.because, indent=4, label=f"{missed.rule}  ", style="dim")
        for remark in report.coverage.remarks:
            page.paragraph(remark, indent=4, style="dim")


def coverage(judged: Coverage) -> str:
    """How many rules were judged, how many not, and the commonest reasons."""
    text = f"{count(judged.evaluated, 'rule')} judged"
    if not judged.not_evaluated:
        return f"{text}."
    reasons = Counter(reason_kind(missed.because) for missed in judged.not_evaluated).most_common()
    said = [f"{reason} ({number})" for reason, number in reasons[:REASONS_SHOWN]]
    rest = sum(number for _, number in reasons[REASONS_SHOWN:])
    said += [f"other reasons ({rest})"] if rest else []
    return f"{text}, {len(judged.not_evaluated)} not: {', '.join(said)}."


def heading(at: FindingAt, claim: Claim) -> str:
    """The part of the claim that findings are about, with the code that stands there."""
    if at.provider:
        return f"{spaced(at.provider).capitalize()} provider" + (f" on line {at.line}" if at.line else "")
    if at.diagnosis is not None:
        codes = {
            shown(d.code, "icd10") for d in claim.diagnoses if d.position == at.diagnosis and d.role != "admitting"
        }
        return f"Diagnosis {at.diagnosis}" + (f"  {codes.pop()}" if len(codes) == 1 else "")
    if at.line is not None:
        line = next((item for item in claim.lines if item.number == at.line), None)
        what = " ".join((line.revenue_code, line.procedure, *line.modifiers)).strip() if line else ""
        return f"Line {at.line}" + (f"  {what}" if what else "")
    return spaced(at.part).capitalize() or "Claim"


def payer_name(report: ClaimReport, claim: Claim) -> str:
    """The payer as the claim names it, and whose rules were applied."""
    rules = "rules for any payer" if report.payer == BASE else report.payer
    return f"{claim.payer.name or '(unnamed)'} ({rules})"


def _about(report: ClaimReport, claim: Claim) -> str:
    place = ""
    if claim.facility_code:
        institutional = claim.claim_type == "institutional"
        place = (
            f"bill type {claim.facility_code}{claim.frequency_code}"
            if institutional
            else f"place of service {claim.facility_code}"
        )
    payer = f"payer {payer_name(report, claim)}"
    origin = report.source
    parts = [
        f"transaction {origin.transaction}" if origin.transaction else "",
        f"segment {origin.segment}" if origin.segment else "",
    ]
    found = ", ".join(part for part in parts if part)
    return "; ".join(part for part in (report.claim_type, payer, place, found) if part)


def _diagnoses(claim: Claim) -> str:
    names = {"admitting": "admitting ", "reason_for_visit": "reason for visit ", "external_cause": "external cause "}
    said = [
        f"{names[d.role]}{shown(d.code, 'icd10')}" if d.role in names else f"{d.position}:{shown(d.code, 'icd10')}"
        for d in claim.diagnoses
    ]
    return f"diagnoses {', '.join(said)}" if said else ""

"""The patient level of a 277CA: one claim with its status, and the lines that caused its rejection."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from engine.claim.model import Claim, ServiceLine
from engine.findings.report import ClaimReport, Finding
from engine.report.claim_status import Status, acceptance, refusing, statuses
from engine.report.x12_text import amount, composite, day, segment, text

ACCEPT, REJECT = "WQ", "U"
MOST_LINE_STATUSES = 3
SERVICE_KINDS = ("AD", "ER", "HC", "HP", "IV", "NU", "WK")
PERSON, ORGANIZATION = "1", "2"


def claim_segments(report: ClaimReport, claim: Claim, received_on: date) -> Iterator[str]:
    """The segments of loops 2100D, 2200D and 2220D."""
    refused = refusing(report)
    yield _patient(claim)
    yield segment("TRN", "2", text(claim.patient_control_number, 38, "0"))
    charge = amount(max(claim.total_charge_cents or 0, 0))
    for status in statuses(refused) or (acceptance(report),):
        yield segment("STC", stated(status), day(received_on), REJECT if refused else ACCEPT, charge)
    if number := text(claim.clearinghouse_number, 50):
        yield segment("REF", "D9", number)
    if claim.claim_type == "institutional" and (bill := text(claim.facility_code + claim.frequency_code, 50)):
        yield segment("REF", "BLT", bill)
    yield _service_days(claim, received_on)
    by_line: dict[int, list[Finding]] = {}
    for finding in refused:
        if finding.at.line is not None:
            by_line.setdefault(finding.at.line, []).append(finding)
    for line in claim.lines:
        if line.number in by_line:
            yield from _line(line, statuses(by_line.pop(line.number)), received_on)


def stated(status: Status) -> str:
    """A status as a composite."""
    return composite(status.category, status.code, status.entity)


def _patient(claim: Claim) -> str:
    patient = claim.patient
    qualifier = "II" if claim.subscriber.id_qualifier == "II" else "MI"
    return segment(
        "NM1",
        "QC",
        PERSON,
        text(patient.last_name, 60, "NOT READ"),
        text(patient.first_name, 35),
        *("", "", ""),
        qualifier,
        text(claim.subscriber.member_id, 80, "NOT READ"),
    )


def _service_days(claim: Claim, received_on: date) -> str:
    """The statement period, else the span of the lines, else the day of admission; the day of receipt when none is."""
    days = [each for each in (claim.statement_from_day, claim.statement_to_day) if each]
    days = days or [each for line in claim.lines for each in (line.service_day, line.service_end_day) if each]
    days = days or [each for each in (claim.service_day, claim.service_end_day, claim.admission_day) if each]
    return _days(days or [received_on])


def _days(days: Sequence[date]) -> str:
    first, last = min(days), max(days)
    if first == last:
        return segment("DTP", "472", "D8", day(first))
    return segment("DTP", "472", "RD8", f"{day(first)}-{day(last)}")


def _line(line: ServiceLine, found: Sequence[Status], received_on: date) -> Iterator[str]:
    """A line that caused the rejection; one that names no service cannot be told from others and is left out."""
    procedure, revenue = text(line.procedure, 48), text(line.revenue_code, 48)
    if not (procedure or revenue):
        return
    kind = line.code_type if line.code_type in SERVICE_KINDS else "HC"
    modifiers = [text(modifier, 2) for modifier in line.modifiers[:4]]
    service = composite(kind, procedure, *modifiers) if procedure else composite("NU", revenue)
    units = "" if line.units is None or line.units < 0 else f"{line.units.normalize():f}"
    yield segment(
        "SVC",
        service,
        amount(max(line.charge_cents or 0, 0)),
        *("", revenue if procedure else "", "", ""),
        units,
    )
    first, *more = [stated(status) for status in found[:MOST_LINE_STATUSES]]
    yield segment("STC", first, day(received_on), REJECT, *("", "", "", "", "", ""), *more)
    yield segment("REF", "FJ", text(line.control_number, 50) or str(line.number))
    if days := [each for each in (line.service_day, line.service_end_day) if each]:
        yield _days(days)

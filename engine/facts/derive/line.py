"""One service line: what it says, and what follows from it and the claim. Table fields are in line_tables.py."""

from __future__ import annotations

import re
from functools import lru_cache

from engine.facts.derive.source import Fields, Getter
from engine.facts.numbers import THOUSAND, thousandths, whole
from engine.facts.view import ClaimView, LineView, provider_in
from engine.reference.lists import (
    component_modifiers,
    facility_place,
    rendering_kind,
    room_and_board,
    telehealth_modifiers,
)

_SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("cpt", re.compile(r"\d{5}|\d{4}[AM]")),  # A: vaccine administration, M: multianalyte assays (CPT appendix O)
    ("cdt", re.compile(r"D\d{4}")),
    ("hcpcs", re.compile(r"[A-CE-Z]\d{4}")),
    ("category_ii", re.compile(r"\d{4}F")),
    ("category_iii", re.compile(r"\d{4}T")),
    ("pla", re.compile(r"\d{4}U")),
)
_HIPPS = re.compile(r"[0-9A-Z]{5}")
_HIPPS_REVENUE = frozenset({"0022", "0023", "0024"})
_OTHER_SYSTEMS = frozenset({"ER", "IV", "WK"})  # SV101-1: jurisdiction-specific, HIEC, ABC codes
_TELEHEALTH_PLACES = frozenset({"02", "10"})
_NDC_PARTS = (5, 4, 2)
_NDC_DIGITS = 11
_MINUTES = "MJ"


def code_type(_: ClaimView, part: LineView) -> str | None:
    """The code system by the shape of the procedure code; absent where the claim names another system."""
    line = part.line
    if not line.procedure or line.code_type in _OTHER_SYSTEMS:
        return None
    if line.code_type == "HP" or line.revenue_code in _HIPPS_REVENUE:
        return "hipps" if _HIPPS.fullmatch(line.procedure) else "malformed"
    return _shape(line.procedure)


@lru_cache(maxsize=16384)
def _shape(procedure: str) -> str:
    return next((name for name, shape in _SHAPES if shape.fullmatch(procedure)), "malformed")


def ndc_shape_ok(ndc: str) -> bool | None:
    """Whether a national drug code has eleven digits, once hyphenated parts are filled up to 5-4-2.

    Source: CMS Medicaid Drug Rebate NDC format; 837 guide LIN03 (5-4-2 without hyphens). A leading N4 is the qualifier.

    >>> ndc_shape_ok("N400071015523"), ndc_shape_ok("0071-0155-23"), ndc_shape_ok("007101552")
    (True, True, False)
    """
    if not ndc:
        return None
    parts = ndc.removeprefix("N4").split("-")
    if len(parts) > 1:
        if len(parts) != len(_NDC_PARTS) or any(len(p) > size for p, size in zip(parts, _NDC_PARTS, strict=True)):
            return False
        parts = [part.zfill(size) for part, size in zip(parts, _NDC_PARTS, strict=True)]
    digits = "".join(parts)
    return len(digits) == _NDC_DIGITS and digits.isascii() and digits.isdigit()


def _ndc(part: LineView) -> str:
    return part.line.drug.ndc if part.line.drug else ""


def _place_of_service(view: ClaimView, part: LineView) -> str | None:
    return None if view.institutional else part.place or None


def _facility_pos(view: ClaimView, part: LineView) -> bool | None:
    return None if view.institutional or not part.place else facility_place(part.place, part.judged_day)


def _span_days(_: ClaimView, part: LineView) -> int | None:
    if part.first_day is None or part.last_day is None:
        return None
    return part.last_day - part.first_day + 1


def _unit_days_gap(view: ClaimView, part: LineView) -> int | None:
    span = _span_days(view, part)
    if part.units is None or span is None or part.line.unit_basis == _MINUTES:
        return None
    return part.units // THOUSAND - span


def _service_after_receipt(view: ClaimView, part: LineView) -> bool | None:
    return None if part.first_day is None or view.received_on is None else part.first_day > view.received_on


def outside_statement_period(view: ClaimView, part: LineView) -> bool | None:
    """Whether the line begins before or ends after the statement period (DTP*434) of an institutional claim."""
    claim = view.claim
    if not view.institutional or claim.statement_from_day is None or claim.statement_to_day is None:
        return None
    first, last = view.first_service_day, view.last_service_day
    if first is None or last is None or part.first_day is None or part.last_day is None:
        return None
    return part.first_day < first or part.last_day > last


def component(_: ClaimView, part: LineView) -> str | None:
    """26, TC or global, by the first modifier that says so."""
    if not part.line.procedure:
        return None
    known = component_modifiers()
    return next((known[code] for code in part.line.modifiers if code in known), "global")


def _pointer_out_of_range(view: ClaimView, part: LineView) -> bool | None:
    if view.institutional:
        return None
    return any(pointer not in view.listed for pointer in part.line.diagnosis_pointers)


def _pointer_repeated(_: ClaimView, part: LineView) -> bool:
    pointers = part.line.diagnosis_pointers
    return len(set(pointers)) < len(pointers)


def _rendering_provider(_: ClaimView, part: LineView) -> str | None:
    return part.rendering.npi or None if part.rendering else None


def _rendering_kind(_: ClaimView, part: LineView) -> str | None:
    return rendering_kind(part.rendering.taxonomy) if part.rendering and part.rendering.taxonomy else None


def _npi_of(role: str) -> Getter[LineView]:
    """The NPI of who stands in a role on the line, else on the claim."""

    def npi(view: ClaimView, part: LineView) -> str | None:
        provider = provider_in(part.line.providers, role) or provider_in(view.claim.providers, role)
        return provider.npi or None if provider else None

    return npi


def _diagnoses_text(_: ClaimView, part: LineView) -> str | None:
    return " ".join(sorted({pointed.diagnosis.code for pointed in part.diagnoses} - {""})) or None


def telehealth(view: ClaimView, part: LineView) -> bool:
    """Place of service 02 or 10, or a telehealth modifier."""
    if not view.institutional and part.place in _TELEHEALTH_PLACES:
        return True
    modifiers = telehealth_modifiers()
    return any(code in modifiers for code in part.line.modifiers)


def repeats_line(view: ClaimView, part: LineView) -> int | None:
    """The lowest number of a line with the same key, when it is lower than this line's."""
    if part.key is None:
        return None
    first = view.first_of_key[part.key]
    return first if first < part.number else None


def _other_same_day(view: ClaimView, part: LineView) -> bool | None:
    if part.first_day is None:
        return None
    return any(other is not part and part.shared_day(other) is not None for other in view.lines)


def _description_present(_: ClaimView, part: LineView) -> bool:
    return bool(part.line.description) or any(note.text for note in part.line.notes)


def _prosthesis_status(_: ClaimView, part: LineView) -> str | None:
    return {"I": "initial", "R": "replacement"}.get(part.line.prosthesis)


FIELDS: Fields[LineView] = {
    "number": lambda _, p: p.number,
    "procedure": lambda _, p: p.line.procedure or None,
    "code_type": code_type,
    "description_present": _description_present,
    "revenue_code": lambda _, p: p.line.revenue_code or None,
    "room_and_board": lambda v, p: room_and_board(p.line.revenue_code) if v.institutional else None,
    "units": lambda _, p: p.units,
    "unit_basis": lambda _, p: p.line.unit_basis or None,
    "charge_cents": lambda _, p: p.line.charge_cents,
    "noncovered_charge_cents": lambda v, p: (p.line.noncovered_charge_cents or 0) if v.institutional else None,
    "place_of_service": _place_of_service,
    "facility_pos": _facility_pos,
    "service_day": lambda _, p: p.first_day,
    "service_end_day": lambda _, p: p.last_day,
    "span_days": _span_days,
    "unit_days_gap": _unit_days_gap,
    "service_after_receipt": _service_after_receipt,
    "outside_statement_period": outside_statement_period,
    "any_other_same_day_line": _other_same_day,
    "modifier_count": lambda _, p: len(p.line.modifiers),
    "modifiers_text": lambda _, p: p.modifiers_text or None,
    "component": component,
    "diagnosis_pointer_count": lambda v, p: None if v.institutional else len(p.line.diagnosis_pointers),
    "pointer_out_of_range": _pointer_out_of_range,
    "pointer_repeated": _pointer_repeated,
    "rendering_provider": _rendering_provider,
    "rendering_kind": _rendering_kind,
    "provider_unit": lambda _, p: p.provider_unit,
    "billing_provider": lambda v, _: v.billing.npi or None if v.billing else None,
    "referring_provider": _npi_of("referring"),
    "ordering_provider": _npi_of("ordering"),
    "supervising_provider": _npi_of("supervising"),
    "first_diagnosis": lambda _, p: p.diagnoses[0].diagnosis.code or None if p.diagnoses else None,
    "diagnoses_text": _diagnoses_text,
    "prior_authorization": lambda v, p: p.line.prior_authorization or v.claim.prior_authorization or None,
    "referral_number": lambda v, p: p.line.referral_number or v.claim.referral_number or None,
    "clia_number": lambda v, p: p.line.clia_number or v.claim.clia_number or None,
    "ndc": lambda _, p: _ndc(p) or None,
    "ndc_shape_ok": lambda _, p: ndc_shape_ok(_ndc(p)),
    "ndc_units": lambda _, p: thousandths(p.line.drug.units) if p.line.drug else None,
    "ndc_unit_basis": lambda _, p: (p.line.drug.unit_basis or None) if p.line.drug else None,
    "emergency": lambda _, p: p.line.emergency == "Y",
    "epsdt": lambda _, p: p.line.epsdt == "Y",
    "family_planning": lambda _, p: p.line.family_planning == "Y",
    "anesthesia_minutes": lambda _, p: whole(p.units) if p.line.unit_basis == _MINUTES else None,
    "attachment_count": lambda _, p: len(p.line.attachments),
    "cmn_present": lambda _, p: any(a.report_type == "CT" for a in p.line.attachments),
    "prosthesis_status": _prosthesis_status,
    "telehealth": telehealth,
    "repeats_line": repeats_line,
    "line_key": lambda _, p: p.key,
}

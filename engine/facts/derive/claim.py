"""The claim as a whole: what it says of itself, its payer, its patient and its indicators."""

from __future__ import annotations

import re
from collections.abc import Mapping

from engine.claim.model import Claim
from engine.facts.derive.source import Fields, Getter
from engine.facts.view import ClaimView, provider_in
from engine.reference.lists import facility_kinds, supplier_kind

_SEQUENCES: Mapping[str, str] = {"P": "primary", "S": "secondary", "T": "tertiary"}
_FREQUENCIES: Mapping[str, str] = {"1": "original", "6": "corrected", "7": "replacement", "8": "void"}
_INSTITUTIONAL: Mapping[str, str] = {
    "0": "nonpay",
    "2": "interim_first",
    "3": "interim_continuing",
    "4": "interim_last",
    "5": "late_charge",
    **_FREQUENCIES,
}
_RELATIONSHIPS: Mapping[str, str] = {
    "18": "self",
    "01": "spouse",
    "19": "child",
    "self": "self",
    "spouse": "spouse",
    "child": "child",
}

# Medicare Beneficiary Identifier, position by position: C A AN N A AN N A A N N (CMS, "Understanding the MBI format").
_LETTER, _NOT_MBI = "AC-HJKMNP-RT-Y", "SLOIBZ"
_MBI_PLACES = ("1-9", _LETTER, "0-9" + _LETTER, "0-9", _LETTER, "0-9" + _LETTER, "0-9", _LETTER, _LETTER, "0-9", "0-9")
_MBI = re.compile("".join(f"[{place}]" for place in _MBI_PLACES))
_NEARLY_MBI = re.compile("".join(f"[{place}{_NOT_MBI}]" for place in _MBI_PLACES))
# Health insurance claim number: nine digits and a beneficiary code, or a railroad prefix and six or nine digits.
_HICN = re.compile(r"\d{9}[A-Z][0-9A-Z]?|(?:A|MA|WA|WD|CA|JA|PA|PD|H|MH|WH|WCH|WCA|WCD|PH)(?:\d{6}|\d{9})")
_SSN_LIKE = re.compile(r"\d{3}-?\d{2}-?\d{4}")
_CLIA = re.compile(r"\d{2}D\d{7}")

_SEX_AND_SERVICE, _UNRELATED_TO_HOSPICE, _KX = "45", "07", "KX"

_MOST_DIAGNOSES: Mapping[str, int] = {"professional": 12, "institutional": 25, "dental": 4}


def payer_sequence(code: str) -> str | None:
    """Whose turn a payer is (SBR01); U and the fourth payer on are ``other``.

    >>> payer_sequence("P"), payer_sequence("A"), payer_sequence("")
    ('primary', 'other', None)
    """
    return _SEQUENCES.get(code, "other") if code else None


def frequency(view: ClaimView, claim: Claim) -> str | None:
    """CLM05-3 in words: NUBC type of bill frequency; on professional and dental claims only 1, 6, 7 and 8 have one."""
    if not claim.frequency_code:
        return None
    return (_INSTITUTIONAL if view.institutional else _FREQUENCIES).get(claim.frequency_code, "other")


def subscriber_id_shape(_: ClaimView, claim: Claim) -> str:
    """What the member id looks like, as sent: hyphens make an MBI something else, for Medicare takes none."""
    member = claim.subscriber.member_id
    if not member:
        return "empty"
    if _MBI.fullmatch(member):
        return "mbi"
    if _HICN.fullmatch(member):
        return "hicn"
    return "ssn_like" if _SSN_LIKE.fullmatch(member) else "other"


def mbi_bad_letter(_: ClaimView, claim: Claim) -> bool | None:
    """Whether the member id would be an MBI but for a letter that an MBI never holds (S, L, O, I, B, Z)."""
    member = claim.subscriber.member_id
    return bool(_NEARLY_MBI.fullmatch(member)) and not _MBI.fullmatch(member) if member else None


def relationship(_: ClaimView, claim: Claim) -> str | None:
    """PAT01 of the patient's loop, else SBR02."""
    code = claim.patient.relationship or claim.subscriber.relationship
    return _RELATIONSHIPS.get(code, "other") if code else None


def clia_shape_ok(number: str) -> bool | None:
    """Whether a CLIA number is two digits, D, seven digits.

    >>> clia_shape_ok("05D0642827"), clia_shape_ok("5D0642827"), clia_shape_ok("")
    (True, False, None)
    """
    return bool(_CLIA.fullmatch(number)) if number else None


def ambulance_pickup_missing(view: ClaimView, claim: Claim) -> bool | None:
    """Whether no pick-up location (2310E) was sent and none of the lines (2420G) has one either."""
    if claim.claim_type != "professional":
        return None
    if provider_in(claim.providers, "ambulance_pickup"):
        return False
    return not any(provider_in(line.line.providers, "ambulance_pickup") for line in view.lines)


def _service_facility(_: ClaimView, claim: Claim) -> str | None:
    facility = provider_in(claim.providers, "service_facility")
    return facility.npi or facility.last_name or None if facility else None


def supplier_claim(view: ClaimView, _: Claim) -> bool | None:
    """Whether the billing provider's taxonomy is a supplier's; absent without a taxonomy."""
    billing = view.billing
    return supplier_kind(billing.taxonomy) is not None if billing and billing.taxonomy else None


def _facility_kind(view: ClaimView, _: Claim) -> str | None:
    return facility_kinds().get(view.bill_type[:2], "other") if view.bill_type else None


def related(view: ClaimView, cause: str, occurrence: str, condition: str = "") -> bool:
    """Whether the claim says that the condition is related to a cause.

    Professional and dental: CLM11. Institutional: an occurrence code (NUBC FL 31 to 34) or a condition code.
    """
    claim = view.claim
    if cause in claim.related_causes:
        return True
    return view.institutional and any(
        (code.family == "occurrence" and code.code == occurrence)
        or (code.family == "condition" and code.code == condition != "")
        for code in claim.codes
    )


def _admitting(_: ClaimView, claim: Claim) -> str | None:
    return next((d.code for d in claim.diagnoses if d.role == "admitting" and d.code), None)


def _condition_codes_text(_: ClaimView, claim: Claim) -> str | None:
    return " ".join(sorted({code.code for code in claim.codes if code.family == "condition"} - {""})) or None


def _npi_of(role: str) -> Getter[Claim]:
    def npi(_: ClaimView, claim: Claim) -> str | None:
        provider = provider_in(claim.providers, role)
        return provider.npi or None if provider else None

    return npi


def _principal(view: ClaimView, claim: Claim) -> str | None:
    named = next((d.code for d in claim.diagnoses if d.role == "principal" and d.code), None)
    first = view.listed.get(1)
    return named or (first.code or None if first else None)


def _diagnosis_count(view: ClaimView, _: Claim) -> int:
    return sum(d.role in {"principal", "other"} for d in view.claim.diagnoses)


def has_condition(claim: Claim, *codes: str) -> bool:
    """Whether an institutional claim carries one of these condition codes (NUBC FL 18 to 28)."""
    return any(code.family == "condition" and code.code in codes for code in claim.codes)


def gender_conflict_flag(_: ClaimView, claim: Claim) -> bool:
    """Whether the claim says that sex and service may not fit: modifier KX on a line, or condition code 45.

    Source: Medicare Claims Processing Manual (100-04) ch. 32 §240 (CMS MM6638).
    """
    return has_condition(claim, _SEX_AND_SERVICE) or any(_KX in line.modifiers for line in claim.lines)


def _epsdt_condition(_: ClaimView, claim: Claim) -> str | None:
    codes = [code for condition in claim.conditions if condition.category == "ZZ" for code in condition.codes]
    return " ".join(codes) or None


FIELDS: Fields[Claim] = {
    "claim_type": lambda _, c: c.claim_type,
    "payer": lambda v, _: v.context.payer.slug or None,
    "payer_kind": lambda v, _: v.context.payer.kind or None,
    "payer_id": lambda _, c: c.payer.payer_id or None,
    "payer_name": lambda _, c: c.payer.name or None,
    "payer_sequence": lambda _, c: payer_sequence(c.subscriber.sequence_code),
    "filing_indicator": lambda _, c: c.subscriber.filing_indicator or None,
    "msp_type": lambda _, c: c.subscriber.msp_type or None,
    "group_number": lambda _, c: c.subscriber.group_number or None,
    "frequency_code": lambda _, c: c.frequency_code or None,
    "frequency": frequency,
    "original_reference_number": lambda _, c: c.original_reference_number or None,
    "patient_control_number": lambda _, c: c.patient_control_number or None,
    "control_number_length": lambda _, c: len(c.patient_control_number),
    "line_count": lambda _, c: len(c.lines),
    "diagnosis_count": _diagnosis_count,
    "place_of_service": lambda v, _: v.place or None,
    "bill_type": lambda v, _: v.bill_type or None,
    "facility_kind": _facility_kind,
    "inpatient": lambda v, _: v.inpatient,
    "patient_sex": lambda v, _: v.sex or None,
    "patient_last_name": lambda _, c: c.patient.last_name or None,
    "patient_postal_code": lambda _, c: (c.patient.address.postal_code or None) if c.patient.address else None,
    "patient_state": lambda _, c: (c.patient.address.state or None) if c.patient.address else None,
    "subscriber_id": lambda _, c: c.subscriber.member_id or None,
    "subscriber_id_shape": subscriber_id_shape,
    "mbi_bad_letter": mbi_bad_letter,
    "relationship": relationship,
    "patient_differs_from_subscriber": lambda _, c: not c.patient.is_subscriber,
    "prior_authorization": lambda _, c: c.prior_authorization or None,
    "referral_number": lambda _, c: c.referral_number or None,
    "employment_related": lambda v, _: related(v, "EM", "04", "02"),
    "auto_accident": lambda v, _: related(v, "AA", "01"),
    "other_accident": lambda v, _: related(v, "OA", "05"),
    "accident_state": lambda _, c: c.accident_state or None,
    "assignment": lambda _, c: c.assignment or None,
    "benefits_assigned": lambda _, c: c.benefits_assigned or None,
    "release_of_information": lambda _, c: c.release_of_information or None,
    "signature_on_file": lambda _, c: c.provider_signature or None,
    "clia_number": lambda _, c: c.clia_number or None,
    "clia_shape_ok": lambda _, c: clia_shape_ok(c.clia_number),
    "mammography_certification": lambda _, c: c.mammography_certification or None,
    "ide_number": lambda _, c: c.ide_number or None,
    "clinical_trial_number": lambda _, c: c.clinical_trial_number or None,
    "medical_record_number": lambda _, c: c.medical_record_number or None,
    "delay_reason": lambda _, c: c.delay_reason or None,
    "special_program": lambda _, c: c.special_program or None,
    "attachment_count": lambda _, c: len(c.attachments),
    "note_present": lambda _, c: any(note.text for note in c.notes),
    "homebound": lambda _, c: bool(c.homebound),
    "epsdt_condition": _epsdt_condition,
    "gender_conflict_flag": gender_conflict_flag,
    "unrelated_to_hospice": lambda _, c: has_condition(c, _UNRELATED_TO_HOSPICE),
    "condition_codes_text": _condition_codes_text,
    "subscriber_entity": lambda _, c: c.subscriber.entity or None,
    "admitting_diagnosis": _admitting,
    "principal_diagnosis": _principal,
    "diagnosis_over_limit": lambda v, c: _diagnosis_count(v, c) > _MOST_DIAGNOSES[c.claim_type],
    "attending_provider": _npi_of("attending"),
    "operating_provider": _npi_of("operating"),
    "referring_provider": _npi_of("referring"),
    "service_facility": _service_facility,
    "ambulance_pickup_missing": ambulance_pickup_missing,
    "supplier_claim": supplier_claim,
}

"""The canonical claim, one frozen tree a claim, whatever dialect it came in.

Money is integer cents; dates are :class:`datetime.date`; quantities are :class:`decimal.Decimal`; codes are text,
upper case, without the dots and hyphens that are only punctuation (``E11.9`` is held as ``E119``).
A field that the claim does not carry is ``None`` or empty: absence is never replaced by a guess.

The same structures are the native JSON format (``engine/claim/claim.schema.json``).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

from engine.claim.parties import Patient, Payer, Provider, Subscriber
from engine.claim.parts import (
    Address,
    Adjustment,
    Ambulance,
    Amount,
    Attachment,
    ClaimCode,
    Condition,
    DatedValue,
    Drug,
    InpatientProcedure,
    Note,
    Origin,
    Part,
    Reference,
    Repricing,
    Source,
    Tooth,
)

__all__ = [
    "Address",
    "Adjustment",
    "Ambulance",
    "Amount",
    "Attachment",
    "Claim",
    "ClaimCode",
    "ClaimType",
    "Condition",
    "Contract",
    "DatedValue",
    "Diagnosis",
    "Drug",
    "InpatientProcedure",
    "LineAdjudication",
    "Note",
    "Origin",
    "OtherPayer",
    "Part",
    "Patient",
    "Payer",
    "Provider",
    "Reference",
    "Repricing",
    "ServiceLine",
    "Source",
    "Subscriber",
    "Tooth",
]

ClaimType = Literal["professional", "institutional", "dental"]


class Contract(Part, frozen=True, kw_only=True):
    """Contract information (CN1)."""

    contract_type: str = ""
    amount_cents: int | None = None
    percentage: Decimal | None = None
    code: str = ""
    terms_discount: Decimal | None = None
    version: str = ""


class Diagnosis(Part, frozen=True, kw_only=True):
    """One diagnosis code of the claim.

    ``position`` counts from 1 within its role group as pointers count it (principal 1, others from 2).
    ``role`` is principal, other, admitting, reason_for_visit or external_cause. ``qualifier`` is HI's (ABK, BF …).
    """

    position: int
    code: str
    role: str = "other"
    qualifier: str = ""
    present_on_admission: str = ""
    origin: Origin = Origin()


class LineAdjudication(Part, frozen=True, kw_only=True):
    """What another payer did with a line (2430)."""

    payer_id: str = ""
    paid_cents: int | None = None
    procedure: str = ""
    units: Decimal | None = None
    adjustments: tuple[Adjustment, ...] = ()
    adjudication_day: date | None = None
    origin: Origin = Origin()


class OtherPayer(Part, frozen=True, kw_only=True):
    """Another payer of the same claim (2320, 2330)."""

    sequence_code: str = ""
    relationship: str = ""
    group_number: str = ""
    msp_type: str = ""
    filing_indicator: str = ""
    member_id: str = ""
    last_name: str = ""
    first_name: str = ""
    payer: Payer = Payer()
    paid_cents: int | None = None
    amounts: tuple[Amount, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    adjudication_day: date | None = None
    benefits_assigned: str = ""
    release_of_information: str = ""
    remark_codes: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    providers: tuple[Provider, ...] = ()
    origin: Origin = Origin()


class ServiceLine(Part, frozen=True, kw_only=True):
    """One service line (LX, SV1/SV2/SV3).

    ``number`` is LX01 where given, else the line's position. ``units`` is in ``unit_basis`` (UN units, MJ minutes, DA
    days). ``code_type`` is the product or service qualifier as sent (HC HCPCS/CPT, HP HIPPS, AD dental, ER, IV, WK).
    ``place_of_service`` is the line's own only. ``diagnosis_pointers`` are positions of claim diagnoses, in order.
    """

    number: int
    procedure: str = ""
    code_type: str = ""
    modifiers: tuple[str, ...] = ()
    description: str = ""
    revenue_code: str = ""
    charge_cents: int | None = None
    units: Decimal | None = None
    unit_basis: str = ""
    place_of_service: str = ""
    diagnosis_pointers: tuple[int, ...] = ()
    emergency: str = ""
    epsdt: str = ""
    family_planning: str = ""
    noncovered_charge_cents: int | None = None
    service_day: date | None = None
    service_end_day: date | None = None
    prescription_day: date | None = None
    prior_authorization: str = ""
    referral_number: str = ""
    clia_number: str = ""
    referring_clia_number: str = ""
    mammography_certification: str = ""
    control_number: str = ""
    purchased_service_cents: int | None = None
    prosthesis: str = ""
    teeth: tuple[Tooth, ...] = ()
    drug: Drug | None = None
    ambulance: Ambulance | None = None
    dates: tuple[DatedValue, ...] = ()
    references: tuple[Reference, ...] = ()
    amounts: tuple[Amount, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    notes: tuple[Note, ...] = ()
    conditions: tuple[Condition, ...] = ()
    repricing: Repricing | None = None
    contract: Contract | None = None
    providers: tuple[Provider, ...] = ()
    adjudications: tuple[LineAdjudication, ...] = ()
    origin: Origin = Origin()


class Claim(Part, frozen=True, kw_only=True):
    """One claim.

    ``facility_code`` is CLM05-1: the place of service of a professional or dental claim, the first two digits of the
    type of bill of an institutional one. ``frequency_code`` is CLM05-3. Yes/no indicators are kept as sent (Y, N, W,
    I). ``batch_number`` is BHT03, the sender's number of the transaction set.
    """

    claim_type: ClaimType
    patient_control_number: str = ""
    total_charge_cents: int | None = None
    facility_code: str = ""
    facility_qualifier: str = ""
    frequency_code: str = ""
    provider_signature: str = ""
    assignment: str = ""
    benefits_assigned: str = ""
    release_of_information: str = ""
    patient_signature: str = ""
    related_causes: tuple[str, ...] = ()
    accident_state: str = ""
    special_program: str = ""
    delay_reason: str = ""
    original_reference_number: str = ""
    prior_authorization: str = ""
    referral_number: str = ""
    clia_number: str = ""
    mammography_certification: str = ""
    ide_number: str = ""
    clinical_trial_number: str = ""
    medical_record_number: str = ""
    clearinghouse_number: str = ""
    statement_from_day: date | None = None
    statement_to_day: date | None = None
    admission_day: date | None = None
    admission_hour: str = ""
    discharge_day: date | None = None
    discharge_hour: str = ""
    onset_day: date | None = None
    initial_treatment_day: date | None = None
    last_seen_day: date | None = None
    last_menstrual_day: date | None = None
    last_xray_day: date | None = None
    accident_day: date | None = None
    assumed_care_day: date | None = None
    relinquished_care_day: date | None = None
    orthodontic_banding_day: date | None = None
    service_day: date | None = None
    service_end_day: date | None = None
    admission_type: str = ""
    admission_source: str = ""
    discharge_status: str = ""
    drg: str = ""
    patient_paid_cents: int | None = None
    homebound: bool | None = None
    submitter_name: str = ""
    submitter_id: str = ""
    receiver_name: str = ""
    receiver_id: str = ""
    batch_number: str = ""
    payer: Payer = Payer()
    subscriber: Subscriber = Subscriber()
    patient: Patient = Patient()
    providers: tuple[Provider, ...] = ()
    diagnoses: tuple[Diagnosis, ...] = ()
    codes: tuple[ClaimCode, ...] = ()
    procedures: tuple[InpatientProcedure, ...] = ()
    lines: tuple[ServiceLine, ...] = ()
    other_payers: tuple[OtherPayer, ...] = ()
    dates: tuple[DatedValue, ...] = ()
    references: tuple[Reference, ...] = ()
    amounts: tuple[Amount, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    notes: tuple[Note, ...] = ()
    conditions: tuple[Condition, ...] = ()
    ambulance: Ambulance | None = None
    repricing: Repricing | None = None
    contract: Contract | None = None
    source: Source = Source()
    origin: Origin = Origin()

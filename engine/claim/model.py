"""The canonical claim, one frozen tree a claim, whatever dialect it came in.

Money is integer cents; dates are :class:`datetime.date`; quantities are :class:`decimal.Decimal`; codes are text,
upper case, without the dots and hyphens that are only punctuation (``E11.9`` is held as ``E119``).
A field that the claim does not carry is ``None`` or empty: absence is never replaced by a guess.

The same structures are the native JSON format (``docs/schema/claim.schema.json``).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

from msgspec import Struct

ClaimType = Literal["professional", "institutional", "dental"]
Sex = Literal["male", "female", "unknown"]
PayerSequence = Literal["primary", "secondary", "tertiary", "other"]


class Part(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Base of every node of the tree: frozen, keyword-only, absent fields left out of JSON."""


class Origin(Part):
    """Where a part was read from.

    ``segments`` maps a segment key to its index in the file, counting the file's first segment (ISA) as 0. A key is the
    segment's name, or name and qualifier where a loop repeats the name: ``SV1``, ``DTP*472``, ``REF*F8``, ``HI*ABK``.
    ``path`` is the FHIR or JSON path of the part (``Claim.item[0]``). ``element`` is the element's number where parts share
    one segment: the second diagnosis of an HI segment has 2 (HI02).
    """

    loop: str = ""
    segments: dict[str, int] = {}
    path: str = ""
    element: int = 0


class Source(Part):
    """The file a claim came from: transaction counts ST from 1, segment is the index of CLM (ISA is 0)."""

    file: str = ""
    transaction: int | None = None
    segment: int | None = None


class Address(Part):
    """A postal address (N3, N4)."""

    line_1: str = ""
    line_2: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    country: str = ""


class Reference(Part):
    """A qualified number (REF): qualifier as in X12, value as given."""

    qualifier: str
    value: str = ""


class DatedValue(Part):
    """A qualified date (DTP) that has no field of its own; ``time`` is HHMM."""

    qualifier: str
    day: date | None = None
    end_day: date | None = None
    time: str = ""


class Amount(Part):
    """A qualified amount (AMT)."""

    qualifier: str
    amount_cents: int | None = None


class Attachment(Part):
    """Paperwork announced with the claim (PWK)."""

    report_type: str = ""
    transmission: str = ""
    control_number: str = ""


class Note(Part):
    """Free text (NTE, K3)."""

    qualifier: str = ""
    text: str = ""


class Condition(Part):
    """A condition indicator (CRC): category, yes/no, and up to five codes."""

    category: str = ""
    applies: str = ""
    codes: tuple[str, ...] = ()


class Adjustment(Part):
    """One claim adjustment of another payer (CAS): group code, reason (CARC), cents, quantity."""

    group: str = ""
    reason: str = ""
    amount_cents: int | None = None
    quantity: Decimal | None = None


class Repricing(Part):
    """Pricing or repricing information (HCP)."""

    methodology: str = ""
    allowed_cents: int | None = None
    savings_cents: int | None = None
    organization_id: str = ""


class Contract(Part):
    """Contract information (CN1)."""

    contract_type: str = ""
    amount_cents: int | None = None
    percentage: Decimal | None = None
    code: str = ""
    terms_discount: Decimal | None = None
    version: str = ""


class Provider(Part):
    """A provider in one role on the claim or on one line.

    ``role`` is one of billing, pay_to, pay_to_plan, rendering, referring, primary_care, ordering, supervising,
    purchased_service, service_facility, attending, operating, other_operating, assistant_surgeon, ambulance_pickup,
    ambulance_dropoff. ``other_payer`` is the sequence number of the 2320 loop it stands in (0: the claim's own).
    """

    role: str
    entity: Literal["person", "organization", ""] = ""
    last_name: str = ""
    first_name: str = ""
    npi: str = ""
    id_qualifier: str = ""
    taxonomy: str = ""
    tax_id: str = ""
    tax_id_kind: Literal["ein", "ssn", ""] = ""
    address: Address | None = None
    contact_name: str = ""
    phone: str = ""
    other_payer: int = 0
    references: tuple[Reference, ...] = ()
    origin: Origin = Origin()


class Payer(Part):
    """A payer as named on the claim (2010BB, 2330B)."""

    name: str = ""
    payer_id: str = ""
    id_qualifier: str = ""
    address: Address | None = None
    references: tuple[Reference, ...] = ()
    origin: Origin = Origin()


class Subscriber(Part):
    """The insured and the coverage (SBR, 2010BA). ``relationship`` is SBR02 or PAT01 as the code given."""

    member_id: str = ""
    id_qualifier: str = ""
    entity: Literal["person", "organization", ""] = ""
    last_name: str = ""
    first_name: str = ""
    birth_day: date | None = None
    sex: str = ""
    address: Address | None = None
    relationship: str = ""
    sequence_code: str = ""
    group_number: str = ""
    group_name: str = ""
    msp_type: str = ""
    filing_indicator: str = ""
    references: tuple[Reference, ...] = ()
    origin: Origin = Origin()


class Patient(Part):
    """The patient. ``is_subscriber`` is true when no patient loop (2000C) was sent."""

    is_subscriber: bool = True
    last_name: str = ""
    first_name: str = ""
    birth_day: date | None = None
    death_day: date | None = None
    sex: str = ""
    address: Address | None = None
    relationship: str = ""
    weight_pounds: Decimal | None = None
    pregnant: bool | None = None
    references: tuple[Reference, ...] = ()
    origin: Origin = Origin()


class Diagnosis(Part):
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


class ClaimCode(Part):
    """A condition, occurrence, occurrence span, value, treatment or DRG code (HI*BG, BH, BI, BE, TC, DR)."""

    family: str
    code: str = ""
    day: date | None = None
    end_day: date | None = None
    amount_cents: int | None = None
    origin: Origin = Origin()


class InpatientProcedure(Part):
    """An ICD-10-PCS procedure of an institutional claim (HI*BBR principal, HI*BBQ other)."""

    position: int
    code: str
    qualifier: str = ""
    day: date | None = None
    origin: Origin = Origin()


class Drug(Part):
    """A drug on a line (LIN, CTP, REF*XZ/VY)."""

    ndc: str = ""
    qualifier: str = ""
    units: Decimal | None = None
    unit_basis: str = ""
    prescription_number: str = ""


class Tooth(Part):
    """A tooth and its surfaces on a dental line (TOO), or an oral cavity area (SV304: ``area``)."""

    tooth: str = ""
    surfaces: tuple[str, ...] = ()
    area: str = ""


class Ambulance(Part):
    """Ambulance transport (CR1)."""

    reason: str = ""
    distance: Decimal | None = None
    weight_pounds: Decimal | None = None
    round_trip_purpose: str = ""
    stretcher_purpose: str = ""


class LineAdjudication(Part):
    """What another payer did with a line (2430)."""

    payer_id: str = ""
    paid_cents: int | None = None
    procedure: str = ""
    units: Decimal | None = None
    adjustments: tuple[Adjustment, ...] = ()
    adjudication_day: date | None = None
    origin: Origin = Origin()


class OtherPayer(Part):
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


class ServiceLine(Part):
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


class Claim(Part):
    """One claim.

    ``facility_code`` is CLM05-1: the place of service of a professional or dental claim, the first two digits of the
    type of bill of an institutional one. ``frequency_code`` is CLM05-3. Yes/no indicators are kept as sent (Y, N, W, I).
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

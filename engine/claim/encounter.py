"""The canonical encounter: what the documentation of one visit says, and the codes chosen for it before a claim exists.

A field that the documentation does not speak about is ``None`` or empty, and a list that nobody looked for is ``None``:
``data=()`` says that no data were reviewed, ``data=None`` that nobody said. Codes are text, upper case, without dots.
The same structures are the native JSON format (``engine/claim/encounter.schema.json``).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

from engine.claim.parties import Patient, Payer
from engine.claim.parts import Origin, Part, Source

Setting = Literal[
    "office",
    "urgent_care",
    "home",
    "hospital_inpatient",
    "hospital_observation",
    "hospital_outpatient",
    "emergency",
    "nursing_facility",
    "telehealth_video",
    "telehealth_audio",
    "",
]
Status = Literal["confirmed", "suspected", "ruled_out", "history_of", "family_history", ""]
Side = Literal["left", "right", "bilateral", ""]
Complexity = Literal[
    "self_limited",
    "stable_chronic",
    "acute_uncomplicated",
    "stable_acute",
    "acute_uncomplicated_hospital",
    "chronic_exacerbation",
    "new_uncertain",
    "acute_systemic",
    "acute_complicated_injury",
    "chronic_severe",
    "life_threat",
    "",
]
"""How complex an addressed problem is, by the classes of the E/M guidelines, in our own words."""

DataKind = Literal["external_note", "test_result", "test_order", "historian", "interpretation", "discussion"]
RiskKind = Literal[
    "rest",
    "otc_drug",
    "therapy_referral",
    "minor_surgery",
    "prescription_drug",
    "minor_surgery_with_risk",
    "major_surgery",
    "social_limits",
    "toxicity_monitoring",
    "major_surgery_with_risk",
    "emergency_major_surgery",
    "hospitalization",
    "resuscitation_decision",
    "parenteral_controlled",
]


class DocumentedDiagnosis(Part, frozen=True, kw_only=True):
    """One diagnosis, problem or finding as the note words it.

    ``code`` is the best ICD-10-CM code for the wording where someone has worked it out. ``addressed`` and
    ``complexity`` are about medical decision making. ``monitored``, ``evaluated``, ``assessed`` and ``treated`` say
    what the note shows was done about it in this visit. ``chief`` marks the reason chiefly responsible for the visit.
    ``source`` is where the wording stands. ``indicators`` says whether the note shows the usual clinical indicators.
    """

    wording: str = ""
    code: str = ""
    status: Status = ""
    addressed: bool | None = None
    complexity: Complexity = ""
    laterality: Side = ""
    acuity: Literal["acute", "chronic", "acute_on_chronic", "subacute", ""] = ""
    type: str = ""
    stage: str = ""
    severity: str = ""
    monitored: bool | None = None
    evaluated: bool | None = None
    assessed: bool | None = None
    treated: bool | None = None
    chronic: bool | None = None
    chief: bool | None = None
    source: Literal["assessment", "problem_list", "result_only", ""] = ""
    indicators: bool | None = None
    present_on_admission: Literal["yes", "no", "unknown", "undetermined", ""] = ""
    origin: Origin = Origin()


class DataItem(Part, frozen=True, kw_only=True):
    """One piece of data ordered, reviewed or obtained: a note, a test, a historian, an interpretation, a discussion.

    ``name`` tells unique items apart: the source of a note, the code or name of a test. ``separately_billed``: the
    same practitioner bills the interpretation of this test, so it does not count.
    """

    kind: DataKind
    name: str = ""
    separately_billed: bool | None = None
    origin: Origin = Origin()


class RiskItem(Part, frozen=True, kw_only=True):
    """One decision about management that bears risk; ``decided`` is false when it is mentioned without a decision."""

    kind: RiskKind
    detail: str = ""
    decided: bool | None = None
    origin: Origin = Origin()


class StatedLevels(Part, frozen=True, kw_only=True):
    """The levels of the three elements as the author or coder states them.

    From 1 (straightforward, minimal) to 4 (high, extensive).
    """

    problems: int | None = None
    data: int | None = None
    risk: int | None = None


class VisitTime(Part, frozen=True, kw_only=True):
    """The practitioner's own time on the day of the visit, in minutes.

    ``stated`` says that the note gives a total. ``excludes_separate`` says that it leaves out separately billed
    services. ``window_minutes`` is the time in the wider window that Medicare counts for some prolonged services.
    ``critical_minutes`` is critical care time.
    """

    minutes: int | None = None
    stated: bool | None = None
    approximate: bool | None = None
    activities: bool | None = None
    excludes_separate: bool | None = None
    window_minutes: int | None = None
    critical_minutes: int | None = None
    discharge_minutes: int | None = None


class Record(Part, frozen=True, kw_only=True):
    """The note as a record: who signed it, when, and what it holds."""

    service_day: date | None = None
    chief_complaint: bool | None = None
    signed: bool | None = None
    signer_npi: str = ""
    signed_day: date | None = None
    amended_day: date | None = None
    credentials: bool | None = None
    scribed: bool | None = None
    scribe_attested: bool | None = None
    same_as_prior_percent: int | None = None
    separate_visit_work: bool | None = None
    critical_statement: bool | None = None
    origin: Origin = Origin()


class Teaching(Part, frozen=True, kw_only=True):
    """A resident took part: whether the teaching physician's presence is attested, or the exception is used."""

    resident: bool | None = None
    attested: bool | None = None
    primary_care_exception: bool | None = None


class SplitVisit(Part, frozen=True, kw_only=True):
    """A visit split or shared between a physician and another practitioner of the same group."""

    shared: bool | None = None
    physician_minutes: int | None = None
    other_minutes: int | None = None
    decision_by: Literal["physician", "other", ""] = ""
    billed_by: Literal["physician", "other", ""] = ""


class IncidentTo(Part, frozen=True, kw_only=True):
    """Work of another practitioner or of staff that is to be billed by the physician as incident to."""

    billed: bool | None = None
    new_problem: bool | None = None
    supervisor_available: bool | None = None


class Telehealth(Part, frozen=True, kw_only=True):
    """What the note says about a telehealth visit."""

    patient_location: str = ""
    consent: bool | None = None
    audio_only_reason: bool | None = None


class CareTransition(Part, frozen=True, kw_only=True):
    """Transitional care management: days from discharge to the first contact and to the visit."""

    discharge_day: date | None = None
    business_days_to_contact: int | None = None
    contact_attempts: int | None = None


class DrugGiven(Part, frozen=True, kw_only=True):
    """A drug given, with dose and waste in one unit; ``per_unit`` is the dose that one billed unit stands for."""

    code: str = ""
    dose: Decimal | None = None
    per_unit: Decimal | None = None
    waste: Decimal | None = None
    single_dose: bool | None = None


class DocumentedService(Part, frozen=True, kw_only=True):
    """One service or procedure as the note documents it.

    Flags say whether the note has the element; ``distinct`` that it documents a separate site, session or
    practitioner; ``size_cm`` is the largest lesion or repair with what belongs to it.
    """

    wording: str = ""
    procedure: str = ""
    minutes: int | None = None
    start: str = ""
    stop: str = ""
    laterality: Side = ""
    units: Decimal | None = None
    size_cm: Decimal | None = None
    count: int | None = None
    indication: bool | None = None
    consent: bool | None = None
    technique: bool | None = None
    findings: bool | None = None
    order: bool | None = None
    report: bool | None = None
    distinct: bool | None = None
    drug: DrugGiven | None = None
    performer_npi: str = ""
    origin: Origin = Origin()


class ChosenDiagnosis(Part, frozen=True, kw_only=True):
    """A diagnosis code that the coder chose, in the order of the draft."""

    position: int
    code: str
    origin: Origin = Origin()


class Charge(Part, frozen=True, kw_only=True):
    """A procedure code that the coder chose, with what the draft claim would say of it."""

    number: int
    procedure: str = ""
    modifiers: tuple[str, ...] = ()
    units: Decimal | None = None
    charge_cents: int | None = None
    service_day: date | None = None
    entered_day: date | None = None
    rendering_npi: str = ""
    diagnosis_pointers: tuple[int, ...] = ()
    origin: Origin = Origin()


class Encounter(Part, frozen=True, kw_only=True):
    """One documented encounter with the codes chosen for it.

    ``claim_id`` is the claim's own id (CLM01) where the claim is known. ``performer_npi`` is who saw the patient,
    ``billed_npi`` under whom the visit is to be billed. ``patient_status`` is new or established. ``complete`` is false
    when the record may document more than is given here: then what is missing proves nothing, and no level is worked
    out from the lists.
    """

    encounter_id: str = ""
    claim_id: str = ""
    setting: Setting = ""
    place_of_service: str = ""
    service_day: date | None = None
    service_end_day: date | None = None
    patient_status: Literal["new", "established", ""] = ""
    last_seen_day: date | None = None
    payer: Payer = Payer()
    filing_indicator: str = ""
    patient: Patient = Patient()
    member_id: str = ""
    performer_npi: str = ""
    billed_npi: str = ""
    complete: bool | None = None
    diagnoses: tuple[DocumentedDiagnosis, ...] | None = None
    services: tuple[DocumentedService, ...] | None = None
    data: tuple[DataItem, ...] | None = None
    risk: tuple[RiskItem, ...] | None = None
    stated: StatedLevels = StatedLevels()
    time: VisitTime = VisitTime()
    record: Record = Record()
    teaching: Teaching = Teaching()
    split: SplitVisit = SplitVisit()
    incident_to: IncidentTo = IncidentTo()
    telehealth: Telehealth = Telehealth()
    transition: CareTransition = CareTransition()
    chosen: tuple[ChosenDiagnosis, ...] | None = None
    charges: tuple[Charge, ...] | None = None
    source: Source = Source()
    origin: Origin = Origin()

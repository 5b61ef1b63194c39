"""A 2300 loop and the levels above it to a claim."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from engine.claim.model import (
    Claim,
    ClaimCode,
    ClaimType,
    Diagnosis,
    InpatientProcedure,
    Origin,
    Patient,
    Payer,
    Provider,
    Source,
    Subscriber,
)
from engine.intake.x12.build_common import (
    PAD,
    Fields,
    add,
    origin,
    read_ambulance,
    read_amount,
    read_attachment,
    read_condition,
    read_contract,
    read_date,
    read_fixed_note,
    read_note,
    read_reference,
    read_repricing,
    set_first,
    settle,
)
from engine.intake.x12.build_line import build_line
from engine.intake.x12.build_parties import (
    NO_LOOP,
    Parties,
    other_payer,
    patient,
    patient_is_subscriber,
    qualifier_of,
    subscriber,
)
from engine.intake.x12.convert import cents, code, diagnosis_code, period
from engine.intake.x12.scope import Scope
from engine.intake.x12.segments import Loop

REFERENCES: Final = {
    "F8": "original_reference_number",
    "G1": "prior_authorization",
    "9F": "referral_number",
    "X4": "clia_number",
    "EW": "mammography_certification",
    "LX": "ide_number",
    "P4": "clinical_trial_number",
    "EA": "medical_record_number",
    "D9": "clearinghouse_number",
    "LU": "accident_state",
}

DATES: Final = {
    "431": ("onset_day", "", ""),
    "454": ("initial_treatment_day", "", ""),
    "304": ("last_seen_day", "", ""),
    "484": ("last_menstrual_day", "", ""),
    "455": ("last_xray_day", "", ""),
    "439": ("accident_day", "", ""),
    "090": ("assumed_care_day", "", ""),
    "091": ("relinquished_care_day", "", ""),
    "452": ("orthodontic_banding_day", "", ""),
    "472": ("service_day", "service_end_day", ""),
    "435": ("admission_day", "", "admission_hour"),
    "096": ("discharge_day", "", "discharge_hour"),
}
"""Fields (day, end day, time) of the claim's dates by qualifier; 434 is read apart, others are kept as dated values."""

DIAGNOSES: Final = {
    "ABK": "principal",
    "BK": "principal",
    "ABF": "other",
    "BF": "other",
    "ABJ": "admitting",
    "BJ": "admitting",
    "APR": "reason_for_visit",
    "PR": "reason_for_visit",
    "ABN": "external_cause",
    "BN": "external_cause",
}
PROCEDURES: Final = frozenset({"BBR", "BR", "CAH", "BBQ", "BQ"})
FAMILIES: Final = {
    "BG": "condition",
    "BH": "occurrence",
    "BI": "occurrence_span",
    "BE": "value",
    "TC": "treatment",
    "DR": "drg",
    "BP": "hcpcs_procedure",
    "BO": "hcpcs_procedure",
}


PARTIES: Final = frozenset({"1000", "2010"})
"""How the loops of a level's parties begin."""

PAY_TO: Final = frozenset({"87", "PE"})


class Above(Struct, frozen=True):
    """What a claim inherits from the levels above it, one value a level (:func:`inherit`)."""

    submitter_name: str = ""
    submitter_id: str = ""
    receiver_name: str = ""
    receiver_id: str = ""
    batch_number: str = ""
    providers: tuple[Provider, ...] = ()
    payer: Payer = Payer()
    subscriber: Subscriber = Subscriber()
    subscriber_level: Loop | None = None
    patient: Patient | None = None


def inherit(above: Above, level: Loop, known: Parties) -> Above:
    """``above`` with what ``level`` adds: its parties, and SBR, PAT and PRV."""
    parties: dict[str, Loop] = {}
    providers: list[Provider] = []
    for child in level.children:
        qualifier = qualifier_of(child) if child.id[:4] in PARTIES else ""
        if qualifier == "85":
            providers.append(known.billing_provider(child, level))
        elif qualifier in PAY_TO:
            providers.append(known.provider(child))
        elif qualifier and qualifier not in parties:
            parties[qualifier] = child
    changes = _senders(level, parties)
    if providers:
        roles = {made.role for made in providers}
        changes["providers"] = (*(p for p in above.providers if p.role not in roles), *providers)
    if "PR" in parties:
        changes["payer"] = known.payer(parties["PR"])
    if level.id == "2000B" or "IL" in parties:
        changes["subscriber"] = subscriber(level if level.id == "2000B" else NO_LOOP, parties.get("IL"))
        changes["subscriber_level"] = level
        changes["patient"] = None
    if level.id == "2000C" or "QC" in parties:
        changes["patient"] = patient(level, parties.get("QC"))
    return replace(above, **changes) if changes else above


def _senders(level: Loop, parties: dict[str, Loop]) -> Fields:
    """Who sent the batch to whom, and its number."""
    changes: Fields = {}
    for text in level.texts:
        if text.name == "BHT":
            changes["batch_number"] = text.get(3)
    if "41" in parties:
        first = parties["41"].texts[0]
        changes["submitter_name"], changes["submitter_id"] = first.get(3), first.get(9)
    if "40" in parties:
        first = parties["40"].texts[0]
        changes["receiver_name"], changes["receiver_id"] = first.get(3), first.get(9)
    return changes


def above_of(levels: list[Scope], known: Parties) -> Above:
    """What the open levels tell, read once a level."""
    above = Above()
    for scope in levels:
        if scope.memo is None:
            scope.memo = inherit(above, scope.loop, known)
        above = scope.memo
    if above.patient is None:
        above = replace(above, patient=patient_is_subscriber(above.subscriber_level or NO_LOOP, above.subscriber))
        if levels:
            levels[-1].memo = above
    return above


def build_claim(
    loop: Loop, above: Above, claim_type: ClaimType | None, source: Source, component: str, known: Parties
) -> Claim:
    """The claim of a 2300 loop.

    Args:
        loop: The 2300 loop with everything in it.
        above: What the levels tell (:func:`above_of`).
        claim_type: By the version of the transaction set; ``None`` to tell it from the claim's content.
        source: File, transaction set and segment.
        component: The component separator.
        known: The parties of the file.
    """
    fields: Fields = {}
    for at, text in enumerate(loop.texts):
        name = text.name
        read = _READERS.get(name)
        if read is not None:
            read(fields, text.elements + PAD)
        elif name == "HI":
            _read_health_codes(fields, text.elements, component, loop.index(at))
        elif name == "CLM":
            _read_claim(fields, text.elements + PAD, component)
    providers = list(above.providers)
    lines: list[Loop] = []
    for child in loop.children:
        name = child.texts[0].name
        if child.id == "2400":
            lines.append(child)
        elif name == "NM1":
            providers.append(known.provider(child))
        elif name == "SBR":
            held = fields.setdefault("other_payers", [])
            held.append(other_payer(child, len(held) + 1, known))
    fields.pop(_COUNTS, None)
    return Claim(
        claim_type=claim_type or type_by_content(loop, fields),
        submitter_name=above.submitter_name,
        submitter_id=above.submitter_id,
        receiver_name=above.receiver_name,
        receiver_id=above.receiver_id,
        batch_number=above.batch_number,
        payer=above.payer,
        subscriber=above.subscriber,
        patient=above.patient or Patient(),
        providers=tuple(providers),
        lines=tuple([build_line(line, at, component, known) for at, line in enumerate(lines, 1)]),
        source=source,
        origin=origin(loop),
        **settle(fields),
    )


def type_by_content(loop: Loop, fields: Fields) -> ClaimType:
    """The kind of claim by the service segments of its lines, else by CLM05-2; professional when nothing tells."""
    by_service: dict[str, ClaimType] = {"SV1": "professional", "SV2": "institutional", "SV3": "dental"}
    for child in loop.children:
        for text in child.texts if child.id == "2400" else ():
            if text.name in by_service:
                return by_service[text.name]
    return "institutional" if fields.get("facility_qualifier") == "A" else "professional"


def _read_claim(fields: Fields, e: list[str], component: str) -> None:
    """CLM."""
    facility = [*e[5].split(component), "", ""]
    causes = [*e[11].split(component), "", "", "", ""]
    fields.update(
        patient_control_number=e[1].strip(),
        total_charge_cents=cents(e[2]),
        facility_code=code(facility[0]),
        facility_qualifier=code(facility[1]),
        frequency_code=code(facility[2]),
        provider_signature=e[6],
        assignment=e[7],
        benefits_assigned=e[8],
        release_of_information=e[9],
        patient_signature=e[10],
        special_program=e[12],
        delay_reason=e[20],
    )
    if e[11]:
        fields["related_causes"] = tuple([code(cause) for cause in causes[:3] if cause])
        set_first(fields, "accident_state", causes[3])


def _read_claim_date(fields: Fields, e: list[str]) -> None:
    """DTP; the statement's one day is its first and its last."""
    if e[1] == "434" and "statement_from_day" not in fields:
        value = period(e[2], e[3])
        fields["statement_from_day"] = value.day
        fields["statement_to_day"] = value.end_day if e[2] == "RD8" else value.day
    else:
        read_date(fields, e, DATES)


def _read_claim_reference(fields: Fields, e: list[str]) -> None:
    read_reference(fields, e, REFERENCES)


def _read_claim_amount(fields: Fields, e: list[str]) -> None:
    read_amount(fields, e, {"F5": "patient_paid_cents"})


def _read_claim_condition(fields: Fields, e: list[str]) -> None:
    """CRC; category 75 with IH says whether the patient is homebound."""
    read_condition(fields, e)
    if e[1] == "75" and "IH" in e[3:8]:
        set_first(fields, "homebound", {"Y": True, "N": False}.get(e[2]))


def _read_institution(fields: Fields, e: list[str]) -> None:
    """CL1."""
    set_first(fields, "admission_type", code(e[1]))
    set_first(fields, "admission_source", code(e[2]))
    set_first(fields, "discharge_status", code(e[3]))


def _read_health_codes(fields: Fields, e: list[str], component: str, index: int) -> None:
    """HI: up to twelve composites, each with a qualifier that says what it is."""
    for at, element in enumerate(e[1:13], 1):
        if element:
            parts = element.split(component)
            place = Origin(loop="2300", segments={f"HI*{parts[0]}": index}, element=at)
            _read_health_code(fields, code(parts[0]), parts + PAD, place)


def _read_health_code(fields: Fields, qualifier: str, parts: list[str], place: Origin) -> None:
    role = DIAGNOSES.get(qualifier)
    if role is not None:
        group = "pointed" if role in ("principal", "other") else role
        position = _count(fields, group)
        if parts[1]:
            part = Diagnosis(
                position=position,
                code=diagnosis_code(parts[1]),
                role=role,
                qualifier=qualifier,
                present_on_admission=code(parts[8]),
                origin=place,
            )
            add(fields, "diagnoses", part)
    elif qualifier in PROCEDURES:
        position = _count(fields, "procedures")
        if parts[1]:
            done = period(parts[2], parts[3]).day
            procedure = InpatientProcedure(
                position=position, code=diagnosis_code(parts[1]), qualifier=qualifier, day=done, origin=place
            )
            add(fields, "procedures", procedure)
    elif parts[1]:
        value = period(parts[2], parts[3])
        found = ClaimCode(
            family=FAMILIES.get(qualifier, qualifier),
            code=code(parts[1]),
            day=value.day,
            end_day=value.end_day,
            amount_cents=cents(parts[4]),
            origin=place,
        )
        add(fields, "codes", found)
        if qualifier == "DR":
            set_first(fields, "drg", found.code)


def _count(fields: Fields, group: str) -> int:
    """The next position in a group of codes, as pointers count: blank and faulty ones count too."""
    counts: dict[str, int] = fields.setdefault(_COUNTS, {})
    counts[group] = counts.get(group, 0) + 1
    return counts[group]


_COUNTS: Final = "_counts"

_READERS: Final[dict[str, Callable[[Fields, list[str]], None]]] = {
    "DTP": _read_claim_date,
    "REF": _read_claim_reference,
    "AMT": _read_claim_amount,
    "CRC": _read_claim_condition,
    "CL1": _read_institution,
    "PWK": read_attachment,
    "NTE": read_note,
    "K3": read_fixed_note,
    "HCP": read_repricing,
    "CN1": read_contract,
    "CR1": read_ambulance,
}

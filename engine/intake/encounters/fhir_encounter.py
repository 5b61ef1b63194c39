"""One FHIR Encounter with the resources that document it, as an encounter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from engine.claim.encounter import (
    Charge,
    ChosenDiagnosis,
    DataItem,
    Encounter,
    Record,
    RiskItem,
    Setting,
    StatedLevels,
    VisitTime,
)
from engine.claim.model import Origin, Payer, Source
from engine.intake.encounters.fhir_codes import Coder, extension, flag, whole
from engine.intake.encounters.fhir_documented import diagnoses, services
from engine.intake.encounters.reading import Unread
from engine.intake.fhir import Found
from engine.intake.fhir_people import member_id, npi, patient
from engine.intake.fhir_resources import Index, Resolver, identifiers
from engine.intake.fhir_values import Cursor, Report

CLASSES: Mapping[str, Setting] = {
    "AMB": "office",
    "EMER": "emergency",
    "FLD": "",
    "HH": "home",
    "IMP": "hospital_inpatient",
    "ACUTE": "hospital_inpatient",
    "NONAC": "hospital_inpatient",
    "OBSENC": "hospital_observation",
    "SS": "hospital_outpatient",
    "VR": "telehealth_video",
}
"""Encounter.class (HL7 v3 ActCode) to where the patient was seen. AMB is read as an office."""

TESTS = frozenset({"laboratory", "imaging", "108252007", "363679005"})
"""ServiceRequest.category: laboratory procedure and imaging, also as SNOMED CT numbers."""

REVOKED = frozenset({"revoked", "entered-in-error", "cancelled", "stopped", "draft"})

Parts = Mapping[str, list[Found]]


def read_encounter(
    found: Found, parts: Parts, index: Index, report: Report, source: Source
) -> tuple[Encounter, tuple[Unread, ...]]:
    """The encounter, and the items that could not be used."""
    whole_encounter = Cursor(found.resource, found.place or "Encounter", report)
    resolver = Resolver(whole_encounter, index)
    coder = Coder(report)
    start, end = whole_encounter.period("period")
    subject = resolver.follow(whole_encounter, "subject")
    documented = diagnoses(whole_encounter, parts.get("Condition", []), resolver, coder, start)
    chosen, charges, billed = _draft(parts, found.resource, resolver, coder, report)
    kind = whole_encounter.child("class")
    encounter = Encounter(
        encounter_id=whole_encounter.text("id"),
        setting=CLASSES.get(kind.text("code").upper(), "") if kind else "",
        service_day=start,
        service_end_day=end,
        patient_status=_status(whole_encounter),
        payer=Payer(),
        patient=patient(subject),
        member_id=member_id(subject),
        performer_npi=_performer(whole_encounter, resolver),
        billed_npi=billed,
        complete=flag(whole_encounter, "documentation-complete") or False,
        diagnoses=documented,
        services=services(parts.get("Procedure", []), coder, report),
        data=_data(parts, coder, report),
        risk=_risk(parts, coder, report),
        stated=StatedLevels(
            problems=whole(whole_encounter, "mdm-problems"),
            data=whole(whole_encounter, "mdm-data"),
            risk=whole(whole_encounter, "mdm-risk"),
        ),
        time=VisitTime(
            minutes=whole(whole_encounter, "practitioner-minutes"), stated=flag(whole_encounter, "time-stated")
        ),
        record=_record(whole_encounter, parts, resolver, report),
        chosen=chosen,
        charges=charges,
        source=source,
        origin=Origin(path=whole_encounter.path),
    )
    coder.results(len(parts.get("Observation", [])) + len(parts.get("DiagnosticReport", [])), whole_encounter.path)
    return encounter, coder.unread()


def _status(encounter: Cursor) -> Literal["new", "established", ""]:
    found = extension(encounter, "patient-status")
    text = found.text("valueCode") if found else ""
    return "new" if text == "new" else "established" if text == "established" else ""


def _performer(encounter: Cursor, resolver: Resolver) -> str:
    """The NPI of the first participant that has one."""
    for participant in encounter.children("participant"):
        target = resolver.follow(participant, "individual")
        if target is not None and (found := npi(identifiers(target))):
            return found
    return ""


def _data(parts: Parts, coder: Coder, report: Report) -> tuple[DataItem, ...] | None:
    """The tests ordered; a request that is not told to be a test is listed as not read."""
    found = []
    for each in parts.get("ServiceRequest", []):
        request = Cursor(each.resource, each.place, report)
        if request.text("status") in REVOKED:
            continue
        categories = {c.text("code").lower() for concept in request.children("category") for c in concept.own_codings()}
        name = request.code("code") or _text(request)
        if categories & TESTS:
            found.append(DataItem(kind="test_order", name=name, origin=Origin(path=request.path)))
        else:
            coder.leave(request.path, name or "ServiceRequest", "its category does not tell whether it orders a test")
    return tuple(found) or None


def _text(owner: Cursor) -> str:
    concept = owner.child("code")
    return concept.text("text") if concept else ""


def _risk(parts: Parts, coder: Coder, report: Report) -> tuple[RiskItem, ...] | None:
    """The drugs ordered in the visit; what is only reported was not decided here."""
    found = []
    for each in parts.get("MedicationRequest", []):
        request = Cursor(each.resource, each.place, report)
        if request.text("status") in REVOKED:
            continue
        concept = request.child("medicationCodeableConcept")
        name = (concept.text("text") if concept else "") or request.code("medicationCodeableConcept")
        if request.flag("reportedBoolean"):
            coder.leave(request.path, name or "MedicationRequest", "it is reported, not decided in this visit")
        else:
            found.append(
                RiskItem(kind="prescription_drug", detail=name, decided=True, origin=Origin(path=request.path))
            )
    return tuple(found) or None


def _record(encounter: Cursor, parts: Parts, resolver: Resolver, report: Report) -> Record:
    """The note: signed when an attester stands on the Composition; without one nothing is known."""
    reason = bool(encounter.children("reasonCode")) or bool(encounter.children("reasonReference"))
    chief = True if reason else None
    for each in parts.get("Composition", []):
        note = Cursor(each.resource, each.place, report)
        attesters = note.children("attester")
        signer = resolver.follow(attesters[0], "party") if attesters else None
        return Record(
            service_day=None,
            chief_complaint=chief,
            signed=bool(attesters),
            signer_npi=npi(identifiers(signer)) if signer else "",
            signed_day=attesters[0].day("time") if attesters and attesters[0].has("time") else None,
            origin=Origin(path=note.path),
        )
    return Record(chief_complaint=chief)


def _draft(
    parts: Parts, own: dict[str, Any], resolver: Resolver, coder: Coder, report: Report
) -> tuple[tuple[ChosenDiagnosis, ...] | None, tuple[Charge, ...] | None, str]:
    """The codes chosen, from Claim and ChargeItem, and the NPI of the billing provider; ``None`` without either."""
    chosen: list[ChosenDiagnosis] = []
    charges: list[Charge] = []
    billed = ""
    for each in parts.get("Claim", []):
        claim = Cursor(each.resource, each.place, report)
        provider = resolver.follow(claim, "provider")
        billed = billed or (npi(identifiers(provider)) if provider else "")
        for part in claim.children("diagnosis"):
            concept = part.child("diagnosisCodeableConcept")
            target = None if concept else resolver.follow(part, "diagnosisReference")
            concept = concept or (target.resource.child("code") if target and target.resource else None)
            code = coder.diagnosis(concept, part.path)
            if code:
                chosen.append(ChosenDiagnosis(position=len(chosen) + 1, code=code, origin=Origin(path=part.path)))
        for item in claim.children("item"):
            if not _elsewhere(item, own, resolver):
                _charge(item, "productOrService", charges, coder)
    for each in parts.get("ChargeItem", []):
        _charge(Cursor(each.resource, each.place, report), "code", charges, coder)
    given = bool(parts.get("Claim") or parts.get("ChargeItem"))
    has_claim = bool(parts.get("Claim"))
    return (tuple(chosen) if has_claim else None, tuple(charges) if given else None, billed)


def _elsewhere(item: Cursor, own: dict[str, Any], resolver: Resolver) -> bool:
    """Whether an item of a claim names another encounter of the file."""
    named = [resolver.target(reference).resource for reference in item.children("encounter")]
    found = [resource.value for resource in named if resource is not None]
    return bool(found) and all(value is not own for value in found)


def _charge(item: Cursor, key: str, charges: list[Charge], coder: Coder) -> None:
    """One charge, when its code is CPT or HCPCS."""
    code = coder.procedure(item.child(key), item.path)
    if not code:
        return
    quantity = item.child("quantity")
    modifiers = [c.text("code").upper() for concept in item.children("modifier") for c in concept.own_codings()]
    charges.append(
        Charge(
            number=len(charges) + 1,
            procedure=code,
            modifiers=tuple(modifier for modifier in modifiers if modifier),
            units=quantity.number("value") if quantity else None,
            service_day=item.day("servicedDate") or item.day("occurrenceDateTime"),
            diagnosis_pointers=tuple(number for number, _ in item.integers("diagnosisSequence")),
            origin=Origin(path=item.path),
        )
    )

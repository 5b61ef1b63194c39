"""Conditions and procedures of a FHIR encounter, as documented diagnoses and services."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal, cast, get_args

from engine.claim.encounter import Complexity, DocumentedDiagnosis, DocumentedService, Side, Status
from engine.claim.model import Origin
from engine.intake.encounters.fhir_codes import Coder, extension, flag
from engine.intake.fhir import Found
from engine.intake.fhir_resources import Resolver
from engine.intake.fhir_values import Cursor, Report

CERTAINTY: Mapping[str, Status] = {
    "confirmed": "confirmed",
    "provisional": "suspected",
    "differential": "suspected",
    "unconfirmed": "suspected",
    "refuted": "ruled_out",
}
ENDED = frozenset({"resolved", "inactive", "remission"})
SIDES: Mapping[str, Side] = {
    "7771000": "left",
    "24028007": "right",
    "51440002": "bilateral",
    "left": "left",
    "right": "right",
    "bilateral": "bilateral",
}
WRONG = "entered-in-error"


def diagnoses(
    encounter: Cursor, found: list[Found], resolver: Resolver, coder: Coder, day: date | None
) -> tuple[DocumentedDiagnosis, ...] | None:
    """The documented diagnoses; one without an ICD-10-CM code keeps its wording, and is listed as not read."""
    chief = _chief(encounter, resolver)
    read = []
    for each in found:
        condition = Cursor(each.resource, each.place, encounter.report)
        if condition.code("verificationStatus") == WRONG:
            continue
        concept = condition.child("code")
        read.append(
            DocumentedDiagnosis(
                wording=_wording(concept),
                code=coder.diagnosis(concept, condition.path),
                status=_status(condition, day),
                addressed=flag(condition, "addressed"),
                complexity=_complexity(condition),
                laterality=_side(condition),
                stage=_stage(condition),
                severity=_words(condition.child("severity")),
                chief=True if id(each.resource) == chief else None,
                source=_source(condition),
                origin=Origin(path=condition.path),
            )
        )
    return tuple(read) if found else None


def _chief(encounter: Cursor, resolver: Resolver) -> int | None:
    """The identity of the condition that Encounter.diagnosis ranks first."""
    for part in encounter.children("diagnosis"):
        if part.has("rank") and part.integer("rank") == 1:
            target = resolver.follow(part, "condition")
            if target is not None and target.resource is not None:
                return id(target.resource.value)
    return None


def _wording(concept: Cursor | None) -> str:
    if concept is None:
        return ""
    shown = (coding.text("display") for coding in concept.own_codings())
    return concept.text("text") or next((text for text in shown if text), "")


def _words(concept: Cursor | None) -> str:
    return _wording(concept).lower()


def _stage(condition: Cursor) -> str:
    stages = condition.children("stage")
    return _words(stages[0].child("summary")).removeprefix("stage ") if stages else ""


def _status(condition: Cursor, day: date | None) -> Status:
    """Certainty; a confirmed condition that ended before the encounter is history."""
    certainty = CERTAINTY.get(condition.code("verificationStatus"), "")
    if certainty == "confirmed" and condition.code("clinicalStatus") in ENDED and condition.has("abatementDateTime"):
        ended = condition.day("abatementDateTime")
        return "history_of" if ended is not None and day is not None and ended < day else certainty
    return certainty


def _complexity(condition: Cursor) -> Complexity:
    found = extension(condition, "problem-complexity")
    text = found.text("valueCode").replace("-", "_") if found else ""
    return cast("Complexity", text) if text in get_args(Complexity) else ""


def _side(owner: Cursor) -> Side:
    codes = [coding.text("code").lower() for site in owner.children("bodySite") for coding in site.own_codings()]
    return next((SIDES[code] for code in codes if code in SIDES), "")


def _source(condition: Cursor) -> Literal["assessment", "problem_list", ""]:
    codes = {coding.text("code") for concept in condition.children("category") for coding in concept.own_codings()}
    if "encounter-diagnosis" in codes:
        return "assessment"
    return "problem_list" if "problem-list-item" in codes else ""


def services(found: list[Found], coder: Coder, report: Report) -> tuple[DocumentedService, ...] | None:
    """The documented services; one without a CPT or HCPCS code keeps its wording, and is listed as not read."""
    read = []
    for each in found:
        procedure = Cursor(each.resource, each.place, report)
        if procedure.text("status") in (WRONG, "not-done"):
            continue
        concept = procedure.child("code")
        period = procedure.child("performedPeriod")
        read.append(
            DocumentedService(
                wording=_wording(concept),
                procedure=coder.procedure(concept, procedure.path),
                start=period.text("start") if period else "",
                stop=period.text("end") if period else "",
                laterality=_side(procedure),
                indication=True if procedure.children("reasonCode") or procedure.children("reasonReference") else None,
                order=True if procedure.children("basedOn") else None,
                report=True if procedure.children("report") else None,
                origin=Origin(path=procedure.path),
            )
        )
    return tuple(read) if found else None

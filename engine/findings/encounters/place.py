"""Where a finding about an encounter lies: its part, and where that was read from (FHIR path or JSON path)."""

from __future__ import annotations

from engine.claim.encounter import Encounter
from engine.claim.parts import Origin
from engine.facts.fact import Fact
from engine.facts.vocabulary import vocabulary
from engine.findings.report import FindingAt
from engine.rulebook.rule import At

PARTS = {
    "encounter": "encounter",
    "documented_diagnosis": "documented diagnosis",
    "documented_service": "documented service",
    "billed_diagnosis": "chosen diagnosis",
    "billed_service": "charge",
}
"""What the parts of an encounter are called in findings."""

OF_CLAIM = {
    "procedure": "productOrService",
    "units": "quantity",
    "modifiers": "modifier",
    "code": "diagnosisCodeableConcept",
}
"""Elements of Claim.item and Claim.diagnosis, for charges that were read from a Claim."""


def place(encounter: Encounter, at: At, fact: Fact) -> FindingAt:
    """The place that ``at`` names, given the fact bound to its name."""
    kind = vocabulary()[fact.kind]
    origin = _origin(encounter, kind.part, fact.part)
    called = PARTS[kind.part]
    field = kind.fields.get(at.field)
    fhir = origin.path.startswith("Bundle")
    return FindingAt(
        part=f"{called} {fact.part}" if fact.part else called,
        field=at.field,
        fhir=_path(origin.path, field.fhir if field else "", at.field) if fhir else "",
        path="" if fhir or not origin.path else f"{origin.path}.{at.field}",
    )


def _origin(encounter: Encounter, part: str, number: int) -> Origin:
    """Where a part was read from; the encounter's own place when that is not known."""
    parts = {
        "documented_diagnosis": encounter.diagnoses,
        "documented_service": encounter.services,
        "billed_diagnosis": encounter.chosen,
        "billed_service": encounter.charges,
    }.get(part)
    if parts and 0 < number <= len(parts) and parts[number - 1].origin.path:
        return parts[number - 1].origin
    return encounter.origin


def _path(path: str, element: str, field: str) -> str:
    """The path of an element: ``Condition.code`` stands at ``Bundle.entry[2].resource.code``."""
    if path.endswith("]") and (".item[" in path or ".diagnosis[" in path):
        element = OF_CLAIM.get(field, "")
    else:
        resource, dot, rest = element.partition(".")
        element = rest if dot and resource[:1].isupper() and " " not in element else ""
    return f"{path}.{element}" if element else path

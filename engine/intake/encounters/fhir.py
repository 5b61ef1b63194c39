"""FHIR R4: a Bundle (or NDJSON of resources) to documented encounters, one for each Encounter resource.

The parts of an encounter are the resources that refer to it; where a file has one Encounter, those that refer to none
are its parts too. Codes of other systems than ICD-10-CM, CPT and HCPCS are not translated: such items are listed as not
read.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from engine.claim.encounter import Encounter
from engine.claim.model import Source
from engine.intake.encounters.fhir_encounter import read_encounter
from engine.intake.encounters.native import no_encounter
from engine.intake.encounters.reading import EncounterReading, ReadEncounter
from engine.intake.fhir import Found, resources, too_deep
from engine.intake.fhir_resources import Index
from engine.intake.fhir_values import Report
from engine.intake.json_text import LIMIT, documents, scrub
from engine.intake.reading import IntakeFinding

LINKS = {
    "Condition": "encounter",
    "Procedure": "encounter",
    "Observation": "encounter",
    "DiagnosticReport": "encounter",
    "ServiceRequest": "encounter",
    "MedicationRequest": "encounter",
    "Composition": "encounter",
    "ChargeItem": "context",
}
"""The resources that document an encounter, and the element that refers to it; Claim refers item by item."""


def read_fhir(stream: BinaryIO, file: str, *, limit: int = LIMIT) -> EncounterReading:
    """The encounters of a FHIR file, in order, and what was wrong outside any of them.

    Args:
        stream: the file's bytes.
        file: its name, for ``Encounter.source``.
        limit: the most bytes of a file that is not NDJSON.
    """
    outside, found = Report(), list[Found]()
    failures: list[IntakeFinding] = []
    for document in documents(stream, file, limit):
        if isinstance(document, IntakeFinding):
            failures.append(document)
            continue
        try:
            value = scrub(document.value, "", outside.add) if document.suspect else document.value
            found += list(resources(value, "", outside))
        except RecursionError:
            failures.append(too_deep("Bundle"))
    yield from failures
    yield from outside
    encounters = [each for each in found if each.resource.get("resourceType") == "Encounter"]
    yield from _encounters(encounters, found, file)
    if not encounters and not failures:
        yield no_encounter("Send a Bundle that holds Encounter resources and what refers to them.")


def _encounters(encounters: list[Found], found: list[Found], file: str) -> Iterator[ReadEncounter]:
    index = Index()
    for each in found:
        index.add(each.resource, each.url)
    parts = _parts(encounters, found, index)
    for each in encounters:
        report = Report()
        source = Source(file=file)
        try:
            encounter, unread = read_encounter(each, parts[id(each.resource)], index, report, source)
        except RecursionError:
            report.add(too_deep("Bundle"))
            encounter, unread = Encounter(source=source), ()
        yield ReadEncounter(encounter=encounter, findings=tuple(report), unread=unread)


def _parts(encounters: list[Found], found: list[Found], index: Index) -> dict[int, dict[str, list[Found]]]:
    """The parts of each encounter, by the identity of its resource."""
    parts: dict[int, dict[str, list[Found]]] = {id(each.resource): {} for each in encounters}
    alone = id(encounters[0].resource) if len(encounters) == 1 else None
    for each in found:
        kind = each.resource.get("resourceType")
        if kind == "Claim":
            owners = {_owner(item.get("encounter"), index) for item in _objects(each.resource.get("item"))}
        elif isinstance(kind, str) and kind in LINKS:
            owners = {_owner(each.resource.get(LINKS[kind]), index)}
        else:
            continue
        named = {owner for owner in owners if owner is not None}
        for owner in named or ({alone} if alone is not None else set[int]()):
            if owner in parts:
                parts[owner].setdefault(str(kind), []).append(each)
    return parts


def _owner(reference: object, index: Index) -> int | None:
    """The identity of the resource that a reference (or the first of a list) names."""
    first = reference[0] if isinstance(reference, list) and reference else reference
    text = first.get("reference") if isinstance(first, dict) else None
    found = index.find(text) if isinstance(text, str) else None
    return None if found is None else id(found)


def _objects(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []

"""FHIR R4: Claim, Bundle, arrays of resources and NDJSON to canonical claims."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from msgspec import Struct

from engine.claim.model import Claim, Origin, Source
from engine.intake.fhir_claim import read_claim
from engine.intake.fhir_resources import Index
from engine.intake.fhir_values import Report
from engine.intake.json_text import LIMIT, Document, documents, printable, scrub, shown, written
from engine.intake.line_numbers import told_apart
from engine.intake.places import with_lines
from engine.intake.reading import IntakeFinding, ReadClaim, Reading, Spot

# Resources that go with claims; they are used where a claim refers to them and need no word.
_COMPANY = (
    "Patient RelatedPerson Coverage Practitioner PractitionerRole Organization Location Condition Procedure Encounter"
    " ServiceRequest DeviceRequest MedicationRequest Observation DocumentReference QuestionnaireResponse Provenance"
    " OperationOutcome CarePlan CareTeam DiagnosticReport Immunization Device Medication MessageHeader"
)
QUIET = frozenset(_COMPANY.split())


class Found(Struct, frozen=True):
    """A resource and where it stood in the file (``Bundle.entry[3].resource``)."""

    resource: dict[str, Any]
    place: str
    url: object = None


def read_fhir(stream: BinaryIO, file: str, *, keep_raw: bool = False, limit: int = LIMIT) -> Reading:
    """The claims of a FHIR file, in order, and what was wrong outside any claim.

    Of NDJSON, a claim sees the resources on its own line and the lines before it; of a Bundle or array, all.

    Args:
        stream: the file's bytes.
        file: its name, for ``Claim.source``.
        keep_raw: keep each claim's JSON in ``ReadClaim.raw``.
        limit: the most bytes of a file that is not NDJSON.
    """
    index = Index()
    skipped: dict[str, int] = {}
    silent = True
    for document in documents(stream, file, limit):
        read = (
            [document] if isinstance(document, IntakeFinding) else _document(document, index, skipped, file, keep_raw)
        )
        for one in read:
            silent = False
            yield one
    for kind, count in skipped.items():
        yield IntakeFinding(
            rule="INT-0016",
            says=f"{kind} ({count}) is not a claim; skipped.",
            fix="Send Claim resources.",
            severity="info",
            expected="Claim",
            found=kind,
        )
    if silent and not skipped:
        yield IntakeFinding(
            rule="INT-0017",
            says="The file holds no claim.",
            fix="Send Claim resources, alone, in a Bundle or one a line.",
            expected="at least one claim",
            found="none",
        )


def _document(document: Document, index: Index, skipped: dict[str, int], file: str, keep_raw: bool) -> Reading:  # noqa: FBT001
    outside = Report()
    try:
        value = document.value
        clean = scrub(value, "", outside.add) if document.suspect and not _has_claims(value) else value
        found = list(resources(clean, "", outside))
    except RecursionError:
        yield too_deep("")
        return
    for one in found:
        # a file of a million lines of claims must not be held: a claim alone is referred to by nobody
        if len(found) > 1 or one.resource.get("resourceType") not in ("Claim", "ExplanationOfBenefit"):
            index.add(one.resource, one.url)
    for one in found:
        kind = one.resource.get("resourceType")
        if kind == "Claim":
            yield _claim(one, index, document, file, keep_raw=keep_raw)
        elif not isinstance(kind, str) or kind not in QUIET:
            name = printable(kind) if isinstance(kind, str) else "A resource without resourceType"
            skipped[name] = skipped.get(name, 0) + 1
    yield from outside


def _has_claims(value: Any) -> bool:  # noqa: ANN401
    """Claims are scrubbed one by one, so that each carries its own findings."""
    return isinstance(value, list) or (isinstance(value, dict) and value.get("resourceType") in ("Claim", "Bundle"))


def resources(value: Any, place: str, outside: Report) -> Iterator[Found]:  # noqa: ANN401
    """Every resource of a JSON value: alone, in arrays, in Bundles (also nested) and in Parameters."""
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from resources(item, f"{place}[{number}]", outside)
    elif not isinstance(value, dict):
        says = f"{place or 'The value'} is {shown(value)}, not a resource."
        outside.add(_shape(place, says, "a resource", shown(value)))
    elif value.get("resourceType") == "Bundle":
        yield from _entries(value, f"{place}.Bundle" if place else "Bundle", outside)
    elif value.get("resourceType") == "Parameters":
        for number, part in enumerate(_list(value.get("parameter"))):
            if isinstance(part, dict) and isinstance(part.get("resource"), dict):
                yield from resources(part["resource"], f"{place}Parameters.parameter[{number}].resource", outside)
    elif isinstance(value.get("resource"), dict) and "resourceType" not in value:
        yield from _entries({"entry": [value]}, place, outside)  # an entry saved from a cut Bundle
    else:
        yield Found(value, place)


def _entries(bundle: dict[str, Any], name: str, outside: Report) -> Iterator[Found]:
    entries = bundle.get("entry")
    if entries is not None and not isinstance(entries, list):
        outside.add(
            _shape(f"{name}.entry", f"entry is {shown(entries)}, which is not a list.", "a list", shown(entries))
        )
    for number, entry in enumerate(_list(entries)):
        place = f"{name}.entry[{number}]"
        if not isinstance(entry, dict):
            outside.add(_shape(place, f"The entry is {shown(entry)}, not an object.", "an object", shown(entry)))
            continue
        resource = entry.get("resource")
        if isinstance(resource, dict) and resource.get("resourceType") not in ("Bundle", "Parameters"):
            yield Found(resource, f"{place}.resource", entry.get("fullUrl"))
        elif resource is not None:
            yield from resources(resource, f"{place}.resource", outside)


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value] if isinstance(value, dict) else []


def _claim(found: Found, index: Index, document: Document, file: str, *, keep_raw: bool) -> ReadClaim:
    report = Report()
    resource, source = found.resource, Source(file=file)
    raw = ((0, found.place or "Claim", _text(resource, document)),) if keep_raw else ()
    try:
        if document.suspect:
            resource = scrub(resource, "Claim", report.add)
        claim = read_claim(resource, index, report, source)
    except RecursionError:
        report.add(too_deep("Claim"))
        claim = Claim(claim_type="professional", source=source, origin=Origin(path="Claim"))
    claim, told = told_apart(claim, list(report))
    return ReadClaim(claim=claim, findings=with_lines(told, claim), raw=raw)


def _text(resource: dict[str, Any], document: Document) -> str:
    return document.text if resource is document.value else written(resource)


def _shape(path: str, says: str, expected: str, found: str) -> IntakeFinding:
    at = Spot(path=path)
    return IntakeFinding(rule="INT-0016", says=says, fix=f"Send {expected}.", at=at, expected=expected, found=found)


def too_deep(path: str) -> IntakeFinding:
    """The finding on a resource that is nested too deeply to be read."""
    says = "The resource is nested too deeply; little of it could be read."
    return _shape(path, says, "a resource of ordinary depth", "deep nesting")

"""Where a finding lies.

From the matched fact to the part of the claim, and from there to X12, FHIR and the paper form.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.claim.locations import Place, element_of, locate
from engine.claim.model import Claim, Origin
from engine.facts.fact import Fact
from engine.facts.vocabulary import vocabulary
from engine.findings.report import FindingAt, X12At
from engine.rulebook.rule import At

FIELDS = {
    ("line_modifier", "code"): "modifiers",
    ("line_diagnosis", "code"): "diagnosis_pointers",
    ("line_diagnosis", "position"): "diagnosis_pointers",
}
"""Fields of kinds that are details of a line: the line's own field that shows them."""

PATIENT_LOOPS = ("2000C", "2010CA")
"""Where the table says the patient stands; a patient who is the subscriber stands in the subscriber's loop."""


def place(claim: Claim, at: At, fact: Fact) -> FindingAt:
    """The place that ``at`` names, given the fact bound to its name."""
    if at.part:
        number = fact.values.get(at.number)
        return _at(claim, at.part, number if isinstance(number, int) else 0, at.field, "")
    part = vocabulary()[fact.kind].part
    number = fact.line if part == "line" else fact.part
    field = FIELDS.get((fact.kind, at.field), at.field)
    role = str(fact.values.get("role", "")) if part == "provider" else ""
    return _at(claim, part, number, field, role, line=fact.line)


def _at(claim: Claim, part: str, number: int, field: str, role: str, line: int = 0) -> FindingAt:
    spot = locate(part, field, claim.claim_type, role)
    origin, path = _origin(claim, part, number)
    return FindingAt(
        line=number if part == "line" else (line or None) if part == "provider" else None,
        diagnosis=number if part == "diagnosis" else None,
        provider=role,
        part="" if part in ("line", "diagnosis", "provider", "claim") else f"{part} {number}",
        field=field,
        x12=_x12(claim, spot, origin) if spot else None,
        fhir=_fhir(spot, path) if spot else "",
        form=spot.form if spot else "",
    )


def _origin(claim: Claim, part: str, number: int) -> tuple[Origin, str]:
    """The part's origin, and its FHIR path: the one it was read from, else the one it would have."""
    origins, path, index = _parts(claim, part, number)
    if not 0 <= index < len(origins):
        return claim.origin, "Claim"
    origin = origins[index]
    return origin, origin.path if origin.path.startswith("Claim") else path.format(index)


def _parts(claim: Claim, part: str, number: int) -> tuple[Sequence[Origin], str, int]:
    """The origins of all parts of a kind, the FHIR path of one, and the index of the one with this number."""
    match part:
        case "line":
            found = next((i for i, line in enumerate(claim.lines) if line.number == number), -1)
            return [line.origin for line in claim.lines], "Claim.item[{}]", found
        case "diagnosis":
            return [d.origin for d in claim.diagnoses], "Claim.diagnosis[{}]", number - 1
        case "provider":
            providers = (*claim.providers, *(p for line in claim.lines for p in line.providers))
            return [p.origin for p in providers], "Claim.careTeam[{}]", number - 1
        case "other_payer":
            return [p.origin for p in claim.other_payers], "Claim.insurance[{}]", number - 1
        case "code":
            return [c.origin for c in claim.codes], "Claim.supportingInfo[{}]", number - 1
        case "procedure":
            return [p.origin for p in claim.procedures], "Claim.procedure[{}]", number - 1
        case _:
            return (), "Claim", -1


def _x12(claim: Claim, spot: Place, origin: Origin) -> X12At | None:
    """The X12 place, when the claim was read from X12 and X12 has a place for it."""
    if not claim.origin.segments or not spot.element:
        return None
    owner = _owner(claim, spot) or origin
    index = owner.segments.get(spot.segment)
    if index is None:
        name = spot.segment.partition("*")[0]
        index = next((i for key, i in owner.segments.items() if key.partition("*")[0] == name), None)
    loop = owner.loop if spot.loop in PATIENT_LOOPS else spot.loop or owner.loop
    return X12At(loop=loop, segment=index, element=element_of(spot, owner))


def _owner(claim: Claim, spot: Place) -> Origin | None:
    """The part that a named loop was read into, for claim fields that stand outside loop 2300."""
    match spot.loop:
        case "2000B" | "2010BA":
            return claim.subscriber.origin
        case "2010BB":
            return claim.payer.origin
        case "2000C" | "2010CA":
            return claim.patient.origin
        case "2010AA":
            return next((provider.origin for provider in claim.providers if provider.role == "billing"), None)
        case "2400":
            return next((line.origin for line in claim.lines if spot.segment in line.origin.segments), None)
        case _:
            return None


def _fhir(spot: Place, path: str) -> str:
    """The FHIR path; a path of another resource (``Coverage.…``) stands alone."""
    if not spot.fhir or spot.fhir[0].isupper():
        return spot.fhir
    return f"{path}.{spot.fhir}"

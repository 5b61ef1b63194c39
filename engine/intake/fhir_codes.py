"""Diagnoses and inpatient procedures of a FHIR claim, and the code systems that a claim may use."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from engine.claim.model import Diagnosis, InpatientProcedure, Origin
from engine.intake.codes import code as canonical
from engine.intake.codes import upper
from engine.intake.fhir_resources import Resolver, Target
from engine.intake.fhir_values import Cursor, system
from engine.intake.json_text import printable, shown

ICD10CM = frozenset({"hl7.org/fhir/sid/icd-10-cm", "urn:oid:2.16.840.1.113883.6.90", "icd-10-cm", "icd10cm"})
ICD10 = frozenset({"hl7.org/fhir/sid/icd-10", "urn:oid:2.16.840.1.113883.6.3"})
ICD9 = frozenset({"hl7.org/fhir/sid/icd-9-cm", "hl7.org/fhir/sid/icd-9", "urn:oid:2.16.840.1.113883.6.103"})
ICD10PCS = frozenset(
    {
        "www.cms.gov/medicare/coding/icd10",
        "hl7.org/fhir/sid/icd-10-pcs",
        "urn:oid:2.16.840.1.113883.6.4",
    }
)
ICD9PCS = frozenset(
    {"www.cms.gov/medicare/coding/icd9", "hl7.org/fhir/sid/icd-9-proc", "urn:oid:2.16.840.1.113883.6.104"}
)
ABSENT = frozenset({"terminology.hl7.org/codesystem/data-absent-reason", "hl7.org/fhir/data-absent-reason"})

ROLES = {
    "principal": "principal",
    "admitting": "admitting",
    "patientreasonforvisit": "reason_for_visit",
    "externalcauseofinjury": "external_cause",
    "externalcause": "external_cause",
}
_QUALIFIER = {
    "principal": "ABK",
    "other": "ABF",
    "admitting": "ABJ",
    "reason_for_visit": "APR",
    "external_cause": "ABN",
}
_POINTED = ("principal", "other")


class Coded(Struct, frozen=True):
    """A code as found, and whether its system is the older edition (ICD-9)."""

    code: str
    old: bool = False


class Diagnoses(Struct, frozen=True):
    """The diagnoses, the position of each sequence number that lines may point to, and all sequence numbers sent."""

    diagnoses: tuple[Diagnosis, ...] = ()
    positions: dict[int, int] = {}
    sequences: frozenset[int] = frozenset()


def sequence(part: Cursor, index: int) -> int:
    """The part's sequence; its place in the list where it has none, which is reported."""
    number = part.integer("sequence")
    if number is None:
        if not part.has("sequence"):
            says = f"sequence is missing; read as {index + 1}."
            part.say("sequence", says, expected="a sequence number", found="nothing", fix="Number the parts from 1.")
        return index + 1
    return number


def diagnoses(claim: Cursor, resolver: Resolver) -> Diagnoses:
    """The diagnoses in the order of their sequence, the principal one first.

    Where none has a type, the first in sequence that can be read is the principal one, as on a paper claim.
    """
    parts = [(sequence(part, index), part) for index, part in enumerate(claim.children("diagnosis"))]
    parts.sort(key=lambda pair: pair[0])
    _repeats(parts)
    read = [(number, part, coded) for number, part in parts if (coded := _diagnosis_code(part, resolver)) is not None]
    roles = [_role(part) for _, part, _ in read]
    if read and not any(roles):
        roles[0] = "principal"
    found = [
        (number, _diagnosis(part, coded, role or "other"))
        for (number, part, coded), role in zip(read, roles, strict=True)
    ]
    found.sort(key=lambda pair: pair[1].role != "principal")
    return _numbered(found, frozenset(number for number, _ in parts))


def _repeats(parts: list[tuple[int, Cursor]]) -> None:
    seen: set[int] = set()
    for number, part in parts:
        if number in seen:
            part.say("sequence", f"sequence {number} is used twice.", expected="a number of its own", found=str(number))
        seen.add(number)


def _role(part: Cursor) -> str:
    """The role of the diagnosis, or an empty text when it has no type that a claim knows."""
    kinds = [coding.text("code") for concept in part.children("type") for coding in concept.own_codings()]
    kinds = [kind.lower().replace("-", "").replace("_", "") for kind in kinds if kind]
    return next((ROLES[kind] for kind in kinds if kind in ROLES), "other" if kinds else "")


def _diagnosis(part: Cursor, coded: Coded, role: str) -> Diagnosis:
    qualifier = _QUALIFIER[role]
    present = part.code("onAdmission")
    return Diagnosis(
        position=1,
        code=coded.code,
        role=role,
        qualifier=qualifier[1:] if coded.old else qualifier,
        present_on_admission=upper(present),
        origin=Origin(path=part.path),
    )


def _numbered(found: list[tuple[int, Diagnosis]], sequences: frozenset[int]) -> Diagnoses:
    """Gives each diagnosis its position.

    Principal and other count together, from 1 with a principal and from 2 without; each other role counts alone.
    """
    counts: dict[str, int] = {}
    positions: dict[int, int] = {}
    result = []
    start = 0 if any(one.role == "principal" for _, one in found) else 1
    for number, one in found:
        group = "pointed" if one.role in _POINTED else one.role
        counts[group] = counts.get(group, start if group == "pointed" else 0) + 1
        result.append(replace(one, position=counts[group]))
        if group == "pointed":
            positions.setdefault(number, counts[group])
    return Diagnoses(tuple(result), positions, sequences)


def _diagnosis_code(part: Cursor, resolver: Resolver) -> Coded | None:
    if part.has("diagnosisCodeableConcept"):
        return icd(part, "diagnosisCodeableConcept")
    target = resolver.follow(part, "diagnosisReference")
    if target is None:
        part.say("", "The diagnosis has no code.", expected="diagnosisCodeableConcept", found="nothing")
        return None
    if target.resource is None:
        _unread(part, "diagnosisReference", target)
        return None
    return icd(target.resource, "code", part, "diagnosisReference")


def icd(owner: Cursor, key: str, speaker: Cursor | None = None, at: str = "") -> Coded | None:
    """An ICD-10-CM (or ICD-9-CM) code at ``owner.key``; problems are told at ``speaker.at`` when given."""
    codings = owner.codings(key)
    for coding in codings:
        uri, code = system(coding), coding.text("code")
        if code and (uri in ICD10CM or uri in ICD9):
            return Coded(canonical(code), old=uri in ICD9)
    where, place = (speaker, at) if speaker is not None else (owner, key)
    for coding in codings:
        code, uri = coding.text("code"), coding.text("system")
        if code and (not uri or system(coding) in ICD10):
            says = f"{shown(code)} names {uri or 'no code system'}; it was read as ICD-10-CM."
            where.say(
                place, says, expected="http://hl7.org/fhir/sid/icd-10-cm", found=uri or "no system", severity="warning"
            )
            return Coded(canonical(code))
    found = _named(codings)
    where.say(
        place,
        f"The diagnosis has no ICD-10-CM code ({found}); it was left out.",
        expected="http://hl7.org/fhir/sid/icd-10-cm",
        found=found,
    )
    return None


def _named(codings: list[Cursor]) -> str:
    """What was found in place of the wanted code, for a message."""
    found = [printable(f"{coding.text('system')} {coding.text('code')}".strip(), 80) for coding in codings[:2]]
    return ", ".join(name for name in found if name) or "no code"


def _unread(part: Cursor, key: str, target: Target) -> None:
    reference = printable(target.reference.text("reference"), 80) or "no reference"
    says = f"The {key} {reference} is not in the file; its code is not known."
    part.say(key, says, expected="the resource in the file, or a code", found=reference, severity="warning")


def procedures(claim: Cursor, resolver: Resolver) -> tuple[InpatientProcedure, ...]:
    """The ICD-10-PCS procedures: the one typed primary or principal first, else by sequence."""
    parts = [(sequence(part, index), part) for index, part in enumerate(claim.children("procedure"))]
    found = [(number, part, coded) for number, part in parts if (coded := _procedure_code(part, resolver)) is not None]
    found.sort(key=lambda entry: (not _is_principal(entry[1]), entry[0]))
    result = []
    for position, (_, part, coded) in enumerate(found, start=1):
        qualifier = "BBR" if position == 1 else "BBQ"
        result.append(
            InpatientProcedure(
                position=position,
                code=coded.code,
                qualifier=qualifier[1:] if coded.old else qualifier,
                day=part.day("date"),
                origin=Origin(path=part.path),
            )
        )
    return tuple(result)


def _is_principal(part: Cursor) -> bool:
    kinds = [coding.text("code").lower() for concept in part.children("type") for coding in concept.own_codings()]
    return "primary" in kinds or "principal" in kinds


def _procedure_code(part: Cursor, resolver: Resolver) -> Coded | None:
    owner, key = part, "procedureCodeableConcept"
    if not part.has(key):
        target = resolver.follow(part, "procedureReference")
        if target is None or target.resource is None:
            if target is not None:
                _unread(part, "procedureReference", target)
            return None
        owner, key = target.resource, "code"
    for coding in owner.codings(key):
        uri, code = system(coding), coding.text("code")
        if code and (uri in ICD10PCS or uri in ICD9PCS):
            return Coded(canonical(code), old=uri in ICD9PCS)
    found = _named(owner.codings(key))
    says = f"The procedure has no ICD-10-PCS code ({found}); it was left out."
    part.say("", says, expected="http://www.cms.gov/Medicare/Coding/ICD10", found=found)
    return None

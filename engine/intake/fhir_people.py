"""Who stands on a FHIR claim: providers, patient, subscriber, payers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from engine.claim.model import Address, Origin, Patient, Payer, Provider, Subscriber
from engine.intake.codes import plain, sex, upper
from engine.intake.fhir_resources import Resolver, Target, identifiers
from engine.intake.fhir_values import Cursor, system

NPI = frozenset({"hl7.org/fhir/sid/us-npi", "us-npi", "urn:oid:2.16.840.1.113883.4.6", "npiregistry.cms.hhs.gov"})
EIN = frozenset({"urn:oid:2.16.840.1.113883.4.4", "hl7.org/fhir/sid/us-ein", "us-ein"})
SSN = frozenset({"urn:oid:2.16.840.1.113883.4.1", "hl7.org/fhir/sid/us-ssn", "us-ssn"})
MBI = frozenset({"hl7.org/fhir/sid/us-mbi", "us-mbi"})
NAIC = frozenset({"urn:oid:2.16.840.1.113883.6.300"})
TAXONOMY = frozenset({"nucc.org/provider-taxonomy", "urn:oid:2.16.840.1.113883.6.101"})
RELATIONSHIP = {
    "self": "18",
    "spouse": "01",
    "child": "19",
    "common": "53",
    "parent": "G8",
    "other": "G8",
    "injured": "41",
}
_MEMBER_TYPES = frozenset({"mb", "mc"})
_PERSONS = frozenset({"Practitioner", "PractitionerRole", "Patient", "RelatedPerson"})
_ORGANIZATIONS = frozenset({"Organization", "Location"})

Entity = Literal["person", "organization", ""]


class Name(Struct, frozen=True):
    """A person's or organisation's name."""

    last: str = ""
    first: str = ""


def provider(target: Target, role: str, resolver: Resolver, origin: Origin) -> Provider:
    """A provider in ``role``, as far as the resource or the reference tells."""
    resource = target.resource
    if resource is not None and target.kind == "PractitionerRole":
        return _practitioner_role(target, resource, role, resolver, origin)
    found = list(identifiers(target))
    name = _name(target)
    tax_id, tax_id_kind = _tax(found)
    made = Provider(
        role=role,
        entity=_entity(target.kind),
        last_name=name.last,
        first_name=name.first,
        npi=npi(found),
        id_qualifier="XX" if npi(found) else "",
        taxonomy=_taxonomy(resource),
        tax_id=tax_id,
        tax_id_kind=tax_id_kind,
        address=None if resource is None else address(resource),
        phone=_phone(resource),
        origin=origin,
    )
    manager = None
    if resource is not None and target.kind == "Location":
        manager = _other_than_role(resolver.follow(resource, "managingOrganization"))
    if made.npi or manager is None:
        return made
    owner = npi(identifiers(manager))
    return replace(made, npi=owner, id_qualifier="XX" if owner else "", last_name=made.last_name or _name(manager).last)


def _practitioner_role(target: Target, role: Cursor, name: str, resolver: Resolver, origin: Origin) -> Provider:
    found = list(identifiers(target))
    made = Provider(
        role=name,
        entity="person",
        npi=npi(found),
        id_qualifier="XX" if npi(found) else "",
        taxonomy=taxonomy(role.children("specialty")) or taxonomy(role.children("code")),
        phone=_phone(role),
        origin=origin,
    )
    person = _other_than_role(resolver.follow(role, "practitioner"))
    if person is not None:
        made = _merged(made, provider(person, name, resolver, origin))
    organization = _other_than_role(resolver.follow(role, "organization"))
    if organization is None:
        return made
    group = provider(organization, name, resolver, origin)
    if person is None and not made.npi:
        return _merged(replace(made, entity=group.entity), group)
    if name == "billing":
        kept = replace(made, tax_id=made.tax_id or group.tax_id, tax_id_kind=made.tax_id_kind or group.tax_id_kind)
        return replace(kept, address=kept.address or group.address)
    return made


def _other_than_role(target: Target | None) -> Target | None:
    """``target`` unless it would lead round in a circle."""
    return None if target is None or target.kind in ("PractitionerRole", "Location") else target


def _merged(first: Provider, second: Provider) -> Provider:
    """``first``, and what only ``second`` knows."""
    known = {name: getattr(first, name) or getattr(second, name) for name in Provider.__struct_fields__}
    return Provider(**known)


def _entity(kind: str) -> Entity:
    if kind in _PERSONS:
        return "person"
    return "organization" if kind in _ORGANIZATIONS else ""


def npi(found: Iterable[tuple[str, str, str]]) -> str:
    """The NPI among identifiers: by system, or by type where no system is given."""
    known = list(found)
    by_system = next((value for uri, _, value in known if uri in NPI and value), "")
    return by_system or next((value for _, kind, value in known if kind == "npi" and value), "")


def _tax(found: list[tuple[str, str, str]]) -> tuple[str, Literal["ein", "ssn", ""]]:
    for uri, kind, value in found:
        if uri in SSN or kind == "ss":
            return plain(value), "ssn"
        if uri in EIN or kind in ("tax", "en"):
            return plain(value), "ein"
    return "", ""


def taxonomy(concepts: list[Cursor]) -> str:
    """The first NUCC taxonomy code among CodeableConcepts."""
    for concept in concepts:
        for coding in concept.own_codings():
            if system(coding) in TAXONOMY:
                return upper(coding.text("code"))
    return ""


def _taxonomy(resource: Cursor | None) -> str:
    if resource is None:
        return ""
    kind = resource.text("resourceType")
    if kind == "Practitioner":
        qualified = [concept for part in resource.children("qualification") if (concept := part.child("code"))]
        return taxonomy(qualified)
    return taxonomy(resource.children("type")) if kind in _ORGANIZATIONS else ""


def _name(target: Target) -> Name:
    resource = target.resource
    if resource is None:
        return Name(last=target.display)
    if target.kind in _ORGANIZATIONS:
        return Name(last=resource.text("name") or target.display)
    return human_name(resource) if resource.has("name") else Name(last=target.display)


def human_name(resource: Cursor) -> Name:
    """The official name, else the first."""
    names = resource.children("name")
    best = next((name for name in names if name.text("use") == "official"), names[0] if names else None)
    if best is None:
        return Name()
    given = best.texts("given")
    return Name(last=best.text("family") or best.text("text"), first=given[0] if given else "")


def address(resource: Cursor) -> Address | None:
    """The first address (a Location has one, others a list)."""
    value = resource.value.get("address")
    if value is None:
        return None
    found = resource.children("address") if isinstance(value, list) else [resource.child("address")]
    place = found[0] if found else None
    if place is None:
        return None
    lines = [*place.texts("line"), "", ""]
    return Address(
        line_1=lines[0],
        line_2=lines[1],
        city=place.text("city"),
        state=upper(place.text("state")),
        postal_code=plain(place.text("postalCode")),
        country=upper(place.text("country")),
    )


def _phone(resource: Cursor | None) -> str:
    telecom = [] if resource is None else resource.children("telecom")
    return next((item.text("value") for item in telecom if item.text("system") == "phone"), "")


def payer(target: Target | None) -> Payer:
    """A payer; a person who pays (self-pay) has a name only."""
    if target is None:
        return Payer()
    found = list(identifiers(target))
    wanted = [value for uri, kind, value in found if kind in ("payerid", "niip") or uri in NAIC or kind == "naiccode"]
    other = [value for uri, _, value in found if uri not in NPI and value]
    chosen = next((value for value in (*wanted, *other) if value), "")
    name = _name(target)
    return Payer(
        name=name.last,
        payer_id=chosen,
        id_qualifier="PI" if chosen else "",
        address=None if target.resource is None else address(target.resource),
        origin=Origin(path=target.reference.path),
    )


def patient(target: Target | None) -> Patient:
    """The patient; whether also the subscriber is decided by the coverage."""
    if target is None:
        return Patient()
    resource = target.resource
    origin = Origin(path=target.reference.path)
    if resource is None:
        return Patient(last_name=target.display, origin=origin)
    name = human_name(resource)
    return Patient(
        last_name=name.last,
        first_name=name.first,
        birth_day=resource.day("birthDate"),
        death_day=resource.day("deceasedDateTime"),
        sex=_gender(resource),
        address=address(resource),
        origin=origin,
    )


def _gender(resource: Cursor) -> str:
    """FHIR's ``other`` is unknown on a claim, which has male, female and unknown only."""
    gender = sex(resource.text("gender"))
    return "unknown" if gender == "other" else gender


def member_id(target: Target | None) -> str:
    """The member id that the patient carries: a Medicare Beneficiary Identifier or a member number."""
    found = [] if target is None else list(identifiers(target))
    return next((upper(value) for uri, kind, value in found if uri in MBI or kind in _MEMBER_TYPES), "")


def medical_record(target: Target | None) -> str:
    """The medical record number that the patient carries."""
    found = [] if target is None else list(identifiers(target))
    return next((value for _, kind, value in found if kind == "mr"), "")


def subscriber_person(target: Target | None, base: Subscriber) -> Subscriber:
    """``base`` with the names, birth date and address of the person the coverage names as subscriber."""
    if target is None:
        return base
    resource = target.resource
    if resource is None:
        return replace(base, last_name=target.display)
    name = human_name(resource)
    return replace(
        base,
        entity="person",
        last_name=name.last,
        first_name=name.first,
        birth_day=resource.day("birthDate"),
        sex=_gender(resource),
        address=address(resource),
    )


def subscriber_self(person: Patient, base: Subscriber) -> Subscriber:
    """``base`` for a patient who is the subscriber."""
    return replace(
        base,
        entity="person",
        last_name=person.last_name,
        first_name=person.first_name,
        birth_day=person.birth_day,
        sex=person.sex,
        address=person.address,
    )


def with_taxonomy(made: Provider, code: str) -> Provider:
    """``made`` with the taxonomy that the claim itself names."""
    return replace(made, taxonomy=code) if code else made

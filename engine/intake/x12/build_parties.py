"""NM1 loops to providers, payers, subscriber, patient and other payers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from engine.claim.model import Address, Amount, Origin, OtherPayer, Patient, Payer, Provider, Reference, Subscriber
from engine.intake.x12.build_common import PAD, Fields, adjustments, segment_keys, settle
from engine.intake.x12.convert import cents, day, period, quantity
from engine.intake.x12.segments import Loop, Text

ROLES: Final = {
    "85": "billing",
    "87": "pay_to",
    "PE": "pay_to_plan",
    "82": "rendering",
    "DN": "referring",
    "P3": "primary_care",
    "DK": "ordering",
    "DQ": "supervising",
    "QB": "purchased_service",
    "77": "service_facility",
    "FA": "service_facility",
    "LI": "service_facility",
    "TL": "service_facility",
    "71": "attending",
    "72": "operating",
    "ZZ": "other_operating",
    "73": "other_operating",
    "DD": "assistant_surgeon",
    "PW": "ambulance_pickup",
    "45": "ambulance_dropoff",
}
"""The role of a provider by NM101, whatever the loop is called in its form."""

SEXES: Final = {"M": "male", "F": "female", "U": "unknown"}
ENTITIES: Final = {"1": "person", "2": "organization"}
TAX_QUALIFIERS: Final = {"EI": "ein", "SY": "ssn", "24": "ein", "34": "ssn"}


NO_LOOP: Final = Loop("")
"""Stands for a loop that is not there: it has no segments, and nobody gives it any."""


def qualifier_of(loop: Loop) -> str:
    """NM101 of a party loop, ``""`` when it does not begin with NM1."""
    first = loop.texts[0]
    return first.qualifier if first.name == "NM1" else ""


class Party(Struct):
    """What one NM1 loop tells, whoever the party is."""

    entity: Any = ""
    last_name: str = ""
    first_name: str = ""
    id_qualifier: str = ""
    id: str = ""
    street: list[str] | None = None
    town: list[str] | None = None
    address: Address | None = None
    references: tuple[Reference, ...] = ()
    taxonomy: str = ""
    contact_name: str = ""
    phone: str = ""
    birth_day: date | None = None
    sex: str = ""
    keys: dict[str, int] = {}


def read_party(loop: Loop | None) -> Party:
    """Read an NM1 loop; an absent one tells nothing. Of a segment that comes twice the first counts."""
    party = Party()
    if loop is None:
        return party
    keys = party.keys
    references: list[Reference] = []
    for at, text in enumerate(loop.texts):
        name = text.name
        e = text.elements + PAD
        if name == "REF":
            references.append(Reference(qualifier=e[1], value=e[2]))
            name = f"REF*{e[1]}"
        if name not in keys:
            keys[name] = loop.index(at)
            read = _READERS.get(name)
            if read is not None:
                read(party, e)
    if party.street is not None or party.town is not None:
        street, town = party.street or PAD, party.town or PAD
        party.address = Address(
            line_1=street[1], line_2=street[2], city=town[1], state=town[2], postal_code=town[3], country=town[4]
        )
    if references:
        party.references = tuple(references)
    return party


def _read_name(party: Party, e: list[str]) -> None:
    party.entity = ENTITIES.get(e[2], "")
    party.last_name = e[3]
    party.first_name = e[4]
    party.id_qualifier = e[8]
    party.id = e[9].strip()


def _read_street(party: Party, e: list[str]) -> None:
    party.street = e


def _read_town(party: Party, e: list[str]) -> None:
    party.town = e


def _read_taxonomy(party: Party, e: list[str]) -> None:
    party.taxonomy = e[3]


def _read_person(party: Party, e: list[str]) -> None:
    party.birth_day = day(e[2]) if e[1] == "D8" else None
    party.sex = SEXES.get(e[3], "")


def _read_contact(party: Party, e: list[str]) -> None:
    """PER: the contact's name and the first telephone number."""
    party.contact_name = e[2]
    for at in (3, 5, 7):
        if e[at] == "TE":
            party.phone = e[at + 1]
            return


_READERS: Final[dict[str, Callable[[Party, list[str]], None]]] = {
    "NM1": _read_name,
    "N3": _read_street,
    "N4": _read_town,
    "PRV": _read_taxonomy,
    "PER": _read_contact,
    "DMG": _read_person,
}


def provider(loop: Loop, role: str, level: Loop = NO_LOOP) -> Provider:
    """A provider from its loop; ``level`` is 2000A for the billing provider, whose taxonomy its PRV tells."""
    party = read_party(loop)
    for at, text in enumerate(level.texts):
        if text.name == "PRV" and not party.taxonomy and text.qualifier in ("BI", "PT"):
            party.taxonomy = text.get(3)
            party.keys["PRV"] = level.index(at)
    kind = party.id_qualifier
    references = party.references
    tax_kind, tax_id = _tax_id(kind, party.id, references)
    if party.id and kind not in ("XX", "24", "34"):
        references = (Reference(qualifier=kind, value=party.id), *references)
    return Provider(
        role=role,
        entity=party.entity,
        last_name=party.last_name,
        first_name=party.first_name,
        npi=party.id if kind == "XX" else "",
        id_qualifier=kind,
        taxonomy=party.taxonomy,
        tax_id=tax_id,
        tax_id_kind=tax_kind,
        address=party.address,
        contact_name=party.contact_name,
        phone=party.phone,
        references=references,
        origin=Origin(loop=loop.id, segments=party.keys),
    )


def payer(loop: Loop) -> Payer:
    """A payer from 2010BB or 2330B."""
    party = read_party(loop)
    return Payer(
        name=party.last_name,
        payer_id=party.id,
        id_qualifier=party.id_qualifier,
        address=party.address,
        references=party.references,
        origin=Origin(loop=loop.id, segments=party.keys),
    )


def subscriber(level: Loop, loop: Loop | None) -> Subscriber:
    """The subscriber from SBR of 2000B and from 2010BA, either of which may be missing."""
    fields: Fields = {}
    party = read_party(loop)
    for at, text in enumerate(level.texts):
        if text.name == "SBR" and not fields:
            party.keys["SBR"] = level.index(at)
            fields = _coverage(text)
            fields["group_name"] = text.get(4)
    return Subscriber(
        member_id=party.id,
        id_qualifier=party.id_qualifier,
        entity=party.entity,
        last_name=party.last_name,
        first_name=party.first_name,
        birth_day=party.birth_day,
        sex=party.sex,
        address=party.address,
        references=party.references,
        origin=Origin(loop=loop.id if loop is not None else "2000B", segments=party.keys),
        **fields,
    )


def patient_is_subscriber(level: Loop, insured: Subscriber) -> Patient:
    """The patient when no patient level was sent; PAT of 2000B adds to what the subscriber tells."""
    more, keys = _patient_facts(level)
    more.pop("relationship", None)
    return Patient(
        last_name=insured.last_name,
        first_name=insured.first_name,
        birth_day=insured.birth_day,
        sex=insured.sex,
        address=insured.address,
        relationship=insured.relationship,
        references=insured.references,
        origin=Origin(loop=insured.origin.loop, segments={**keys, **insured.origin.segments}),
        **more,
    )


def patient(level: Loop, loop: Loop | None) -> Patient:
    """The patient of a level 2000C, from its PAT and 2010CA."""
    more, keys = _patient_facts(level)
    party = read_party(loop)
    return Patient(
        is_subscriber=False,
        last_name=party.last_name,
        first_name=party.first_name,
        birth_day=party.birth_day,
        sex=party.sex,
        address=party.address,
        references=party.references,
        origin=Origin(loop=loop.id if loop is not None else "2000C", segments={**keys, **party.keys}),
        **more,
    )


def other_payer(loop: Loop, sequence: int) -> OtherPayer:
    """Another payer of the claim from 2320 and the loops inside it."""
    fields: Fields = _coverage(loop.texts[0])
    amounts: list[Amount] = []
    for text in loop.texts:
        e = text.elements + PAD
        if e[0] == "AMT":
            amounts.append(Amount(qualifier=e[1], amount_cents=cents(e[2])))
            if e[1] == "D":
                fields.setdefault("paid_cents", amounts[-1].amount_cents)
        elif e[0] == "OI":
            fields.update(benefits_assigned=e[3], release_of_information=e[6])
        elif e[0] in ("MOA", "MIA"):
            remarks = e[3:8] if e[0] == "MOA" else [e[5], *e[20:24]]
            fields["remark_codes"] = (*fields.get("remark_codes", ()), *(code for code in remarks if code))
    keys = segment_keys(loop)
    providers: list[Provider] = []
    for child in loop.children:
        qualifier = qualifier_of(child)
        if qualifier == "IL" and "member_id" not in fields:
            party = read_party(child)
            fields.update(member_id=party.id, last_name=party.last_name, first_name=party.first_name)
            fields["references"] = party.references
            keys.setdefault("NM1", party.keys["NM1"])
        elif qualifier == "PR" and "payer" not in fields:
            fields["payer"] = payer(child)
            _read_adjudication_day(fields, child, keys)
        else:
            made = provider(child, ROLES.get(qualifier, "other"))
            providers.append(replace(made, other_payer=sequence))
    return OtherPayer(
        amounts=tuple(amounts),
        adjustments=adjustments(loop),
        providers=tuple(providers),
        origin=Origin(loop=loop.id, segments=keys),
        **settle(fields),
    )


def _read_adjudication_day(fields: Fields, loop: Loop, keys: dict[str, int]) -> None:
    for at, text in enumerate(loop.texts):
        if text.key == "DTP*573":
            fields.setdefault("adjudication_day", period(text.get(2), text.get(3)).day)
            keys.setdefault("DTP*573", loop.index(at))


def _coverage(text: Text) -> Fields:
    e = text.elements + PAD
    return {
        "sequence_code": e[1],
        "relationship": e[2],
        "group_number": e[3],
        "msp_type": e[5],
        "filing_indicator": e[9],
    }


def _patient_facts(level: Loop) -> tuple[dict[str, Any], dict[str, int]]:
    """What PAT tells of the patient, and its origin key."""
    for at, text in enumerate(level.texts):
        if text.name == "PAT":
            e = text.elements + PAD
            facts = {
                "relationship": e[1],
                "death_day": day(e[6]) if e[5] == "D8" else None,
                "weight_pounds": quantity(e[8]) if e[7] == "01" else None,
                "pregnant": {"Y": True, "N": False}.get(e[9]),
            }
            return facts, {"PAT": level.index(at)}
    return {}, {}


def _tax_id(kind: str, identifier: str, references: tuple[Reference, ...]) -> tuple[Any, str]:
    """Kind and number of the tax identifier: REF EI, SY or TJ, else the NM1 identifier of 4010."""
    for reference in references:
        if reference.qualifier in TAX_QUALIFIERS or reference.qualifier == "TJ":
            return TAX_QUALIFIERS.get(reference.qualifier, ""), reference.value
    return (TAX_QUALIFIERS[kind], identifier) if kind in ("24", "34") else ("", "")

"""NM1 loops to providers, payers, subscriber, patient and other payers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from engine.claim.model import Address, Amount, Origin, OtherPayer, Patient, Payer, Provider, Reference, Subscriber
from engine.intake.x12.build_common import PAD, Fields, Places, adjustments, at_places, segment_keys, settle
from engine.intake.x12.convert import cents, day, period, quantity
from engine.intake.x12.memo import Memo
from engine.intake.x12.segments import SHORT, Loop, Text

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

MOST_PARTIES: Final = 2048
MOST_TEXTS: Final = 16
"""Segments of the largest party that is kept for the next time."""


def qualifier_of(loop: Loop) -> str:
    """NM101 of a party loop, ``""`` when it does not begin with NM1."""
    return role_of(loop.texts[0])


def role_of(first: Text) -> str:
    """NM101 of a loop's first segment, ``""`` when that is not NM1."""
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
    places: Places = ()


def read_party(texts: Sequence[Text]) -> Party:
    """Read the segments of an NM1 loop; no segments tell nothing. Of a segment that comes twice the first counts."""
    party = Party()
    places: dict[str, int] = {}
    references: list[Reference] = []
    for at, text in enumerate(texts):
        name = text.name
        e = text.elements + PAD
        if name == "REF":
            references.append(Reference(qualifier=e[1], value=e[2]))
            name = f"REF*{e[1]}"
        if name not in places:
            places[name] = at
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
    party.places = tuple(places.items())
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


class Parties:
    """Reads the providers and payers of one file; one that comes again with the same segments is read once."""

    def __init__(self) -> None:
        """Nobody is known yet."""
        self.providers = Memo(_read_provider, fits=_is_small, most=MOST_PARTIES)
        self.payers = Memo(_read_payer, fits=_is_small, most=MOST_PARTIES)

    def provider(self, loop: Loop, other_payer: int = 0) -> Provider:
        """A provider from its loop; ``other_payer`` is the sequence number of the 2320 loop that it stands in."""
        made, places = self.providers[tuple(loop.texts)]
        origin = Origin(loop=loop.id, segments=at_places(loop, places))
        if other_payer:
            return replace(made, other_payer=other_payer, origin=origin)
        return replace(made, origin=origin)

    def billing_provider(self, loop: Loop, level: Loop) -> Provider:
        """The billing provider; where its own loop does not tell the taxonomy, PRV of ``level`` (2000A) does."""
        made = self.provider(loop)
        for at, text in enumerate(level.texts):
            if text.name == "PRV" and not made.taxonomy and text.qualifier in ("BI", "PT"):
                keys = {**made.origin.segments, "PRV": level.index(at)}
                made = replace(made, taxonomy=text.get(3), origin=Origin(loop=loop.id, segments=keys))
        return made

    def payer(self, loop: Loop) -> Payer:
        """A payer from 2010BB or 2330B."""
        made, places = self.payers[tuple(loop.texts)]
        return replace(made, origin=Origin(loop=loop.id, segments=at_places(loop, places)))


def _is_small(texts: tuple[Text, ...]) -> bool:
    return len(texts) <= MOST_TEXTS and all(len(text.body) <= SHORT for text in texts)


def _read_provider(texts: tuple[Text, ...]) -> tuple[Provider, Places]:
    party = read_party(texts)
    kind = party.id_qualifier
    references = party.references
    tax_kind, tax_id = _tax_id(kind, party.id, references)
    if party.id and kind not in ("XX", "24", "34"):
        references = (Reference(qualifier=kind, value=party.id), *references)
    made = Provider(
        role=ROLES.get(role_of(texts[0]), "other"),
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
    )
    return made, party.places


def _read_payer(texts: tuple[Text, ...]) -> tuple[Payer, Places]:
    party = read_party(texts)
    made = Payer(
        name=party.last_name,
        payer_id=party.id,
        id_qualifier=party.id_qualifier,
        address=party.address,
        references=party.references,
    )
    return made, party.places


def subscriber(level: Loop, loop: Loop | None) -> Subscriber:
    """The subscriber from SBR of 2000B and from 2010BA, either of which may be missing."""
    fields: Fields = {}
    stands = loop or NO_LOOP
    party = read_party(stands.texts)
    keys = at_places(stands, party.places)
    for at, text in enumerate(level.texts):
        if text.name == "SBR" and not fields:
            keys["SBR"] = level.index(at)
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
        origin=Origin(loop=stands.id or "2000B", segments=keys),
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
    stands = loop or NO_LOOP
    party = read_party(stands.texts)
    return Patient(
        is_subscriber=False,
        last_name=party.last_name,
        first_name=party.first_name,
        birth_day=party.birth_day,
        sex=party.sex,
        address=party.address,
        references=party.references,
        origin=Origin(loop=stands.id or "2000C", segments={**keys, **at_places(stands, party.places)}),
        **more,
    )


def other_payer(loop: Loop, sequence: int, parties: Parties) -> OtherPayer:
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
            party = read_party(child.texts)
            fields.update(member_id=party.id, last_name=party.last_name, first_name=party.first_name)
            fields["references"] = party.references
            keys.setdefault("NM1", child.first)
        elif qualifier == "PR" and "payer" not in fields:
            fields["payer"] = parties.payer(child)
            _read_adjudication_day(fields, child, keys)
        else:
            providers.append(parties.provider(child, sequence))
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

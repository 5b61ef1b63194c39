"""The parties of a claim: providers, payers, the subscriber and the patient."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

from engine.claim.parts import Address, Origin, Part, Reference


class Provider(Part, frozen=True, kw_only=True):
    """A provider in one role on the claim or on one line.

    ``role`` is one of billing, pay_to, pay_to_plan, rendering, referring, primary_care, ordering, supervising,
    purchased_service, service_facility, attending, operating, other_operating, assistant_surgeon, ambulance_pickup,
    ambulance_dropoff. ``other_payer`` is the sequence number of the 2320 loop it stands in (0: the claim's own).
    """

    role: str
    entity: Literal["person", "organization", ""] = ""
    last_name: str = ""
    first_name: str = ""
    npi: str = ""
    id_qualifier: str = ""
    taxonomy: str = ""
    tax_id: str = ""
    tax_id_kind: Literal["ein", "ssn", ""] = ""
    address: Address | None = None
    contact_name: str = ""
    phone: str = ""
    other_payer: int = 0
    references: tuple[Reference, ...] = ()
    origin: Origin = Origin()


class Payer(Part, frozen=True, kw_only=True):
    """A payer as named on the claim (2010BB, 2330B)."""

    name: str = ""
    payer_id: str = ""
    id_qualifier: str = ""
    address: Address | None = None
    references: tuple[Reference, ...] = ()
    origin: Origin = Origin()


class Subscriber(Part, frozen=True, kw_only=True):
    """The insured and the coverage (SBR, 2010BA). ``relationship`` is SBR02 or PAT01 as the code given."""

    member_id: str = ""
    id_qualifier: str = ""
    entity: Literal["person", "organization", ""] = ""
    last_name: str = ""
    first_name: str = ""
    birth_day: date | None = None
    sex: str = ""
    address: Address | None = None
    relationship: str = ""
    sequence_code: str = ""
    group_number: str = ""
    group_name: str = ""
    msp_type: str = ""
    filing_indicator: str = ""
    references: tuple[Reference, ...] = ()
    origin: Origin = Origin()


class Patient(Part, frozen=True, kw_only=True):
    """The patient. ``is_subscriber`` is true when no patient loop (2000C) was sent."""

    is_subscriber: bool = True
    last_name: str = ""
    first_name: str = ""
    birth_day: date | None = None
    death_day: date | None = None
    sex: str = ""
    address: Address | None = None
    relationship: str = ""
    weight_pounds: Decimal | None = None
    pregnant: bool | None = None
    references: tuple[Reference, ...] = ()
    origin: Origin = Origin()

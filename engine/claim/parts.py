"""The small parts of a claim: what a field of a larger part is made of."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from msgspec import Struct


class Part(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True, gc=False):
    """Base of every node of the tree: frozen, keyword-only, absent fields left out of JSON.

    A tree has no cycles, so the garbage collector need not look at its nodes (``gc=False``).
    """


class Origin(Part, frozen=True, kw_only=True):
    """Where a part was read from.

    ``segments`` maps a segment key to its index in the file, counting the file's first segment (ISA) as 0. A key is the
    segment's name, or name and qualifier where a loop repeats the name: ``SV1``, ``DTP*472``, ``REF*F8``, ``HI*ABK``.
    ``path`` is the FHIR or JSON path of the part (``Claim.item[0]``). ``element`` is the element's number where parts
    share one segment: the second diagnosis of an HI segment has 2 (HI02).
    """

    loop: str = ""
    segments: dict[str, int] = {}
    path: str = ""
    element: int = 0


class Source(Part, frozen=True, kw_only=True):
    """The file a claim came from: transaction counts ST from 1, segment is the index of CLM (ISA is 0)."""

    file: str = ""
    transaction: int | None = None
    segment: int | None = None


class Address(Part, frozen=True, kw_only=True):
    """A postal address (N3, N4)."""

    line_1: str = ""
    line_2: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    country: str = ""


class Reference(Part, frozen=True, kw_only=True):
    """A qualified number (REF): qualifier as in X12, value as given."""

    qualifier: str
    value: str = ""


class DatedValue(Part, frozen=True, kw_only=True):
    """A qualified date (DTP) that has no field of its own; ``time`` is HHMM."""

    qualifier: str
    day: date | None = None
    end_day: date | None = None
    time: str = ""


class Amount(Part, frozen=True, kw_only=True):
    """A qualified amount (AMT)."""

    qualifier: str
    amount_cents: int | None = None


class Attachment(Part, frozen=True, kw_only=True):
    """Paperwork announced with the claim (PWK)."""

    report_type: str = ""
    transmission: str = ""
    control_number: str = ""


class Note(Part, frozen=True, kw_only=True):
    """Free text (NTE, K3)."""

    qualifier: str = ""
    text: str = ""


class Condition(Part, frozen=True, kw_only=True):
    """A condition indicator (CRC): category, yes/no, and up to five codes."""

    category: str = ""
    applies: str = ""
    codes: tuple[str, ...] = ()


class Adjustment(Part, frozen=True, kw_only=True):
    """One claim adjustment of another payer (CAS): group code, reason (CARC), cents, quantity."""

    group: str = ""
    reason: str = ""
    amount_cents: int | None = None
    quantity: Decimal | None = None


class Repricing(Part, frozen=True, kw_only=True):
    """Pricing or repricing information (HCP)."""

    methodology: str = ""
    allowed_cents: int | None = None
    savings_cents: int | None = None
    organization_id: str = ""


class ClaimCode(Part, frozen=True, kw_only=True):
    """A condition, occurrence, occurrence span, value, treatment or DRG code (HI*BG, BH, BI, BE, TC, DR)."""

    family: str
    code: str = ""
    day: date | None = None
    end_day: date | None = None
    amount_cents: int | None = None
    origin: Origin = Origin()


class InpatientProcedure(Part, frozen=True, kw_only=True):
    """An ICD-10-PCS procedure of an institutional claim (HI*BBR principal, HI*BBQ other)."""

    position: int
    code: str
    qualifier: str = ""
    day: date | None = None
    origin: Origin = Origin()


class Drug(Part, frozen=True, kw_only=True):
    """A drug on a line (LIN, CTP, REF*XZ/VY)."""

    ndc: str = ""
    qualifier: str = ""
    units: Decimal | None = None
    unit_basis: str = ""
    prescription_number: str = ""


class Tooth(Part, frozen=True, kw_only=True):
    """A tooth and its surfaces on a dental line (TOO), or an oral cavity area (SV304: ``area``)."""

    tooth: str = ""
    surfaces: tuple[str, ...] = ()
    area: str = ""


class Ambulance(Part, frozen=True, kw_only=True):
    """Ambulance transport (CR1)."""

    reason: str = ""
    distance: Decimal | None = None
    weight_pounds: Decimal | None = None
    round_trip_purpose: str = ""
    stretcher_purpose: str = ""

"""A 2400 loop to a service line."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Final

from engine.claim.model import Drug, LineAdjudication, Origin, ServiceLine, Tooth
from engine.intake.x12.build_common import (
    PAD,
    Fields,
    add,
    adjustments,
    origin,
    read_ambulance,
    read_amount,
    read_attachment,
    read_condition,
    read_contract,
    read_date,
    read_fixed_note,
    read_note,
    read_reference,
    read_repricing,
    segment_keys,
    set_first,
    settle,
)
from engine.intake.x12.build_parties import Parties
from engine.intake.x12.convert import cents, code, period, quantity, whole
from engine.intake.x12.segments import Loop

REFERENCES: Final = {
    "G1": "prior_authorization",
    "9F": "referral_number",
    "X4": "clia_number",
    "F4": "referring_clia_number",
    "EW": "mammography_certification",
    "6R": "control_number",
}

DATES: Final = {"472": ("service_day", "service_end_day", ""), "471": ("prescription_day", "", "")}


def build_line(loop: Loop, position: int, component: str, known: Parties) -> ServiceLine:
    """The service line of a 2400 loop, the ``position``-th of its claim."""
    fields: Fields = {"number": position}
    for text in loop.texts:
        read = _READERS.get(text.name)
        if read is not None:
            read(fields, text.elements + PAD)
            continue
        read_service = _SERVICES.get(text.name)
        if read_service is not None:
            read_service(fields, text.elements + PAD, component)
    keys = segment_keys(loop)
    for child in loop.children:
        name = child.texts[0].name
        if name == "NM1":
            add(fields, "providers", known.provider(child))
        elif name == "SVD":
            add(fields, "adjudications", _adjudication(child, component))
        elif name == "LIN":
            set_first(fields, "drug", _drug(child, component))
            for key, index in segment_keys(child).items():
                keys.setdefault(key, index)
    return ServiceLine(origin=Origin(loop=loop.id, segments=keys), **settle(fields))


def _read_number(fields: Fields, e: list[str]) -> None:
    number = whole(e[1])
    if number is not None:
        fields["number"] = number


@lru_cache(maxsize=4096)
def _procedure(text: str, component: str) -> Fields:
    """The composite of a procedure: qualifier, code, up to four modifiers, description."""
    parts = text.split(component)
    fields: Fields = {"code_type": code(parts[0])}
    if len(parts) > 1:
        fields["procedure"] = code(parts[1])
        fields["modifiers"] = tuple([code(part) for part in parts[2:6] if part])
        fields["description"] = "".join(parts[6:7])
    return fields


def _read_professional(fields: Fields, e: list[str], component: str) -> None:
    """SV1."""
    fields.update(_procedure(e[1], component))
    fields["charge_cents"] = cents(e[2])
    fields["unit_basis"] = e[3]
    fields["units"] = quantity(e[4])
    fields["place_of_service"] = e[5]
    fields["diagnosis_pointers"] = _pointers(e[7], component)
    fields["emergency"] = e[9]
    fields["epsdt"] = e[11]
    fields["family_planning"] = e[12]


def _read_institutional(fields: Fields, e: list[str], component: str) -> None:
    """SV2."""
    fields["revenue_code"] = code(e[1])
    if e[2]:
        fields.update(_procedure(e[2], component))
    fields["charge_cents"] = cents(e[3])
    fields["unit_basis"] = e[4]
    fields["units"] = quantity(e[5])
    fields["noncovered_charge_cents"] = cents(e[7])


def _read_dental(fields: Fields, e: list[str], component: str) -> None:
    """SV3."""
    fields.update(_procedure(e[1], component))
    fields["charge_cents"] = cents(e[2])
    fields["place_of_service"] = e[3]
    for area in e[4].split(component):
        if area:
            add(fields, "teeth", Tooth(area=area))
    fields["prosthesis"] = e[5]
    fields["units"] = quantity(e[6])
    fields["diagnosis_pointers"] = _pointers(e[11], component)


@lru_cache(maxsize=4096)
def _pointers(text: str, component: str) -> tuple[int, ...]:
    numbers = [whole(part) for part in text.split(component)]
    return tuple([number for number in numbers if number is not None])


def _read_tooth(fields: Fields, e: list[str], component: str) -> None:
    surfaces = tuple([code(part) for part in e[3].split(component) if part])
    add(fields, "teeth", Tooth(tooth=code(e[2]), surfaces=surfaces))


def _read_purchased(fields: Fields, e: list[str]) -> None:
    set_first(fields, "purchased_service_cents", cents(e[2]))


def _read_line_date(fields: Fields, e: list[str]) -> None:
    read_date(fields, e, DATES)


def _read_line_reference(fields: Fields, e: list[str]) -> None:
    read_reference(fields, e, REFERENCES)


def _read_line_amount(fields: Fields, e: list[str]) -> None:
    read_amount(fields, e, {})


_READERS: Final[dict[str, Callable[[Fields, list[str]], None]]] = {
    "LX": _read_number,
    "DTP": _read_line_date,
    "REF": _read_line_reference,
    "AMT": _read_line_amount,
    "PS1": _read_purchased,
    "PWK": read_attachment,
    "NTE": read_note,
    "K3": read_fixed_note,
    "CRC": read_condition,
    "HCP": read_repricing,
    "CN1": read_contract,
    "CR1": read_ambulance,
}

_SERVICES: Final[dict[str, Callable[[Fields, list[str], str], None]]] = {
    "SV1": _read_professional,
    "SV2": _read_institutional,
    "SV3": _read_dental,
    "TOO": _read_tooth,
}
"""Segments with composites."""


def _drug(loop: Loop, component: str) -> Drug:
    """LIN, CTP and the prescription number of 2410."""
    fields: Fields = {}
    for text in loop.texts:
        e = text.elements + PAD
        if e[0] == "LIN":
            fields.update(qualifier=e[2], ndc=code(e[3]))
        elif e[0] == "CTP":
            fields.update(units=quantity(e[4]), unit_basis=e[5].partition(component)[0])
        elif e[0] == "REF" and e[1] in ("XZ", "VY"):
            fields.setdefault("prescription_number", e[2])
    return Drug(**fields)


def _adjudication(loop: Loop, component: str) -> LineAdjudication:
    """SVD, CAS and DTP*573 of 2430."""
    e = loop.texts[0].elements + PAD
    procedure = e[3].split(component)
    adjudicated = None
    for text in loop.texts:
        if text.key == "DTP*573":
            adjudicated = adjudicated or period(text.get(2), text.get(3)).day
    return LineAdjudication(
        payer_id=e[1],
        paid_cents=cents(e[2]),
        procedure=code(procedure[1]) if len(procedure) > 1 else "",
        units=quantity(e[5]),
        adjustments=adjustments(loop),
        adjudication_day=adjudicated,
        origin=origin(loop),
    )

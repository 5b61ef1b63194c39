"""From a field of the model to its place in X12, FHIR and on the paper form; the places are in ``locations.yaml``."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Final

import yaml
from msgspec import Struct

from engine.claim.model import ClaimType, Origin

FORMS: Final[dict[str, tuple[str, str, str]]] = {
    "professional": ("p", "cms", "CMS-1500"),
    "institutional": ("i", "ub", "UB-04"),
    "dental": ("d", "ada", "ADA"),
}
"""For each claim type the keys of its X12 place and of its box in ``locations.yaml``, and the form's name."""

ANY_FIELD: Final = "*"
"""The row that serves all other fields of a kind."""


class Place(Struct, frozen=True):
    """Where a field stands.

    ``segment`` is an origin key (``DTP*472``); ``loop`` is blank where it is the loop that the part was read from;
    ``fhir`` is relative to the part unless it begins with a capital; ``form`` names form and box (``CMS-1500 24D``).
    """

    loop: str = ""
    segment: str = ""
    element: str = ""
    fhir: str = ""
    form: str = ""


@lru_cache(maxsize=4096)
def locate(kind: str, field: str, claim_type: ClaimType, role: str = "") -> Place | None:
    """The place of a field.

    Args:
        kind: claim, line, diagnosis, provider, subscriber, patient, payer, other_payer, code or procedure.
        field: A field of the model, or one of the derived words that come from it.
        claim_type: Decides the X12 element and the form.
        role: The provider's role, which decides the box.

    Returns:
        The place, or ``None`` when the table does not know the field or the form has no place for it.

    >>> locate("line", "procedure", "institutional").element
    'SV202-2'
    """
    rows = _table().get(kind, {})
    row = rows.get(field) or rows.get(ANY_FIELD)
    if row is None:
        return None
    key, box_key, form = FORMS[claim_type]
    place = row[key] if key in row else row.get("x")
    box = str(row.get(box_key) or "")
    if kind == "provider":
        boxes = _table()["provider_forms"].get(role, {}).get(box_key, {})
        box = str(boxes.get(row.get("form", ""), "")) if isinstance(boxes, dict) else ""
    fhir = str(row.get("fhir") or "")
    if not place and not box and not (fhir and "x" not in row and not {"p", "i", "d"} & set(row)):
        return None
    loop, segment, element = [str(row.get("loop") or ""), *str(place).split()][-3:] if place else ["", "", ""]
    return Place(
        loop=loop,
        segment=segment,
        element=element,
        fhir=fhir,
        form=f"{form} {box}" if box else "",
    )


def element_of(place: Place, origin: Origin) -> str:
    """The element of ``place`` for one part: the third code of an HI segment stands in HI03, not HI01.

    >>> element_of(Place(segment="HI", element="HI01-2"), Origin(element=3))
    'HI03-2'
    """
    if not origin.element or not place.segment.startswith("HI"):
        return place.element
    return re.sub(r"^HI\d\d", f"HI{origin.element:02}", place.element)


def known_fields(kind: str) -> frozenset[str]:
    """The fields of a kind that the table has."""
    return frozenset(_table().get(kind, {}))


@lru_cache(maxsize=1)
def _table() -> dict[str, dict[str, dict[str, object]]]:
    loaded: dict[str, dict[str, dict[str, object]]] = yaml.safe_load(
        Path(__file__).with_name("locations.yaml").read_text(encoding="utf-8")
    )
    return loaded

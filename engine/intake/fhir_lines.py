"""``Claim.item``: the service lines."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from msgspec import Struct

from engine.claim.model import Drug, Origin, Provider, ServiceLine, Tooth
from engine.intake.codes import code as canonical
from engine.intake.codes import ndc, upper
from engine.intake.fhir_codes import ABSENT, sequence
from engine.intake.fhir_teeth import teeth
from engine.intake.fhir_values import Cursor, system
from engine.intake.json_text import printable, shown

HCPCS = frozenset(
    {
        "www.ama-assn.org/go/cpt",
        "www.ama-assn.org/go/cpt-hcpcs",
        "urn:oid:2.16.840.1.113883.6.12",
        "www.cms.gov/medicare/coding/hcpcsreleasecodesets",
        "terminology.hl7.org/codesystem/hcpcs",
        "terminology.hl7.org/codesystem/hcpcs-all-codes",
        "hl7.org/fhir/sid/cpt",
        "hl7.org/fhir/sid/hcpcs",
        "www.cms.gov/medicare/coding/medhcpcsgeninfo",
        "urn:oid:2.16.840.1.113883.6.14",
        "urn:oid:2.16.840.1.113883.6.285",
        "bluebutton.cms.gov/resources/codesystem/hcpcs",
    }
)
CDT = frozenset(
    {
        "www.ada.org/cdt",
        "ada.org/cdt",
        "terminology.hl7.org/codesystem/cdt",
        "urn:oid:2.16.840.1.113883.6.13",
        "www.nlm.nih.gov/research/umls/hcdt",
    }
)
HIPPS = frozenset(
    {
        "www.cms.gov/medicare/medicare-fee-for-service-payment/prospmedicarefeesvcpmtgen/hippscodes",
        "terminology.hl7.org/codesystem/hipps",
    }
)
NDC = frozenset({"hl7.org/fhir/sid/ndc", "urn:oid:2.16.840.1.113883.6.69"})
_TYPE = {**dict.fromkeys(HCPCS, "HC"), **dict.fromkeys(CDT, "AD"), **dict.fromkeys(HIPPS, "HP")}
_MINUTES = frozenset({"min", "mj", "minute", "minutes"})
_DAYS = frozenset({"d", "da", "day", "days"})
_DRUG_UNITS = {
    "ml": "ML",
    "g": "GR",
    "gr": "GR",
    "gm": "GR",
    "mg": "ME",
    "me": "ME",
    "[iu]": "F2",
    "iu": "F2",
    "f2": "F2",
}


class Around(Struct, frozen=True):
    """What a line needs to know of its claim: diagnosis positions, sequence numbers sent, line-level providers."""

    positions: Mapping[int, int]
    diagnoses: frozenset[int]
    members: frozenset[int]
    providers: Mapping[int, Provider]


def lines(claim: Cursor, around: Around) -> tuple[ServiceLine, ...]:
    """The service lines, in the order they were sent."""
    seen: set[int] = set()
    found = []
    for index, item in enumerate(claim.children("item")):
        number = sequence(item, index)
        if number in seen:
            item.say("sequence", f"sequence {number} is used twice.", expected="a number of its own", found=str(number))
        seen.add(number)
        found.append(_line(item, number, around))
    return tuple(found)


def _line(item: Cursor, number: int, around: Around) -> ServiceLine:
    procedure, code_type = _procedure(item)
    quantity = item.child("quantity")
    first, last = _days(item)
    return ServiceLine(
        number=number,
        procedure=procedure,
        code_type=code_type,
        modifiers=_modifiers(item),
        description=_description(item),
        revenue_code=_revenue(item),
        charge_cents=_charge(item, quantity),
        units=None if quantity is None else quantity.number("value"),
        unit_basis="" if quantity is None else _basis(quantity),
        place_of_service=upper(item.code("locationCodeableConcept")),
        diagnosis_pointers=_pointers(item, around),
        service_day=first,
        service_end_day=last,
        emergency=_emergency(item),
        teeth=_teeth(item),
        drug=_drug(item),
        providers=_providers(item, around),
        origin=Origin(path=item.path),
    )


def _procedure(item: Cursor) -> tuple[str, str]:
    """The procedure code and the qualifier of its code set."""
    codings = item.codings("productOrService")
    for coding in codings:
        code, kind = coding.text("code"), _TYPE.get(system(coding))
        if code and kind:
            return canonical(code), kind
    for coding in codings:
        code = coding.text("code")
        if code and not coding.has("system"):
            says = f"{shown(code)} names no code system; it was read as it is."
            expected = "the URI of the code system, such as http://www.ama-assn.org/go/cpt"
            item.say("productOrService", says, expected=expected, found="no system", severity="warning")
            return canonical(code), ""
    _no_procedure(item, codings)
    return "", ""


def _no_procedure(item: Cursor, codings: list[Cursor]) -> None:
    concept = item.value.get("productOrService")
    if concept is None:
        if not item.has("revenue"):
            item.say("productOrService", "The line has no procedure.", expected="productOrService", found="nothing")
        return
    other = [coding for coding in codings if system(coding) not in ABSENT and system(coding) not in NDC]
    if other:
        found = printable(f"{other[0].text('system')} {other[0].text('code')}".strip(), 80)
        says = f"The procedure is not a HCPCS, CPT, CDT or HIPPS code ({found}); it was left out."
        item.say("productOrService", says, expected="a HCPCS, CPT, CDT or HIPPS code", found=found)


def _modifiers(item: Cursor) -> tuple[str, ...]:
    found = []
    for concept in item.children("modifier"):
        code = next((code for coding in concept.own_codings() if (code := coding.text("code"))), "")
        if code:
            found.append(canonical(code))
    return tuple(found)


def _description(item: Cursor) -> str:
    concept = item.child("productOrService")
    return "" if concept is None else concept.text("text")


def _revenue(item: Cursor) -> str:
    code = upper(item.code("revenue"))
    return code.zfill(4) if code.isascii() and code.isdigit() else code


def _charge(item: Cursor, quantity: Cursor | None) -> int | None:
    """``net``; where there is none, what it stands for: unit price times quantity times factor."""
    if item.has("net") or not item.has("unitPrice"):
        return item.cents("net")
    price = item.child("unitPrice")
    amount = None if price is None else price.number("value")
    if price is None or amount is None:
        return None
    count = None if quantity is None else quantity.number("value")
    factor = item.number("factor")
    total = amount * (Decimal(1) if count is None else count) * (Decimal(1) if factor is None else factor)
    return price.in_cents(total, "value")


def _basis(quantity: Cursor) -> str:
    unit = (quantity.text("code") or quantity.text("unit")).lower()
    if unit in _MINUTES:
        return "MJ"
    return "DA" if unit in _DAYS else "UN"


def _days(item: Cursor) -> tuple[date | None, date | None]:
    if item.has("servicedDate"):
        return item.day("servicedDate"), None
    return item.period("servicedPeriod")


def _pointers(item: Cursor, around: Around) -> tuple[int, ...]:
    found = []
    for number, place in item.integers("diagnosisSequence"):
        if number in around.positions:
            found.append(around.positions[number])
        elif number not in around.diagnoses:
            most = f"one of {_listed(around.diagnoses)}" if around.diagnoses else "a diagnosis of the claim"
            says = f"diagnosisSequence {number} names no diagnosis of the claim."
            item.say(place, says, expected=most, found=str(number))
    return tuple(found)


def _providers(item: Cursor, around: Around) -> tuple[Provider, ...]:
    found = []
    for number, place in item.integers("careTeamSequence"):
        if number in around.providers:
            found.append(around.providers[number])
        elif number not in around.members:
            most = f"one of {_listed(around.members)}" if around.members else "a member of the care team"
            says = f"careTeamSequence {number} names no member of the care team."
            item.say(place, says, expected=most, found=str(number))
    return tuple(found)


def _listed(numbers: frozenset[int]) -> str:
    return printable(", ".join(str(number) for number in sorted(numbers)))


def _emergency(item: Cursor) -> str:
    codes = [
        coding.text("code").lower() for concept in item.children("programCode") for coding in concept.own_codings()
    ]
    return "Y" if "emergency" in codes or "em" in codes else ""


def _teeth(item: Cursor) -> tuple[Tooth, ...]:
    sites = item.value.get("bodySite")
    if sites is None:
        return ()
    # R4 has one site, R5 a list; both are read.
    concepts = item.children("bodySite") if isinstance(sites, list) else [item.child("bodySite")]
    return teeth([concept for concept in concepts if concept is not None], item.children("subSite"))


def _drug(item: Cursor) -> Drug | None:
    """The first NDC: on the line itself, or on one of its details, whose quantity then is the drug's."""
    for owner in (item, *item.children("detail")):
        for coding in owner.codings("productOrService"):
            if system(coding) not in NDC or not coding.text("code"):
                continue
            quantity = owner.child("quantity")
            return Drug(
                ndc=ndc(coding.text("code")),
                qualifier="N4",
                units=None if quantity is None else quantity.number("value"),
                unit_basis="" if quantity is None else _drug_basis(quantity),
            )
    return None


def _drug_basis(quantity: Cursor) -> str:
    unit = (quantity.text("code") or quantity.text("unit")).lower()
    return _DRUG_UNITS.get(unit, "UN" if unit in ("", "1", "un", "{unit}", "ea", "each") else upper(unit))

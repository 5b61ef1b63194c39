"""``Claim.insurance``: the coverage this claim is sent to, and the other payers of the same patient."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from engine.claim.model import Origin, OtherPayer, Patient, Payer, Subscriber
from engine.intake import fhir_people as people
from engine.intake.codes import upper
from engine.intake.fhir_resources import Resolver, Target, identifiers
from engine.intake.fhir_values import Cursor, system

SEQUENCES = "PST"
FILING = {
    "hmo": "HM",
    "ppo": "12",
    "pos": "13",
    "ehcpol": "CI",
    "hip": "CI",
    "dentpol": "CI",
    "dental": "CI",
    "wcbpol": "WC",
    "autopol": "AM",
    "mcpol": "CI",
    "medicaid": "MC",
    "subsidmc": "MC",
    "tricare": "CH",
}
# Source of payment typology (SOPT): the longest known beginning counts.
PAYMENT = {
    "1": "MB",
    "111": "16",
    "2": "MC",
    "311": "CH",
    "32": "VA",
    "5": "CI",
    "512": "12",
    "513": "13",
    "511": "HM",
    "6": "BL",
    "8": "09",
    "95": "WC",
    "96": "AM",
}
_X12 = "codesystem.x12.org/005010/1032"
_SOPT = frozenset({"nahdo.org/sopt", "urn:oid:2.16.840.1.113883.3.221.5", "www.nahdo.org/sopt"})


class Insured(Struct, frozen=True):
    """What the insurance says of one claim."""

    payer: Payer
    subscriber: Subscriber
    patient: Patient
    others: tuple[OtherPayer, ...] = ()
    prior_authorization: str = ""


def insured(
    claim: Cursor, resolver: Resolver, look: Callable[[Cursor, str], Target | None], *, institutional: bool
) -> Insured:
    """Payer, subscriber and patient of ``claim``.

    Args:
        claim: the Claim resource.
        resolver: follows its references.
        look: follows a reference of the claim and reports one that leads nowhere.
        institutional: Medicare is Part A on an institutional claim and Part B on others.
    """
    entries = claim.children("insurance")
    ordered = sorted(entries, key=lambda entry: _sequence(entry) or len(entries) + 1)
    focal = next((entry for entry in ordered if entry.flag("focal")), ordered[0] if ordered else None)
    patient_target = look(claim, "patient")
    person = people.patient(patient_target)
    insurer = look(claim, "insurer")
    if focal is None:
        return Insured(people.payer(insurer), _known_member(Subscriber(), person, patient_target), person)
    coverage = look(focal, "coverage")
    resource = None if coverage is None else coverage.resource
    subscriber, person = _subscriber(resource, person, patient_target, resolver)
    subscriber = replace(
        subscriber,
        sequence_code=_turn(ordered, focal),
        filing_indicator=_filing(resource, institutional=institutional),
        origin=Origin(path=focal.path),
    )
    others = tuple(
        _other(entry, ordered, resolver, institutional=institutional) for entry in ordered if entry.path != focal.path
    )
    return Insured(
        payer=people.payer(insurer) if _says_who(insurer) else people.payer(_payor(coverage, resolver)),
        subscriber=subscriber,
        patient=person,
        others=others,
        prior_authorization=next(iter(focal.texts("preAuthRef")), ""),
    )


def _sequence(entry: Cursor) -> int | None:
    return entry.integer("sequence")


def _turn(ordered: list[Cursor], entry: Cursor) -> str:
    """P, S, T, or A to H for the fourth to eleventh: the entry's place among the claim's coverages."""
    place = next(index for index, other in enumerate(ordered) if other.path == entry.path)
    alone = _sequence(entry) if len(ordered) == 1 else None
    place = alone - 1 if alone and 0 < alone <= len(SEQUENCES) else place
    return (SEQUENCES + "ABCDEFGH")[place] if place < len(SEQUENCES) + len("ABCDEFGH") else "U"


def _says_who(target: Target | None) -> bool:
    return target is not None and (target.resource is not None or bool(target.display) or any(identifiers(target)))


def _payor(coverage: Target | None, resolver: Resolver) -> Target | None:
    """The first payor of a coverage; a coverage that is not in the file may be a name itself."""
    if coverage is None or coverage.resource is None:
        return coverage if coverage is not None and coverage.display else None
    payors = coverage.resource.children("payor")
    return resolver.target(payors[0]) if payors else None


def _subscriber(
    coverage: Cursor | None, person: Patient, patient: Target | None, resolver: Resolver
) -> tuple[Subscriber, Patient]:
    if coverage is None:
        return _known_member(Subscriber(), person, patient), person
    named = resolver.follow(coverage, "subscriber")
    relationship = _relationship(coverage)
    same = _same(named, patient)
    own = relationship == "18" if relationship else named is None or same
    numbers = _numbers(coverage)
    base = Subscriber(
        relationship="18" if own else "",
        member_id=numbers["member_id"],
        group_number=numbers.get("group_number", ""),
        group_name=numbers.get("group_name", ""),
    )
    if own:
        base = people.subscriber_self(person, base)
        if not base.member_id:
            base = replace(base, member_id=people.member_id(patient))
    else:
        base = people.subscriber_person(named, base)
    base = replace(base, id_qualifier="MI" if base.member_id else "")
    return base, replace(person, is_subscriber=own, relationship="18" if own else relationship)


def _known_member(base: Subscriber, person: Patient, patient: Target | None) -> Subscriber:
    """A claim without readable coverage: the patient's own member number, where there is one, is the subscriber's."""
    number = people.member_id(patient)
    if not number:
        return base
    return people.subscriber_self(person, replace(base, member_id=number, id_qualifier="MI"))


def _same(one: Target | None, other: Target | None) -> bool:
    if one is None or other is None:
        return False
    if one.resource is not None and other.resource is not None:
        return one.resource.value is other.resource.value
    return one.reference.text("reference") == other.reference.text("reference") != ""


def _relationship(coverage: Cursor) -> str:
    code = coverage.code("relationship").lower()
    return people.RELATIONSHIP.get(code, code.upper())


def _numbers(coverage: Cursor) -> dict[str, str]:
    numbers = {"member_id": upper(coverage.text("subscriberId"))}
    if not numbers["member_id"]:
        found = coverage.children("identifier")
        members = [item for item in found if item.code("type").lower() in ("mb", "memberid")]
        numbers["member_id"] = upper(members[0].text("value")) if members else ""
    for part in coverage.children("class"):
        if part.code("type") == "group" and "group_number" not in numbers:
            numbers |= {"group_number": part.text("value"), "group_name": part.text("name")}
    return numbers


def _filing(coverage: Cursor | None, *, institutional: bool) -> str:
    """The claim filing indicator that the coverage's type says, where it says one."""
    for coding in [] if coverage is None else coverage.codings("type"):
        code, where = coding.text("code"), system(coding)
        if where == _X12:
            return upper(code)
        if where in _SOPT or "sopt" in where:
            known = [PAYMENT[code[:size]] for size in (3, 2, 1) if code[:size] in PAYMENT]
            found = known[0] if known else ""
            return "MA" if found == "MB" and institutional else found
        if code.lower() in FILING:
            return FILING[code.lower()]
    return ""


def _other(entry: Cursor, ordered: list[Cursor], resolver: Resolver, *, institutional: bool) -> OtherPayer:
    coverage = resolver.follow(entry, "coverage")
    resource = None if coverage is None else coverage.resource
    numbers = {} if resource is None else _numbers(resource)
    response = resolver.follow(entry, "claimResponse")
    answer = None if response is None else response.resource
    payment = None if answer is None else answer.child("payment")
    named = None if resource is None else resolver.follow(resource, "subscriber")
    person = people.patient(named)
    return OtherPayer(
        sequence_code=_turn(ordered, entry),
        relationship="" if resource is None else _relationship(resource),
        group_number=numbers.get("group_number", ""),
        member_id=numbers.get("member_id", ""),
        last_name=person.last_name,
        first_name=person.first_name,
        filing_indicator=_filing(resource, institutional=institutional),
        payer=people.payer(_payor(coverage, resolver)),
        paid_cents=None if payment is None else payment.cents("amount"),
        adjudication_day=None if answer is None else _decided(answer, payment),
        origin=Origin(path=entry.path),
    )


def _decided(answer: Cursor, payment: Cursor | None) -> date | None:
    return (payment.day("date") if payment is not None else None) or answer.day("created")

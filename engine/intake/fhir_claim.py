"""One FHIR R4 Claim to the canonical claim. A damaged field is reported with its path, and the rest is read."""

from __future__ import annotations

import difflib
from datetime import date
from typing import Any

from engine.claim.model import Claim, ClaimType, DatedValue, Origin, Provider, Reference, Source
from engine.intake import fhir_people as people
from engine.intake.codes import upper
from engine.intake.fhir_codes import Diagnoses, diagnoses, procedures, sequence
from engine.intake.fhir_coverage import insured
from engine.intake.fhir_info import Information, information
from engine.intake.fhir_lines import Around, lines
from engine.intake.fhir_resources import Index, Resolver, Target, identifiers
from engine.intake.fhir_values import Cursor, Report
from engine.intake.json_text import printable, shown

TYPES: dict[str, ClaimType] = {"professional": "professional", "institutional": "institutional", "oral": "dental"}
ROLES = {
    "supervisor": "supervising",
    "supervising": "supervising",
    "dq": "supervising",
    "assist": "assistant_surgeon",
    "as": "assistant_surgeon",
    "referring": "referring",
    "dn": "referring",
    "ordering": "ordering",
    "prescribing": "ordering",
    "dk": "ordering",
    "pcp": "primary_care",
    "primarycare": "primary_care",
    "p3": "primary_care",
    "attending": "attending",
    "71": "attending",
    "operating": "operating",
    "72": "operating",
    "otheroperating": "other_operating",
    "zz": "other_operating",
    "rendering": "rendering",
    "performing": "rendering",
    "82": "rendering",
    "purchasedservice": "purchased_service",
    "qb": "purchased_service",
    "site": "service_facility",
    "77": "service_facility",
}
_KEYS = (
    "resourceType id meta implicitRules language text contained extension modifierExtension identifier status type"
    " subType use patient billablePeriod created enterer insurer provider priority fundsReserve related prescription"
    " originalPrescription payee referral facility careTeam supportingInfo diagnosis procedure insurance accident item"
    " total"
)
_KNOWN = frozenset(_KEYS.split())
_NEEDED = ("patient", "provider", "insurance")
_REPLACES = frozenset({"replaces", "prior", "replacement", "replace", "corrected"})
_VOIDS = frozenset({"voids", "void", "cancels", "cancel"})
_OTHER_ACCIDENT = "OA"
_ACCIDENTS = {"mva": "AA", "mvac": "AA", "wpa": "EM", "work": "EM"}
_CREATED = "097"
_ID = "id"


def read_claim(resource: dict[str, Any], index: Index, report: Report, source: Source) -> Claim:
    """The canonical claim of one Claim resource.

    Args:
        resource: the resource, as parsed.
        index: the other resources of the file.
        report: takes what is wrong.
        source: the file, for ``Claim.source``.
    """
    claim = Cursor(resource, "Claim", report)
    return _Reader(claim, Resolver(claim, index)).read(source)


class _Reader:
    """Reads one claim; holds the claim, the resolver and the claim's type."""

    def __init__(self, claim: Cursor, resolver: Resolver) -> None:
        self.claim = claim
        self.resolver = resolver
        self.claim_type = _claim_type(claim)
        self.institutional = self.claim_type == "institutional"

    def read(self, source: Source) -> Claim:
        """The whole claim."""
        claim = self.claim
        _shape(claim)
        about = information(claim, institutional=self.institutional)
        codes = diagnoses(claim, self.resolver)
        members, claim_level, line_level = self._care_team()
        around = Around(codes.positions, codes.sequences, members, line_level)
        found = insured(claim, self.resolver, self._look, institutional=self.institutional)
        first, last = claim.period("billablePeriod")
        service_lines = lines(claim, around)
        fields = (
            self._identity(about)
            | about.fields
            | self._places(about, [line.place_of_service for line in service_lines])
        )
        fields.setdefault("prior_authorization", found.prior_authorization)
        fields.setdefault("referral_number", self._referral())
        fields.setdefault("medical_record_number", people.medical_record(self.resolver.follow(claim, "patient")))
        if not self.institutional:
            fields |= {"service_day": first, "service_end_day": last}
        return Claim(
            claim_type=self.claim_type,
            total_charge_cents=claim.cents("total"),
            benefits_assigned=self._benefits(),
            statement_from_day=first,
            statement_to_day=last,
            payer=found.payer,
            subscriber=found.subscriber,
            patient=found.patient,
            providers=(*self._named_providers(), *claim_level),
            diagnoses=_with_more(codes, about),
            codes=tuple(about.codes),
            procedures=procedures(claim, self.resolver),
            lines=service_lines,
            other_payers=found.others,
            dates=self._dates(),
            references=self._references(),
            attachments=tuple(about.attachments),
            notes=tuple(about.notes),
            source=source,
            origin=Origin(path=claim.path),
            **fields,
        )

    def _identity(self, about: Information) -> dict[str, Any]:
        """Control number, frequency, original reference and accident."""
        fields: dict[str, Any] = {}
        numbers = [identifier.text("value") for identifier in self.claim.children("identifier")]
        number = next((value for value in numbers if value), "")
        if number:
            about.fields.pop("patient_control_number", None)
            fields["patient_control_number"] = number
        frequency, original = self._related()
        about.put("frequency_code", frequency)
        fields["original_reference_number"] = original
        return fields | self._accident()

    def _related(self) -> tuple[str, str]:
        """Frequency code and the payer's number of the claim that this one replaces or voids."""
        for related in self.claim.children("related"):
            kind = related.code("relationship").lower()
            if kind not in _REPLACES | _VOIDS:
                continue
            identifier = related.child("reference")
            number = "" if identifier is None else identifier.text("value")
            target = self.resolver.follow(related, "claim")
            if not number and target is not None:
                number = next((value for _, _, value in identifiers(target) if value), "")
            return ("8" if kind in _VOIDS else "7"), number
        return "1", ""

    def _accident(self) -> dict[str, Any]:
        accident = self.claim.child("accident")
        if accident is None:
            return {}
        place = accident.child("locationAddress")
        kind = accident.code("type").lower()
        return {
            "accident_day": accident.day("date"),
            "accident_state": "" if place is None else upper(place.text("state")),
            "related_causes": (_ACCIDENTS.get(kind, _OTHER_ACCIDENT),) if kind else (),
        }

    def _places(self, about: Information, lines_at: list[str]) -> dict[str, str]:
        if self.institutional:
            return {"facility_qualifier": "A"} if about.fields.get("facility_code") else {}
        place = next((place for place in lines_at if place), "")
        return {"facility_code": place, "facility_qualifier": "B"} if place else {}

    def _benefits(self) -> str:
        payee = self.claim.child("payee")
        kind = "" if payee is None else payee.code("type").lower()
        return {"provider": "Y", "subscriber": "N"}.get(kind, "")

    def _dates(self) -> tuple[DatedValue, ...]:
        created: date | None = self.claim.day("created")
        return () if created is None else (DatedValue(qualifier=_CREATED, day=created),)

    def _references(self) -> tuple[Reference, ...]:
        """The resource's id: it names a claim that has no identifier."""
        key = self.claim.text("id")
        return (Reference(qualifier=_ID, value=key),) if key else ()

    def _referral(self) -> str:
        target = self.resolver.follow(self.claim, "referral")
        return "" if target is None else next((value for _, _, value in identifiers(target) if value), "")

    def _look(self, owner: Cursor, key: str) -> Target | None:
        """Follows a reference; reports one that leads nowhere and says nothing itself."""
        target = self.resolver.follow(owner, key)
        if target is None or target.resource is not None:
            return target
        text = target.reference.text("reference")
        if text and not text.startswith("#") and not target.display and not any(identifiers(target)):
            found = printable(text, 80)
            owner.say(
                key,
                f"{key} refers to {found}, which is not in the file; what it would say is not known.",
                expected="the resource in the file (a Bundle entry or contained)",
                found=found,
                severity="warning",
            )
        return target

    def _named_providers(self) -> list[Provider]:
        """The billing provider and the facility."""
        found = []
        for key, role in (("provider", "billing"), ("facility", "service_facility")):
            target = self._look(self.claim, key)
            if target is not None and (
                target.resource or target.display or any(identifiers(target)) or key == "provider"
            ):
                found.append(people.provider(target, role, self.resolver, Origin(path=f"Claim.{key}")))
        return found

    def _care_team(self) -> tuple[frozenset[int], list[Provider], dict[int, Provider]]:
        """Sequence numbers sent; members of the whole claim; members of some lines only, by sequence.

        A member whom no line names, or every line, belongs to the claim; one whom some lines name, to those lines.
        """
        used = [{number for number, _ in item.integers("careTeamSequence")} for item in self.claim.children("item")]
        sent: set[int] = set()
        claim_level: list[Provider] = []
        line_level: dict[int, Provider] = {}
        for index, member in enumerate(self.claim.children("careTeam")):
            number = sequence(member, index)
            sent.add(number)
            made = self._member(member)
            if made is None:
                continue
            naming = sum(number in numbers for numbers in used)
            if naming in (0, len(used)):
                claim_level.append(made)
            else:
                line_level[number] = made
        return frozenset(sent), claim_level, line_level

    def _member(self, member: Cursor) -> Provider | None:
        role = self._role(member)
        target = self._look(member, "provider")
        if target is None:
            member.say("provider", "The care team member has no provider.", expected="a provider", found="nothing")
        if target is None or not role:
            return None
        made = people.provider(target, role, self.resolver, Origin(path=member.path))
        qualified = member.child("qualification")
        taxonomy = "" if qualified is None else people.taxonomy([qualified])
        return people.with_taxonomy(made, taxonomy)

    def _role(self, member: Cursor) -> str:
        main = "attending" if self.institutional else "rendering"
        codes = [coding.text("code") for coding in member.codings("role")]
        known = [code.lower().replace("-", "").replace("_", "") for code in codes if code]
        if not known or "primary" in known:
            return main
        role = next((ROLES[code] for code in known if code in ROLES), "")
        if not role:
            says = f"The care team role {shown(codes[0])} is none of a claim; the member was left out."
            member.say(
                "role",
                says,
                expected="a role such as rendering or referring",
                found=printable(codes[0]),
                severity="info",
            )
        return role


def _with_more(codes: Diagnoses, about: Information) -> tuple[Any, ...]:
    return (*codes.diagnoses, *about.diagnoses)


def _claim_type(claim: Cursor) -> ClaimType:
    codes = [code.lower() for coding in claim.codings("type") if (code := coding.text("code"))]
    for code in codes:
        if code in TYPES:
            return TYPES[code]
    found = codes[0] if codes else "nothing"
    expected = "professional, institutional or oral"
    fix = "Send pharmacy claims as NCPDP." if found == "pharmacy" else f"Send {expected}."
    says = f"The claim type {printable(found)} is not one we check; the claim was read as professional."
    claim.say("type", says, expected=expected, found=printable(found), fix=fix)
    return "professional"


def _shape(claim: Cursor) -> None:
    """Is this an R4 Claim, for payment, with what every claim needs?"""
    use = claim.text("use")
    if use != "claim":
        found = printable(use) or "nothing"
        says = f"use is {found}: this is not a claim for payment; it was checked as one."
        claim.say("use", says, expected="claim", found=found, severity="info", fix="Send use claim when it is billed.")
    for key in _NEEDED:
        if not claim.has(key):
            claim.say(key, f"{key} is missing.", expected=key, found="nothing", severity="warning")
    for key in claim.value:
        if key in _KNOWN or key.startswith("_"):
            continue
        near = difflib.get_close_matches(key[:80], sorted(_KNOWN), n=1, cutoff=0.75)
        expected = near[0] if near else "a key of an R4 Claim"
        says = f"{shown(key)} is not a key of an R4 Claim; it was left out."
        claim.say(
            printable(key),
            says,
            expected=expected,
            found=printable(key),
            fix=f"Did you mean {near[0]}?" if near else "",
        )

"""One claim with everything around it: what the derived fields are worked out from.

:class:`Context` is what the caller adds to the claim. :class:`ClaimView` and :class:`LineView` work out the values that
several fields share, each once and only when asked. Days are whole days since 1970-01-01, quantities are thousandths.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from msgspec import Struct

from engine.claim.encounter import Encounter
from engine.claim.model import Claim, Diagnosis, Provider, ServiceLine
from engine.facts.eligibility import Eligibility
from engine.facts.fact import Value
from engine.facts.history import History
from engine.facts.numbers import calendar_day, day_number, thousandths, whole_years
from engine.facts.once import once
from engine.reference.catalog import Tables
from engine.reference.code_set import CodeSet
from engine.reference.lists import inpatient_bill_types, inpatient_places

REMEMBERED = 1 << 14
"""Answers of code sets that are remembered."""
ICD9_QUALIFIERS = frozenset({"BK", "BF", "BJ", "PR", "BN"})
_GROUP_OF_ROLE = {"principal": "listed", "other": "listed"}


class PayerProfile(Struct, frozen=True):
    """The resolved payer: its folder under rules/payers, its title and its kind."""

    slug: str
    name: str = ""
    kind: str = "other"


class Context(Struct, frozen=True, kw_only=True):
    """What the caller knows beside the claim.

    ``parameters`` are the payer's values in force on the first service day (:func:`first_service_day`). ``history`` are
    earlier claims, ``eligibility`` answers of payers and lists of providers; ``None`` means that nobody looked.
    ``code_sets`` are those of the rulebook, by name: a field of the vocabulary that says ``sets`` asks them, and
    ``memberships`` remembers what they answered. ``encounter`` is the record that the claim is held against.
    """

    tables: Tables
    payer: PayerProfile
    received_on: int | None = None
    parameters: Mapping[str, tuple[Value, ...]] = {}
    history: History | None = None
    eligibility: Eligibility | None = None
    code_sets: Mapping[str, CodeSet] = {}
    memberships: dict[tuple[tuple[str, ...], str, int | None], bool | None] = {}
    encounter: Encounter | None = None


class DiagnosisView(NamedTuple):
    """A diagnosis with its place in the claim's list (from 1), the day it is judged on, and whether it is a repeat."""

    diagnosis: Diagnosis
    number: int
    judged_day: int | None
    repeat: bool


class PointedDiagnosis(NamedTuple):
    """A diagnosis that a line points to, in the line's order (from 1)."""

    line: LineView
    position: int
    diagnosis: Diagnosis


class LineView:
    """One service line with the claim around it.

    ``first_day`` and ``last_day`` are the line's own dates, else the claim's (837D DTP*472 stands on the claim); a
    single date is its own end. ``judged_day`` is the day that tables and code sets are asked about: the service day,
    else the claim's first. ``units`` are thousandths.
    """

    def __init__(self, view: ClaimView, line: ServiceLine) -> None:
        self.view = view
        self.line = line
        self.number = line.number
        claim = view.claim
        start, end = line.service_day, line.service_end_day
        if start is None and end is None:
            start, end = claim.service_day, claim.service_end_day
        self.first_day = day_number(start)
        self.last_day = self.first_day if end is None else day_number(end)
        self.units = thousandths(line.units)
        self.place = line.place_of_service or view.place
        self.judged_day = view.first_service_day if self.first_day is None else self.first_day

    @once
    def rendering(self) -> Provider | None:
        """Who rendered the line: the line's rendering provider, else the claim's, else the billing provider."""
        return provider_in(self.line.providers, "rendering") or self.view.rendering or self.view.billing

    @once
    def provider_unit(self) -> str | None:
        """Billing NPI and rendering taxonomy; the rendering NPI alone when it has no taxonomy.

        Physicians of one group and one specialty count as one physician: Medicare Claims Processing Manual (100-04)
        ch. 12 §30.6.5. The taxonomy stands for the specialty.
        """
        rendering, billing = self.rendering, self.view.billing
        if rendering is None:
            return None
        if rendering.taxonomy and billing is not None and billing.npi:
            return f"{billing.npi}/{rendering.taxonomy}"
        return rendering.npi or None

    @once
    def modifiers_text(self) -> str:
        """The modifiers, sorted, with blanks between."""
        return " ".join(sorted(self.line.modifiers))

    @once
    def key(self) -> str | None:
        """What makes two lines the same; ``None`` for a line without a procedure (revenue lines repeat rightly)."""
        line = self.line
        if not line.procedure:
            return None
        renderer = self.rendering.npi if self.rendering else ""
        teeth = ",".join(sorted(f"{t.tooth}:{''.join(t.surfaces)}:{t.area}" for t in line.teeth)) if line.teeth else ""
        ndc = line.drug.ndc if line.drug else ""
        return (
            f"{line.procedure}|{self.modifiers_text}|{line.revenue_code}|{self.first_day}|{self.last_day}|{self.place}"
            f"|{self.units}|{line.charge_cents}|{renderer}|{teeth}|{ndc}"
        )

    @once
    def diagnoses(self) -> tuple[PointedDiagnosis, ...]:
        """The diagnoses of the line: those it points to; on an institutional claim every one that is listed."""
        if self.view.institutional:
            return tuple(PointedDiagnosis(self, d.position, d) for d in self.view.listed.values())
        listed, found = self.view.listed, []
        for position, pointer in enumerate(self.line.diagnosis_pointers, start=1):
            diagnosis = listed.get(pointer)
            if diagnosis is not None:
                found.append(PointedDiagnosis(self, position, diagnosis))
        return tuple(found)

    @property
    def days(self) -> int:
        """Days in the span, both ends counted; 1 when a date is missing or the span is reversed."""
        if self.first_day is None or self.last_day is None:
            return 1
        return max(self.last_day - self.first_day + 1, 1)

    def covers(self, day: int) -> bool:
        """Whether the service was furnished on ``day``; a reversed span counts as its first day."""
        return self.first_day is not None and self.first_day <= day < self.first_day + self.days

    def shared_day(self, other: LineView) -> int | None:
        """The first day that both lines cover."""
        if self.first_day is None or other.first_day is None:
            return None
        day = max(self.first_day, other.first_day)
        return day if self.covers(day) and other.covers(day) else None


class ClaimView:
    """One claim with its context and the values that its facts share."""

    def __init__(self, claim: Claim, context: Context) -> None:
        self.claim = claim
        self.context = context
        self.institutional = claim.claim_type == "institutional"
        self.place = "" if self.institutional else claim.facility_code
        self.received_on = context.received_on
        self.first_service_day, self.last_service_day = _service_days(claim)
        self.pair_edits: dict[str, Sequence[Any]] = {}

    @once
    def lines(self) -> tuple[LineView, ...]:
        """The service lines in the order of the claim."""
        return tuple([LineView(self, line) for line in self.claim.lines])

    @once
    def earlier_lines(self) -> tuple[LineView, ...]:
        """The lines of the patient's earlier claims, each with its own claim around it; none without history."""
        history = self.context.history
        earlier = history.of(self.claim) if history else ()
        return tuple([line for claim in earlier for line in ClaimView(claim, self.context).lines])

    @once
    def first_of_key(self) -> Mapping[str, int]:
        """The lowest line number by :attr:`LineView.key`."""
        numbers: dict[str, int] = {}
        for line in self.lines:
            key = line.key
            if key is not None and line.number < numbers.get(key, line.number + 1):
                numbers[key] = line.number
        return numbers

    @once
    def billing(self) -> Provider | None:
        """The billing provider."""
        return provider_in(self.claim.providers, "billing")

    @once
    def rendering(self) -> Provider | None:
        """The claim's own rendering provider."""
        return provider_in(self.claim.providers, "rendering")

    @once
    def birth(self) -> date | None:
        """The patient's date of birth; the subscriber's when the patient is the subscriber."""
        patient = self.claim.patient
        return patient.birth_day or (self.claim.subscriber.birth_day if patient.is_subscriber else None)

    @once
    def sex(self) -> str:
        """The patient's sex as the claim says; the subscriber's when the patient is the subscriber."""
        patient = self.claim.patient
        return patient.sex or (self.claim.subscriber.sex if patient.is_subscriber else "")

    @once
    def age_years(self) -> int | None:
        """Age in whole years on the first service day; ``None`` before birth."""
        if self.birth is None or self.first_service_day is None:
            return None
        age = whole_years(self.birth, calendar_day(self.first_service_day))
        return age if age >= 0 else None

    @once
    def bill_type(self) -> str:
        """Type of bill without the leading zero: facility code and frequency; empty on other claims."""
        claim = self.claim
        if not self.institutional or not claim.facility_code:
            return ""
        code = claim.facility_code
        return (code[1:] if len(code) > 2 and code[0] == "0" else code) + claim.frequency_code  # noqa: PLR2004 -- 011

    @once
    def inpatient(self) -> bool | None:
        """Whether the patient is an inpatient, by type of bill or place of service; ``None`` when it was not sent."""
        if self.institutional:
            return self.bill_type[:2] in inpatient_bill_types() if self.bill_type else None
        return self.place in inpatient_places() if self.place else None

    @once
    def listed(self) -> Mapping[int, Diagnosis]:
        """The diagnoses that lines may point to (principal and others) by position; of two at one the first."""
        found: dict[int, Diagnosis] = {}
        for diagnosis in self.claim.diagnoses:
            if diagnosis.role in _GROUP_OF_ROLE:
                found.setdefault(diagnosis.position, diagnosis)
        return found

    @once
    def diagnoses(self) -> tuple[DiagnosisView, ...]:
        """All diagnoses in the order of the claim."""
        seen: set[tuple[str, str]] = set()
        views = []
        for number, diagnosis in enumerate(self.claim.diagnoses, start=1):
            key = (_GROUP_OF_ROLE.get(diagnosis.role, diagnosis.role), diagnosis.code)
            views.append(DiagnosisView(diagnosis, number, self._judged_day(diagnosis), key in seen))
            seen.add(key)
        return tuple(views)

    @once
    def _pointed_days(self) -> Mapping[int, int]:
        """By diagnosis position, the earliest service day of the lines that point to it."""
        days: dict[int, int] = {}
        for line in self.lines:
            day = line.first_day
            if day is not None:
                for position in line.line.diagnosis_pointers:
                    if position not in days or day < days[position]:
                        days[position] = day
        return days

    def _judged_day(self, diagnosis: Diagnosis) -> int | None:
        """The day on which a diagnosis code must be valid.

        Professional and dental: the earliest service day of the lines that point to it. Institutional: discharge
        (statement through) for inpatients, statement from for outpatients. Else the first service day.
        Source: ICD-10-CM Official Guidelines; Medicare Claims Processing Manual (100-04) ch. 23 §10.
        """
        if not self.institutional:
            pointed = self._pointed_days.get(diagnosis.position) if diagnosis.role in _GROUP_OF_ROLE else None
            return self.first_service_day if pointed is None else pointed
        claim = self.claim
        day = claim.statement_to_day if self.inpatient else claim.statement_from_day
        return self.first_service_day if day is None else day_number(day)

    def in_sets(self, names: tuple[str, ...], code: str, day: int | None) -> bool | None:
        """Whether a code is in one of these code sets on a day; ``None`` when one of them is not loaded."""
        known, asked = self.context.memberships, (names, code, day)
        if asked not in known:
            if len(known) >= REMEMBERED:
                known.clear()
            sets = self.context.code_sets
            loaded = all(name in sets for name in names)
            known[asked] = any(sets[name].contains(code, day) for name in names) if loaded else None
        return known[asked]

    def parameter(self, name: str) -> Value | None:
        """The payer's first value of a parameter."""
        values = self.context.parameters.get(name)
        return values[0] if values else None


def provider_in(providers: Sequence[Provider], role: str) -> Provider | None:
    """The first provider in ``role``."""
    for provider in providers:
        if provider.role == role:
            return provider
    return None


def first_service_day(claim: Claim) -> int | None:
    """The first service day of a claim: the statement period of an institutional claim, else the earliest line.

    Payer parameters are chosen by it.
    """
    return _service_days(claim)[0]


def _service_days(claim: Claim) -> tuple[int | None, int | None]:
    days = [day for day in (claim.statement_from_day, claim.statement_to_day) if day is not None]
    if claim.claim_type != "institutional" or not days:
        days = [day for line in claim.lines for day in (line.service_day, line.service_end_day) if day is not None]
        days += [day for day in (claim.service_day, claim.service_end_day) if day is not None]
    return (day_number(min(days)), day_number(max(days))) if days else (None, None)

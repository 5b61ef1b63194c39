"""One encounter with everything around it: what the fields of encounter facts are worked out from.

The kinds of encounter facts are built for a documented encounter alone, and for a claim that is held against one:
:func:`record_of` finds the encounter of either view.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Protocol

from engine.claim.encounter import Charge, ChosenDiagnosis, DocumentedDiagnosis, DocumentedService, Encounter
from engine.facts.encounters.decision import Element, data, problems, risk, two_of_three
from engine.facts.encounters.levels import Support, support
from engine.facts.fact import Value
from engine.facts.numbers import day_number
from engine.facts.once import once
from engine.facts.view import Context
from engine.reference.em_levels import levels

CATEGORY = 3
ELEMENTS = ("problems", "data", "risk")


class HasContext(Protocol):
    """What encounter kinds need of a view."""

    @property
    def context(self) -> Context:
        """What the caller knows beside the claim or encounter."""


class DiagnosisPart(NamedTuple):
    """A documented diagnosis with its number from 1."""

    view: EncounterView
    number: int
    diagnosis: DocumentedDiagnosis


class ServicePart(NamedTuple):
    """A documented service with its number from 1."""

    view: EncounterView
    number: int
    service: DocumentedService


class ChargePart(NamedTuple):
    """A chosen procedure code."""

    view: EncounterView
    place: int
    charge: Charge


class ChosenPart(NamedTuple):
    """A chosen diagnosis code with its number from 1."""

    view: EncounterView
    number: int
    chosen: ChosenDiagnosis


class LevelPart(NamedTuple):
    """A chosen visit code that has levels, with what the documentation supports."""

    view: EncounterView
    place: int
    charge: Charge
    support: Support


class EncounterView:
    """One encounter, with the values that its facts share; each is worked out once and only when asked."""

    def __init__(self, encounter: Encounter, context: Context) -> None:
        self.encounter = encounter
        self.context = context
        self.day = day_number(encounter.service_day)

    @property
    def first_service_day(self) -> int | None:
        """The day of the encounter, by which parameters are chosen and code sets asked."""
        return self.day

    @once
    def diagnoses(self) -> tuple[DiagnosisPart, ...]:
        """The documented diagnoses."""
        return tuple(DiagnosisPart(self, n, d) for n, d in enumerate(self.encounter.diagnoses or (), start=1))

    @once
    def services(self) -> tuple[ServicePart, ...]:
        """The documented services."""
        return tuple(ServicePart(self, n, s) for n, s in enumerate(self.encounter.services or (), start=1))

    @once
    def charges(self) -> tuple[ChargePart, ...]:
        """The chosen procedure codes."""
        return tuple(ChargePart(self, n, c) for n, c in enumerate(self.encounter.charges or (), start=1))

    @once
    def chosen(self) -> tuple[ChosenPart, ...]:
        """The chosen diagnosis codes."""
        return tuple(ChosenPart(self, n, c) for n, c in enumerate(self.encounter.chosen or (), start=1))

    @once
    def elements(self) -> Mapping[str, Element]:
        """Each element of decision making that is known.

        Worked out from what is documented, else as stated. Problems are worked out when those addressed have a class.
        """
        encounter, table = self.encounter, levels().elements
        found: dict[str, Element] = {}
        whole = encounter.complete is not False
        addressed = [d for d in encounter.diagnoses or () if whole and d.addressed is not False]
        if any(d.complexity for d in addressed) and not any(d.addressed and not d.complexity for d in addressed):
            found["problems"] = problems(addressed, table)
        if encounter.data is not None and whole:
            found["data"] = data(encounter.data, table)
        if encounter.risk is not None and whole:
            found["risk"] = risk(encounter.risk, table)
        for name in ELEMENTS:
            stated: int | None = getattr(encounter.stated, name)
            if name not in found and stated is not None and 0 <= stated <= 4:  # noqa: PLR2004 -- four levels
                found[name] = Element(stated, "as stated")
        return found

    @once
    def decision_level(self) -> int | None:
        """The level that two of the three elements meet.

        With one element unknown it is certain only when the other two agree; with two unknown never.
        """
        known = [element.level for element in self.elements.values()]
        if len(known) == len(ELEMENTS):
            return two_of_three(known)
        return known[0] if len(known) == 2 and known[0] == known[1] else None  # noqa: PLR2004 -- two of three

    @once
    def minutes(self) -> int | None:
        """The practitioner's minutes; zero when the note is known to state no time."""
        time = self.encounter.time
        if time.stated is False:
            return 0
        return time.minutes

    @once
    def levels(self) -> tuple[LevelPart, ...]:
        """The chosen visit codes that have levels."""
        if self.day is None:
            return ()
        found = []
        for part in self.charges:
            supported = support(
                part.charge.procedure,
                self.day,
                self.decision_level,
                self.minutes,
                whole=self.encounter.complete is not False,
            )
            if supported is not None:
                found.append(LevelPart(self, part.place, part.charge, supported))
        return tuple(found)

    @once
    def coded(self) -> Mapping[int, ChosenPart]:
        """The chosen code of each documented diagnosis, by the number of the documented one.

        The same code, else one of the same category that no other documented diagnosis has chosen.
        """
        found: dict[int, ChosenPart] = {}
        taken: set[int] = set()
        for part in self.diagnoses:
            same = next((c for c in self.chosen if c.chosen.code == part.diagnosis.code), None)
            if part.diagnosis.code and same is not None:
                found[part.number] = same
                taken.add(same.number)
        for part in self.diagnoses:
            code = part.diagnosis.code
            if code and part.number not in found:
                near = (c for c in self.chosen if c.number not in taken and c.chosen.code[:CATEGORY] == code[:CATEGORY])
                alike = next(near, None)
                if alike is not None:
                    found[part.number] = alike
                    taken.add(alike.number)
        return found

    @once
    def complete(self) -> bool:
        """Whether the documented diagnoses are all there with their codes, so that one not found is not documented."""
        documented = self.encounter.diagnoses
        return self.encounter.complete is not False and documented is not None and all(d.code for d in documented)

    @once
    def complete_services(self) -> bool:
        """Whether the documented services are all there with their codes."""
        documented = self.encounter.services
        whole = self.encounter.complete is not False
        return whole and documented is not None and all(s.procedure for s in documented)

    def parameter(self, name: str) -> Value | None:
        """The payer's first value of a parameter."""
        values = self.context.parameters.get(name)
        return values[0] if values else None

    def in_set(self, name: str, code: str) -> bool | None:
        """Whether a code is in a code set on the day of the encounter; ``None`` when the set is not loaded."""
        found = self.context.code_sets.get(name)
        return None if found is None else found.contains(code, self.day)


def record_of(view: HasContext) -> EncounterView | None:
    """The encounter of a view: itself, or the one that a claim is held against."""
    if isinstance(view, EncounterView):
        return view
    encounter = view.context.encounter
    return None if encounter is None else EncounterView(encounter, view.context)

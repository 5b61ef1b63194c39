"""The encounters that the caller gave, found by claim."""

from __future__ import annotations

from collections.abc import Iterable

from engine.claim.encounter import Encounter
from engine.claim.model import Claim, Subscriber
from engine.facts.history import patient_keys
from engine.facts.numbers import day_number
from engine.facts.view import first_service_day


class Encounters:
    """Documented encounters, asked for the one that a claim is about.

    The one that names the claim's id; else, of those that name no claim, the only one of the same patient whose days
    meet the claim's first service day; else the only one given, when it names neither claim nor patient.

    >>> Encounters([]).of(Claim(claim_type="professional")) is None
    True
    """

    def __init__(self, encounters: Iterable[Encounter]) -> None:
        self._encounters = tuple(encounters)
        self._by_claim = {each.claim_id: each for each in self._encounters if each.claim_id}
        self._free = tuple(each for each in self._encounters if not each.claim_id)

    def of(self, claim: Claim) -> Encounter | None:
        """The encounter of a claim, or ``None``."""
        named = self._by_claim.get(claim.patient_control_number)
        if named is not None:
            return named
        keys = set(patient_keys(claim))
        same = [each for each in self._free if keys & set(_keys(each)) and _meets(each, claim)]
        if len(same) == 1:
            return same[0]
        alone = self._encounters if len(self._encounters) == 1 else ()
        return next((each for each in alone if not each.claim_id and not _keys(each)), None)


def _keys(encounter: Encounter) -> tuple[tuple[object, ...], ...]:
    """What the patient of an encounter is known by, as of a claim."""
    subscriber = Subscriber(member_id=encounter.member_id)
    return patient_keys(Claim(claim_type="professional", subscriber=subscriber, patient=encounter.patient))


def _meets(encounter: Encounter, claim: Claim) -> bool:
    """Whether the claim's first service day lies in the encounter; an unknown day is no obstacle."""
    first, last = day_number(encounter.service_day), day_number(encounter.service_end_day)
    day = first_service_day(claim)
    return first is None or day is None or first <= day <= (first if last is None else max(first, last))

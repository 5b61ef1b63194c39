"""The earlier claims that the caller gave, found by patient."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from engine.claim.model import Claim

_REPLACEMENT, _VOID = "7", "8"

Key = tuple[object, ...]


class History:
    """Earlier claims, asked for those of one patient.

    Two claims are of one patient when member id and date of birth are the same (of a dependent the first name too:
    twins share both), or when last name, first name and date of birth are. Without a date of birth nobody is found.

    >>> History([]).of(Claim(claim_type="dental"))
    ()
    """

    def __init__(self, claims: Iterable[Claim]) -> None:
        self._claims: Sequence[Claim] = tuple(claims)
        self._numbers: dict[Key, list[int]] = {}
        for number, claim in enumerate(self._claims):
            for key in patient_keys(claim):
                self._numbers.setdefault(key, []).append(number)

    def of(self, claim: Claim) -> tuple[Claim, ...]:
        """The earlier claims of the patient that still stand, in the order given.

        Left out: the claim itself; what it replaces or voids (the same claim number of the provider); and of the others
        those that a later replacement or void has taken away, with the void.
        """
        numbers = sorted({number for key in patient_keys(claim) for number in self._numbers.get(key, ())})
        found = [earlier for number in numbers if (earlier := self._claims[number]) != claim]
        if claim.frequency_code in {_REPLACEMENT, _VOID} and claim.patient_control_number:
            found = [earlier for earlier in found if earlier.patient_control_number != claim.patient_control_number]
        last = {
            earlier.patient_control_number: place
            for place, earlier in enumerate(found)
            if earlier.frequency_code in {_REPLACEMENT, _VOID} and earlier.patient_control_number
        }
        return tuple(
            earlier
            for place, earlier in enumerate(found)
            if earlier.frequency_code != _VOID
            and (earlier.patient_control_number not in last or last[earlier.patient_control_number] == place)
        )


def patient_keys(claim: Claim) -> tuple[Key, ...]:
    """What a patient is known by: claims that share one of them are of one patient."""
    patient, subscriber = claim.patient, claim.subscriber
    person = subscriber if patient.is_subscriber and not patient.last_name else patient
    birth = patient.birth_day or (subscriber.birth_day if patient.is_subscriber else None)
    if birth is None:
        return ()
    last, first = person.last_name.upper(), person.first_name.upper()
    keys: list[Key] = []
    if subscriber.member_id:
        keys.append(("member", subscriber.member_id.upper(), birth, "" if patient.is_subscriber else first))
    if last and first:
        keys.append(("name", last, first, birth))
    return tuple(keys)

"""What the caller knows beside the claims, found by patient, provider and laboratory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from engine.claim.eligibility import EligibilityAnswer, Known, Laboratory, ListedProvider, ProviderList
from engine.claim.model import Claim
from engine.facts.numbers import calendar_day

Listed = Mapping[str, Sequence[ListedProvider]]


class Eligibility:
    """Answers about patients, lists of providers, certificates of laboratories.

    An answer is about the patient of a claim when the member id is the same and the date of birth does not differ; of a
    dependent the date of birth must be there, and the first name must not differ (twins share both).

    >>> Eligibility([]).answers(Claim(claim_type="dental"), 0)
    ()
    """

    def __init__(self, known: Iterable[Known]) -> None:
        self._answers: dict[str, list[EligibilityAnswer]] = {}
        self._lists: dict[tuple[str, str], dict[str, list[ListedProvider]]] = {}
        self._laboratories: dict[str, list[Laboratory]] = {}
        for item in known:
            if isinstance(item, EligibilityAnswer):
                self._answers.setdefault(_plain(item.member_id), []).append(item)
            elif isinstance(item, ProviderList):
                listed = self._lists.setdefault((item.list, item.payer), {})
                for provider in item.providers:
                    listed.setdefault(provider.npi, []).append(provider)
            else:
                self._laboratories.setdefault(_plain(item.clia_number), []).append(item)

    def answers(self, claim: Claim, day: int | None) -> tuple[EligibilityAnswer, ...]:
        """The answers about the patient that can know about the day, in the order given."""
        found = self._answers.get(_plain(claim.subscriber.member_id)) if claim.subscriber.member_id else None
        if not found or day is None:
            return ()
        when = calendar_day(day)
        return tuple(answer for answer in found if answer.speaks_of(when) and _about(answer, claim))

    def listed(self, name: str, payers: Iterable[str], npi: str, day: int | None) -> bool | None:
        """Whether a provider is on a list of one of the payers on the day; ``None`` without such a list or day."""
        lists = [self._lists[name, payer] for payer in payers if (name, payer) in self._lists]
        if not lists or day is None:
            return None
        when = calendar_day(day)
        return any(_within(entry, when) for listed in lists for entry in listed.get(npi, ()))

    def certificate(self, clia_number: str, day: int | None) -> str | None:
        """The kind of certificate of a laboratory on the day."""
        if day is None:
            return None
        found = self._laboratories.get(_plain(clia_number), ())
        return next((lab.certificate for lab in found if _within(lab, calendar_day(day))), None)


class Person(NamedTuple):
    """The patient as an answer would name them."""

    birth_day: date | None
    first_name: str
    is_subscriber: bool


def _person(claim: Claim) -> Person:
    patient, subscriber = claim.patient, claim.subscriber
    birth = patient.birth_day or (subscriber.birth_day if patient.is_subscriber else None)
    first = patient.first_name or (subscriber.first_name if patient.is_subscriber else "")
    return Person(birth, first.upper(), patient.is_subscriber)


def _about(answer: EligibilityAnswer, claim: Claim) -> bool:
    person = _person(claim)
    if answer.birth_day is None or person.birth_day is None:
        return person.is_subscriber
    if answer.birth_day != person.birth_day:
        return False
    first = answer.first_name.upper()
    return person.is_subscriber or not first or not person.first_name or first == person.first_name


def _within(span: ListedProvider | Laboratory, day: date) -> bool:
    return (span.first_day is None or span.first_day <= day) and (span.last_day is None or day <= span.last_day)


def _plain(number: str) -> str:
    """A number without its punctuation.

    >>> _plain("1eg4-te5-mk73")
    '1EG4TE5MK73'
    """
    return number.replace("-", "").replace(" ", "").upper()

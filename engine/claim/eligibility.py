"""What a caller knows of patients and providers beside the claims: answers of payers, lists of providers, laboratories.

The same structures are the native form of ``--eligibility`` (docs/eligibility.md). Days are inclusive; a day that is
``None`` is open.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from engine.claim.parts import Part

PeriodKind = Literal[
    "coverage",
    "part_a",
    "part_b",
    "medicare_advantage",
    "other_payer",
    "hospice",
    "snf_stay",
    "home_health",
]


class Period(Part, frozen=True, kw_only=True):
    """One span of an answer.

    ``kind`` coverage, part_a and part_b are the answering payer's own cover, and ``active`` false says that there was
    none. ``payer_name``, ``payer_id`` and ``plan`` name the plan of medicare_advantage and other_payer; ``reason`` is
    the Medicare secondary payer type (12 working aged …) where another payer comes first.
    """

    kind: PeriodKind
    first_day: date | None = None
    last_day: date | None = None
    active: bool = True
    payer_name: str = ""
    payer_id: str = ""
    plan: str = ""
    reason: str = ""

    def touches(self, start: date, end: date) -> bool:
        """Whether a day from ``start`` to ``end`` lies in the span.

        >>> Period(kind="hospice", first_day=date(2026, 3, 1)).touches(date(2026, 2, 1), date(2026, 3, 1))
        True
        """
        return (self.first_day is None or self.first_day <= end) and (self.last_day is None or start <= self.last_day)


class TherapyUse(Part, frozen=True, kw_only=True):
    """What a calendar year's outpatient therapy has cost so far, of all providers, in cents."""

    year: int
    discipline: Literal["pt_slp", "ot"]
    used_cents: int


class EligibilityAnswer(Part, frozen=True, kw_only=True):
    """What a payer answered about one person (X12 271, or native).

    ``asked_from`` and ``asked_to`` are the days that were asked about; ``answered_on`` is the day of the answer, which
    knows nothing of later days that were not asked about.
    """

    member_id: str
    last_name: str = ""
    first_name: str = ""
    birth_day: date | None = None
    payer_name: str = ""
    payer_id: str = ""
    asked_from: date | None = None
    asked_to: date | None = None
    answered_on: date | None = None
    periods: tuple[Period, ...] = ()
    therapy: tuple[TherapyUse, ...] = ()

    def speaks_of(self, day: date) -> bool:
        """Whether the answer can know about ``day``; one without any day of its own is taken to."""
        asked = self.asked_from is not None and self.asked_from <= day <= (self.asked_to or self.asked_from)
        undated = self.asked_from is None and self.answered_on is None
        return asked or undated or (self.answered_on is not None and self.answered_on >= day)


class ListedProvider(Part, frozen=True, kw_only=True):
    """A provider on a list, and the days on which it is."""

    npi: str
    first_day: date | None = None
    last_day: date | None = None


class ProviderList(Part, frozen=True, kw_only=True):
    """A whole list of providers: who is not on it is not enrolled (``enrolment``) or not on the roster (``roster``).

    ``payer`` is the payer's folder or its kind (medicare, medicaid …).
    """

    list: Literal["enrolment", "roster"]
    payer: str
    providers: tuple[ListedProvider, ...] = ()


class Laboratory(Part, frozen=True, kw_only=True):
    """A laboratory of the caller and the kind of CLIA certificate that it holds."""

    clia_number: str
    certificate: Literal["waiver", "ppm", "full"]
    first_day: date | None = None
    last_day: date | None = None


Known = EligibilityAnswer | ProviderList | Laboratory

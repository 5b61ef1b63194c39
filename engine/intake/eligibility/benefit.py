"""One benefit (EB) of a 271 and the segments under it, as a period."""

from __future__ import annotations

import re
from datetime import date, timedelta

from engine.claim.eligibility import Period, PeriodKind
from engine.intake.x12 import convert
from engine.intake.x12.segments import Segment, Separators

_FIRST_DAYS = ("346", "356", "348", "193", "291", "307", "290", "292", "472")
_LAST_DAYS = ("347", "357", "349", "194")
_WHOLE_PLAN = "30"
_HOSPICE, _HOME_HEALTH = "45", "42"
_ACTIVE = frozenset({"1", "2", "3", "4", "5"})
_INACTIVE = frozenset({"6", "7", "8"})
_OTHER_PAYER, _EPISODE = "R", "X"
_ADVANTAGE_TYPES = frozenset({"HM", "HN", "IN", "PR", "PS"})
_SECONDARY_TYPES = frozenset({"12", "13", "14", "15", "16", "41", "42", "43", "47"})
_PRIMARY_PAYER = "PRP"
_ELIGIBILITY = "307"
_OWN_COVER = frozenset({"coverage", "part_a", "part_b"})
_DAY = timedelta(days=1)
_PARTS: dict[str, PeriodKind] = {"MA": "part_a", "MB": "part_b"}
_OPTION = re.compile(r"BILL OPTION CODE\s*-?\s*(\w)", re.IGNORECASE)
_LOCKED_IN = "C"
"""The plan processes every Part A and Part B claim; of the other options Medicare keeps a part."""


Span = tuple[date | None, date | None]


class Dates:
    """Qualified dates (DTP), the first of each qualifier."""

    def __init__(self) -> None:
        self.values: dict[str, convert.Period] = {}

    def add(self, qualifier: str, value: convert.Period) -> None:
        """Remember a date."""
        self.values.setdefault(qualifier, value)

    def span(self) -> Span:
        """From the first qualifier that begins a span to the end that stands with it, or alone."""
        first = next((self.values[q] for q in _FIRST_DAYS if q in self.values), convert.Period())
        last = next((self.values[q].day for q in _LAST_DAYS if q in self.values), None)
        return first.day, first.end_day or last


class Benefit:
    """An EB segment with its dates, its reference and the payer that its loop 2120 names."""

    def __init__(self, segment: Segment, separators: Separators) -> None:
        self.code = segment.get(1)
        self.services = frozenset(segment.get(3).split(separators.repetition)) - {""}
        self.insurance = segment.get(4)
        self.dates = Dates()
        self.payer = ""
        self.payer_id = ""
        self.entity = ""
        self.plan = ""
        self.option = ""

    def take(self, segment: Segment) -> None:
        """A segment under the benefit."""
        if segment.name == "NM1" and not self.entity:
            self.entity, self.payer, self.payer_id = segment.get(1), segment.get(3), segment.get(9)
        elif segment.name == "REF" and segment.get(1) == "18":
            self.plan = segment.get(2)
        elif segment.name == "MSG" and (found := _OPTION.search(segment.get(1))):
            self.option = found[1].upper()

    def period(self, plan: Dates, asked: Span, *, medicare: bool) -> Period | None:
        """The period that the benefit states, or ``None`` when it is about something else.

        Args:
            plan: the dates of the plan as a whole, for coverage without dates of its own.
            asked: the days that coverage without any date is about.
            medicare: the answer comes from Medicare.
        """
        kind = self.kind(medicare=medicare)
        if kind is None:
            return None
        active = self.code not in _INACTIVE
        first, last = self.dates.span()
        if kind in _OWN_COVER:
            first, last = self.covered(plan, asked) if active else self.uncovered(plan, asked)
        elif first is None:
            return None  # an episode without its first day tells nothing
        named = kind in {"medicare_advantage", "other_payer"}
        return Period(
            kind=kind,
            first_day=first,
            last_day=last,
            active=active,
            payer_name=self.payer if named else "",
            payer_id=self.payer_id if named else "",
            plan=self.plan,
            reason=self.insurance if kind == "other_payer" and self.insurance in _SECONDARY_TYPES else "",
        )

    def covered(self, plan: Dates, asked: Span) -> Span:
        """The days of active coverage: of the benefit, else of the plan, else those asked about."""
        spans = (self.dates.span(), plan.span(), asked)
        return next((span for span in spans if span != (None, None)), (None, None))

    def uncovered(self, plan: Dates, asked: Span) -> Span:
        """The days without coverage: the span of ineligibility (307), else those after the plan ended or before it."""
        if _ELIGIBILITY in self.dates.values:
            span = self.dates.values[_ELIGIBILITY]
            return span.day, span.end_day
        first, last = self.covered(plan, (None, None))
        if last is not None:
            return last + _DAY, None
        if first is not None and asked[0] is not None and first > asked[0]:
            return None, first - _DAY
        return asked

    def kind(self, *, medicare: bool) -> PeriodKind | None:
        """What the benefit is about, as far as this reader knows it."""
        if self.code in _ACTIVE or self.code in _INACTIVE:
            whole = not self.services or _WHOLE_PLAN in self.services
            return _PARTS.get(self.insurance, "coverage") if whole else None
        if self.code == _EPISODE:
            return "hospice" if _HOSPICE in self.services else "home_health" if _HOME_HEALTH in self.services else None
        if self.code != _OTHER_PAYER:
            return None
        if self.insurance in _SECONDARY_TYPES:
            return "other_payer"
        if medicare:
            return "medicare_advantage" if self.insurance in _ADVANTAGE_TYPES and self.option == _LOCKED_IN else None
        return "other_payer" if self.entity == _PRIMARY_PAYER else None

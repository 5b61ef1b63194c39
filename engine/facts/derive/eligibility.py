"""What the payer answered about the patient, and what lists say of providers and laboratories."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from engine.claim.eligibility import EligibilityAnswer, Period, PeriodKind
from engine.claim.model import Claim
from engine.facts.derive.provider import ProviderPart
from engine.facts.derive.provider import day as provider_day
from engine.facts.derive.source import Fields, Place
from engine.facts.fact import Value
from engine.facts.numbers import calendar_day, day_number, whole_months
from engine.facts.view import ClaimView, LineView

UNNAMED = "unnamed"
_DISCIPLINES = {"GP": "pt_slp", "GN": "pt_slp", "GO": "ot"}
_MEDICARE_COVER = {True: frozenset({"part_a", "part_b"}), False: frozenset({"part_b"})}


class CoveragePeriod(NamedTuple):
    """A period of an answer, its number among all from 1, and the line that it touches (0: the claim's first day).

    Without an answer about the patient there is one of number 0 whose period is ``None``: whether it is there cannot be
    told, so that no rule about periods passes.
    """

    period: Period | None
    number: int
    line_number: int
    day: int
    on_edge: bool = False


def parts(view: ClaimView) -> Iterator[CoveragePeriod]:
    """The periods that touch the claim's first service day, then those that touch each line."""
    if view.context.eligibility is None:
        return
    answers = _answers(view)
    periods = [period for answer in answers for period in answer.periods]
    spans = [(0, view.first_service_day, view.first_service_day)]
    spans += [(line.number, line.first_day, line.last_day) for line in view.lines]
    for line_number, first, last in spans:
        if first is None or last is None or last < first:
            continue
        if not answers:
            yield CoveragePeriod(None, 0, line_number, first)
        for number, period in enumerate(periods, start=1):
            if period.touches(calendar_day(first), calendar_day(last)):
                edge = first == day_number(period.first_day) or last == day_number(period.last_day)
                yield CoveragePeriod(period, number, line_number, first, edge)


def place(part: CoveragePeriod) -> Place:
    """The line, and the period's number."""
    return (part.line_number, part.number)


def day(_: ClaimView, part: CoveragePeriod) -> int:
    """The day on which the period was looked for."""
    return part.day


def _answers(view: ClaimView) -> tuple[EligibilityAnswer, ...]:
    eligibility = view.context.eligibility
    return () if eligibility is None else eligibility.answers(view.claim, view.first_service_day)


def _coverage_active(view: ClaimView, _: Claim) -> bool | None:
    """Whether the answers say that the patient is covered on the first service day; absent when they do not say.

    Of Medicare, professional services need Part B; a facility's services Part A or Part B.
    """
    periods = [period for answer in _answers(view) for period in answer.periods]
    own = [period for period in periods if period.kind == "coverage"]
    parts_known = [period for period in periods if period.kind in {"part_a", "part_b"}]
    wanted = _MEDICARE_COVER[view.institutional]
    cover = own + [period for period in parts_known if period.kind in wanted]
    if not cover or view.first_service_day is None:
        return None
    today = calendar_day(view.first_service_day)
    touching = [period for period in cover if period.touches(today, today)]
    if any(period.active for period in touching):
        return True
    dated = all(period.first_day or period.last_day for period in cover)
    return False if touching or dated else None


def _in_period(kind: PeriodKind) -> Callable[[ClaimView, Claim], bool | None]:
    """Whether a period of the kind touches the first service day; absent when nothing was answered."""

    def flag(view: ClaimView, _: Claim) -> bool | None:
        answers = _answers(view)
        if not answers or view.first_service_day is None:
            return None
        today = calendar_day(view.first_service_day)
        return any(p.kind == kind and p.touches(today, today) for answer in answers for p in answer.periods)

    return flag


def _months_since_part_b(view: ClaimView, _: Claim) -> int | None:
    """Whole months from the first day of Part B to the first service day."""
    starts = [
        period.first_day
        for answer in _answers(view)
        for period in answer.periods
        if period.kind == "part_b" and period.active and period.first_day is not None
    ]
    if not starts or view.first_service_day is None:
        return None
    today = calendar_day(view.first_service_day)
    return whole_months(min(starts), today) if min(starts) <= today else None


def _lab_certificate(view: ClaimView, claim: Claim) -> str | None:
    eligibility = view.context.eligibility
    if eligibility is None or not claim.clia_number:
        return None
    return eligibility.certificate(claim.clia_number, view.first_service_day)


def _therapy_used_cents(view: ClaimView, part: LineView) -> int | None:
    """What the year's therapy of the line's discipline has cost so far; absent on other lines or when not answered."""
    disciplines = {_DISCIPLINES[m] for m in part.line.modifiers if m in _DISCIPLINES}
    if len(disciplines) != 1 or part.first_day is None:
        return None
    year = calendar_day(part.first_day).year
    used = [
        use.used_cents
        for answer in _answers(view)
        for use in answer.therapy
        if use.year == year and use.discipline in disciplines
    ]
    return max(used, default=None)


def _listed(view: ClaimView, part: ProviderPart, name: str) -> bool | None:
    eligibility, payer = view.context.eligibility, view.context.payer
    if eligibility is None or not part.provider.npi:
        return None
    return eligibility.listed(name, {payer.slug, payer.kind}, part.provider.npi, provider_day(view, part))


CLAIM_FIELDS: Fields[Claim] = {
    "coverage_active": _coverage_active,
    "ma_enrolled": _in_period("medicare_advantage"),
    "hospice_enrolled": _in_period("hospice"),
    "months_since_part_b": _months_since_part_b,
    "lab_certificate": _lab_certificate,
}

LINE_FIELDS: Fields[LineView] = {"therapy_used_cents": _therapy_used_cents}

PROVIDER_FIELDS: Fields[ProviderPart] = {
    "enrolled": lambda view, part: _listed(view, part, "enrolment"),
    "on_payer_roster": lambda view, part: _listed(view, part, "roster"),
}


def _of_period(value: Callable[[Period], Value | None]) -> Callable[[ClaimView, CoveragePeriod], Value | None]:
    return lambda _, part: None if part.period is None else value(part.period)


FIELDS: Fields[CoveragePeriod] = {
    "line_number": lambda _, p: p.line_number,
    "period": _of_period(lambda p: p.kind),
    "on_edge": lambda _, p: None if p.period is None else p.on_edge,
    "active": _of_period(lambda p: p.active),
    "payer_name": _of_period(lambda p: p.payer_name or p.payer_id or UNNAMED),
    "payer_id": _of_period(lambda p: p.payer_id or None),
    "plan": _of_period(lambda p: p.plan or None),
    "reason": _of_period(lambda p: p.reason or None),
    "first_day": _of_period(lambda p: day_number(p.first_day)),
    "last_day": _of_period(lambda p: day_number(p.last_day)),
}

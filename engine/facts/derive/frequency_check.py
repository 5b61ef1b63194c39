"""One line whose benefit the payer limits in frequency, with the last time that the patient had it.

Table frequency-limit: procedure, payer (folder name, ``*`` any), benefit (procedures of one benefit count together) and
one of interval_months (full calendar months that must lie between: the month of the service and so many after it),
interval_days, lifetime (Y). Optional min_age, max_age, sex: of whom the row speaks. Source of the counting: Medicare
Claims Processing Manual (100-04) ch. 18 ("at least 11 months have passed following the month in which …").
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from engine.facts.derive.source import Fields, Place
from engine.facts.numbers import calendar_day, day_number, whole_months, whole_years
from engine.facts.view import ClaimView, LineView
from engine.reference.table import Row

TABLE = "frequency-limit"
_ANY = "*"
_MONTHS = 12


class FrequencyCheck(NamedTuple):
    """A line with the row that limits it, its number among the line's rows from 1, and the last service before it."""

    line: LineView
    row: Row
    number: int
    last: LineView | None


def parts(view: ClaimView) -> Iterator[FrequencyCheck]:
    """One for each line and benefit that limits it."""
    among = [*view.lines, *view.earlier_lines]
    for line in view.lines:
        rows = {row.values["benefit"]: row for row in reversed(_rows(view, line)) if _speaks_of(view, line, row)}
        for number, benefit in enumerate(sorted(rows), start=1):
            yield FrequencyCheck(line, rows[benefit], number, _last(view, line, benefit, among))


def _rows(view: ClaimView, line: LineView) -> list[Row]:
    """The payer's rows for the procedure of a line on its day."""
    if not line.line.procedure or line.first_day is None:
        return []
    rows = view.context.tables.rows_on(TABLE, line.line.procedure, line.first_day)
    return [row for row in rows if row.values["payer"] in {view.context.payer.slug, _ANY}]


def _speaks_of(view: ClaimView, line: LineView, row: Row) -> bool:
    """Whether the patient is of the age on the service day and of the sex of a row; a row may name neither."""
    sex = row.values.get("sex", "")
    if sex and sex != view.sex:
        return False
    lowest, highest = _whole(row, "min_age"), _whole(row, "max_age")
    if lowest is None and highest is None:
        return True
    if view.birth is None or line.first_day is None:
        return False
    age = whole_years(view.birth, calendar_day(line.first_day))
    return (lowest is None or lowest <= age) and (highest is None or age <= highest)


def _last(view: ClaimView, line: LineView, benefit: str, among: Iterable[LineView]) -> LineView | None:
    """The latest line before this one that used the benefit; two lines of one day do not limit each other."""
    found: LineView | None = None
    for other in among:
        if other.first_day is None or line.first_day is None or other.first_day >= line.first_day:
            continue
        later = found is None or found.first_day is None or other.first_day > found.first_day
        if later and any(row.values["benefit"] == benefit for row in _rows(view, other)):
            found = other
    return found


def _whole(row: Row, column: str) -> int | None:
    text = row.values.get(column, "")
    return int(text) if text.isdecimal() else None


def month_after(day: date, months: int) -> date:
    """The first day of the month that begins after so many full months have passed since the month of ``day``.

    >>> month_after(date(2025, 3, 20), 11)
    datetime.date(2026, 3, 1)
    """
    months = day.year * _MONTHS + day.month + months
    return date(months // _MONTHS, months % _MONTHS + 1, 1)


def allowed_from(_: ClaimView, part: FrequencyCheck) -> int | None:
    """The first day on which the benefit is due again; absent when it never was used or is once in a lifetime."""
    last = part.last.first_day if part.last else None
    if last is None or _lifetime(part):
        return None
    months, days = _whole(part.row, "interval_months"), _whole(part.row, "interval_days")
    if months is not None:
        return day_number(month_after(calendar_day(last), months))
    return None if days is None else last + days


def _lifetime(part: FrequencyCheck) -> bool:
    return part.row.values.get("lifetime", "") == "Y"


def too_soon(view: ClaimView, part: FrequencyCheck) -> bool | None:
    """Whether the line lies before that day, or is a second one of a benefit that is once in a lifetime."""
    if part.last is None:
        return False
    if _lifetime(part):
        return True
    due, day_of = allowed_from(view, part), part.line.first_day
    return None if due is None or day_of is None else day_of < due


def _days_since(_: ClaimView, part: FrequencyCheck) -> int | None:
    last, now = part.last.first_day if part.last else None, part.line.first_day
    return None if last is None or now is None else now - last


def _months_since(_: ClaimView, part: FrequencyCheck) -> int | None:
    last, now = part.last.first_day if part.last else None, part.line.first_day
    return None if last is None or now is None else whole_months(calendar_day(last), calendar_day(now))


def place(part: FrequencyCheck) -> Place:
    """The line."""
    return (part.line.number, part.number)


def day(_: ClaimView, part: FrequencyCheck) -> int | None:
    """The line's day."""
    return part.line.judged_day


FIELDS: Fields[FrequencyCheck] = {
    "line_number": lambda _, p: p.line.number,
    "procedure": lambda _, p: p.line.line.procedure,
    "benefit": lambda _, p: p.row.values["benefit"],
    "lifetime": lambda _, p: _lifetime(p),
    "prior_day": lambda _, p: p.last.first_day if p.last else None,
    "prior_procedure": lambda _, p: p.last.line.procedure if p.last else None,
    "prior_claim_id": lambda _, p: p.last.view.claim.patient_control_number or None if p.last else None,
    "days_since": _days_since,
    "months_since": _months_since,
    "allowed_from_day": allowed_from,
    "too_soon": too_soon,
}

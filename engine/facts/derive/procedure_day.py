"""One procedure on one day by one rendering provider, its lines together; and one day of one provider unit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from engine.facts.derive.line_tables import Mue, mue, per_day
from engine.facts.derive.source import Fields, Place
from engine.facts.view import ClaimView, LineView

_PER_LINE = "1"
_MINUTES = "MJ"


class ProcedureDay(NamedTuple):
    """The lines that bill ``procedure`` on ``day``, by line number."""

    procedure: str
    day: int
    rendering: str
    lines: tuple[LineView, ...]


def parts(view: ClaimView) -> Iterator[ProcedureDay]:
    """One for each code, renderer and day on which a line of the two begins.

    A line that spans days counts on each of them. The fullest day of overlapping spans is always one on which a line
    begins, so no other day is looked at.
    """
    groups: dict[tuple[str, str], list[LineView]] = {}
    for line in view.lines:
        if line.line.procedure and line.first_day is not None:
            renderer = line.rendering.npi if line.rendering else ""
            groups.setdefault((line.line.procedure, renderer), []).append(line)
    for (procedure, renderer), lines in groups.items():
        for day in sorted({line.first_day for line in lines if line.first_day is not None}):
            on_day = sorted((line for line in lines if line.covers(day)), key=lambda line: line.number)
            yield ProcedureDay(procedure, day, renderer, tuple(on_day))


def place(part: ProcedureDay) -> Place:
    """Its first line."""
    return (part.lines[0].number, 0)


def day(_: ClaimView, part: ProcedureDay) -> int | None:
    """The day itself."""
    return part.day


def units_total(_: ClaimView, part: ProcedureDay) -> int | None:
    """Units of the day in thousandths, a span's divided by its days; absent when a line has none."""
    units = [per_day(line) for line in part.lines]
    known = [unit for unit in units if unit is not None]
    return sum(known) if len(known) == len(units) else None


def _mue(view: ClaimView, part: ProcedureDay) -> Mue | None:
    return mue(view, part.procedure, part.day)


def _mue_units(view: ClaimView, part: ProcedureDay) -> int | None:
    found = _mue(view, part)
    return found.units if found else None


def _mue_mai(view: ClaimView, part: ProcedureDay) -> str | None:
    found = _mue(view, part)
    return found.mai if found else None


def units_over_mue(view: ClaimView, part: ProcedureDay) -> int | None:
    """Total units above the MUE value, in thousandths; absent when not above, and for MAI 1, which is judged by line.

    Source: NCCI Policy Manual ch. I §V: MAI 2 and 3 are edits of the day: the lines of one code and provider together.
    """
    found, total = _mue(view, part), units_total(view, part)
    if found is None or total is None or found.mai == _PER_LINE:
        return None
    if any(line.line.unit_basis == _MINUTES for line in part.lines):
        return None
    return total - found.units if total > found.units else None


FIELDS: Fields[ProcedureDay] = {
    "procedure": lambda _, p: p.procedure,
    "service_day": lambda _, p: p.day,
    "rendering_provider": lambda _, p: p.rendering or None,
    "provider_unit": lambda _, p: p.lines[0].provider_unit,
    "units_total": units_total,
    "line_count": lambda _, p: len(p.lines),
    "first_line": lambda _, p: p.lines[0].number,
    "last_line": lambda _, p: p.lines[-1].number,
    "distinct_modifier_count": lambda _, p: len({line.modifiers_text for line in p.lines}),
    "mue_units": _mue_units,
    "mue_mai": _mue_mai,
    "units_over_mue": units_over_mue,
}


class UnitDay(NamedTuple):
    """One day of service by one provider unit (empty: not known), with its lines."""

    day: int
    unit: str
    lines: tuple[LineView, ...]


def unit_days(view: ClaimView) -> Iterator[UnitDay]:
    """One for each provider unit and day on which one of its lines begins."""
    groups: dict[tuple[int, str], list[LineView]] = {}
    for line in view.lines:
        if line.first_day is not None:
            groups.setdefault((line.first_day, line.provider_unit or ""), []).append(line)
    for (first, unit), lines in groups.items():
        yield UnitDay(first, unit, tuple(lines))


def unit_day(_: ClaimView, part: UnitDay) -> int | None:
    """The day itself."""
    return part.day


UNIT_DAY_FIELDS: Fields[UnitDay] = {
    "service_day": lambda _, p: p.day,
    "provider_unit": lambda _, p: p.unit or None,
    "line_count": lambda _, p: len(p.lines),
}

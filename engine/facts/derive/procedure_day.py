"""One procedure on one day by one rendering provider, its lines together, on this claim and on the earlier ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from engine.facts.derive.line_tables import Mue, mue, per_day
from engine.facts.derive.source import Fields, Place
from engine.facts.view import ClaimView, LineView

_PER_LINE = "1"
_MINUTES = "MJ"


class ProcedureDay(NamedTuple):
    """The lines of this claim that bill ``procedure`` on ``day``, by line number."""

    procedure: str
    day: int
    rendering: str
    lines: tuple[LineView, ...]

    def with_earlier(self, view: ClaimView) -> tuple[LineView, ...]:
        """These lines and those of the patient's earlier claims for the same code, renderer and day."""
        return (
            *self.lines,
            *(
                line
                for line in view.earlier_lines
                if line.line.procedure == self.procedure
                and line.covers(self.day)
                and (line.rendering.npi if line.rendering else "") == self.rendering
            ),
        )


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
    return _units(part.lines)


def _units(lines: Sequence[LineView]) -> int | None:
    units = [per_day(line) for line in lines]
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
    return _over_mue(view, part, part.lines)


def _over_mue(view: ClaimView, part: ProcedureDay, lines: Sequence[LineView]) -> int | None:
    found, total = _mue(view, part), _units(lines)
    if found is None or total is None or found.mai == _PER_LINE:
        return None
    if any(line.line.unit_basis == _MINUTES for line in lines):
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
    "line_count_with_history": lambda v, p: len(p.with_earlier(v)),
    "units_total_with_history": lambda v, p: _units(p.with_earlier(v)),
    "units_over_mue_with_history": lambda v, p: _over_mue(v, p, p.with_earlier(v)),
}

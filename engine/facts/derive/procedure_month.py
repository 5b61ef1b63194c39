"""One procedure in one calendar month, its lines together, on this claim and on the patient's earlier ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from engine.facts.derive.source import Fields, Place
from engine.facts.numbers import calendar_day
from engine.facts.view import ClaimView, LineView


class ProcedureMonth(NamedTuple):
    """The lines that bill ``procedure`` and begin in ``month`` (YYYY-MM): this claim's by number, and earlier ones."""

    procedure: str
    month: str
    lines: tuple[LineView, ...]
    earlier: tuple[LineView, ...]


def month_of(day: int) -> str:
    """The month of a day.

    >>> month_of(0)
    '1970-01'
    """
    return calendar_day(day).isoformat()[:7]


def _by_month(lines: Iterable[LineView]) -> dict[tuple[str, str], list[LineView]]:
    groups: dict[tuple[str, str], list[LineView]] = {}
    for line in lines:
        if line.line.procedure and line.first_day is not None:
            groups.setdefault((line.line.procedure, month_of(line.first_day)), []).append(line)
    return groups


def parts(view: ClaimView) -> Iterator[ProcedureMonth]:
    """One for each code and month in which a line of this claim begins."""
    earlier = _by_month(view.earlier_lines)
    for (procedure, month), lines in _by_month(view.lines).items():
        in_order = tuple(sorted(lines, key=lambda line: line.number))
        yield ProcedureMonth(procedure, month, in_order, tuple(earlier.get((procedure, month), ())))


def place(part: ProcedureMonth) -> Place:
    """Its first line."""
    return (part.lines[0].number, 0)


def day(_: ClaimView, part: ProcedureMonth) -> int | None:
    """The first service day of its lines."""
    return min(line.first_day for line in part.lines if line.first_day is not None)


def units_of(lines: Iterable[LineView]) -> int | None:
    """Units together, in thousandths; absent when a line has none."""
    units = [line.units for line in lines]
    known = [unit for unit in units if unit is not None]
    return sum(known) if len(known) == len(units) else None


def only(lines: Iterable[LineView], value: Callable[[LineView], str | None]) -> str | None:
    """What all lines have in common, absent when they differ or one has none."""
    found = {value(line) for line in lines}
    return found.pop() if len(found) == 1 else None


def _renderers(part: ProcedureMonth) -> int:
    return len({line.rendering.npi for line in part.lines if line.rendering and line.rendering.npi})


FIELDS: Fields[ProcedureMonth] = {
    "procedure": lambda _, p: p.procedure,
    "month": lambda _, p: p.month,
    "line_count": lambda _, p: len(p.lines),
    "units_total": lambda _, p: units_of(p.lines),
    "first_line": lambda _, p: p.lines[0].number,
    "last_line": lambda _, p: p.lines[-1].number,
    "provider_unit": lambda _, p: only(p.lines, lambda line: line.provider_unit),
    "distinct_providers": lambda _, p: _renderers(p),
    "line_count_with_history": lambda _, p: len(p.lines) + len(p.earlier),
    "units_total_with_history": lambda _, p: units_of([*p.lines, *p.earlier]),
}

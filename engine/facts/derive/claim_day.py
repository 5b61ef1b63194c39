"""One day of service by one provider unit, its lines counted by the code sets that the vocabulary names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from engine.facts.derive.code_counts import counter, members, sets_of
from engine.facts.derive.procedure_month import units_of
from engine.facts.derive.source import Fields, Place
from engine.facts.fact import Value
from engine.facts.numbers import THOUSAND
from engine.facts.view import ClaimView, LineView

KIND = "claim_day"
_COUNTS = (
    "em_count",
    "initial_infusion_count",
    "vaccine_product_count",
    "drug_count",
    "drug_admin_count",
    "anesthesia_code_count",
    "presumptive_drug_test_count",
    "definitive_drug_test_count",
)


class UnitDay(NamedTuple):
    """One day of service by one provider unit (empty: not known), with its lines by number."""

    day: int
    unit: str
    lines: tuple[LineView, ...]


def parts(view: ClaimView) -> Iterator[UnitDay]:
    """One for each provider unit and day on which one of its lines begins."""
    groups: dict[tuple[int, str], list[LineView]] = {}
    for line in view.lines:
        if line.first_day is not None:
            groups.setdefault((line.first_day, line.provider_unit or ""), []).append(line)
    for (first, unit), lines in groups.items():
        yield UnitDay(first, unit, tuple(sorted(lines, key=lambda line: line.number)))


def place(part: UnitDay) -> Place:
    """Its first line."""
    return (part.lines[0].number, 0)


def day(_: ClaimView, part: UnitDay) -> int | None:
    """The day itself."""
    return part.day


def _count(field: str) -> Callable[[ClaimView, UnitDay], Value | None]:
    count = counter(KIND, field)
    return lambda view, part: count(view, part.lines)


def vaccine_admin_units(view: ClaimView, part: UnitDay) -> int | None:
    """Units of the lines that administer vaccines, in thousandths; absent when one of them has none."""
    found = members(view, sets_of(KIND, "vaccine_admin_units"), part.lines)
    return None if found is None else units_of(found)


def vaccine_admin_product_gap(view: ClaimView, part: UnitDay) -> int | None:
    """Whole administrations less vaccine products; absent when units are missing or no whole number."""
    units, products = vaccine_admin_units(view, part), counter(KIND, "vaccine_product_count")(view, part.lines)
    return None if units is None or products is None or units % THOUSAND else units // THOUSAND - products


FIELDS: Fields[UnitDay] = {
    "service_day": lambda _, p: p.day,
    "provider_unit": lambda _, p: p.unit or None,
    "line_count": lambda _, p: len(p.lines),
    "first_line": lambda _, p: p.lines[0].number,
    "last_line": lambda _, p: p.lines[-1].number,
    **{field: _count(field) for field in _COUNTS},
    "vaccine_admin_units": vaccine_admin_units,
    "vaccine_admin_product_gap": vaccine_admin_product_gap,
}

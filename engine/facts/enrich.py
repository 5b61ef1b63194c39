"""Rows of reference tables that reach the rules as facts: their codes stand on the claim and they are in force."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import permutations, product
from typing import Any, NamedTuple

from engine.facts.derive.source import Fields, KindSource
from engine.facts.fact import Value
from engine.facts.view import ClaimView, LineView
from engine.reference.layouts import LAYOUTS, table_for
from engine.reference.table import Row

PRACTITIONER, OUTPATIENT = "ptp-practitioner", "ptp-outpatient"
LISTS = (
    "prior-authorization",
    "attachment-required",
    "site-of-service",
    "consolidated-billing",
    "dme-jurisdiction",
)
_VOID = "9"


class PairEdit(NamedTuple):
    """A procedure-to-procedure edit between two lines that share ``day``."""

    row: Row
    payable: LineView
    bundled: LineView
    day: int


def pair_edits(table: str) -> Callable[[ClaimView], Sequence[PairEdit]]:
    """The edits of one NCCI table between any two lines of a claim that share a day.

    Practitioner edits are for professional claims, outpatient edits for institutional ones that are not inpatient.
    Rows with modifier indicator 9 are void and never appear. Source: NCCI Policy Manual, introduction and ch. I §A.
    """

    def parts(view: ClaimView) -> Sequence[PairEdit]:
        known = view.pair_edits.get(table)
        if known is None:
            known = view.pair_edits[table] = tuple(find(view))
        return known

    def find(view: ClaimView) -> Iterator[PairEdit]:
        applies = view.institutional and not view.inpatient if table == OUTPATIENT else _professional(view)
        if not applies:
            return
        tables = view.context.tables
        by_code = _by_code(view)
        pairs = {f"{one}|{two}": (one, two) for one, two in permutations(by_code, 2)}
        if not pairs:
            return
        keys = list(pairs)
        listed = {key for day in _one_day_an_edition(view, table) for key in tables.rows_many(table, keys, day)}
        for key in keys if listed else ():
            if key in listed:
                one, two = pairs[key]
                for payable, bundled in product(by_code[one], by_code[two]):
                    day = payable.shared_day(bundled)
                    if day is not None:
                        yield from (
                            PairEdit(row, payable, bundled, day)
                            for row in tables.rows_on(table, key, day)
                            if row.values["modifier_indicator"] != _VOID
                        )

    return parts


_OF_EITHER = {table: pair_edits(table) for table in (PRACTITIONER, OUTPATIENT)}


def either_pair_edits(view: ClaimView) -> Sequence[PairEdit]:
    """The edits of the NCCI table that is meant for the claim's type."""
    return _OF_EITHER[table_for("ptp", view.claim.claim_type)](view)


def _professional(view: ClaimView) -> bool:
    return view.claim.claim_type == "professional"


def _by_code(view: ClaimView) -> dict[str, list[LineView]]:
    """The lines by procedure."""
    found: dict[str, list[LineView]] = {}
    for line in view.lines:
        if line.line.procedure:
            found.setdefault(line.line.procedure, []).append(line)
    return found


def _one_day_an_edition(view: ClaimView, table: str) -> list[int]:
    """Of each edition that is in force on some service day, one such day: most pairs of codes are in none of them."""
    days = {line.first_day for line in view.lines if line.first_day is not None}
    editions = {edition.first_day: day for day in days if (edition := view.context.tables.edition(table, day))}
    return list(editions.values())


def _same_provider(_: ClaimView, part: PairEdit) -> bool | None:
    one, other = part.payable.rendering, part.bundled.rendering
    return one.npi == other.npi if one and other and one.npi and other.npi else None


PAIR_FIELDS: Fields[PairEdit] = {
    "column_one": lambda _, p: p.payable.line.procedure,
    "column_two": lambda _, p: p.bundled.line.procedure,
    "payable_line": lambda _, p: p.payable.number,
    "bundled_line": lambda _, p: p.bundled.number,
    "service_day": lambda _, p: p.day,
    "same_provider": _same_provider,
    "modifier_indicator": lambda _, p: p.row.values["modifier_indicator"] or None,
    "rationale": lambda _, p: p.row.values.get("rationale") or None,
}


class ListedLine(NamedTuple):
    """A line whose procedure stands in a table, with the row in force on the line's day."""

    row: Row
    line: LineView


def listed_lines(table: str) -> Callable[[ClaimView], Iterator[ListedLine]]:
    """The rows of one table for the procedures of the claim; of a table by payer, those of the resolved payer."""

    def parts(view: ClaimView) -> Iterator[ListedLine]:
        payer = view.context.payer.slug
        for line in view.lines:
            if line.line.procedure and line.judged_day is not None:
                for row in view.context.tables.rows_on(table, line.line.procedure, line.judged_day):
                    if row.values.get("payer", payer) == payer:
                        yield ListedLine(row, line)

    return parts


def _listed(table: str) -> KindSource[ListedLine]:
    """The kind of a table whose rows are found by procedure: the line and the columns of the row."""
    fields: dict[str, Callable[[ClaimView, ListedLine], Value | None]] = {
        "line_number": lambda _, p: p.line.number,
        "procedure": lambda _, p: p.line.line.procedure,
    }
    for column in LAYOUTS[table].columns:
        fields[column] = _column(column)
    return KindSource(listed_lines(table), fields, lambda p: (p.line.number, 0), lambda _, p: p.line.judged_day)


def _column(name: str) -> Callable[[ClaimView, ListedLine], Value | None]:
    return lambda _, part: part.row.values[name] or None


TABLE_KINDS: Mapping[str, KindSource[Any]] = {
    **{
        f"table/{table}": KindSource(
            pair_edits(table), PAIR_FIELDS, lambda p: (p.bundled.number, 0), lambda _, p: p.day
        )
        for table in (PRACTITIONER, OUTPATIENT)
    },
    "table/ptp": KindSource(either_pair_edits, PAIR_FIELDS, lambda p: (p.bundled.number, 0), lambda _, p: p.day),
    **{f"table/{table}": _listed(table) for table in LISTS},
}

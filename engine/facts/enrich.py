"""Rows of reference tables that reach the rules as facts: their codes stand on the claim and they are in force."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import combinations
from typing import Any, NamedTuple

from engine.facts.derive.source import Fields, KindSource, Place
from engine.facts.view import ClaimView, LineView
from engine.reference.table import Row

PRACTITIONER, OUTPATIENT = "ptp-practitioner", "ptp-outpatient"
PRIOR_AUTHORIZATION = "prior-authorization"
_VOID = "9"


class PairEdit(NamedTuple):
    """A procedure-to-procedure edit between two lines that share ``day``."""

    row: Row
    payable: LineView
    bundled: LineView
    day: int


def pair_edits(table: str) -> Callable[[ClaimView], Iterator[PairEdit]]:
    """The edits of one NCCI table between any two lines of a claim that share a day.

    Practitioner edits are for professional claims, outpatient edits for institutional ones that are not inpatient.
    Rows with modifier indicator 9 are void and never appear. Source: NCCI Policy Manual, introduction and ch. I §A.
    """

    def parts(view: ClaimView) -> Iterator[PairEdit]:
        applies = view.institutional and not view.inpatient if table == OUTPATIENT else _professional(view)
        if not applies:
            return
        for one, other in combinations([line for line in view.lines if line.line.procedure], 2):
            if one.line.procedure != other.line.procedure:
                day = one.shared_day(other)
                if day is not None:
                    yield from _edits(view, table, one, other, day)
                    yield from _edits(view, table, other, one, day)

    return parts


def _professional(view: ClaimView) -> bool:
    return view.claim.claim_type == "professional"


def _edits(view: ClaimView, table: str, payable: LineView, bundled: LineView, day: int) -> Iterator[PairEdit]:
    key = f"{payable.line.procedure}|{bundled.line.procedure}"
    for row in view.context.tables.rows_on(table, key, day):
        if row.values["modifier_indicator"] != _VOID:
            yield PairEdit(row, payable, bundled, day)


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


class WantedAuthorization(NamedTuple):
    """A line whose procedure the payer wants authorized beforehand."""

    row: Row
    line: LineView


def wanted_authorizations(view: ClaimView) -> Iterator[WantedAuthorization]:
    """The rows of the resolved payer for the procedures of the claim, in force on the line's day."""
    payer = view.context.payer.slug
    for line in view.lines:
        if line.line.procedure:
            for row in view.context.tables.rows_on(PRIOR_AUTHORIZATION, line.line.procedure, line.judged_day):
                if row.values["payer"] == payer:
                    yield WantedAuthorization(row, line)


AUTHORIZATION_FIELDS: Fields[WantedAuthorization] = {
    "line_number": lambda _, p: p.line.number,
    "procedure": lambda _, p: p.line.line.procedure,
    "payer": lambda _, p: p.row.values["payer"],
}

TABLE_KINDS: Mapping[str, KindSource[Any]] = {
    **{
        f"table/{table}": KindSource(
            pair_edits(table), PAIR_FIELDS, lambda p: Place(p.bundled.number), lambda _, p: p.day
        )
        for table in (PRACTITIONER, OUTPATIENT)
    },
    f"table/{PRIOR_AUTHORIZATION}": KindSource(
        wanted_authorizations, AUTHORIZATION_FIELDS, lambda p: Place(p.line.number), lambda _, p: p.line.judged_day
    ),
}

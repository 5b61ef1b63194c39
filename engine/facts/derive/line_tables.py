"""What reference tables say of one line: MUE, add-on codes, HCPCS level II. Absent where the table is not loaded.

The fee schedule has a module of its own, fee_schedule.py.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from engine.facts.derive.line import code_type
from engine.facts.derive.source import Fields
from engine.facts.numbers import THOUSAND
from engine.facts.view import ClaimView, LineView
from engine.reference.catalog import Tables
from engine.reference.layouts import table_for
from engine.reference.lists import supplier_kind
from engine.reference.table import Row

ADD_ON = "add-on"
MUE_DME = "mue-dme"
HCPCS = "hcpcs"
_CONTRACTOR_DEFINED = "CCCCC"
_EQUIPMENT = "equipment"
_MINUTES = "MJ"
_UNLISTED = re.compile(r"(?i)\b(?:not otherwise (?:classified|specified|listed)|unlisted|unclassified|miscellaneous)\b")


class Mue(NamedTuple):
    """A medically unlikely edit: the value in thousandths of units, and the adjudication indicator (1, 2 or 3)."""

    units: int
    mai: str


def mue(view: ClaimView, procedure: str, day: int | None) -> Mue | None:
    """The MUE of a code on a day; none for inpatients, for whom there are no such edits.

    Outpatient hospital values on institutional claims, practitioner values on others; those for suppliers on a
    professional claim that a supplier of equipment bills, if they list the code.
    Source: NCCI Policy Manual ch. I §V; CMS publishes the three apart.
    """
    if not procedure or day is None or (view.institutional and view.inpatient):
        return None
    tables = view.context.tables
    rows: Sequence[Row] = ()
    if _supplier(view):
        rows = tables.rows_on(MUE_DME, procedure, day)
    rows = rows or tables.rows_on(table_for("mue", view.claim.claim_type), procedure, day)
    if not rows or not rows[0].values["mue_units"].isdigit():
        return None
    return Mue(int(rows[0].values["mue_units"]) * THOUSAND, rows[0].values["mai"])


def _supplier(view: ClaimView) -> bool:
    """Whether a supplier of equipment bills a professional claim, by its taxonomy."""
    billing = view.billing
    if view.claim.claim_type != "professional" or billing is None or not billing.taxonomy:
        return False
    return supplier_kind(billing.taxonomy) == _EQUIPMENT


def per_day(part: LineView) -> int | None:
    """Units of the line on one day, in thousandths: the units divided by the days of its span, rounded up.

    Source: NCCI Policy Manual ch. I §V: units of a span are divided by its days.
    """
    return None if part.units is None else -(-part.units // part.days)


def line_mue(view: ClaimView, part: LineView) -> Mue | None:
    """The MUE of the line's code on its day."""
    return mue(view, part.line.procedure, part.judged_day)


def _mue_units(view: ClaimView, part: LineView) -> int | None:
    found = line_mue(view, part)
    return found.units if found else None


def _mue_mai(view: ClaimView, part: LineView) -> str | None:
    found = line_mue(view, part)
    return found.mai if found else None


def units_over_mue(view: ClaimView, part: LineView) -> int | None:
    """The line's units of a day above the MUE value, in thousandths; absent when they are not above, or are minutes."""
    found, units = line_mue(view, part), per_day(part)
    if found is None or units is None or part.line.unit_basis == _MINUTES:
        return None
    return units - found.units if units > found.units else None


def _answers(tables: Tables, table: str, part: LineView) -> bool:
    return bool(part.line.procedure) and part.judged_day is not None and tables.status(table, part.judged_day) is None


def _primaries(view: ClaimView, part: LineView) -> Sequence[Row]:
    """The rows of the add-on table for the line's code; none without a day."""
    return (
        view.context.tables.rows_on(ADD_ON, part.line.procedure, part.judged_day) if part.judged_day is not None else ()
    )


def _add_on(view: ClaimView, part: LineView) -> bool | None:
    return bool(_primaries(view, part)) if _answers(view.context.tables, ADD_ON, part) else None


def _add_on_type(view: ClaimView, part: LineView) -> str | None:
    rows = _primaries(view, part)
    return rows[0].values["type"] or None if rows else None


def primary_present(view: ClaimView, part: LineView) -> bool | None:
    """Whether one of the listed primary codes of this add-on stands on another line that shares a day with it.

    Absent when the code is no add-on, and when no listed primary stands there but the contractor defines further ones
    (CCCCC): then nobody can say. Source: NCCI add-on code file: type 1 lists all primaries, 2 none, 3 some.
    """
    rows = _primaries(view, part)
    if not rows:
        return None
    primaries = {row.values["primary"] for row in rows}
    for other in view.lines:
        if other is not part and other.line.procedure in primaries and part.shared_day(other) is not None:
            return True
    return None if _CONTRACTOR_DEFINED in primaries else False


def code_status(view: ClaimView, part: LineView) -> str | None:
    """How a level II code stands on the HCPCS file on the service day; absent for codes that are not level II.

    A code that the file does not list is unknown; absent if the file is older than the service day: it may be new.
    """
    day, tables = part.judged_day, view.context.tables
    if day is None or code_type(view, part) != "hcpcs" or not _answers(tables, HCPCS, part):
        return None
    rows = tables.rows(HCPCS, part.line.procedure, day)
    if not rows:
        return "unknown" if tables.is_current(HCPCS, day) else None
    if any(row.on(day) for row in rows):
        return "valid"
    return "not_yet" if all(row.first_day is not None and day < row.first_day for row in rows) else "retired"


def _unlisted(view: ClaimView, part: LineView) -> bool | None:
    """Whether a level II code stands for what has no code, by its description; absent for other code systems.

    The descriptions of CPT codes are not imported: they are the American Medical Association's.
    """
    if part.judged_day is None or code_type(view, part) != "hcpcs":
        return None
    rows = view.context.tables.rows_on(HCPCS, part.line.procedure, part.judged_day)
    long = rows[0].values.get("long") if rows else None
    return bool(_UNLISTED.search(long)) if long else None


FIELDS: Fields[LineView] = {
    "code_status": code_status,
    "unlisted": _unlisted,
    "mue_units": _mue_units,
    "mue_mai": _mue_mai,
    "units_over_mue": units_over_mue,
    "add_on": _add_on,
    "add_on_type": _add_on_type,
    "primary_present": primary_present,
}

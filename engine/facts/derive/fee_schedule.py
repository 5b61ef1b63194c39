"""What the Medicare physician fee schedule says of the procedure of a line, as published.

Source: CMS, PFS relative value file (PPRRVU), record layout: indicators are letters and digits whose meaning the layout
lists (status A active, bilateral 1, global period 090 …). Absent where the table is not loaded or lists no such code.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from engine.facts.derive.source import Fields
from engine.facts.view import ClaimView, LineView

FEE_SCHEDULE = "pprrvu"
_CATEGORY_ONE = re.compile(r"[0-9]{5}")
_WITH_ROWS_OF_THEIR_OWN = ("26", "TC", "53")
_NOT_APPLICABLE = "9"


def _published(column: str) -> Callable[[ClaimView, LineView], str | None]:
    """What the schedule says of a line in ``column``.

    A procedure has a row for itself, and others for its professional (26) and technical component (TC) and for a
    discontinued procedure (53); the line's first modifier with a row of its own decides.
    """

    def value(view: ClaimView, part: LineView) -> str | None:
        if not part.line.procedure or part.judged_day is None:
            return None
        rows = view.context.tables.rows_on(FEE_SCHEDULE, part.line.procedure, part.judged_day)
        if not rows:
            return None
        by_modifier = {row.values["modifier"]: row for row in rows}
        for modifier in part.line.modifiers:
            if modifier in _WITH_ROWS_OF_THEIR_OWN and modifier in by_modifier:
                return by_modifier[modifier].values[column] or None
        whole = by_modifier.get("")
        return whole.values[column] or None if whole else None

    return value


def _listing(view: ClaimView, part: LineView) -> str | None:
    """Whether the schedule lists a CPT code of five digits, payable or not; ``elsewhere`` for all other codes.

    The file has every code of category I, with a status that says what Medicare makes of it; of laboratory analyses,
    new technology and level II it has only some. Absent for what a file that is not of the line's day does not list.
    """
    if not _CATEGORY_ONE.fullmatch(part.line.procedure):
        return "elsewhere"
    tables, day = view.context.tables, part.judged_day
    if day is None or tables.status(FEE_SCHEDULE, day) is not None:
        return None
    if tables.rows_on(FEE_SCHEDULE, part.line.procedure, day):
        return "listed"
    return "unlisted" if tables.is_current(FEE_SCHEDULE, day) else None


def pctc_indicator(view: ClaimView, part: LineView) -> str | None:
    """Whether the service has a professional and a technical part (values in attachment A of the record layout).

    A laboratory test that a physician interprets has the indicator on its row for 26 only; the test itself is outside
    the fee schedule (9).
    """
    said = _published("pctc")(view, part)
    if said != _NOT_APPLICABLE or part.judged_day is None:
        return said
    rows = view.context.tables.rows_on(FEE_SCHEDULE, part.line.procedure, part.judged_day)
    return next((row.values["pctc"] for row in rows if row.values["modifier"] == "26"), said)


FIELDS: Fields[LineView] = {
    "fee_schedule_listing": _listing,
    "status_indicator": _published("status"),
    "global_days": _published("global_days"),
    "pctc_indicator": pctc_indicator,
    "bilateral_indicator": _published("bilateral"),
    "multiple_procedure_indicator": _published("multiple_procedure"),
    "assistant_indicator": _published("assistant"),
    "cosurgeon_indicator": _published("cosurgeon"),
    "team_indicator": _published("team"),
}

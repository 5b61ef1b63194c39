"""What the patient's earlier claims say of one line."""

from __future__ import annotations

from engine.facts.derive.line_tables import ADD_ON
from engine.facts.derive.prior_line import same_rendering_provider
from engine.facts.derive.source import Fields
from engine.facts.view import ClaimView, LineView


def primary_in_history(view: ClaimView, part: LineView) -> bool | None:
    """Whether a listed primary code of this add-on was billed for the same day and renderer on an earlier claim.

    Absent when the code is no add-on, or without history.
    """
    if view.context.history is None or part.judged_day is None:
        return None
    rows = view.context.tables.rows_on(ADD_ON, part.line.procedure, part.judged_day)
    if not rows:
        return None
    primaries = {row.values["primary"] for row in rows}
    return any(
        earlier.line.procedure in primaries
        and part.shared_day(earlier) is not None
        and same_rendering_provider(part, earlier)
        for earlier in view.earlier_lines
    )


FIELDS: Fields[LineView] = {"primary_in_history": primary_in_history}

"""What a line says of the body: regions of a manipulation, teeth and surfaces of a restoration."""

from __future__ import annotations

from engine.facts.derive.source import Fields
from engine.facts.view import ClaimView, LineView
from engine.reference.procedures import regions, surfaces, tooth_requirement

_DENTAL = "D"


def _regions_needed(_: ClaimView, part: LineView) -> int | None:
    known = regions().get(part.line.procedure)
    return known.needed if known else None


def region_gap(_: ClaimView, part: LineView) -> int | None:
    """The regions that the code is for at least, less those that the line's diagnoses name (negative: more are named).

    Source: CPT 98925 to 98929, 98940 to 98942; Medicare Benefit Policy Manual (100-02) ch. 15 §240.1.2.
    """
    known = regions().get(part.line.procedure)
    if known is None:
        return None
    codes = [pointed.diagnosis.code for pointed in part.diagnoses]
    return known.needed - len({known.region_of[code] for code in codes if code in known.region_of})


def surface_count_gap(_: ClaimView, part: LineView) -> int | None:
    """The surfaces that the code is for less those listed; 0 when a code for four or more has more.

    Absent for other codes, and when the line names no tooth or several (one line restores one tooth).
    """
    known = surfaces().get(part.line.procedure)
    if known is None or len(part.line.teeth) != 1:
        return None
    gap = known.count - len("".join(part.line.teeth[0].surfaces))
    return max(gap, 0) if known.or_more else gap


def _tooth_requirement(_: ClaimView, part: LineView) -> str | None:
    return tooth_requirement(part.line.procedure) if part.line.procedure.startswith(_DENTAL) else None


def only_tooth(part: LineView) -> str | None:
    """The tooth of a line that names one, without a leading zero."""
    teeth = {tooth.tooth.removeprefix("0") for tooth in part.line.teeth} - {""}
    return teeth.pop() if len(teeth) == 1 else None


FIELDS: Fields[LineView] = {
    "regions_needed": _regions_needed,
    "region_gap": region_gap,
    "tooth_requirement": _tooth_requirement,
    "surface_count_gap": surface_count_gap,
    "tooth": lambda _, p: only_tooth(p),
}

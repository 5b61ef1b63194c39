"""Suggested codes, as text and as JSON."""

from __future__ import annotations

from typing import Any

from engine.reference.days import iso
from engine.reference.icd10cm import dotted
from engine.reference.search.suggest import Documented, Suggestions
from engine.report.page import Page

_CODE_WIDTH = 10


def write_suggestions(page: Page, found: Suggestions) -> None:
    """A candidate with its reason, and the axes that are left open."""
    if found.corrected:
        page.line((f"Searched for {', '.join(f'{used} (for {typed})' for typed, used in found.corrected)}", "dim"))
    for remark in found.remarks:
        page.paragraph(remark, style="yellow")
    for each in found.candidates:
        page.line((dotted(each.code).ljust(_CODE_WIDTH), "bold green"), each.description)
        page.paragraph("; ".join(each.because), indent=_CODE_WIDTH, style="dim")
        for axis in each.missing:
            options = ", ".join(f"{option.says} {dotted(option.code)}" for option in axis.options)
            page.paragraph(options, indent=_CODE_WIDTH, label=f"Not said, {axis.axis}: ")
    if not found.candidates:
        page.line("Nothing found.")


def suggestions_object(found: Suggestions, problem: Documented, day: int) -> dict[str, Any]:
    """The same as JSON."""
    return {
        "text": problem.text,
        "laterality": problem.laterality,
        "acuity": problem.acuity,
        "encounter": problem.encounter,
        "on": iso(day),
        "corrected": [{"typed": typed, "searched": used} for typed, used in found.corrected],
        "remarks": list(found.remarks),
        "candidates": [
            {
                "code": dotted(each.code),
                "description": each.description,
                "score": each.score,
                "because": list(each.because),
                "missing": [
                    {
                        "axis": axis.axis,
                        "options": [{"says": option.says, "code": dotted(option.code)} for option in axis.options],
                    }
                    for axis in each.missing
                ],
            }
            for each in found.candidates
        ],
    }

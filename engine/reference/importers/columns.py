"""The layouts of the tables that only importers fill; the others stand in reference/layouts.py."""

from __future__ import annotations

from collections.abc import Mapping

from engine.reference.layouts import LAYOUTS, Layout

PPRRVU = (
    "modifier", "status", "not_used_for_medicare", "work_rvu", "nonfacility_pe_rvu", "nonfacility_na",
    "facility_pe_rvu", "facility_na", "mp_rvu", "nonfacility_total", "facility_total", "pctc", "global_days",
    "preoperative", "intraoperative", "postoperative", "multiple_procedure", "bilateral", "assistant", "cosurgeon",
    "team", "endoscopic_base", "conversion_factor", "supervision", "calculation_flag", "imaging_family",
)  # fmt: skip
"""Columns of the physician fee schedule, in the order of its relative value file; the descriptor is left out."""

NOTES = (
    "kind", "description", "parent", "chapter", "section", "leaf", "includes", "inclusion_terms", "excludes1",
    "excludes2", "code_first", "use_additional", "code_also", "notes", "seventh_notes", "seventh_characters",
)  # fmt: skip
"""Columns of a node of the ICD-10-CM tabular list; several notes of a kind are parted by line breaks."""

POLICY = (
    "article", "version", "group", "title", "contractors", "states", "covered_codes", "noncovered_codes",
)  # fmt: skip
"""Columns of a coverage article's procedure; contractors (numbers) and states are parted by blanks."""

IMPORTED: Mapping[str, Layout] = {
    "pprrvu-qpp": Layout(("procedure",), PPRRVU),
    "icd10cm-notes": Layout(("code",), NOTES),
    "taxonomy": Layout(("code",), ("grouping", "classification", "specialization")),
    "coverage-policy": Layout(("procedure",), POLICY),
    "coverage-diagnosis": Layout(("article", "diagnosis"), ("covered", "group", "asterisk")),
}


def layout_of(table: str) -> Layout | None:
    """The layout of a known table.

    >>> layout_of("mue-dme").key
    ('procedure',)
    """
    return LAYOUTS.get(table) or IMPORTED.get(table)

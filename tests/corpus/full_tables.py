"""The publishers' tables of ../shared at full size, as far as they speak of the codes asked for.

Nothing is copied into the project: rows are read where they are, and only those of the given codes are kept.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator, Mapping
from pathlib import Path

from engine.reference.catalog import Tables
from engine.reference.code_lists import code_list
from engine.reference.days import iso
from engine.reference.memory import with_rows

SOURCE = Path(__file__).resolve().parents[3] / "shared" / "refdata" / "source"
NOT_APPLICABLE = "9"
FEES = {
    "modifier": "mod", "status": "status", "global_days": "glob_days", "pctc": "pctc",
    "multiple_procedure": "mult_proc", "bilateral": "bilat_surg", "assistant": "asst_surg", "cosurgeon": "co_surg",
    "team": "team_surg",
}  # fmt: skip
"""Columns of the fee schedule: ours, and those of the extract."""


def full_tables(codes: set[str]) -> Tables:
    """The shipped tables, with those of NCCI (2024Q3), HCPCS (July 2024) and fees (October 2025) about ``codes``.

    The HCPCS modifiers are those of 2020 and the later ones of the shipped list. Every row counts as in force on every
    service day, unless it carries dates of its own.
    """
    return with_rows(
        Tables.load(),
        {
            "ptp-practitioner": list(_pairs("ptp_prac_active.csv.gz", codes)),
            "ptp-outpatient": list(_pairs("ptp_out_active.csv.gz", codes)),
            "mue-practitioner": list(_units("mue_prac.csv.gz", codes)),
            "mue-outpatient": list(_units("mue_out.csv.gz", codes)),
            "add-on": [
                {"add_on": row["add_on_code"], "primary": row["primary_code"], "type": row["type"]}
                for row in _rows("ncci/aoc.csv.gz", {"add_on_code": codes})
            ],
            "hcpcs": [
                {"code": row["code"], "added": row["date_added"], "terminated": row["date_term"]}
                for row in _rows("hcpcs/hcpcs_level2_2024_07.csv.gz", {"code": codes})
            ],
            "hcpcs-modifiers": list(_modifiers()),
            "pprrvu": list(_fees(codes)),
        },
    )


def _pairs(name: str, codes: set[str]) -> Iterator[dict[str, str]]:
    for row in _rows(f"ncci/{name}", {"column1": codes, "column2": codes}):
        if row["modifier_indicator"] != NOT_APPLICABLE:
            last = row["deletion_date"]
            yield {
                "column_one": row["column1"],
                "column_two": row["column2"],
                "modifier_indicator": row["modifier_indicator"],
                "rationale": row["rationale"],
                "effective_to": "" if last.startswith("9999") else last,
            }


def _units(name: str, codes: set[str]) -> Iterator[dict[str, str]]:
    for row in _rows(f"ncci/{name}", {"hcpcs_code": codes}):
        kept = {"mue_units": row["mue_value"], "mai": row["mai"], "rationale": row["rationale"]}
        yield {"procedure": row["hcpcs_code"], **kept}


def _modifiers() -> Iterator[dict[str, str]]:
    with (SOURCE / "hcpcs" / "hcpcs_level2_modifiers_2020.csv").open(encoding="utf-8", newline="") as file:
        known = {row["modifier"]: row for row in csv.DictReader(file)}
    for code, row in known.items():
        yield {"modifier": code, "added": row["add_date"], "terminated": row["term_date"]}
    for code, entry in code_list("level-ii-modifiers").entries.items():
        if code not in known and entry.first_day is not None:
            yield {"modifier": code, "added": iso(entry.first_day), "terminated": ""}


def _fees(codes: set[str]) -> Iterator[dict[str, str]]:
    for row in _rows("mpfs/pprrvu2025_oct_indicators.csv.gz", {"hcpcs": codes}):
        yield {"procedure": row["hcpcs"], **{ours: row[theirs] for ours, theirs in FEES.items()}}


def _rows(name: str, wanted: Mapping[str, set[str]] | None = None) -> Iterator[dict[str, str]]:
    """The rows of a file; ``wanted`` by column what its cells may be (millions of rows: told before a dict is made)."""
    with gzip.open(SOURCE / name, "rt", encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        header = next(reader)
        tests = [(header.index(column), cells) for column, cells in (wanted or {}).items()]
        for row in reader:
            if all(row[place] in cells for place, cells in tests):
                yield dict(zip(header, row, strict=True))

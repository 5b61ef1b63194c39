"""The publishers' tables of ../shared at full size, as far as they speak of the codes asked for.

Nothing is copied into the project: rows are read where they are, and only those of the given codes are kept.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from pathlib import Path

from engine.reference.catalog import Tables
from engine.reference.memory import with_rows

SOURCE = Path(__file__).resolve().parents[3] / "shared" / "refdata" / "source"
NOT_APPLICABLE = "9"


def full_tables(codes: set[str]) -> Tables:
    """The shipped tables, with those of NCCI (2024Q3) and HCPCS (July 2024) about ``codes``."""
    return with_rows(
        Tables.load(),
        {
            "ptp-practitioner": list(_pairs("ptp_prac_active.csv.gz", codes)),
            "ptp-outpatient": list(_pairs("ptp_out_active.csv.gz", codes)),
            "mue-practitioner": list(_units("mue_prac.csv.gz", codes)),
            "mue-outpatient": list(_units("mue_out.csv.gz", codes)),
            "add-on": [
                {"add_on": row["add_on_code"], "primary": row["primary_code"], "type": row["type"]}
                for row in _rows("ncci/aoc.csv.gz")
                if row["add_on_code"] in codes
            ],
            "hcpcs": [
                {"code": row["code"], "added": row["date_added"], "terminated": row["date_term"]}
                for row in _rows("hcpcs/hcpcs_level2_2024_07.csv.gz")
                if row["code"] in codes
            ],
        },
    )


def _pairs(name: str, codes: set[str]) -> Iterator[dict[str, str]]:
    for row in _rows(f"ncci/{name}"):
        if row["column1"] in codes and row["column2"] in codes and row["modifier_indicator"] != NOT_APPLICABLE:
            last = row["deletion_date"]
            yield {
                "column_one": row["column1"],
                "column_two": row["column2"],
                "modifier_indicator": row["modifier_indicator"],
                "rationale": row["rationale"],
                "effective_to": "" if last.startswith("9999") else last,
            }


def _units(name: str, codes: set[str]) -> Iterator[dict[str, str]]:
    for row in _rows(f"ncci/{name}"):
        if row["hcpcs_code"] in codes:
            kept = {"mue_units": row["mue_value"], "mai": row["mai"], "rationale": row["rationale"]}
            yield {"procedure": row["hcpcs_code"], **kept}


def _rows(name: str) -> Iterator[dict[str, str]]:
    with gzip.open(SOURCE / name, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)

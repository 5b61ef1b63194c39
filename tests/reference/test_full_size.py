"""The publishers' files at full size, imported and asked about: counts are those of the tables they were made of."""

import csv
import gzip
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from engine.claim.model import Provider
from engine.reference.catalog import Tables
from engine.reference.importing import import_file
from engine.reference.verifying import verify
from tests.facts.helpers import fact, facts, inpatient, line, minimal

SHARED = Path(__file__).parents[3] / "shared" / "refdata"
SOURCE = SHARED / "source"
DAY = "2025-11-05"

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.slow,
    pytest.mark.skipif(
        not SHARED.is_dir(), reason="the publishers' tables are kept outside the repository (../shared)"
    ),
]


@pytest.fixture(scope="module")
def imported(tmp_path_factory):
    """All full-size files, imported; by table the rows of each file."""
    made = tmp_path_factory.mktemp("cms")
    subprocess.run([sys.executable, SHARED / "make_cms_files.py", made], check=True, capture_output=True)
    (made / "POAexemptCodes2020.txt.gz").write_bytes((SOURCE / "codes" / "POAexemptCodes2020.txt.gz").read_bytes())
    taxonomy = "nucc_codes_251_no_definitions.csv"
    (made / taxonomy).write_bytes((SOURCE / "codes" / taxonomy).read_bytes())
    folder = tmp_path_factory.mktemp("tables")
    results = [each for path in sorted(made.iterdir()) for each in import_file(path, folder)]
    return folder, results


@pytest.fixture(scope="module")
def tables(imported):
    return Tables.load([imported[0]])


def source(name):
    opener = gzip.open if name.endswith(".gz") else open
    with opener(SOURCE / name, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def test_every_row_came_in_and_is_sound(imported):
    folder, results = imported
    held = {each.table: each.held for each in results}
    assert held == {
        "add-on": 7465,
        "hcpcs": 8033,
        "hcpcs-modifiers": 369,
        "icd10cm": 74719,
        "icd10cm-notes": 47200,
        "mue-dme": 2928,
        "mue-outpatient": 14628,
        "mue-practitioner": 14677,
        "poa-exempt": 37075,
        "pprrvu": 19090,
        "ptp-outpatient": 1335857,
        "ptp-practitioner": 1669820,
        "taxonomy": 883,
    }
    assert sum(each.bad_rows for each in results) == 0
    assert [each.problem for each in verify([folder]) if each.problem] == []


@pytest.mark.parametrize(
    ("table", "name"), [("ptp-practitioner", "ptp_prac_active"), ("ptp-outpatient", "ptp_out_active")]
)
def test_every_tenth_pair_is_found_as_it_was(table, name, tables):
    day = date.fromisoformat(DAY).toordinal() - date(1970, 1, 1).toordinal()
    expected = Counter()
    asked = []
    for number, row in enumerate(source(f"ncci/{name}.csv.gz")):
        if number % 10 == 0:
            asked.append(f"{row['column1']}|{row['column2']}")
            expected[asked[-1], row["modifier_indicator"], row["rationale"]] += 1
    found = tables.rows_many(table, asked, day)
    got = Counter()
    for key in dict.fromkeys(asked):
        for row in found[key]:
            got[key, row.values["modifier_indicator"], row.values["rationale"]] += 1
    assert expected - got == Counter()


def test_pairs_reach_the_rules(tables):
    claim = minimal(lines=(line(1, "11042", day=DAY), line(2, "97597", day=DAY), line(3, "99213", day="2025-11-06")))
    found = facts(claim, "table/ptp-practitioner", tables=tables)
    assert [(each["column_one"], each["column_two"]) for each in found] == [("11042", "97597")]
    assert (found[0]["payable_line"], found[0]["bundled_line"], found[0]["modifier_indicator"]) == (1, 2, "1")
    early = minimal(lines=(line(1, "11042", day="2024-09-30"), line(2, "97597", day="2024-09-30")))
    assert facts(early, "table/ptp-practitioner", tables=tables) == []  # before the oldest edition nothing is said


def test_lines_know_their_limits_and_indicators(tables):
    values = fact(minimal(lines=(line(1, "36415", day=DAY, units=9),)), "line", tables=tables)
    assert (values["mue_units"], values["mue_mai"], values["units_over_mue"]) == (2000, "3", 7000)
    values = fact(minimal(lines=(line(1, "27447", day=DAY),)), "line", tables=tables)
    assert {name: values[name] for name in ("status_indicator", "global_days", "bilateral_indicator")} == {
        "status_indicator": "A",
        "global_days": "090",
        "bilateral_indicator": "1",
    }
    assert (values["assistant_indicator"], values["team_indicator"], values["pctc_indicator"]) == ("2", "0", "0")
    (whole, technical) = facts(
        minimal(lines=(line(1, "71046", day=DAY), line(2, "71046", day=DAY, modifiers=("TC",)))), "line", tables=tables
    )
    assert (whole["pctc_indicator"], technical["pctc_indicator"]) == ("1", "1")
    before = fact(minimal(lines=(line(1, "27447", day="2025-09-30"),)), "line", tables=tables)
    assert "status_indicator" not in before


def test_add_ons_and_level_ii_codes(tables):
    lines = (line(1, "99292", day=DAY), line(2, "99291", day=DAY), line(3, "A4335", day=DAY), line(4, "Q9999", day=DAY))
    one, two, three, four = facts(minimal(lines=lines), "line", tables=tables)
    assert (one["add_on"], one["primary_present"], two["add_on"]) == (True, True, False)
    assert (three["code_status"], three["unlisted"]) == ("valid", True)
    assert "code_status" not in four  # the file is of 2024: the code may be new
    early = fact(minimal(lines=(line(1, "Q9999", day="2024-08-01"),)), "line", tables=tables)
    assert early["code_status"] == "unknown"


def test_suppliers_have_values_of_their_own(tables):
    (row,) = [each for each in source("ncci/mue_dme.csv.gz") if each["hcpcs_code"] == "E0100"]
    claim = minimal(lines=(line(1, "E0100", day=DAY),))
    supplier = Provider(role="billing", npi="1999999992", taxonomy="332B00000X")
    others = tuple(each for each in claim.providers if each.role != "billing")
    values = fact(minimal(lines=claim.lines, providers=(supplier, *others)), "line", tables=tables)
    assert values["mue_units"] == int(row["mue_value"]) * 1000


def test_poa_exempt_codes(tables):
    claim = inpatient()
    by_code = {each["code"]: each.get("poa_exempt") for each in facts(claim, "diagnosis", tables=tables)}
    listed = {each["code"] for each in facts(claim, "diagnosis", tables=tables) if each.get("poa_exempt")}
    assert set(by_code.values()) <= {True, None}  # the list is of 2020: what it does not name may be exempt by now
    assert all(tables.rows("poa-exempt", code) for code in listed)


def test_diagnoses_of_the_imported_year(tables):
    from engine.reference import icd10cm

    day = date.fromisoformat(DAY).toordinal() - date(1970, 1, 1).toordinal()
    assert tables.edition("icd10cm", day).edition == "FY2026"
    assert icd10cm.standing(tables, "I10", day).status == "valid"
    assert icd10cm.standing(tables, "S52521", day).status == "missing_seventh"
    with gzip.open(SHARED / "ship/icd10cm/icd10cm_validity_fy2016_fy2027.csv.gz", "rt", encoding="utf-8") as file:
        ended = [row["code"] for row in csv.DictReader(file) if "" < row["effective_to"] < "20240930"]
    retired = ended[0]
    found = icd10cm.standing(tables, retired, day)
    assert found.status == "retired"
    assert found.valid_to is not None

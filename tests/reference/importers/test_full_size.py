"""Every official layout at full size: the row counts are those of the tables that the files were made of."""

import csv
import gzip
import lzma
import subprocess
import sys
from pathlib import Path

import pytest

from engine.reference.importers.detect import detect
from engine.reference.importers.format import Parsed

SHARED = Path(__file__).parents[4] / "shared" / "refdata"
SOURCE = SHARED / "source"

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(
        not SHARED.is_dir(), reason="the publishers' tables are kept outside the repository (../shared)"
    ),
]


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("cms")
    subprocess.run([sys.executable, SHARED / "make_cms_files.py", made], check=True, capture_output=True)
    return made


def count(path, table=""):
    (found,) = detect(path, table)
    with found.open() as stream:
        read = list(found.format.rows(stream, found.detected))
    assert [row for row in read if type(row) is not Parsed] == []
    return found, read


def source(name):
    opener = gzip.open if name.endswith(".gz") else open
    with opener(SOURCE / name, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("stem", "table", "name"),
    [("ccipra", "ptp-practitioner", "ptp_prac_active"), ("ccioph", "ptp-outpatient", "ptp_out_active")],
)
def test_ptp(folder, stem, table, name):
    with gzip.open(SOURCE / "ncci" / f"{name}.csv.gz") as file:
        wanted = sum(1 for _ in file) - 1
    got = 0
    for path in sorted(folder.glob(f"{stem}*")):
        (found,) = detect(path)
        assert (found.detected.table, found.detected.edition) == (table, "2024Q4")
        with found.open() as stream:
            for row in found.format.rows(stream, found.detected):
                assert type(row) is Parsed, row
                got += 1
    assert got == wanted


@pytest.mark.parametrize(
    ("pattern", "table", "name"),
    [
        ("MCR_MUE_Prac*", "mue-practitioner", "mue_prac"),
        ("MCR_MUE_Outp*", "mue-outpatient", "mue_out"),
        ("MCR_MUE_DME*", "mue-dme", "mue_dme"),
    ],
)
def test_mue(folder, pattern, table, name):
    found, read = count(next(folder.glob(pattern)))
    assert found.detected.table == table
    wanted = source(f"ncci/{name}.csv.gz")
    assert [(row.key, *row.values) for row in read] == [
        (row["hcpcs_code"], row["mue_value"], row["mai"], row["rationale"]) for row in wanted
    ]


def test_add_on(folder):
    pytest.importorskip("openpyxl", reason="openpyxl writes the workbook")
    _, read = count(folder / "AOC_V2024Q3-MCR.xlsx")
    wanted = source("ncci/aoc.csv.gz")
    assert [(row.key, *row.values) for row in read] == [
        (row["add_on_code"], row["primary_code"], row["type"]) for row in wanted
    ]


def test_hcpcs(folder):
    found, read = count(folder / "HCPC2024_JUL_ANWEB.txt", "hcpcs")
    wanted = source("hcpcs/hcpcs_level2_2024_07.csv.gz")
    place = found.format.columns.index("long")
    assert [(row.key, row.values[place]) for row in read] == [
        (row["code"], " ".join(row["long"].split())) for row in wanted
    ]
    _, modifiers = count(folder / "HCPC2024_JUL_ANWEB.txt", "hcpcs-modifiers")
    assert len(modifiers) == len(source("hcpcs/hcpcs_level2_modifiers_2020.csv"))


def test_fee_schedule(folder):
    _, read = count(folder / "PPRRVU2025_Oct.csv")
    wanted = source("mpfs/pprrvu2025_oct_indicators.csv.gz")
    place = {"glob_days": 12, "bilat_surg": 17, "endo_base": 21, "phys_sup": 23, "diag_img_fam": 25}
    assert [(row.key, row.values[0], *[row.values[at] for at in place.values()]) for row in read] == [
        (row["hcpcs"], row["mod"], *[row[name] for name in place]) for row in wanted
    ]


def test_order(folder):
    path = folder / "icd10cm-order-2026.txt"
    _, read = count(path)
    assert len(read) == path.read_bytes().count(b"\n")


def test_tabular_list(folder):
    found, read = count(folder / "icd10cm-tabular-April-1-2026.xml")
    with gzip.open(SHARED / "ship" / "icd10cm" / "tabular_notes_fy2026_apr.jsonl.gz") as file:
        assert len(read) == sum(1 for _ in file)
    packed = SHARED / "ship" / "icd10cm" / "icd10c-tabular-April-1-2026.xml.xz"
    (same,) = detect(packed)
    assert same.detected.edition == found.detected.edition == "FY2026-Apr"
    with lzma.open(packed) as file:
        assert file.read(5) == b"<?xml"


def test_poa_exempt_and_taxonomy():
    _, read = count(SOURCE / "codes" / "POAexemptCodes2020.txt.gz")
    assert len(read) == 37_075
    _, read = count(SOURCE / "codes" / "nucc_codes_251_no_definitions.csv")
    assert len(read) == len(source("codes/nucc_codes_251_no_definitions.csv"))

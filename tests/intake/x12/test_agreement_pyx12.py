"""Our checks beside those of pyx12 over files that nobody here wrote: what pyx12 passes gets no error from us."""

import csv
import gzip
import io
import json
from collections import defaultdict
from pathlib import Path

import pytest

from engine.intake.reading import ReadClaim
from engine.intake.x12.reader import read_x12

CORPUS = Path(__file__).resolve().parents[4] / "shared" / "corpus"
MUTANTS = CORPUS / "labelled" / "mutants" / "mutants_837.jsonl.gz"

pytestmark = pytest.mark.skipif(not CORPUS.exists(), reason="the shared corpus is not here")

# pyx12 passes these, we do not, and we hold to it.
OURS_IS_RIGHT = {
    "x12/837P/pypi-badx12__X222-anesthesia.edi": "an NPI of nine digits; pyx12 does not know how long an NPI is",
}
# Planted defects that the structure shows: (rule, element) that must come out.
STRUCTURAL = {
    "npi_short": {("INT-0009", "NM109")},  # pyx12 passes it
    "ein_missing": {("INT-0007", "REF")},
    "hi_missing": {("INT-0007", "HI")},
    "n3_missing": {("INT-0007", "N3")},
    "gender_bad": {("INT-0011", "DMG03")},
    "no_lines": {("INT-0007", "")},
    "date_impossible": {("INT-0010", "DTP03")},
    "member_id_missing": {("INT-0008", "NM109")},
    "dx_decimal": {("INT-0010", "HI01-2")},  # pyx12 passes it
    "iea_control": {("INT-0002", "IEA02")},
    "se_control": {("INT-0002", "SE02")},
    "se_count": {("INT-0003", "SE01")},
}
# pyx12 fails these on grounds that are left to the rules: the place of service list is not the guide's.
ELSEWHERE = {"pos_bad"}
EACH_KIND = 40


def findings(data):
    """All findings of the reader and of the checks it calls."""
    for item in read_x12(io.BytesIO(data), "in.x12"):
        yield from item.findings if isinstance(item, ReadClaim) else (item,)


def errors(data):
    return sorted({(f.rule, f.at.loop, f.at.element, f.says) for f in findings(data) if f.severity == "error"})


def manifest():
    """The 837P and 837I files of the corpus and what pyx12 said of them."""
    if not CORPUS.exists():
        return []
    with (CORPUS / "MANIFEST.tsv").open(newline="") as lines:
        rows = [
            row for row in csv.reader(lines, delimiter="\t") if row and row[0].startswith(("x12/837P/", "x12/837I/"))
        ]
    return [(row[0], row[-1]) for row in rows]


@pytest.mark.parametrize(("path", "verdict"), [row for row in manifest() if "x12valid: OK" in row[1]])
def test_files_that_pyx12_passes(path, verdict):
    found = errors((CORPUS / path).read_bytes())
    if path in OURS_IS_RIGHT:
        assert [rule for rule, *_ in found] == ["INT-0009"], OURS_IS_RIGHT[path]
    else:
        assert found == [], verdict


@pytest.mark.parametrize("path", [row[0] for row in manifest()])
def test_no_file_makes_the_checks_raise(path):
    for finding in findings((CORPUS / path).read_bytes()):
        assert finding.says
        assert finding.fix


@pytest.fixture(scope="module")
def mutants():
    kinds = defaultdict(list)
    with gzip.open(MUTANTS, "rt") as lines:
        for line in lines:
            row = json.loads(line)
            if row["kind"] == "none" or len(kinds[row["kind"], row["form"]]) < EACH_KIND:
                kinds[row["kind"], row["form"]].append(row)
    return kinds


def test_claims_without_a_planted_defect(mutants):
    flagged = {row["id"]: errors(row["x12"].encode()) for form in ("837P", "837I") for row in mutants["none", form]}
    assert len(flagged) == 400
    assert {name: found for name, found in flagged.items() if found} == {}


def test_defects_that_structure_shows(mutants):
    for (kind, _), rows in mutants.items():
        for row in rows if kind in STRUCTURAL else ():
            found = {(rule, element) for rule, _, element, _ in errors(row["x12"].encode())}
            assert found == STRUCTURAL[kind], row["id"]


def test_defects_that_structure_does_not_show(mutants):
    for (kind, _), rows in mutants.items():
        for row in rows if kind not in STRUCTURAL else ():
            assert errors(row["x12"].encode()) == [], (kind, row["id"])


def test_every_kind_that_pyx12_fails_is_ours_or_accounted_for():
    verdicts = json.loads((MUTANTS.parent / "pyx12_by_kind.json").read_text())
    failed = {kind for kind, answers in verdicts.items() if "FAIL" in answers}
    assert failed - set(STRUCTURAL) == ELSEWHERE

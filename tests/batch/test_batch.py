"""A batch gives what a check of the whole files gives, in input order, in both formats."""

import gzip
import json

import pyarrow.parquet as pq
import pytest
from msgspec.json import encode

from engine.batch.tables import COLUMNS
from engine.findings.report import InputFinding
from tests.batch.small import ROOT, run_batch


def checked(checker, files):
    """The lines that ``check --format ndjson`` gives: of claims, and of problems outside any."""
    claims, problems = [], []
    for path in files:
        with path.open("rb") as stream:
            for item in checker.check(stream, path.name):
                (problems if isinstance(item, InputFinding) else claims).append(encode(item))
    return claims, problems


def lines(path):
    return path.read_bytes().splitlines()


def test_ndjson_equals_the_check(home, checker, claims, tmp_path):
    files = claims()
    expected = checked(checker, files)
    tally = run_batch(home, tmp_path / "out", files, jobs=2)
    assert lines(tmp_path / "out" / "claims.ndjson") == expected[0]
    assert lines(tmp_path / "out" / "problems.ndjson") == expected[1]
    assert tally.claims == len(expected[0])
    assert tally.files == len(files)
    assert tally.unusable == 1
    assert tally.input_findings == len(expected[1])


def test_parquet_holds_the_same(home, checker, claims, tmp_path):
    files = claims(8)
    expected, problems = checked(checker, files)
    out = tmp_path / "out"
    run_batch(home, out, files, "parquet")
    rows = pq.read_table(out / "claims").to_pylist()
    reports = [json.loads(line) for line in expected]
    assert [row["claim_id"] for row in rows] == [report["claim_id"] for report in reports]
    assert [row["verdict"] for row in rows] == [report["verdict"] for report in reports]
    assert [row["segment"] for row in rows] == [report["source"].get("segment") for report in reports]
    assert [row["cents_at_risk"] for row in rows] == [report["cents_at_risk"] for report in reports]
    for path in files:
        numbers = [row["claim"] for row in rows if row["file"] == path.name]
        assert numbers == list(range(1, len(numbers) + 1))
    findings = pq.read_table(out / "findings").to_pylist()
    told = [(report["claim_id"], one["rule"], one["says"]) for report in reports for one in report["findings"]]
    assert [(row["claim_id"], row["rule"], row["says"]) for row in findings] == told
    keys = {(row["file"], row["claim"]): row["findings"] for row in rows}
    assert sum(keys.values()) == len(findings)
    assert {(row["file"], row["claim"]) for row in findings} <= set(keys)
    assert pq.read_table(out / "problems").num_rows == len(problems)
    for name, columns in COLUMNS.items():
        assert pq.read_table(out / name).column_names == list(columns)


def test_gzip_is_read(home, checker, claims, tmp_path):
    plain = claims(10)[0]
    packed = tmp_path / "packed.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    run_batch(home, tmp_path / "out", [packed])
    expected = [line.replace(b"many.837", b"packed.gz") for line in checked(checker, [plain])[0]]
    assert lines(tmp_path / "out" / "claims.ndjson") == expected


@pytest.mark.parametrize("damage", ["checksum", "cut", "junk behind"])
def test_a_damaged_gzip_is_said_and_stops_nothing(home, checker, claims, tmp_path, damage):
    first, last = claims(10)[0], claims(4)[0]
    data = gzip.compress(first.read_bytes())
    packed = tmp_path / "packed.gz"
    packed.write_bytes({"checksum": data[:-8] + bytes(8), "cut": data[:-200], "junk behind": data + b"junk"}[damage])
    tally = run_batch(home, tmp_path / "out", [packed, last])
    assert tally.poisoned == 0
    said = [json.loads(line) for line in lines(tmp_path / "out" / "problems.ndjson")]
    assert [one["says"] for one in said if "gzip" in one["says"]] == ["The gzip is damaged, or ends too early."]
    assert lines(tmp_path / "out" / "claims.ndjson")[-1] == checked(checker, [last])[0][-1]


def test_a_fault_of_ours_is_set_aside_and_stops_nothing(home, checker, claims, tmp_path):
    files = claims(6, "FAULT")[:1]
    out = tmp_path / "out"
    tally = run_batch(home, out, files)
    expected = checked(checker, files)[0]
    assert lines(out / "claims.ndjson") == expected
    assert tally.claims == tally.poisoned == len(expected)
    aside = sorted((out / "poisoned").iterdir())
    assert len(aside) == len(expected)
    assert "ZeroDivisionError" in json.loads(aside[0].read_bytes())["error"]
    with aside[0].open("rb") as stream:  # it is a claim file itself
        again = list(checker.check(stream, "again"))
    assert [report.claim_id for report in again] == [json.loads(expected[0])["claim_id"]]


def test_a_claim_that_ends_its_process_twice_is_set_aside(home, checker, claims, tmp_path):
    files = claims(12)[:1]
    text = files[0].read_text()
    files[0].write_text(text.replace("A5-", "KILL5-", 1).replace("A8-", "ONCE8-", 1))
    out = tmp_path / "out"
    tally = run_batch(home, out, files, jobs=2)
    rows = [json.loads(line) for line in lines(out / "claims.ndjson")]
    killed = [row for row in rows if any(f["rule"] == "INT-0020" for f in row["findings"])]
    assert len(killed) == 1
    assert killed[0]["claim_id"].startswith("KILL5")
    assert "ProcessDied" in killed[0]["findings"][0]["says"]
    assert tally.poisoned == 1
    assert len(list((out / "poisoned").iterdir())) == 1
    files[0].write_text(files[0].read_text().replace("KILL5-", "DEAD5-"))
    expected = [json.loads(line) for line in checked(checker, files)[0]]
    assert len(rows) == len(expected)
    for row, other in zip(rows, expected, strict=True):
        assert row == other or row is killed[0]


def test_the_documentation_names_every_column():
    page = (ROOT / "docs" / "batch.md").read_text()
    for name, columns in COLUMNS.items():
        assert f"`{name}`" in page
        for column in columns:
            assert f"`{column}`" in page, column

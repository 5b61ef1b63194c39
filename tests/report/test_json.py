"""The JSON and NDJSON reports have the shape of the contract."""

import io
import json
from datetime import date

import pytest

from engine.backends.durable import compile_durable
from engine.check import Checker
from engine.findings.report import InputFinding
from engine.reference.catalog import Tables
from engine.report.json_report import JsonReport
from engine.report.ndjson import NdjsonReport
from engine.report.tally import Tally
from engine.rulebook.load import load_rulebook
from tests.cli.small import DAMAGED, OFFICE, small_rulebook, small_tables


@pytest.fixture(scope="module")
def checker(tmp_path_factory):
    home = tmp_path_factory.mktemp("small")
    rulebook = load_rulebook(shipped=small_rulebook(home))
    tables = Tables.load([small_tables(home)])
    return Checker(rulebook, tables, compile_durable, engine="durable", received_on=date(2026, 4, 15))


def written(checker, kind, *paths):
    stream, tally = io.BytesIO(), Tally()
    writer = kind(stream)
    writer.begin(checker.tool())
    for path in paths:
        writer.file(path.name)
        for item in checker.check_with_claims(io.BytesIO(path.read_bytes()), path.name):
            if isinstance(item, InputFinding):
                writer.input_finding(item)
            else:
                writer.claim(*item)
    writer.end(tally)
    return stream.getvalue().decode()


def no_float(text):
    raise AssertionError(text)


def test_json_has_the_shape_of_the_contract(checker):
    report = json.loads(written(checker, JsonReport, OFFICE, DAMAGED), parse_float=no_float)
    assert list(report) == ["tool", "claims", "input_findings"]
    assert list(report["tool"]) == ["name", "version", "engine", "packs", "tables"]
    assert list(report["tool"]["packs"][0]) == ["name", "version", "digest"]
    assert list(report["tool"]["tables"][0]) == ["name", "edition", "from", "to"]
    claim = report["claims"][1]
    assert list(claim)[:10] == [
        "claim_id", "claim_type", "payer", "source", "verdict", "score", "charge_cents", "cents_at_risk", "findings",
        "coverage",
    ]  # fmt: skip
    assert claim["source"] == {"file": "office-visit.837", "transaction": 1, "segment": 37}
    finding = next(f for f in claim["findings"] if f["rule"] == "COD-0003")
    assert list(finding)[:8] == ["rule", "name", "severity", "disposition", "category", "snip", "status", "pack"]
    assert finding["at"] == {
        "line": 3,
        "field": "procedure",
        "x12": {"loop": "2400", "segment": 48, "element": "SV101-2"},
        "fhir": finding["at"]["fhir"],
        "form": "CMS-1500 24D",
    }
    assert finding["predicts"] == {"group": "CO", "carc": "97", "rarc": []}
    assert finding["cents_at_risk"] == 4500
    assert finding["references"] == [{"title": "CMS NCCI Policy Manual", "locator": "chapter I section E"}]
    assert finding["matched"]["edit"]["column_two"] == "93005"
    assert claim["coverage"]["evaluated"] == 8
    problem = report["input_findings"][0]
    assert (problem["rule"], problem["source"], problem["at"]["x12"]["element"]) == (
        "INT-0003",
        {"file": "damaged.837"},
        "SE01",
    )


def test_ndjson_is_the_same_claims_a_line_each(checker):
    whole = json.loads(written(checker, JsonReport, OFFICE))
    lines = written(checker, NdjsonReport, OFFICE).splitlines()
    assert [json.loads(line) for line in lines] == whole["claims"]


def test_ndjson_puts_problems_outside_claims_on_a_last_line(checker):
    *claims, last = written(checker, NdjsonReport, DAMAGED).splitlines()
    assert all("claim_id" in json.loads(line) for line in claims)
    assert list(json.loads(last)) == ["input_findings"]


def test_a_report_of_nothing_is_whole(checker):
    report = json.loads(written(checker, JsonReport))
    assert (report["claims"], report["input_findings"]) == ([], [])
    assert written(checker, NdjsonReport) == ""


def test_two_runs_write_the_same_bytes(checker):
    assert written(checker, JsonReport, OFFICE) == written(checker, JsonReport, OFFICE)

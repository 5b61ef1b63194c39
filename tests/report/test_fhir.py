"""The FHIR report: HL7's R4 classes take it, and it keeps errors and adjudications apart as R4 asks."""

import json
from decimal import Decimal

import pytest
from fhirclient.models.bundle import Bundle
from fhirclient.models.fhirabstractbase import FHIRValidationError

from engine.report.fhir import FhirReport
from tests.cli.small import DAMAGED, OFFICE
from tests.report.conftest import RECEIVED_ON
from tests.report.writing import CORPUS, FILES, mutants, text_of, written

# Required bindings of R4, which the classes do not hold.
CODES = {
    "outcome": {"queued", "complete", "error", "partial"},
    "use": {"claim", "preauthorization", "predetermination"},
    "status": {"active", "cancelled", "draft", "entered-in-error"},
    "severity": {"fatal", "error", "warning", "information"},
}
ISSUES = {"structure", "value", "business-rule", "informational"}


def writer(stream):
    return FhirReport(stream, RECEIVED_ON)


def bundle(checker, *paths):
    return json.loads(written(checker, writer, *paths))


def resources(found, kind):
    return [e["resource"] for e in found["entry"] if e["resource"]["resourceType"] == kind]


def check_valid(found):
    Bundle(found)  # raises FHIRValidationError with every fault
    for node in nodes(found):
        assert node not in ({}, [], "", None)
        if not isinstance(node, dict):
            continue
        for name, codes in CODES.items():
            assert node.get(name, next(iter(codes))) in codes
        if "severity" in node:
            assert node["code"] in ISSUES
    for response in resources(found, "ClaimResponse"):
        assert ("error" in response) == (response["outcome"] == "error")
        assert not {"error", "item"} <= set(response)
    urls = [entry["fullUrl"] for entry in found["entry"]]
    assert len(set(urls)) == len(urls)


def nodes(tree):
    yield tree
    for child in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ():
        yield from nodes(child)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_example_claims_give_valid_bundles(shipped, path):
    check_valid(bundle(shipped, path))


@pytest.mark.skipif(not CORPUS.exists(), reason="the shared corpus is not here")
def test_mutants_give_a_valid_bundle(shipped):
    found = json.loads(text_of(shipped, writer, mutants(3)))
    check_valid(found)
    assert {response["outcome"] for response in resources(found, "ClaimResponse")} == {"complete", "error"}


def test_the_classes_refuse_what_is_wrong(shipped):
    found = bundle(shipped, OFFICE)
    del found["entry"][0]["resource"]["insurer"]
    found["entry"][0]["resource"]["invented"] = True
    with pytest.raises(FHIRValidationError, match="insurer"):
        Bundle(found)


def test_a_refused_claim_has_errors_with_positions_and_codes(checker):
    response = resources(bundle(checker, OFFICE), "ClaimResponse")[1]
    assert (response["outcome"], response["use"], response["created"]) == ("error", "predetermination", "2026-04-15")
    error = response["error"][0]
    assert error["itemSequence"] == 4
    assert error["code"]["coding"][0]["system"] == "https://cleanclaim.invalid/fhir/CodeSystem/rule"
    assert error["code"]["coding"][0]["code"] == "BIL-0001"


def test_a_predicted_denial_names_the_carc_and_the_cents(checker, tmp_path):
    path = tmp_path / "denied.837"
    path.write_text(OFFICE.read_text().replace("SV1*HC:36415*15*UN*0***3", "SV1*HC:36415*15*UN*1***1"))
    response = resources(bundle(checker, path), "ClaimResponse")[1]
    assert response["outcome"] == "complete"
    item = response["item"][2]
    submitted, denied = item["adjudication"]
    assert submitted["amount"] == {"value": 45, "currency": "USD"}
    assert denied["category"]["coding"][0]["code"] == "line_denial"
    assert [coding["code"] for coding in denied["reason"]["coding"]] == ["COD-0003", "97"]
    assert response["processNote"][item["noteNumber"][0] - 1]["text"].startswith("93005 (line 3)")


def test_money_is_decimal_text_not_a_float(checker, tmp_path):
    path = tmp_path / "cents.json"
    claim = json.loads((OFFICE.parents[2] / "claims" / "professional" / "minimal.json").read_text())
    claim["lines"][0]["charge_cents"] = 14510
    path.write_text(json.dumps(claim))
    found = json.loads(written(checker, writer, path), parse_float=Decimal)
    (response,) = resources(found, "ClaimResponse")
    assert response["item"][0]["adjudication"][0]["amount"]["value"] == Decimal("145.10")


def test_the_outcome_of_a_claim_has_an_issue_for_each_finding(checker):
    found = bundle(checker, OFFICE)
    outcome = resources(found, "OperationOutcome")[1]
    rules = [issue["details"]["coding"][0]["code"] for issue in outcome["issue"] if "details" in issue]
    assert "COD-0003" in rules
    first = outcome["issue"][rules.index("COD-0003")]
    assert first["severity"] == "error"
    assert first["expression"] == ["Claim.item[2].productOrService"]


def test_the_last_outcome_is_about_the_run(checker):
    issues = resources(bundle(checker, DAMAGED), "OperationOutcome")[-1]["issue"]
    assert "INT-0003" in {i["details"]["coding"][0]["code"] for i in issues if "details" in i}
    made = next(issue["diagnostics"] for issue in issues if issue["diagnostics"].startswith("Made by cleanclaim"))
    assert all(pack.digest in made for pack in checker.tool().packs)


def test_a_bundle_of_nothing_is_valid(checker):
    check_valid(bundle(checker))

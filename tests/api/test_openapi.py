"""The OpenAPI document: stable operation ids, true examples, and no answer that it does not tell of."""

import json
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator

from api.app import create_app
from api.start import prepare
from tests.api.conftest import KEY, Settings
from tests.cli.small import EXAMPLES, RECEIVED_ON

OPERATIONS = {
    "check_claims",
    "explain_check",
    "get_batch",
    "get_batch_results",
    "get_check",
    "healthz",
    "keep_history",
    "lint_rule",
    "list_packs",
    "list_rules",
    "list_tables",
    "metrics",
    "read_audit",
    "readyz",
    "reload_packs",
    "score_encounters",
    "search_codes",
    "send_batch",
    "show_code",
    "show_rule",
    "try_rule",
}


@pytest.fixture(scope="module")
def shipped(tmp_path_factory):
    """A service with the shipped rules, since the examples are told of those."""
    home = tmp_path_factory.mktemp("shipped")
    settings = Settings(
        database_url=f"sqlite:///{home}/store.sqlite3", tables=EXAMPLES / "tables", cache=home, content_key=KEY
    )
    prepare(settings)
    with TestClient(create_app(settings), base_url="http://127.0.0.1") as client:
        yield client


@pytest.fixture(scope="module")
def document(shipped):
    return shipped.get("/openapi.json").json()


def bodies(document):
    return [
        (path, media_type, name, example["value"])
        for path, methods in document["paths"].items()
        for operation in methods.values()
        for media_type, content in operation.get("requestBody", {}).get("content", {}).items()
        for name, example in content.get("examples", {}).items()
    ]


def schema(document, name):
    return {"$ref": f"#/components/schemas/{name}", "components": document["components"]}


def test_operation_ids_are_for_ever(document):
    found = [operation["operationId"] for methods in document["paths"].values() for operation in methods.values()]
    assert len(found) == len(set(found))
    assert set(found) == OPERATIONS


def test_every_reference_leads_somewhere(document):
    text = json.dumps(document)
    for name in {part.partition('"')[0] for part in text.split('"#/components/schemas/')[1:]}:
        assert name in document["components"]["schemas"]


def test_every_example_request_is_taken(shipped, document):
    sent = bodies(document)
    assert len(sent) >= 8
    for path, media_type, _, value in sent:
        content = value if isinstance(value, str) else json.dumps(value)
        answer = shipped.post(
            path, params={"received_on": RECEIVED_ON}, content=content, headers={"Content-Type": media_type}
        )
        assert answer.status_code in (200, 201, 202), (path, answer.text)
        if path == "/v1/claims/check":
            found = [finding["rule"] for claim in answer.json()["claims"] for finding in claim["findings"]]
            assert found == ["BIL-0001"]


def test_the_example_report_is_what_the_service_answers(shipped, document):
    operation = document["paths"]["/v1/claims/check"]["post"]
    claim = operation["requestBody"]["content"]["application/json"]["examples"]["native"]["value"]
    example = operation["responses"]["200"]["content"]["application/json"]["examples"]["native"]["value"]
    answer = shipped.post("/v1/claims/check", params={"received_on": RECEIVED_ON}, json=claim).json()
    [told], [found] = example["claims"], answer["claims"]
    assert told["findings"] == found["findings"]
    for name in ("claim_id", "claim_type", "payer", "source", "verdict", "score", "charge_cents", "cents_at_risk"):
        assert told[name] == found[name]
    Draft202012Validator(schema(document, "Report")).validate(example)
    Draft202012Validator(schema(document, "Report")).validate(answer)


def test_the_example_draft_finds_what_it_looks_for(shipped, document):
    example = document["paths"]["/v1/rules/try"]["post"]["requestBody"]["content"]["application/json"]["examples"]
    answer = shipped.post("/v1/rules/try", json=example["draft"]["value"]).json()
    assert [f["says"] for f in answer["report"]["claims"][0]["findings"]] == ["Line 2 bills 2 units of 36415."]
    linted = document["paths"]["/v1/rules/lint"]["post"]["requestBody"]["content"]["application/json"]["examples"]
    assert shipped.post("/v1/rules/lint", json=linted["draft"]["value"]).json()["sound"] is True


def test_the_example_problem_is_what_the_service_answers(shipped, document):
    [example] = document["components"]["schemas"]["Problem"]["examples"]
    answer = shipped.post(
        "/v1/claims/check", content=b"x" * (10 * 1024 * 1024 + 1), headers={"Content-Type": "application/json"}
    ).json()
    assert answer | {"request_id": ""} == example | {"request_id": ""}


def test_problems_have_their_shape(shipped, document):
    for answer in (shipped.get("/nothing"), shipped.get("/v1/rules", params={"status": "x"})):
        Draft202012Validator(schema(document, "Problem")).validate(answer.json())


def test_the_page_loads_nothing_from_elsewhere(shipped):
    page = shipped.get("/docs")
    assert page.status_code == 200
    assert "http" not in page.text
    for path in ("/docs/start.js", "/docs/files/swagger-ui.css", "/docs/files/swagger-ui-bundle.js"):
        assert path in page.text
        assert shipped.get(path).status_code == 200
    assert "'unsafe-inline'" not in page.headers["content-security-policy"].partition("style-src")[0]


def test_the_guide_names_every_setting():
    guide = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
    for name in Settings.model_fields:
        assert f"CLEANCLAIM_{name.upper()}" in guide, name

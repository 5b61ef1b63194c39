"""Encounters scored over HTTP: the bytes of the command line, under limits, and nothing kept."""

import json

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from api.app import create_app
from api.examples import text
from api.start import prepare
from engine.cli.app import app as command_line
from tests.api.conftest import KEY, Settings
from tests.cli.small import EXAMPLES, RECEIVED_ON

SCORE = "/v1/encounters/score"
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    """A service with the shipped rules that takes two encounters a request."""
    home = tmp_path_factory.mktemp("encounters")
    settings = Settings(
        database_url=f"sqlite:///{home}/store.sqlite3",
        tables=EXAMPLES / "tables",
        cache=home,
        content_key=KEY,
        max_claims=2,
    )
    prepare(settings)
    with TestClient(create_app(settings), base_url="http://127.0.0.1") as client:
        yield client


def score(service, content, **more):
    return service.post(SCORE, params={"received_on": RECEIVED_ON}, content=content, headers={**JSON, **more})


def test_the_answer_is_what_the_command_prints(service):
    told = CliRunner().invoke(
        command_line,
        [
            *("encounter", "score", "-", "--format", "json", "--fail-on", "never"),
            *("--received-on", RECEIVED_ON, "--tables", str(EXAMPLES / "tables")),
        ],
        input=text("encounter.json"),
    )
    answer = score(service, text("encounter.json"))
    assert answer.status_code == 200
    assert answer.content == told.stdout_bytes
    assert [one["encounter_id"] for one in answer.json()["encounters"]] == ["ENC-2041"]
    assert "coding=" in answer.headers["cleanclaim-packs"]


def test_a_scored_encounter_leaves_a_row_of_the_audit_log_and_no_content(service):
    score(service, text("encounter.json"))
    last = service.get("/v1/audit").json()["entries"][-1]
    assert (last["action"], last["subject"]) == ("encounters.scored", "")
    assert json.loads(last["detail"])["encounters"] == 1
    assert "ENC-2041" not in json.dumps(last)


def test_more_than_the_limit_is_refused(service):
    one = json.loads(text("encounter.json"))
    answer = score(service, "\n".join(json.dumps({**one, "encounter_id": f"E{n}"}) for n in range(3)))
    assert answer.status_code == 413
    assert answer.json()["type"].endswith("too-many-encounters")


@pytest.mark.parametrize(
    "content", [b"", b"not json", b"[]", b'{"resourceType": "Patient"}', b"\xff\xfe\x00", b"{" * 5000]
)
def test_what_is_no_encounter_is_said_in_the_report(service, content):
    answer = score(service, content)
    assert answer.status_code == 200
    assert answer.json()["encounters"] == []
    assert answer.json()["input_findings"]


def test_other_media_types_and_payers_are_refused(service):
    assert score(service, b"x", **{"Content-Type": "text/plain"}).status_code == 415
    answer = service.post(SCORE, params={"payer": "nobody"}, content=text("encounter.json"), headers=JSON)
    assert answer.status_code == 404

"""Limits of bodies, claims, lines and time; encodings; formats. Each refusal says what to do and holds no content."""

import gzip
import json
import zlib

import pytest

from api.examples import TRY_BODY
from tests.api.requests import check
from tests.cli.small import CLEAN

KIND = "urn:cleanclaim:problem:"


@pytest.fixture
def strict(started):
    """A service with narrow limits."""

    def start(**changes):
        return started(**changes)

    return start


def refused(answer, status, kind):
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["type"] == KIND + kind
    assert problem["status"] == status
    assert problem["request_id"] == answer.headers["x-request-id"]
    assert "TEST" not in answer.text
    return problem


def test_a_body_beyond_the_limit(strict, office):
    client = strict(max_body_bytes=1024)
    assert len(office) > 1024
    problem = refused(check(client, office), 413, "body-too-large")
    assert "/v1/claims/batches" in problem["detail"]
    assert check(client, office[:1024]).status_code == 200


def test_a_body_of_unknown_length_is_stopped_on_the_way(strict, office):
    client = strict(max_body_bytes=1024)
    sent = 0

    def without_end():
        nonlocal sent
        for _ in range(1000):
            sent += len(office)
            yield office

    refused(check(client, without_end()), 413, "body-too-large")


def test_a_gzip_that_grows_is_stopped(client):
    bomb = gzip.compress(bytes(200 * 1024 * 1024), 9)
    assert len(bomb) < 300_000
    refused(check(client, bomb, headers={"Content-Encoding": "gzip"}), 413, "body-too-large")


@pytest.mark.parametrize(
    "content",
    [b"not gzip", gzip.compress(b"x" * 5000)[:-9], zlib.compress(b"x")],
    ids=["text", "cut off", "zlib"],  # gzip holds the time
)
def test_a_gzip_that_is_none(client, content):
    refused(check(client, content, headers={"Content-Encoding": "gzip"}), 400, "bad-request")


@pytest.mark.parametrize("encoding", ["br", "deflate", "gzip, gzip", "zstd"])
def test_another_encoding(client, office, encoding):
    answer = check(client, office, headers={"Content-Encoding": encoding})
    refused(answer, 415, "unsupported-encoding")
    assert answer.headers["accept-encoding"] == "gzip, identity"


@pytest.mark.parametrize("media_type", ["text/plain", "text/html", "multipart/form-data", ""])
def test_another_media_type(client, office, media_type):
    refused(check(client, office, media_type=media_type), 415, "unsupported-media-type")


def test_too_many_claims(strict, office):
    refused(check(strict(max_claims=3), office), 413, "too-many-claims")


def test_as_many_claims_as_allowed(strict, office):
    assert check(strict(max_claims=4), office).status_code == 200


def test_too_many_lines(strict, office):
    refused(check(strict(max_lines=8), office), 413, "too-many-lines")


def test_a_claim_with_too_many_lines(strict, office):
    problem = refused(check(strict(max_claim_lines=3), office), 413, "too-many-lines")
    assert problem["detail"] == "Claim 2 of the body has more than 3 lines."


def test_a_claim_whose_lines_share_a_number_is_checked_line_by_line(client):
    claim = json.loads(CLEAN.read_text())
    content = json.dumps(claim | {"lines": claim["lines"] * 400}).encode()
    answer = check(client, content, media_type="application/json")
    assert answer.status_code == 200
    assert "INT-0018" in {finding["rule"] for finding in answer.json()["claims"][0]["findings"]}


def test_too_much_time(strict, office):
    service = strict(max_seconds=1e-9)
    refused(check(service, office), 413, "takes-too-long")
    x12 = {"Content-Type": "application/edi-x12"}
    refused(service.post("/v1/claims/history", content=office, headers=x12), 413, "takes-too-long")
    draft = TRY_BODY["content"]["application/json"]["examples"]["draft"]["value"]
    refused(service.post("/v1/rules/try", json=draft), 413, "takes-too-long")


@pytest.mark.parametrize(
    ("accept", "given"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("application/*", "application/json"),
        ("application/x-ndjson", "application/x-ndjson"),
        ("application/json;q=0.1, application/x-ndjson", "application/x-ndjson"),
        ("application/json;q=0, */*", "application/x-ndjson"),
        ("text/html, */*;q=0.1", "application/json"),
    ],
)
def test_accept_picks_the_format(client, office, accept, given):
    assert check(client, office, accept=accept).headers["content-type"] == given


@pytest.mark.parametrize("accept", ["text/html", "application/pdf", "application/json;q=0", "nonsense", "a/b;q=x"])
def test_a_format_that_is_not_offered(client, office, accept):
    problem = refused(check(client, office, accept=accept), 406, "not-acceptable")
    assert "application/x-ndjson" in problem["detail"]


@pytest.mark.parametrize(
    "path", ["/v1/nothing", "/V1/packs", "/v1/packs/", "/v1/rules/NOPE-1", "/v1/checks/" + "0" * 32]
)
def test_what_is_not_there(client, path):
    refused(client.get(path), 404, "not-found")


def test_a_method_that_is_not_taken(client):
    answer = client.delete("/v1/packs")
    refused(answer, 405, "method-not-allowed")
    assert answer.headers["allow"]


def test_headers_keep_browsers_careful(client):
    for path in ("/healthz", "/v1/nothing", "/v1/packs"):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert headers["cache-control"] == "no-store"
        assert headers["x-frame-options"] == "DENY"


def test_a_request_id_is_taken_when_it_is_harmless(client):
    assert (
        client.get("/healthz", headers={"X-Request-ID": "from-the-proxy-1"}).headers["x-request-id"]
        == "from-the-proxy-1"
    )
    assert client.get("/healthz", headers={"X-Request-ID": "a b\tc"}).headers["x-request-id"] != "a b\tc"


def test_a_fault_of_ours_is_a_problem_without_values(client, office, monkeypatch):
    def broken(*_arguments, **_options):
        raise RuntimeError("TESTA MARIA TST100200301")

    monkeypatch.setattr("api.routes.claims.check_content", broken)
    problem = refused(check(client, office), 500, "internal")
    assert problem["detail"].startswith("RuntimeError;")

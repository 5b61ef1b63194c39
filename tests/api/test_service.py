"""What the service says of itself; who is let in when nobody has a key; what stays out of the logs."""

import json
import re

import pytest

from api.logs import configure_logs
from api.store.keys import create_key
from tests.api.requests import check, send_batch, until_ended
from tests.cli.small import CLEAN, DAMAGED


def test_ready_says_what_is_loaded(client):
    found = client.get("/readyz").json()
    assert found["status"] == "ready"
    assert [pack["name"] for pack in found["packs"]] == ["billing", "coding", "payers"]
    assert found["content_kept"] is True
    assert found["authentication"] == "none: open on loopback"


def test_without_a_store_it_is_alive_but_not_ready(started, tmp_path, office):
    client = started()
    (tmp_path / "service.sqlite3").rename(tmp_path / "elsewhere")
    client.app.state.service.database.engine.dispose()
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 503
    answer = check(client, office)
    assert answer.status_code == 503
    assert answer.json()["type"] == "urn:cleanclaim:problem:store-unreachable"
    assert answer.headers["retry-after"] == "5"
    client.app.state.service.database.engine.dispose()
    (tmp_path / "elsewhere").replace(tmp_path / "service.sqlite3")
    assert check(client, office).status_code == 200
    assert client.get("/readyz").status_code == 200


def test_metrics_count_claims_and_findings(client, office):
    check(client, office)
    text = client.get("/metrics").text
    assert 'cleanclaim_claims_total{verdict="will_deny"}' in text
    assert 'cleanclaim_findings_total{rule="BIL-0001"} 1.0' in text
    assert 'cleanclaim_requests_total{method="POST",route="/v1/claims/check",status="200"} 1.0' in text
    assert 'cleanclaim_request_seconds_bucket{le="0.005",route="/v1/claims/check"}' in text
    for private in ("OV-1001", "TESTA", "TST100200301"):
        assert private not in text


class TestOpen:
    def test_without_keys_it_runs_open_on_loopback(self, client):
        assert client.get("/v1/packs").status_code == 200

    @pytest.mark.parametrize(
        "headers",
        [
            {"Host": "evil.example"},
            {"Host": "127.0.0.1.evil.example:8080"},
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Host": ""},
        ],
    )
    def test_but_not_for_pages_in_a_browser(self, client, headers):
        assert client.post("/v1/packs/reload", headers=headers).status_code == 403

    def test_pages_of_its_own_may(self, client):
        assert client.get("/v1/packs", headers={"Origin": "http://localhost:8080"}).status_code == 200

    def test_the_first_key_closes_it(self, client):
        create_key(client.app.state.service.database, "first", ("check",), None, "test")
        assert client.get("/v1/packs").status_code == 401

    def test_it_can_be_closed_from_the_start(self, started):
        assert started(require_auth=True).get("/v1/packs").status_code == 401

    def test_a_wrong_key_is_no_way_in(self, client):
        assert client.get("/v1/packs", headers={"Authorization": "Bearer nothing"}).status_code == 401
        assert client.get("/v1/packs", headers={"X-API-Key": "cck_a_b"}).status_code == 401


def test_requests_of_a_key_are_limited_over_all_workers(started):
    workers = [started(rate_per_minute=5), started(again=True, rate_per_minute=5)]
    key = create_key(workers[0].app.state.service.database, "busy", ("rules:read",), None, "test")
    other = create_key(workers[0].app.state.service.database, "calm", ("rules:read",), None, "test")
    answers = [workers[n % 2].get("/v1/packs", headers={"X-API-Key": key}) for n in range(14)]
    limited = [answer for answer in answers if answer.status_code == 429]
    assert 4 <= len(limited) <= 9  # nine, or fewer when a minute ended meanwhile
    assert 0 < int(limited[0].headers["retry-after"]) <= 60
    assert workers[0].get("/v1/packs", headers={"X-API-Key": other}).status_code == 200


def test_too_many_waiting_are_refused_at_once(started, office):
    client = started(max_waiting=1)
    client.app.state.service.turns._waiting = 1
    answer = check(client, office)
    assert answer.status_code == 503
    assert answer.json()["type"] == "urn:cleanclaim:problem:overloaded"


def test_logs_audit_and_problems_hold_no_claim_content(started, store, capfd, monkeypatch, office):
    """Everything that can be done with claims is done, well and badly; then everything that was written is searched."""
    configure_logs("info")  # to the standard error that is captured
    client = started()
    contents = [office, DAMAGED.read_bytes(), CLEAN.read_bytes(), b"TESTA MARIA TST100200301", office[:1500]]
    said = []
    for content in contents:
        answer = check(client, content)
        check_id = answer.headers["cleanclaim-check"]
        said += [client.get(f"/v1/checks/{check_id}/explain", params={"claim": "OV-1999"}).text]
        said += [check(client, content, accept="text/html").text, check(client, content, payer="nobody").text]
        said += [check(client, content, headers={"Content-Encoding": "gzip"}).text]
        said += [client.post("/v1/rules/try", json={"rule": content.decode(), "claim": content.decode()}).text]
        said += [client.post("/v1/rules/try", content=content, headers={"Content-Type": "application/json"}).text]
        until_ended(client, send_batch(client, content).json()["id"])
        client.post("/v1/claims/history", content=content, headers={"Content-Type": "application/edi-x12"})
        client.get("/v1/checks/OV-1001")
        client.get("/v1/rules/TESTA", params={"claim": "TST100200301"})

    def broken(*_arguments, **_options):
        raise ValueError("TESTA MARIA TST100200301")

    monkeypatch.setattr("api.routes.claims.check_content", broken)
    said += [check(client, office).text]
    monkeypatch.setattr("api.batching.Work.slice", broken)
    failed = until_ended(client, send_batch(client, office).json()["id"])
    assert failed["state"] == "failed"
    with store().reading() as connection:
        said += [str(row) for row in connection.exec_driver_sql("SELECT * FROM audit")]
    written = "".join(capfd.readouterr())
    events = [json.loads(line) for line in written.splitlines() if line.startswith("{")]
    assert {"request", "batch_done", "batch_fault", "request_failed"} <= {event["event"] for event in events}
    assert all("request_id" in event for event in events if event["event"] == "request")
    assert any(event.get("fault", {}).get("kind") == "ValueError" for event in events)
    private = set(re.findall(rb"NM1\*(?:IL|QC)\*1\*(\w+)\*(\w+)", office)[0]) | {
        b"TST1002003",
        b"OV-1",
        b"R079",
        b"PCN0001",
        b"RIVERA",
    }
    for word in {one.decode() for one in private} | {"19800615", "12 SAMPLE ST"}:
        assert word not in written, word
        assert not [text for text in said if word in text], word

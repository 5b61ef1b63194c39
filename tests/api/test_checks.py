"""``/v1/claims/check`` and ``/v1/checks``: the report is the command line's, byte for byte."""

import gzip
import shutil

import pytest

from tests.api.requests import check, packs_in
from tests.cli.small import CLEAN, DAMAGED, EXAMPLES, OFFICE, ROOT


@pytest.mark.parametrize("path", [OFFICE, DAMAGED, CLEAN, EXAMPLES / "claim.fhir.json", EXAMPLES / "dental.837"])
@pytest.mark.parametrize(
    ("media_type", "name"),
    [
        ("application/json", "json"),
        ("application/x-ndjson", "ndjson"),
        ("application/sarif+json", "sarif"),
        ("application/edi-x12", "277ca"),
        ("application/fhir+json", "fhir"),
    ],
)
def test_the_report_is_that_of_the_command_line(client, printed, path, media_type, name):
    content = path.read_bytes()
    answer = check(client, content, accept=media_type)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == media_type
    assert answer.content == printed(content, "--format", name)
    assert len(answer.content) > 200
    assert answer.headers["cleanclaim-input-findings"].isdecimal()


@pytest.mark.parametrize("content", [b"", b"not a claim", b"\x00\xff\x00", b"[" * 5000, b'{"a": 1e999}'])
def test_what_is_no_claim_is_answered_as_the_command_line_reports_it(client, printed, content):
    answer = check(client, content)
    assert answer.status_code == 200
    assert answer.content == printed(content, "--format", "json")
    assert answer.json()["input_findings"] or answer.json()["claims"]


def test_the_payer_and_the_file_name_are_the_callers(client, printed, office):
    answer = check(client, office, payer="acme-ppo", file="march.837")
    assert [claim["payer"] for claim in answer.json()["claims"]] == ["acme-ppo"] * 4
    assert {claim["source"]["file"] for claim in answer.json()["claims"]} == {"march.837"}
    plain = printed(office, "--format", "json", "--payer", "acme-ppo")
    assert answer.content.replace(b'"file":"march.837"', b'"file":"-"') == plain


def test_an_unknown_payer_is_said(client, office):
    answer = check(client, office, payer="acme")
    assert answer.status_code == 404
    assert "unknown payer acme" in answer.json()["detail"]


def test_gzip_is_taken(client, office):
    plain = check(client, office)
    packed = check(client, gzip.compress(office), headers={"Content-Encoding": "gzip"})
    twice = check(
        client, gzip.compress(office[:500]) + gzip.compress(office[500:]), headers={"Content-Encoding": "gzip"}
    )
    assert plain.content == packed.content == twice.content


def test_every_answer_names_its_packs(client, office):
    packs = client.get("/v1/packs").json()["packs"]
    answer = check(client, office)
    assert packs_in(answer) == packs == answer.json()["tool"]["packs"]
    again = client.get(f"/v1/checks/{answer.headers['cleanclaim-check']}")
    assert packs_in(again) == packs


def test_a_saved_check_is_the_same_report(client, office):
    answer = check(client, office, accept="application/x-ndjson")
    saved = client.get(f"/v1/checks/{answer.headers['cleanclaim-check']}")
    assert saved.content == check(client, office).content


def test_without_a_content_key_the_report_is_kept_and_the_claims_are_not(started, store, office):
    client = started(content_key="")
    answer = check(client, office)
    check_id = answer.headers["cleanclaim-check"]
    assert client.get(f"/v1/checks/{check_id}").content == answer.content
    explained = client.get(f"/v1/checks/{check_id}/explain", params={"number": 1})
    assert explained.status_code == 409
    assert explained.json()["type"] == "urn:cleanclaim:problem:content-not-kept"
    assert "CLEANCLAIM_CONTENT_KEY" in explained.json()["detail"]
    with store(content_key="").reading() as connection:
        assert connection.exec_driver_sql("SELECT content FROM checks").scalar() is None


def test_with_a_content_key_nothing_of_the_claim_can_be_read_in_the_store(started, store, tmp_path, office):
    client = started()
    check(client, office)
    client.post("/v1/claims/history", content=office, headers={"Content-Type": "application/edi-x12"})
    with store().writing() as connection:
        connection.exec_driver_sql("SELECT 1")
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("service.sqlite3*"))
    assert len(kept) > 10_000
    for private in (b"OV-1001", b"TESTA", b"TST100200301", b"99214", b"will_deny"):
        assert private in office or private == b"will_deny"
        assert private not in kept


def test_another_key_opens_nothing_and_says_so(started, office):
    check_id = check(started(), office).headers["cleanclaim-check"]
    answer = started(again=True, content_key="A" * 43 + "=").get(f"/v1/checks/{check_id}")
    assert answer.status_code == 409
    assert "not among CLEANCLAIM_CONTENT_KEY" in answer.json()["detail"]


def test_keys_are_rotated(started, settings, office):
    old = settings().content_key.get_secret_value()
    check_id = check(started(), office).headers["cleanclaim-check"]
    rotated = started(again=True, content_key="A" * 43 + "=," + old)
    assert rotated.get(f"/v1/checks/{check_id}").status_code == 200


def test_checks_expire(started, store, office):
    client = started()
    check_id = check(client, office).headers["cleanclaim-check"]
    with store().writing() as connection:
        connection.exec_driver_sql("UPDATE checks SET expires_at = 1")
    assert client.get(f"/v1/checks/{check_id}").status_code == 404


class TestExplain:
    def explain(self, client, check_id, **options):
        return client.get(f"/v1/checks/{check_id}/explain", params=options)

    def test_an_explanation_is_that_of_the_command_line(self, client, printed, office):
        check_id = check(client, office).headers["cleanclaim-check"]
        for options in ((), ("--rule", "BIL-0001"), ("--rule", "INT-0001")):
            wanted = printed(office, "--claim", "OV-1002", "--format", "json", *options, command="explain")
            asked = {"claim": "OV-1002"} | ({"rule": options[1]} if options else {})
            answer = self.explain(client, check_id, **asked)
            assert answer.status_code == 200
            assert answer.content == wanted
            assert len(answer.content) > 100

    def test_why_not(self, client, office):
        check_id = check(client, office).headers["cleanclaim-check"]
        answer = self.explain(client, check_id, rule="BIL-0001", number=1).json()
        assert answer["claim_id"] == "OV-1001"
        assert [one["outcome"] for one in answer["explanations"]] == ["passed"]
        assert answer["explanations"][0]["would_fire_if"]

    def test_which_claim_has_to_be_clear(self, client, office):
        check_id = check(client, office).headers["cleanclaim-check"]
        several = self.explain(client, check_id)
        assert several.status_code == 422
        assert "OV-1001" not in several.text
        assert self.explain(client, check_id, claim="nobody").status_code == 404
        assert self.explain(client, check_id, number=9).status_code == 404
        assert self.explain(client, check_id, number=1, rule="BIL-9999").status_code == 404
        assert self.explain(client, "0" * 32).status_code == 404

    def test_rules_of_then_explain_after_a_reload(self, client, rules, printed, office):
        check_id = check(client, office).headers["cleanclaim-check"]
        wanted = printed(office, "--claim", "OV-1002", "--format", "json", command="explain")
        before = client.get("/v1/packs").json()
        path = next(rules.rglob("units-not-positive.yaml"))
        path.write_text(path.read_text().replace("bills {line.units}", "has {line.units}"))
        after = client.post("/v1/packs/reload").json()
        assert after["ruleset"] != before["ruleset"]
        answer = self.explain(client, check_id, claim="OV-1002")
        assert answer.content == wanted
        assert packs_in(answer) == before["packs"]
        assert b"has 0 units" in check(client, office).content

    def test_rules_of_then_are_found_by_a_process_that_never_ran_them(self, started, rules, office):
        client = started()
        check_id = check(client, office).headers["cleanclaim-check"]
        wanted = self.explain(client, check_id, claim="OV-1002").content
        path = next(rules.rglob("units-not-positive.yaml"))
        path.write_text(path.read_text().replace("bills {line.units}", "has {line.units}"))
        assert client.post("/v1/packs/reload").status_code == 200
        assert self.explain(started(again=True), check_id, claim="OV-1002").content == wanted

    def test_tables_of_now_are_not_passed_off_as_those_of_then(self, client, settings, office):
        check_id = check(client, office).headers["cleanclaim-check"]
        table = settings().tables / "mue-practitioner.csv"
        table.write_text(table.read_text().replace("85025,2", "85025,9"))
        assert client.post("/v1/packs/reload").status_code == 200
        answer = self.explain(client, check_id, number=1)
        assert answer.status_code == 409
        assert answer.json()["type"] == "urn:cleanclaim:problem:tables-changed"


class TestHistory:
    """Rules that look back see the claims that were kept, and an explanation sees those of then."""

    def sent(self, client, content):
        return client.post("/v1/claims/history", content=content, headers={"Content-Type": "application/edi-x12"})

    @pytest.fixture
    def looking_back(self, rules):
        for name in ("claim-duplicate-in-history.yaml", "claim-duplicate-in-history.test.yaml"):
            shutil.copy(ROOT / "rules" / "billing" / "claim-frame" / name, rules / "billing" / name)

    @pytest.mark.usefixtures("looking_back")
    def test_history_is_looked_at_when_asked_for(self, client, printed, tmp_path, office):
        path = tmp_path / "earlier.837"
        path.write_bytes(office)
        kept = self.sent(client, office)
        assert kept.status_code == 201
        assert (kept.json()["claims"], kept.json()["without_patient"]) == (4, 0)
        changed = office.replace(b"OV-100", b"OV-200")
        answer = check(client, changed, history="true")
        assert answer.content == printed(changed, "--format", "json", "--history", str(path))
        found = [finding["name"] for claim in answer.json()["claims"] for finding in claim["findings"]]
        assert found.count("claim-duplicate-in-history") == 9  # every line of the four claims
        assert "claim-duplicate-in-history" not in str(check(client, changed).json()["claims"][0]["findings"])

    @pytest.mark.usefixtures("looking_back")
    def test_an_explanation_sees_the_history_of_then(self, client, office):
        changed = office.replace(b"OV-100", b"OV-200")
        check_id = check(client, changed, history="true").headers["cleanclaim-check"]
        before = client.get(f"/v1/checks/{check_id}/explain", params={"number": 1}).content
        assert self.sent(client, office).json()["claims"] == 4
        assert client.get(f"/v1/checks/{check_id}/explain", params={"number": 1}).content == before
        later = check(client, changed, history="true").headers["cleanclaim-check"]
        assert client.get(f"/v1/checks/{later}/explain", params={"number": 1}).content != before

    def test_without_a_content_key_there_is_no_history(self, started, office):
        client = started(content_key="")
        answer = client.post("/v1/claims/history", content=office, headers={"Content-Type": "application/edi-x12"})
        assert answer.status_code == 409
        assert check(client, office, history="true").status_code == 409


@pytest.mark.parametrize("day", ["15 April", "0", "1776211200", "20260415", "2026-4-5", "2026-02-30", "٢٠٢٦-04-15"])
def test_a_day_is_written_out_or_refused(client, office, day):
    assert check(client, office, received_on=day).status_code == 422


def test_history_without_a_claim_says_so(client):
    answer = client.post("/v1/claims/history", content=b"[null]", headers={"Content-Type": "application/json"})
    assert answer.status_code == 201
    assert answer.json()["claims"] == 0
    assert answer.json()["input_findings"][0]["rule"] == "INT-0001"

"""``/v1/rules``, ``/v1/tables``, ``/v1/codes`` and ``/v1/audit``."""

import json

import pytest
from typer.testing import CliRunner

from engine.cli.app import app as command_line
from tests.api.requests import check
from tests.cli.small import RECEIVED_ON

DRAFT = """
id: BIL-0901
name: many-draws
title: One venipuncture is billed with one unit
status: draft
severity: warning
disposition: line_denial
category: units
snip: 7
applies_to: {claim_types: [professional]}
effective: {from: 2013-01-01}
references:
  - {title: "Billing policy of our site", locator: "section 4"}
why: One blood draw a visit.
when:
  line:
    procedure: {is: "36415"}
    units: {less_than: 1}
finding:
  at: line.units
  says: "Line {line.number} bills {line.units} units of {line.procedure}."
  fix: "Bill one unit if the record shows one draw."
predicts: {group: CO, carc: "151"}
"""
TEST = """
rule: BIL-0901
base: professional/minimal
cases:
  - name: none is flagged
    given: {lines: [{number: 1, procedure: "36415", units: 0}]}
    expect: [{at: line 1 units, says: "Line 1 bills 0 units of 36415."}]
  - name: one is quiet
    given: {lines: [{number: 1, procedure: "36415", units: 1}]}
    expect: []
"""


def test_the_list_is_that_of_the_command_line(client):
    printed = json.loads(CliRunner().invoke(command_line, ["rules", "list", "--format", "json"]).stdout)
    assert client.get("/v1/rules").json()["rules"] == printed
    assert len(printed) == 9
    some = client.get("/v1/rules", params={"pack": "billing", "severity": "error", "status": "stable"}).json()["rules"]
    assert some == [r for r in printed if (r["pack"], r["severity"], r["status"]) == ("billing", "error", "stable")]
    assert 0 < len(some) < 9
    assert client.get("/v1/rules", params={"status": "new"}).status_code == 422


def test_a_rule_is_shown_with_its_files(client, rules):
    found = client.get("/v1/rules/BIL-0001").json()
    path = next(rules.rglob("units-not-positive.yaml"))
    assert found["source"] == path.read_text()
    assert found["test"] == path.with_name("units-not-positive.test.yaml").read_text()
    assert found["references"][0]["title"]
    assert found["effective"]["from"] == "2013-01-01"


class TestLint:
    def lint(self, client, rule, test=""):
        answer = client.post("/v1/rules/lint", json={"rule": rule, "test": test})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def test_a_sound_draft(self, client):
        found = self.lint(client, DRAFT, TEST)
        assert found["mistakes"] == []
        assert found["cases"] == [{"name": "none is flagged", "problems": []}, {"name": "one is quiet", "problems": []}]
        assert found["sound"] is True, found["remarks"]

    def test_a_case_that_fails(self, client):
        found = self.lint(client, DRAFT, TEST.replace("bills 0 units", "has 0 units"))
        assert found["sound"] is False
        assert "expected at 'line 1 units'" in found["cases"][0]["problems"][0]

    @pytest.mark.parametrize(
        ("old", "new", "at", "says"),
        [
            ("less_than: 1", "below: 1", "draft.yaml:18:13", "unknown operator below"),
            ("{line.units} units", "{line.unitz} units", "many-draws.yaml:21:3", "no field unitz"),
            ("BIL-0901", "ABC-0901", "draft.yaml:2", "no pack has ids that begin with ABC-"),
            ("many-draws", "units-not-positive", "", "units-not-positive stands twice"),
            (DRAFT, "id: [", "draft.yaml:2", "not valid YAML"),
            (DRAFT, "[" * 3000, "draft.yaml", ""),
            (DRAFT, "a: &x 1\nb: *x", "draft.yaml:1:4", "anchors"),
        ],
    )
    def test_mistakes_say_where(self, client, old, new, at, says):
        found = self.lint(client, DRAFT.replace(old, new))
        assert found["sound"] is False
        assert any(at in one["at"] and says in one["says"] for one in found["mistakes"]), found["mistakes"]

    def test_remarks_of_the_checks(self, client):
        found = self.lint(client, DRAFT.replace("One venipuncture is billed with one unit", "one venipuncture."))
        assert [remark["check"] for remark in found["remarks"]] == ["title"]

    def test_a_test_reads_no_file_but_base_claims(self, client):
        found = self.lint(client, DRAFT, TEST.replace("professional/minimal", "../../../etc/passwd"))
        assert "does not have the required form" in found["mistakes"][0]["says"]

    @pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'{"rule": 1}', b'{"rule": "x", "more": 1}', b"\xff"])
    def test_a_body_that_does_not_fit(self, client, body):
        answer = client.post("/v1/rules/lint", content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code == 422
        assert answer.json()["errors"]


class TestTry:
    def test_the_draft_alone_runs(self, client, office):
        sent = {"rule": DRAFT, "claims": office.decode(), "received_on": RECEIVED_ON}
        found = client.post("/v1/rules/try", json=sent).json()
        assert found["mistakes"] == []
        claims = found["report"]["claims"]
        assert [[f["rule"] for f in claim["findings"]] for claim in claims] == [[], ["BIL-0901"], [], []]
        assert claims[1]["findings"][0]["says"] == "Line 4 bills 0 units of 36415."
        outcomes = [one["explanations"][0]["outcome"] for one in found["explanations"]]
        assert outcomes == ["passed", "finding", "passed", "passed"]

    def test_a_draft_in_place_of_a_rule(self, client, rules, office):
        rule = (
            next(rules.rglob("units-not-positive.yaml")).read_text().replace("bills {line.units}", "has {line.units}")
        )
        found = client.post("/v1/rules/try", json={"rule": rule, "claims": office.decode()}).json()
        assert "has 0 units" in str(found["report"])
        assert "bills 0 units" in check(client, office).text  # nothing has changed

    def test_json_claims(self, client):
        from tests.cli.small import CLEAN

        claim = json.loads(CLEAN.read_text())
        claim["lines"][0] |= {"procedure": "36415", "units": 0}
        for claims in (claim, [claim], json.dumps(claim)):
            found = client.post("/v1/rules/try", json={"rule": DRAFT, "claims": claims}).json()
            assert [f["rule"] for f in found["report"]["claims"][0]["findings"]] == ["BIL-0901"]

    def test_a_draft_with_mistakes_is_not_tried(self, client, office):
        found = client.post("/v1/rules/try", json={"rule": "id: [", "claims": office.decode()}).json()
        assert found["report"] is None
        assert found["mistakes"]

    def test_limits_hold(self, started, office):
        client = started(max_claims=2)
        answer = client.post("/v1/rules/try", json={"rule": DRAFT, "claims": office.decode()})
        assert answer.status_code == 413
        assert client.post("/v1/rules/try", json={"rule": DRAFT, "claims": "x", "payer": "zz"}).status_code == 404


def test_tables_say_what_is_loaded_and_what_is_missing(client):
    found = client.get("/v1/tables").json()
    names = {table["name"] for table in found["tables"]}
    assert {"mue-practitioner", "ptp-practitioner", "icd10cm"} <= names
    assert all(table["digest"] for table in found["tables"])
    assert isinstance(found["missing"], list)


class TestCodes:
    def test_a_code_is_shown_as_the_command_line_shows_it(self, client, settings):
        words = ["codes", "show", "E11.9", "--on", "2026-04-15", "--format", "json", "--tables", str(settings().tables)]
        printed = json.loads(CliRunner().invoke(command_line, words).stdout)
        found = client.get("/v1/codes/icd10cm/E11.9", params={"on": "2026-04-15"}).json()
        assert found["cards"] == printed["cards"]
        assert found["packs"]

    def test_an_unknown_code(self, client):
        answer = client.get("/v1/codes/icd10cm/E1199")
        assert answer.status_code == 404
        assert "No loaded table knows E1199" in answer.json()["detail"]
        assert client.get("/v1/codes/latin/E119").status_code == 422
        assert client.get("/v1/codes/icd10cm/%3Cscript%3E").status_code == 422

    def test_a_search_in_a_table_that_is_not_loaded_says_so(self, client):
        answer = client.get("/v1/codes/search", params={"q": "wheelchair", "system": "hcpcs"})
        assert answer.status_code == 409
        assert "hcpcs" in answer.json()["detail"]

    @pytest.mark.parametrize("q", ["", " ", "x" * 201])
    def test_nothing_to_search_for(self, client, q):
        assert client.get("/v1/codes/search", params={"q": q}).status_code == 422


def test_the_audit_log_tells_what_happened(client, office):
    check_id = check(client, office).headers["cleanclaim-check"]
    client.post("/v1/packs/reload")
    entries = client.get("/v1/audit").json()["entries"]
    assert [entry["action"] for entry in entries] == [
        "packs.in_force",
        "service.started",
        "claims.checked",
        "packs.in_force",
    ]
    assert entries[2]["subject"] == f"check:{check_id}"
    assert entries[2]["actor"] == "open"
    assert json.loads(entries[2]["detail"])["claims"] == 4
    assert client.get("/v1/audit", params={"after": 2, "limit": 1}).json()["entries"] == entries[2:3]

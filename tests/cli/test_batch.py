"""``cleanclaim batch`` as its user sees it, with the shipped rules."""

import json
import os

import pytest
from typer.testing import CliRunner

from engine.cli.app import app
from tests.cli.small import EXAMPLES, RECEIVED_ON


def cleanclaim(*words):
    return CliRunner().invoke(app, [os.fspath(word) for word in words], catch_exceptions=False)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_batch_equals_the_check_and_is_refused_when_changed(tmp_path):
    given = [EXAMPLES / "office-visit.837", EXAMPLES / "damaged.837", EXAMPLES / "claim.fhir.json"]
    options = ["--format", "ndjson", "--tables", EXAMPLES / "tables"]
    dated = [*options, "--received-on", RECEIVED_ON]
    out = tmp_path / "out"
    done = cleanclaim("batch", *given, "--out", out, *dated)
    check = cleanclaim("check", *given, *dated)
    assert done.exit_code == check.exit_code == 1, done.stderr
    lines = check.stdout.splitlines()
    outside = [line for line in lines if "claim_id" not in json.loads(line)]
    assert (out / "claims.ndjson").read_text().splitlines() == [line for line in lines if line not in outside]
    problems = [json.loads(line) for line in (out / "problems.ndjson").read_text().splitlines()]
    assert problems == [finding for line in outside for finding in json.loads(line)["input_findings"]]
    summary = json.loads((out / "summary.json").read_bytes())
    assert summary["claims"] == len(lines) - len(outside)
    assert summary["files"] == 3
    assert sum(payer["claims"] for payer in summary["payers"]) == summary["claims"]
    assert "Payer" in done.stdout
    assert "acme-ppo" in done.stdout
    again = cleanclaim("batch", *given, "--out", out, *options)
    assert again.exit_code == 1
    assert f"going on with claims received on {RECEIVED_ON}" in again.stderr
    other = cleanclaim("batch", *given, "--out", out, "--payer", "medicare", *dated)
    assert other.exit_code == 2
    assert "--payer was not given, now medicare" in other.stderr


@pytest.mark.parametrize(
    ("given", "out", "said"),
    [
        ("gone", "out", "gone: no such file"),
        ("-", "out", "standard input cannot be read twice"),
        (EXAMPLES / "claim.json", EXAMPLES / "claim.json" / "out", "cannot be written: not a directory"),
    ],
)
def test_what_cannot_be_used_is_said(tmp_path, given, out, said):
    done = cleanclaim("batch", given, "--out", tmp_path / out)
    assert done.exit_code == 2
    assert said in done.stderr


@pytest.mark.parametrize("option", ["--history", "--eligibility"])
def test_what_is_given_beside_the_claims_must_be_there(tmp_path, option):
    given = EXAMPLES / "office-visit.837"
    done = cleanclaim("batch", given, "--out", tmp_path / "out", "--format", "ndjson", option, tmp_path / "nope")
    assert done.exit_code == 2
    assert "nope: no such file or directory" in " ".join(done.stderr.split())
    assert f"{option} PATH" in " ".join(done.stderr.split())

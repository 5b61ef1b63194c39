"""``cleanclaim batch`` as its user sees it, with the shipped rules."""

import json
import subprocess
import sys

import pytest

from tests.cli.small import EXAMPLES, RECEIVED_ON, ROOT


def cleanclaim(*words):
    command = [sys.executable, "-m", "engine.cli", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)


@pytest.mark.slow
def test_a_batch_equals_the_check_and_is_refused_when_changed(tmp_path):
    given = [EXAMPLES / "office-visit.837", EXAMPLES / "damaged.837", EXAMPLES / "claim.fhir.json"]
    options = ["--received-on", RECEIVED_ON, "--tables", EXAMPLES / "tables"]
    out = tmp_path / "out"
    done = cleanclaim("batch", *given, "--out", out, "--format", "ndjson", "--jobs", 2, *options)
    check = cleanclaim("check", *given, "--format", "ndjson", *options)
    assert done.returncode == check.returncode == 1, done.stderr
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
    again = cleanclaim("batch", *given, "--out", out, "--format", "ndjson", "--tables", EXAMPLES / "tables")
    assert again.returncode == 1
    assert f"going on with claims received on {RECEIVED_ON}" in again.stderr
    other = cleanclaim("batch", *given, "--out", out, "--format", "ndjson", "--payer", "medicare", *options)
    assert other.returncode == 2
    assert "--payer was not given, now medicare" in other.stderr


def test_what_cannot_be_used_is_said(tmp_path):
    for words, said in (
        ([tmp_path / "gone", "--out", tmp_path / "a"], "no such file"),
        (["-", "--out", tmp_path / "b"], "standard input cannot be read twice"),
        ([EXAMPLES / "claim.json", "--out", EXAMPLES / "claim.json" / "c"], "cannot be written"),
    ):
        done = cleanclaim("batch", *words)
        assert done.returncode == 2
        assert said in done.stderr
        assert "Traceback" not in done.stderr

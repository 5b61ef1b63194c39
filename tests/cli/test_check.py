"""``cleanclaim check``: options, formats, exit status."""

import json
import shutil
from datetime import date

import pytest

from tests.cli.small import CLEAN, DAMAGED, OFFICE, RECEIVED_ON


def test_a_clean_claim_ends_with_0(run):
    result = run("check", CLEAN)
    assert result.exit_code == 0
    assert "CLEAN  Claim PCN0001" in result.stdout
    assert result.stderr == ""


def test_error_findings_end_with_1_unless_nothing_shall_fail(run):
    assert run("check", OFFICE).exit_code == 1
    assert run("check", OFFICE, "--fail-on", "never").exit_code == 0


def test_warnings_fail_only_when_asked_to(run, tmp_path):
    claim = json.loads(CLEAN.read_text())
    claim["lines"][0] |= {"procedure": "85025", "units": 5}  # a warning of acme-ppo
    path = tmp_path / "warning.json"
    path.write_text(json.dumps(claim))
    assert run("check", path).exit_code == 0
    assert run("check", path, "--fail-on", "warning").exit_code == 1


def test_findings_in_testing_never_fail(run, tmp_path):
    path = tmp_path / "testing.json"
    path.write_text(json.dumps(json.loads(CLEAN.read_text()) | {"total_charge_cents": 14600}))
    result = run("check", path, "--fail-on", "warning")
    assert result.exit_code == 0
    assert "BIL-0004" in result.stdout


@pytest.mark.parametrize("content", [b"", b"not a claim", b'{"some": "json"}', b"\x00\x01\x02"])
def test_a_file_without_a_claim_ends_with_2_and_hides_no_other(run, tmp_path, content):
    path = tmp_path / "bad"
    path.write_bytes(content)
    result = run("check", path, CLEAN)
    assert result.exit_code == 2
    assert "INT-" in result.stdout
    assert "PCN0001" in result.stdout


def test_a_path_that_does_not_exist_ends_with_2_and_hides_no_other(run, tmp_path):
    result = run("check", tmp_path / "nothing.837", CLEAN, "--fail-on", "never")
    assert result.exit_code == 2
    assert "nothing.837: no such file or directory" in result.stderr
    assert "PCN0001" in result.stdout


def test_an_empty_folder_ends_with_2(run, tmp_path):
    (tmp_path / "empty").mkdir()
    result = run("check", tmp_path / "empty")
    assert result.exit_code == 2
    assert "no claim files found" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("--format", "xml"),
        ("--received-on", "15 April"),
        ("--fail-on", "info"),
        ("--engine", "clips"),
        ("--payer", "acme"),
        ("--rules", "/nowhere"),
        ("--tables", "/nowhere"),
        ("--history", "/nowhere"),
        ("--jobs", "0"),
    ],
)
def test_a_wrong_option_ends_with_2_and_says_so(run, arguments):
    result = run("check", CLEAN, *arguments, dated=arguments[0] not in ("--received-on", "--tables"))
    assert result.exit_code == 2
    assert result.stderr
    assert "Traceback" not in result.output


def test_an_unknown_payer_is_told_the_nearest(run):
    assert "did you mean acme-ppo?" in run("check", CLEAN, "--payer", "acme-ppp").stderr


def test_all_mistakes_of_the_rules_are_told_a_line_each(run, rules):
    for path in (rules / "billing" / "lines").glob("*positive.yaml"):
        path.write_text(path.read_text().replace("units: {at_most: 0}", "unit: {at_most: 0}"))
    (rules / "coding" / "units" / "units-over-mue.test.yaml").unlink()
    result = run("check", CLEAN)
    assert result.exit_code == 2
    assert "line has no field unit (did you mean units?)" in result.stderr
    assert "COD-0002 has no test" in result.stderr
    assert result.stdout == ""


def test_a_folder_stands_for_its_files_in_order_without_hidden_and_readme_files(run, tmp_path):
    folder = tmp_path / "claims"
    (folder / "sub").mkdir(parents=True)
    (folder / ".git").mkdir()
    for name in ("b.json", "sub/a.json", ".hidden.json", ".git/x.json", "README.md"):
        shutil.copy(CLEAN, folder / name)
    lines = run("check", folder, "--format", "ndjson").stdout.splitlines()
    assert [json.loads(line)["source"]["file"] for line in lines] == [f"{folder}/b.json", f"{folder}/sub/a.json"]


def test_the_folder_of_tables_is_not_walked(run, tables, tmp_path):
    folder = tmp_path / "claims"
    folder.mkdir()
    shutil.copy(CLEAN, folder / "a.json")
    inside = shutil.move(tables, folder / "tables")
    result = run("check", folder, "--format", "ndjson", "--received-on", RECEIVED_ON, "--tables", inside, dated=False)
    assert (result.exit_code, len(result.stdout.splitlines())) == (0, 1)


def test_standard_input_is_read(run):
    result = run("check", "-", "--format", "ndjson", stdin=CLEAN.read_bytes())
    assert json.loads(result.stdout)["source"] == {"file": "-"}


def test_today_is_the_day_of_receipt_when_none_is_given(run):
    result = run("check", CLEAN, dated=False)
    assert f"claims received on {date.today()}" in result.stdout  # noqa: DTZ011 -- the day of the command line


def test_several_processes_report_the_same_in_the_same_order(run, tmp_path):
    paths = [tmp_path / f"{number}.837" for number in range(5)]
    for path in paths:
        shutil.copy(OFFICE, path)
    shutil.copy(CLEAN, paths[2])
    alone = run("check", *paths, "--format", "json", "--rules", _shared(tmp_path))
    together = run("check", *paths, "--format", "json", "--rules", _shared(tmp_path), "--jobs", "2")
    names = [claim["source"]["file"] for claim in json.loads(together.stdout)["claims"]]
    assert names == [claim["source"]["file"] for claim in json.loads(alone.stdout)["claims"]]
    assert together.exit_code in (0, 1)


def _shared(tmp_path):
    folder = tmp_path / "site"
    folder.mkdir(exist_ok=True)
    return folder


def test_history_is_read(run, tmp_path):
    shutil.copy(CLEAN, tmp_path / "earlier.json")
    assert run("check", CLEAN, "--history", tmp_path / "earlier.json").exit_code == 0


def test_a_payer_is_named(run):
    claim = json.loads(run("check", CLEAN, "--payer", "_base", "--format", "ndjson").stdout)
    assert claim["payer"] == "_base"


@pytest.mark.parametrize(
    ("name", "begins"), [("sarif", '{"$schema"'), ("277ca", "ISA*00*"), ("fhir", '{"resourceType":')]
)
def test_formats_for_other_programs_go_to_standard_output(run, name, begins):
    result = run("check", OFFICE, "--format", name)
    assert result.exit_code == 1
    assert result.stdout.startswith(begins)


def test_problems_that_an_acknowledgment_cannot_tell_go_to_standard_error(run):
    result = run("check", DAMAGED, "--format", "277ca")
    assert "problems of the input outside any claim, which a 277CA cannot tell" in result.stderr


def test_a_damaged_file_still_reports_its_claims(run):
    report = json.loads(run("check", DAMAGED, "--format", "json").stdout)
    assert [claim["claim_id"] for claim in report["claims"]] == ["DM-4001", "DM-4002"]
    assert {"INT-0003", "INT-0017"} <= {finding["rule"] for finding in report["input_findings"]}


def test_verbose_lists_every_clean_claim(run, tmp_path):
    path = tmp_path / "many.ndjson"
    path.write_text("\n".join([json.dumps(json.loads(CLEAN.read_text()))] * 9))
    assert "and 6 more clean claims" in run("check", path).stdout
    assert run("check", path, "--verbose").stdout.count("CLEAN") == 9


def test_control_characters_of_a_claim_do_not_reach_the_terminal(run, tmp_path):
    path = tmp_path / "evil.json"
    claim = json.loads(CLEAN.read_text()) | {"patient_control_number": "A\u001b[31m\u202eB"}
    path.write_text(json.dumps(claim))
    output = run("check", path).stdout
    assert "\x1b" not in output
    assert "\u202e" not in output

"""``cleanclaim explain``."""

import json

import pytest

from tests.cli.small import CLEAN, OFFICE


def test_a_claim_is_explained_finding_by_finding(run):
    result = run("explain", OFFICE, "--claim", "OV-1003")
    assert result.exit_code == 0
    for words in (
        "BIL-0003 at rendering provider npi 95%",
        "Why:     A number that fails its check digit belongs to nobody.",
        "provider.npi_check_digit_ok is false",
        "Source:  45 CFR 162.406, NPI standard, check digit",
        "8 rules judged.",
    ):
        assert words in result.stdout


def test_changes_that_would_help_are_told_with_the_verdict_after_them(run):
    text = " ".join(run("explain", OFFICE, "--claim", "OV-1002", "--rule", "COD-0003").stdout.split())
    assert "Passes if: If the record supports it, remove line 3 (93005). Then WILL REJECT, score 1." in text
    answer = json.loads(run("explain", OFFICE, "--claim", "OV-1002", "--format", "json").stdout)
    removed, appended = answer["passes_if"]
    assert (removed["operation"], removed["at"], removed["passes"]) == ("remove_line", "line 3 procedure", True)
    assert appended["change"] == "If the record supports it, append modifier 59 (or XS) to line 3."
    assert [told["rule"] for told in appended["gone"]] == ["COD-0003"]
    assert appended["come"] == []


@pytest.mark.parametrize(
    ("claim", "rule", "words"),
    [
        ("OV-1002", "COD-0003", ["FOUND", "edit.modifier_indicator is 1"]),
        ("OV-1001", "COD-0003", ["PASSED", "It would fire if"]),
        ("OV-1001", "PAY-0001", ["PASSED", "is more than the payer's timely_filing_days", "compared with 90"]),
        ("OV-1001", "COD-0004", ["NOT APPLICABLE", "its status is draft"]),
        ("OV-1001", "INT-0005", ["PASSED", "the reader found nothing of the kind"]),
        ("OV-1004", "PAY-0001", ["FOUND", "Limit:   timely filing days 90, of acme-ppo since 2024-07-01: amendment 3"]),
    ],
)
def test_a_rule_is_explained(run, claim, rule, words):
    result = run("explain", OFFICE, "--claim", claim, "--rule", rule)
    assert result.exit_code == 0
    for word in words:
        assert word in " ".join(result.stdout.split()) or word in result.stdout


def test_a_rule_of_another_claim_type_does_not_apply(run):
    path = CLEAN.parents[1] / "dental" / "minimal.json"
    result = run("explain", path, "--claim", "PCN0004", "--rule", "COD-0002")
    assert "it is about professional claims, this one is dental" in result.stdout


def test_a_rule_without_its_table_is_not_evaluated(run, tables):
    for path in tables.iterdir():
        path.unlink()
    result = run("explain", OFFICE, "--claim", "OV-1001", "--rule", "COD-0002")
    assert "NOT EVALUATED" in result.stdout
    assert "table mue-practitioner is not loaded" in result.stdout
    whole = run("explain", OFFICE, "--claim", "OV-1001")
    assert "Not judged: 2 rules" in whole.stdout


def test_a_suppressed_finding_says_by_which(run, tmp_path):
    claim = json.loads(CLEAN.read_text())
    line = claim["lines"][0]
    claim["lines"] = [line | {"procedure": "93000"}, line | {"number": 2, "procedure": "93005", "units": 0}]
    path = tmp_path / "suppressed.json"
    path.write_text(json.dumps(claim))
    result = run("explain", path, "--claim", "PCN0001", "--rule", "COD-0003")
    assert "FOUND, BUT LEFT OUT OF THE REPORT" in result.stdout
    assert "at line 2 procedure, BIL-0001 says more" in result.stdout


@pytest.mark.parametrize(
    ("stage", "words"),
    [
        ("intake", "2300    CLM*OV-1002*275***11:B:1*Y*A*Y*Y"),
        ("claim", '"patient_control_number": "OV-1002"'),
        ("facts", "line_charge_sum_cents              $275.00   27500"),
        ("matches", "line  line 4  units 0"),
    ],
)
def test_each_stage_can_be_seen(run, stage, words):
    result = run("explain", OFFICE, "--claim", "OV-1002", "--stage", stage)
    assert result.exit_code == 0
    assert words in result.stdout
    assert json.loads(run("explain", OFFICE, "--claim", "OV-1002", "--stage", stage, "--format", "json").stdout)


def test_json_holds_the_report_and_the_explanations(run):
    answer = json.loads(run("explain", OFFICE, "--claim", "OV-1002", "--format", "json").stdout)
    assert answer["claim"]["claim_id"] == "OV-1002"
    assert {item["rule"] for item in answer["explanations"]} == {"BIL-0001", "BIL-0002", "COD-0003"}
    answer = json.loads(run("explain", OFFICE, "--claim", "OV-1001", "--rule", "PAY-0001", "--format", "json").stdout)
    assert [item["outcome"] for item in answer["explanations"]] == ["passed"]


def test_claims_with_one_id_are_numbered(run, tmp_path):
    path = tmp_path / "twice.ndjson"
    path.write_text("\n".join([json.dumps(json.loads(CLEAN.read_text()))] * 2))
    result = run("explain", path, "--claim", "PCN0001")
    assert "(1 of 2)" in result.stdout
    assert "(2 of 2)" in result.stdout


def test_an_unknown_claim_is_told_the_nearest(run):
    result = run("explain", OFFICE, "--claim", "OV-1009")
    assert result.exit_code == 2
    assert "no claim OV-1009 among 4 (nearest: OV-100" in result.stderr


def test_an_unknown_rule_is_told_the_nearest(run):
    result = run("explain", OFFICE, "--claim", "OV-1001", "--rule", "BIL-001")
    assert result.exit_code == 2
    assert "did you mean BIL-0001?" in result.stderr


def test_a_path_that_does_not_exist(run, tmp_path):
    result = run("explain", tmp_path / "nothing", "--claim", "x")
    assert result.exit_code == 2
    assert "no such file" in result.stderr

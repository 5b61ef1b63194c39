"""``cleanclaim rules`` and ``cleanclaim tables``."""

import json
import shutil

from tests.cli.small import CLEAN, RECEIVED_ON


def test_rules_are_listed(run):
    result = run("rules", "list")
    assert result.exit_code == 0
    assert "PAY-0001  timely-filing  error, claim denial, stable" in result.stdout
    assert "9 rules: billing 4, coding 4, payers 1" in result.stdout


def test_a_list_is_narrowed(run):
    found = json.loads(run("rules", "list", "--pack", "coding", "--status", "draft", "--format", "json").stdout)
    assert [rule["id"] for rule in found] == ["COD-0004"]
    assert "0 rules: none" in run("rules", "list", "--severity", "warning").stdout


def test_an_unknown_pack_is_told_the_nearest(run):
    result = run("rules", "list", "--pack", "codings")
    assert result.exit_code == 2
    assert "did you mean coding?" in result.stderr


def test_a_rule_is_shown_in_words(run):
    result = run("rules", "show", "PAY-0001")
    assert result.exit_code == 0
    for words in (
        "claim.days_from_last_service_to_receipt is more than the payer's timely_filing_days",
        "timely_filing_days  acme-ppo  2024-07-01     90  amendment 3",
        "the remittance would say CO-29",
        "flagged:       one day late is flagged",
        "{payer.name} allows {param.timely_filing_days}.",
        "File rules/payers/_base/timely-filing.yaml",
    ):
        assert words in result.stdout


def test_a_rule_is_shown_with_exceptions_sets_and_changes(run):
    joined = run("rules", "show", "ptp-modifier-allowed").stdout
    assert "bypass.code is in the code set ncci-bypass" in joined
    assert "bypass.line_number is the same as edit.bundled_line" in joined
    assert "ncci-bypass: modifiers that bypass an NCCI edit" in joined
    changed = run("rules", "show", "COD-0002").stdout
    assert "acme-ppo: warning until 2027-12-31, because reviews units by hand" in changed


def test_an_unknown_rule_is_told_the_nearest(run):
    result = run("rules", "show", "BIL-001")
    assert result.exit_code == 2
    assert "did you mean BIL-0001?" in result.stderr


def test_rule_tests_run(run):
    result = run("rules", "test")
    assert (result.exit_code, result.stdout) == (0, "18 cases of 9 rules: all passed\n")
    assert "2 cases of 1 rule: all passed" in run("rules", "test", "BIL-0001").stdout


def test_a_rule_test_that_fails_shows_the_difference(run, rules):
    path = rules / "billing" / "lines" / "units-not-positive.test.yaml"
    path.write_text(path.read_text().replace("bills 0 units", "bills no units"))
    result = run("rules", "test", "BIL-0001")
    assert result.exit_code == 1
    assert "FAILED  BIL-0001::zero units are flagged" in result.stdout
    assert "Line 1 bills no units of 99213." in result.stdout
    assert "Line 1 bills 0 units of 99213." in result.stdout
    assert "1 failed" in result.stdout


def test_a_list_is_narrowed_by_kind_and_payer(run):
    listed = run("rules", "list", "--category", "units", "--disposition", "line_rejection").stdout
    assert "BIL-0001" in listed
    assert "COD-0002" not in listed
    assert "PAY-0001" in run("rules", "list", "--payer", "acme-ppo").stdout
    for option, slip, hint in (("--category", "unit", "units"), ("--payer", "acme", "acme-ppo")):
        result = run("rules", "list", option, slip)
        assert result.exit_code == 2
        assert f"did you mean {hint}?" in result.stderr


def test_lint_says_that_all_is_well(run):
    result = run("rules", "lint", "--check", "title", "--check", "suppression-cycle")
    assert (result.exit_code, result.stdout) == (0, "9 rules in 3 packs, no mistakes\n")


def test_lint_says_what_is_wrong_and_what_is_doubtful(run):
    result = run("rules", "lint")
    assert result.exit_code == 1
    assert "error  clinical-fix  rules/billing/lines/pointer-to-nothing.yaml:20:3" in result.stdout
    assert "warning  unused-parameter" in result.stdout
    assert "9 rules in 3 packs, 2 errors, 4 warnings" in result.stdout
    assert "warning  " not in run("rules", "lint", "--errors").stdout
    found = json.loads(run("rules", "lint", "--format", "json", "--check", "clinical-fix").stdout)
    assert found[0]["subject"] == "BIL-0002"
    assert "did you mean title?" in run("rules", "lint", "--check", "titel").stderr


def test_mutate_shows_survivors_and_scores(run):
    result = run("rules", "mutate", "COD-0003", "BIL-0001")
    assert result.exit_code == 1
    assert "SURVIVED  COD-0003  unless.bypass.code dropped" in result.stdout
    assert "billing      1        4        4           0  100 %" in result.stdout
    assert run("rules", "mutate", "BIL-0001").exit_code == 0
    assert "did you mean billing?" in run("rules", "mutate", "--pack", "biling").stderr


def test_a_new_rule_is_written_and_documented(run, rules):
    (rules.parent / "docs").mkdir()
    result = run("rules", "new", "BIL", "new-edit", "--topic", "lines")
    assert result.exit_code == 0
    assert (rules / "billing" / "lines" / "new-edit.test.yaml").is_file()
    assert (rules.parent / "docs" / "rules" / "billing" / "BIL-0005.md").is_file()
    assert run("rules", "test", "BIL-0005").exit_code == 0
    assert run("rules", "lint").exit_code == 1
    assert run("rules", "docs", "--check").exit_code == 0


def test_pages_are_written_and_compared(run, tmp_path):
    out = tmp_path / "pages"
    assert run("rules", "docs", "--out", out, "--check").exit_code == 1
    assert "13 pages in" in run("rules", "docs", "--out", out).stdout
    assert "13 pages: all current" in run("rules", "docs", "--out", out, "--check").stdout
    assert run("rules", "docs").exit_code == 2


def test_rules_are_compared(run, rules, tmp_path):
    before = tmp_path / "before" / "rules"
    shutil.copytree(rules, before)
    path = rules / "billing" / "lines" / "units-not-positive.yaml"
    path.write_text(path.read_text().replace("at_most: 0", "at_most: 1"))
    result = run("rules", "diff", before)
    assert "- when line.units: line.units is at most 0" in result.stdout
    assert "+ when line.units: line.units is at most 1" in result.stdout
    assert "1 change of 1 subject" in result.stdout
    result = run("rules", "impact", CLEAN, "--rules", rules, "--against", before, "--received-on", RECEIVED_ON)
    assert result.exit_code == 0
    assert "BIL-0001      +1    -0       1  PCN0001" in result.stdout
    assert "clean -> will deny: 1 claim" in result.stdout
    assert "At risk before $0.00, after $145.00" in result.stdout
    assert run("rules", "diff", tmp_path / "nowhere").exit_code == 2
    assert run("rules", "impact", tmp_path / "nowhere.837", "--rules", rules).exit_code == 2


def test_lint_lists_the_mistakes(run, rules):
    path = rules / "billing" / "lines" / "units-not-positive.yaml"
    path.write_text(path.read_text().replace("line.units}", "line.unit}"))
    result = run("rules", "lint")
    assert result.exit_code == 2
    assert "line has no field unit" in result.stdout
    assert "in the rule files" in result.stderr


def test_tables_are_listed_with_those_that_rules_miss(run, tables):
    result = run("tables", "list")
    assert result.exit_code == 0
    assert "icd10cm" in result.stdout
    assert "ptp-practitioner  1 rule" in result.stdout
    given = run("tables", "list", "--tables", tables)
    assert "Not loaded" not in given.stdout
    assert f"also from {tables}" in given.stdout

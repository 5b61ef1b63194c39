"""Every refusal of the loader: where it points, what it says, and what it advises."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

Mistakes = Callable[[], list[str]]
WHEN = "when:\n  line:\n    units: {at_most: 0}\n"

EDITS = [
    # what is replaced, by what, and the one mistake that must come out
    ("units: {at_most", "unitz: {at_most", "topic/first.yaml:16:5: line has no field unitz (did you mean units?)"),
    ("at_most: 0", "at_mots: 0", "topic/first.yaml:16:13: unknown operator at_mots (did you mean at_most?)"),
    (
        "{at_most: 0}",
        "{at_most: 0, more_than: 1}",
        "topic/first.yaml:16:5: 2 entries found (a field has exactly one operator)",
    ),
    ("at_most: 0", "at_most: x", "topic/first.yaml:16:5: 'x' is not a number"),
    ("at_most: 0", "at_most: 0.0001", "topic/first.yaml:16:5: '0.0001' has more than three decimals"),
    ("at_most: 0", "starts_with: 9", "topic/first.yaml:16:5: starts_with does not fit line.units, which is quantity"),
    (
        "at_most: 0",
        "at_most: {param: limit_dayz}",
        "topic/first.yaml:16:5: unknown parameter limit_dayz (did you mean limit_days?)",
    ),
    (
        "at_most: 0",
        "at_most: {param: limit_days}",
        "topic/first.yaml:16:5: parameter limit_days is count, this field is quantity",
    ),
    ("at_most: 0", "same_as: other.units", "topic/first.yaml:16:5: other is not declared above"),
    ("at_most: 0", "same_as: line.units", "topic/first.yaml:16:5: line.units is the fact itself"),
    (
        "units: {at_most: 0}",
        "procedure: {in_set: some-code}",
        "topic/first.yaml:16:5: unknown code set some-code (did you mean some-codes?)",
    ),
    (
        "units: {at_most: 0}",
        "number: present\n  claim_day:\n    em_count: {at_least: 2}",
        (
            "topic/first.yaml:18:5: claim_day.em_count counts by code set em-visits, which no folder has"
            " (add rules/code-sets/em-visits.yaml)"
        ),
    ),
    (
        "units: {at_most: 0}",
        "procedure: {is_one_of: [1, 2, 3, 4, 5, 6, 7, 8, 9]}",
        "topic/first.yaml:16:17: 9 values in a list (more than eight is a code set)",
    ),
    ("units: {at_most: 0}", "component: {is: tc}", "topic/first.yaml:16:5: 'tc' is not a value of this field"),
    ("  line:\n", "  lin:\n", "topic/first.yaml:15:3: unknown kind of fact lin (did you mean line?)"),
    (
        'fix: "Correct it."',
        'fix: "Correct it."\n  remedy: [remove_lines]',
        ("topic/first.yaml:21:12: remove_lines is not allowed here (did you mean remove_line?)"),
    ),
    (
        'fix: "Correct it."',
        'fix: "Correct it."\n  remedy: [{append_modifier: [abc]}]',
        "topic/first.yaml:21:31: 'abc' does not have the required form (expected ^[A-Z0-9]{2}$)",
    ),
    (
        'fix: "Correct it."',
        'fix: "Correct it."\n  remedy: [{remove_modifier: lines.code}]',
        "topic/first.yaml:21:12: lines is not declared in when (did you mean line?)",
    ),
    (
        'fix: "Correct it."',
        'fix: "Correct it."\n  remedy: [{set: line.unitz}]',
        "topic/first.yaml:21:12: line has no field unitz (did you mean units?)",
    ),
    (
        'fix: "Correct it."',
        'fix: "Correct it."\n  remedy: [remove_repeats]',
        (
            "topic/first.yaml:21:12: no repeats stand at line.units"
            " (at claim_code.code, diagnosis.code, line.diagnosis_pointers, line_modifier.code)"
        ),
    ),
    (
        "severity: error",
        "severity: fatal",
        "topic/first.yaml:5:1: fatal is not allowed here (one of error, warning, info)",
    ),
    ("why: Because.", "wyh: Because.", "topic/first.yaml:13:1: unknown key wyh (did you mean why?)"),
    ("snip: 2", "snip: 9", "topic/first.yaml:8:1: 9 is not allowed here (one of 1, 2, 3, 4, 5, 6, 7)"),
    (
        "from: 2013-01-01",
        "from: 2013-02-30",
        "topic/first.yaml:10:1: day is out of range for month (a date like 2026-03-01)",
    ),
    ("from: 2013-01-01", "from: 2013-01-01, to: 2012-01-01", "topic/first.yaml:10:1: effective ends before it begins"),
    ("at: line.units", "at: line.unitz", "topic/first.yaml:18:3: line has no field unitz (did you mean units?)"),
    ("at: line.units", "at: lime.units", "topic/first.yaml:18:3: lime is not declared in when (did you mean line?)"),
    ("{line.units}", "{line.unitz}", "topic/first.yaml:19:3: line has no field unitz (did you mean units?)"),
    ("{line.units}", "{units}", "topic/first.yaml:19:3: {units} is not {name.field}"),
    ("{line.units}", "{line.units", "topic/first.yaml:19:3: a brace stands alone"),
    ("{line.units}", "{param.limit_days}", "topic/first.yaml:19:3: {param.limit_days} is not used in when"),
    (
        "id: TST-0001",
        "id: COD-0001",
        "topic/first.yaml:1:1: id COD-0001 stands in pack testing (its ids begin with TST-)",
    ),
    (
        "name: first",
        "name: second",
        "topic/first.yaml:2:1: name second stands in first.yaml (the file's name is the rule's)",
    ),
    ("status: stable", "status: retired", "topic/first.yaml:4:1: a retired rule names its successor (add replaced_by)"),
    ("status: stable", "status: testing", "topic/first.yaml:4:1: a rule in testing says what is uncertain (add note)"),
    ("snip: 2\n", "snip: 2\nsnip: 3\n", "topic/first.yaml:9:1: key snip stands twice (keep one of them)"),
    (
        "snip: 2",
        "snip: &x 2",
        "topic/first.yaml:8:7: YAML anchors and aliases are not allowed (write the value where it is used)",
    ),
    (
        "snip: 2",
        "snip: !!int 2",
        "topic/first.yaml:8:7: YAML tag tag:yaml.org,2002:int is not allowed (remove the tag)",
    ),
    ("snip: 2", "snip: [2", "not valid YAML"),
    ("snip: 2\n", "snip: 2\nsuppressed_by: [TST-0099]\n", "topic/first.yaml: names unknown rule TST-0099"),
    (
        "claim_types: [professional]",
        "claim_types: [professional], payers: [nobody]",
        "topic/first.yaml: applies to unknown payer nobody",
    ),
    (
        WHEN,
        WHEN + "unless:\n  line_modifier:\n    code: {is: '25'}\n",
        "topic/first.yaml:18:3: unless line_modifier is joined to nothing",
    ),
    (
        WHEN,
        "when:\n  line:\n    number: {same_as: later.line_number}\n  later:\n    of: line_modifier\n",
        "topic/first.yaml:16:5: later is not declared above",
    ),
    (
        WHEN,
        "when:\n  param:\n    name: {is: stile}\n  line:\n",
        "topic/first.yaml:16:5: unknown parameter stile (did you mean style?)",
    ),
]


@pytest.mark.parametrize(("old", "new", "expected"), EDITS, ids=[f"{new[:40]!r}" for _, new, _ in EDITS])
def test_refusal(rule_file: Path, mistakes: Mistakes, old: str, new: str, expected: str) -> None:
    text = rule_file.read_text()
    assert old in text
    rule_file.write_text(text.replace(old, new, 1))
    found = mistakes()
    assert any(expected in mistake for mistake in found), found


def test_a_correct_rule_loads(mistakes: Mistakes) -> None:
    assert mistakes() == []


def test_all_mistakes_are_collected(rule_file: Path, mistakes: Mistakes) -> None:
    text = rule_file.read_text().replace("{line.units}", "{line.a}").replace("at: line.units", "at: line.b")
    rule_file.write_text(text.replace("units: {at_most: 0}", "c: {is: 1}"))
    assert [m.split("no field ")[1][0] for m in mistakes()] == ["c", "b", "a"]


def test_a_missing_twin(rule_file: Path, mistakes: Mistakes) -> None:
    (rule_file.parent / "first.test.yaml").unlink()
    assert mistakes() == ["rules/testing/topic/first.yaml: TST-0001 has no test (write first.test.yaml beside it)"]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("expect: []", 'expect: [{at: a, says: "b"}]', "no quiet case"),
        ('expect: [{at: line 1 units, says: "Line 1 bills 0."}]', "expect: []", "no case in which the rule fires"),
        ("rule: TST-0001", "rule: TST-0002", "tests TST-0002 (the rule beside it is TST-0001)"),
        ("name: quiet", "name: fires", "case 'fires' stands twice"),
    ],
)
def test_a_twin_that_proves_nothing(rule_file: Path, mistakes: Mistakes, old: str, new: str, expected: str) -> None:
    twin = rule_file.parent / "first.test.yaml"
    twin.write_text(twin.read_text().replace(old, new))
    assert any(expected in mistake for mistake in mistakes())


def test_a_twin_without_a_rule(rule_file: Path, mistakes: Mistakes) -> None:
    (rule_file.parent / "other.test.yaml").write_text("rule: TST-0001\n")
    assert mistakes() == ["rules/testing/topic/other.test.yaml: a test without a rule (name it after its rule)"]


@pytest.mark.parametrize(
    ("new_id", "title", "condition", "expected"),
    [
        ("TST-0001", "other", "at_most: 1", "id TST-0001 stands twice"),
        ("TST-0002", "other words", "at_most: 0", "the same meaning stands twice"),
    ],
)
def test_two_rules_that_are_one(
    rule_file: Path, mistakes: Mistakes, new_id: str, title: str, condition: str, expected: str
) -> None:
    text = rule_file.read_text().replace("TST-0001", new_id).replace("name: first", "name: second")
    text = text.replace("at_most: 0", condition).replace("Units must be positive", title)
    (rule_file.parent / "second.yaml").write_text(text)
    twin = (rule_file.parent / "first.test.yaml").read_text().replace("TST-0001", new_id)
    (rule_file.parent / "second.test.yaml").write_text(twin)
    found = mistakes()
    assert len(found) == 1
    assert expected in found[0]


def test_a_broken_code_set(rules: Path, mistakes: Mistakes) -> None:
    path = rules / "code-sets" / "some-codes.yaml"
    path.write_text(path.read_text().replace("11042-11047", "11042-110"))
    assert "range '11042-110' is not LOW-HIGH with codes of equal length" in mistakes()[0]


@pytest.mark.parametrize(
    ("payer", "expected"),
    [
        ("payer: acme\ntitle: A\ninherits: nobody\n", "inherits unknown payer nobody"),
        ("payer: acme\ntitle: A\ninherits: acme\n", "inherits itself through acme > acme"),
        ("payer: acne\ntitle: A\n", "payer acne stands in folder acme"),
        (
            "payer: acme\ntitle: A\nparameters: {limit_days: {unit: text, values: [{from: 2020-01-01, value: x, because: y}]}}\n",  # noqa: E501 -- one YAML document
            "has another unit",
        ),
        (
            "payer: acme\ntitle: A\nparameters: {limit_days: {values: [{from: 2020-01-01, value: x, because: y}]}}\n",
            "'x' is not a whole number",
        ),
        ("payer: acme\ntitle: A\nrules: {TST-0009: {severity: info, because: x}}\n", "changes unknown rule TST-0009"),
        ("payer: acme\ntitle: A\nrules: {TST-0001: {severity: info}}\n", "because is missing"),
    ],
)
def test_a_broken_payer(rules: Path, mistakes: Mistakes, payer: str, expected: str) -> None:
    (rules / "payers" / "acme").mkdir()
    (rules / "payers" / "acme" / "payer.yaml").write_text(payer)
    found = mistakes()
    assert any(expected in mistake for mistake in found), found

"""What changed in the rules, and what that does to claims."""

import shutil
from datetime import date

import msgspec

from engine.authoring.diff import diff
from engine.authoring.exact import compile_exact
from engine.authoring.impact import impact
from engine.authoring.twins import claim_from_json
from engine.check import Checker
from engine.intake.reading import ReadClaim
from engine.reference.catalog import Tables
from engine.rulebook.load import load_rulebook
from tests.cli.small import CLEAN


def changed(rules, tmp_path, *edits):
    """The rulebook before and after some edits."""
    copy = tmp_path / "after" / "rules"
    shutil.copytree(rules.folder, copy)
    for path, *pairs in edits:
        rules.change(copy / path.relative_to(rules.folder), *pairs)
    return load_rulebook(), load_rulebook(shipped=copy)


def lines(old, new):
    return [f"{c.subject} | {c.what} | {c.before} | {c.after}" for c in diff(old, new)]


def test_the_same_rules_do_not_differ(rules, tmp_path):
    assert lines(*changed(rules, tmp_path)) == []


def test_fields_conditions_sets_and_parameters(rules, tmp_path):
    base = rules.folder / "payers" / "_base" / "payer.yaml"
    old, new = changed(
        rules,
        tmp_path,
        (rules.units, ("at_most: 0", "at_most: 1"), ("severity: error", "severity: warning")),
        (rules.folder / "code-sets" / "ncci-bypass.yaml", ("XU", "XQ")),
        (base, ("value: 365", "value: 180")),
    )
    assert lines(old, new) == [
        "BIL-0001 | severity | error | warning",
        "BIL-0001 | when line.units | line.units is at most 0 | line.units is at most 1",
        "code set ncci-bypass | members | XU | XQ",
        "payer _base | parameter timely_filing_days | 365 from 2013-01-01 | 180 from 2013-01-01",
    ]


def test_rules_that_come_and_go(rules):
    old = load_rulebook()
    rules.copy(rules.units, "units-high", "BIL-0090", ("at_most: 0", "at_least: 900"))
    assert lines(old, load_rulebook()) == ["BIL-0090 | rule |  | Billed units must be greater than zero"]
    assert lines(load_rulebook(), old) == ["BIL-0090 | rule | Billed units must be greater than zero | "]


def checker(rulebook):
    return Checker(rulebook, Tables.load(), compile_exact, engine="exact", received_on=date(2026, 4, 15))


def test_the_impact_on_claims(rules, tmp_path):
    old, new = changed(rules, tmp_path, (rules.units, ("at_most: 0", "at_most: 1")))
    claim = claim_from_json(msgspec.json.decode(CLEAN.read_bytes()))
    found = impact([ReadClaim(claim=claim)] * 2, checker(old), checker(new))
    (rule,) = found.rules
    assert (rule.rule, rule.gained, rule.lost, rule.claims) == ("BIL-0001", 2, 0, 2)
    assert found.verdicts == {"clean -> will_deny": 2}
    assert (found.claims, found.changed, found.cents_before, found.cents_after) == (2, 2, 0, 29000)
    back = impact([ReadClaim(claim=claim)], checker(new), checker(old))
    assert (back.rules[0].gained, back.rules[0].lost) == (0, 1)

"""Rules about encounters: what the loader asks of them, and that claims never meet them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from engine.rulebook.book import Rulebook
from engine.rulebook.load import load_rulebook

Mistakes = Callable[[], list[str]]

RULE = """
id: TST-0009
name: unsigned
title: The note is not signed
status: stable
severity: error
disposition: hold
category: documentation
dimension: documentation
applies_to: {subject: encounter}
effective: {from: 2016-01-01}
references: [{title: a manual, locator: section 1}]
why: Because.
when:
  visit:
    of: encounter
    signed: {is: false}
finding:
  at: visit.record
  says: "Not signed."
  fix: "Sign it."
  query: "Who signed the note? If it cannot be determined, please say so."
""".lstrip()

TWIN = """
rule: TST-0009
base: encounters/office
cases:
  - {name: fires, given: {record: {signed: false}}, expect: [{at: encounter record, says: "Not signed."}]}
  - {name: quiet, given: {}, expect: []}
""".lstrip()


@pytest.fixture
def encounter_rule(rules: Path) -> Path:
    file = rules / "testing" / "topic" / "unsigned.yaml"
    file.write_text(RULE)
    file.with_name("unsigned.test.yaml").write_text(TWIN)
    return file


def test_it_loads_and_is_active_for_encounters_only(encounter_rule: Path, load: Callable[[], Rulebook]):
    assert encounter_rule.is_file()
    book = load()
    assert [rule.id for rule in book.active("encounter")] == ["TST-0009"]
    for claim_type in ("professional", "institutional", "dental"):
        assert "TST-0009" not in [rule.id for rule in book.active(claim_type)]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("dimension: documentation\n", "", "key dimension is missing"),
        ("disposition: hold", "disposition: line_denial", "line_denial does not fit the subject"),
        ("category: documentation\n", "category: documentation\nsnip: 5\n", "snip is for rules about claims"),
        (
            "{subject: encounter}",
            "{subject: encounter, claim_types: [dental]}",
            "claim_types is for rules about claims",
        ),
        ("{subject: encounter}", "{subject: claim}", "key claim_types is missing"),
        ("signed: {is", "singed: {is", "encounter has no field singed (did you mean signed?)"),
        ("visit.record", "visit.recrod", "encounter has no field recrod"),
    ],
)
def test_what_the_loader_refuses(encounter_rule: Path, mistakes: Mistakes, old: str, new: str, says: str):
    encounter_rule.write_text(RULE.replace(old, new))
    assert any(says in mistake for mistake in mistakes()), mistakes()


def test_a_claim_rule_has_no_dimension(rule_file: Path, mistakes: Mistakes):
    rule_file.write_text(rule_file.read_text() + "dimension: accuracy\n")
    assert any("dimension is for rules about encounters" in mistake for mistake in mistakes())


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("documentation: 30", "documentation: 31", "the weights do not add up to 100"),
        ("warning: 10", "warning: 101", "101 is no number from 0 to 100"),
        ("review: 70", "revue: 70", "unknown revue"),
    ],
)
def test_scoring_of_encounters_is_checked(rules: Path, mistakes: Mistakes, old: str, new: str, says: str):
    file = rules / "scoring.yaml"
    head, _, tail = file.read_text().partition("  encounter:\n")
    file.write_text(f"{head}  encounter:\n{tail.replace(old, new, 1)}")
    assert any(says in mistake for mistake in mistakes()), mistakes()


def test_points_are_given_to_rules_about_encounters(encounter_rule: Path, rules: Path, mistakes: Mistakes):
    assert encounter_rule.is_file()
    file = rules / "scoring.yaml"
    file.write_text(file.read_text().replace("COD-1001:", "TST-0001:"))
    assert any("gives points to TST-0001" in mistake for mistake in mistakes())


def test_every_shipped_encounter_rule_that_asks_the_provider_has_a_question():
    rules = [rule for rule in load_rulebook().rules if rule.applies.subject == "encounter"]
    assert len(rules) > 70
    assert not [rule.id for rule in rules if rule.disposition == "query_provider" and not rule.query]

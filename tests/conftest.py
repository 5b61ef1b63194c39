"""A small rulebook in a scratch folder, and a way to write rules into it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.errors import RulebookError
from engine.rulebook.book import Rulebook
from engine.rulebook.load import load_rulebook, shipped_rules

RULE = """
id: TST-0001
name: first
title: Units must be positive
status: stable
severity: error
disposition: line_rejection
category: units
snip: 2
applies_to: {claim_types: [professional]}
effective: {from: 2013-01-01}
references:
  - {title: "a manual", locator: "chapter 1"}
why: Because.
when:
  line:
    units: {at_most: 0}
finding:
  at: line.units
  says: "Line {line.number} bills {line.units}."
  fix: "Correct it."
""".lstrip()

TWIN = """
rule: TST-0001
base: professional/minimal
cases:
  - name: fires
    given: {lines: [{units: 0}]}
    expect: [{at: line 1 units, says: "Line 1 bills 0."}]
  - name: quiet
    given: {}
    expect: []
""".lstrip()

BASE = """
payer: _base
title: Any payer
parameters:
  limit_days: {unit: days, values: [{from: 2020-01-01, value: 30, because: test}]}
  style: {unit: text, values: [{from: 2020-01-01, value: plain, because: test}]}
""".lstrip()

CODES = """
set: some-codes
title: Some codes
references: [{title: a list, locator: page 1}]
members: [{codes: ["99213"], ranges: ["11042-11047"]}]
""".lstrip()

Write = Callable[..., "list[str]"]


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """A rules folder with one correct rule."""
    home = tmp_path / "rules"
    (home / "testing" / "topic").mkdir(parents=True)
    (home / "payers" / "_base").mkdir(parents=True)
    (home / "code-sets").mkdir()
    for path in [*shipped_rules().glob("*.schema.json"), shipped_rules() / "scoring.yaml"]:
        shutil.copy(path, home)
    (home / "testing" / "pack.yaml").write_text("pack: testing\ntitle: T\nowner: o\nversion: 1.0.0\nprefix: TST\n")
    (home / "payers" / "_base" / "payer.yaml").write_text(BASE)
    (home / "code-sets" / "some-codes.yaml").write_text(CODES)
    (home / "testing" / "topic" / "first.yaml").write_text(RULE)
    (home / "testing" / "topic" / "first.test.yaml").write_text(TWIN)
    return home


@pytest.fixture
def rule_file(rules: Path) -> Path:
    return rules / "testing" / "topic" / "first.yaml"


@pytest.fixture
def mistakes(rules: Path) -> Callable[[], list[str]]:
    """Loads the folder and gives the mistakes found, a line each; none when it loads."""

    def found() -> list[str]:
        try:
            load_rulebook(shipped=rules)
        except RulebookError as error:
            return [str(mistake) for mistake in error.mistakes]
        return []

    return found


@pytest.fixture
def load(rules: Path) -> Callable[[], Rulebook]:
    return lambda: load_rulebook(shipped=rules)

"""Every case of every test twin is a test: ``BIL-0001::zero units are flagged``."""

from __future__ import annotations

from functools import lru_cache

import pytest

from engine.authoring.twins import CaseResult, run_twins
from engine.rulebook.book import Rulebook
from engine.rulebook.load import load_rulebook


@lru_cache(maxsize=1)
def packs() -> Rulebook:
    return load_rulebook()


@lru_cache(maxsize=1024)
def results(rule: str) -> dict[str, CaseResult]:
    return {result.case: result for result in run_twins(packs(), [rule])}


CASES = [(rule, case.name) for rule, twin in packs().twins.items() for case in twin.cases]


@pytest.mark.parametrize(("rule", "case"), CASES, ids=[f"{rule}::{case}" for rule, case in CASES])
def test_case(rule: str, case: str) -> None:
    found = results(rule)[case]
    assert not found.problems, "\n".join([found.where, *found.problems])


def test_every_rule_that_is_not_retired_has_a_twin() -> None:
    assert {rule.id for rule in packs().rules if rule.status != "retired"} == set(packs().twins)

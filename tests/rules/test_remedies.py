"""Every remedy does what it says: a firing case of its rule, changed, is quiet and gains no error under all rules."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import pytest

from engine.authoring.twins import RECEIVED_ON, base_claims, trials, with_parameters
from engine.backends.durable import compile_durable
from engine.check import Checker
from engine.findings.remedy import IF_SUPPORTED
from engine.intake.reading import ReadClaim
from engine.reference.catalog import Tables
from engine.remedied import remedies
from engine.rulebook.load import load_rulebook

RULEBOOK = load_rulebook()
TABLES = Tables.load()
REMEDIED = [rule.id for rule in RULEBOOK.rules if rule.remedies]


@lru_cache(maxsize=4)
def compiled(conditions):
    return compile_durable(list(conditions))


def compile_once(conditions):
    """The rules are the same in every case; only tables, payers and parameters differ."""
    return compiled(tuple(conditions))


def proposed(rule, case):
    """What is proposed for the case under all rules."""
    trial = next(t for t in trials(rule, RULEBOOK.twins[rule.id], base_claims(), TABLES) if t.case.name == case.name)
    checker = Checker(
        with_parameters(RULEBOOK, case),
        trial.tables,
        compile_once,
        engine="durable",
        received_on=date.fromisoformat(case.received_on) if case.received_on else RECEIVED_ON,
        payer=case.payer,
        history=trial.history,
        eligibility=trial.eligibility,
    )
    item = ReadClaim(claim=trial.claim)
    return [each for each in remedies(checker, item, checker.check_claim(item)) if each.rule == rule.id]


@lru_cache(maxsize=256)
def tried(rule_id):
    """What is proposed for the firing cases, in their order, until every remedy of the rule has passed."""
    rule = RULEBOOK.rule(rule_id)
    left, found = {remedy.operation for remedy in rule.remedies}, []
    for case in RULEBOOK.twins[rule_id].cases:
        if left and case.expect and (each := proposed(rule, case)):
            found.append(each)
            left -= {one.operation for one in each if one.passes}
    return found


@pytest.mark.parametrize("rule_id", REMEDIED)
def test_the_first_firing_case_passes_when_remedied(rule_id):
    assert tried(rule_id), "no remedy can be applied to any firing case: add one"
    first = tried(rule_id)[0][0]
    assert first.passes, (first.change, first.gone, first.come)


@pytest.mark.parametrize("rule_id", REMEDIED)
def test_every_remedy_passes_on_some_case(rule_id):
    passing = {each.operation for found in tried(rule_id) for each in found if each.passes}
    assert passing == {remedy.operation for remedy in RULEBOOK.rule(rule_id).remedies}


@pytest.mark.parametrize("rule_id", REMEDIED)
def test_a_clinical_change_is_only_for_what_the_record_supports(rule_id):
    for each in (each for found in tried(rule_id) for each in found):
        assert each.change.startswith(IF_SUPPORTED) == each.clinical
        assert each.change.endswith(".")

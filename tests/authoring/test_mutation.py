"""Mutants and what twins notice of them."""

from engine.authoring.mutants import mutants
from engine.authoring.mutation import GOAL, Score, mutate, scores
from engine.authoring.twins import run_twins


def names(rulebook, rule_id):
    rule = rulebook.rule(rule_id)
    return [mutant.name for mutant in mutants(rule, rulebook.tags[rule_id])]


def outcome(rules, rule_id):
    (found,) = mutate(rules.load(), [rule_id])
    return found


def test_a_test_is_dropped_negated_and_shifted(rules):
    assert names(rules.load(), "BIL-0001") == [
        "when.line.units dropped",
        "when.line.units at_most 0 -> more_than 0",
        "when.line.units at_most 0 -> at_most -1",
        "when.line.units at_most 0 -> at_most 1",
    ]


def test_unless_sets_and_scopes_are_mutated(rules):
    found = names(rules.load(), "COD-0003")
    assert "unless.bypass dropped" in found
    assert "unless.bypass.line_number same_as edit.bundled_line -> differs_from edit.bundled_line" in found
    assert "unless.bypass.code in_set ncci-bypass -> not_in_set ncci-bypass" in found
    assert "applies_to.claim_types dropped" in found
    assert "when.edit dropped" not in found, "the finding speaks of it"


def test_a_comparison_with_a_parameter_gains_or_loses_equality(rules):
    path = "when.claim.days_from_last_service_to_receipt"
    change = "more_than param.timely_filing_days -> at_least param.timely_filing_days"
    assert f"{path} {change}" in names(rules.load(), "PAY-0001")


def test_lists_lose_each_value_and_enums_change(rules):
    rules.change(
        rules.units, ("    units: {at_most: 0}", "    units: {at_most: 0}\n    procedure: {is_one_of: [A, B]}")
    )
    rules.change(
        rules.folder / "payers" / "_base" / "timely-filing.yaml",
        ("frequency: {is: original}", 'frequency: {is: original}\n    place_of_service: {starts_with: ["1", "2"]}'),
    )
    found = names(rules.load(), "BIL-0001")
    assert "when.line.procedure is_one_of without A" in found
    assert "when.line.procedure is_one_of A,B -> is_none_of A,B" in found
    found = names(rules.load(), "PAY-0001")
    assert "when.claim.place_of_service starts_with without 2" in found
    assert "when.claim.frequency is original -> is corrected" in found


def test_a_good_twin_notices_every_mutant(rules):
    found = outcome(rules, "BIL-0001")
    assert found.survivors == ()
    assert found.killed["when.line.units at_most 0 -> at_most 1"] == "one unit is quiet"


def test_a_boundary_without_a_case_survives_and_the_case_is_named(rules):
    rules.change(rules.units.with_name("units-not-positive.test.yaml"), ("units: 1}]", "units: 2}]"))
    (survivor,) = outcome(rules, "BIL-0001").survivors
    assert survivor.mutant == "when.line.units at_most 0 -> at_most 1"
    assert survivor.wanted == "a case at the boundary of line.units: exactly 1"


def test_an_entry_of_unless_without_a_case_survives(rules):
    found = {survivor.mutant: survivor.wanted for survivor in outcome(rules, "COD-0003").survivors}
    assert found["unless.bypass.code dropped"].startswith("a firing case in which bypass.code not in set ncci-bypass")


def test_an_equivalent_mutant_is_excused_with_a_reason(rules):
    twin = rules.bundling.with_name("ptp-modifier-allowed.test.yaml")
    twin.write_text(
        twin.read_text()
        + 'equivalent:\n  - {mutant: "applies_to.claim_types dropped", because: "only such claims have pairs"}\n'
    )
    found = outcome(rules, "COD-0003")
    assert (found.equivalent, found.stale) == (1, ())
    assert "applies_to.claim_types dropped" not in [survivor.mutant for survivor in found.survivors]


def test_a_wrong_excuse_is_told(rules):
    twin = rules.units.with_name("units-not-positive.test.yaml")
    twin.write_text(
        twin.read_text()
        + 'equivalent:\n  - {mutant: "when.line.units dropped", because: "it seemed so to me"}\n'
        + '  - {mutant: "when.line.unit dropped", because: "a slip of the pen"}\n'
    )
    found = outcome(rules, "BIL-0001")
    assert found.equivalent == 0
    assert "the case 'one unit is quiet' notices it" in found.stale[0]
    assert "the rule has no mutant 'when.line.unit dropped'" in found.stale[1]


def test_a_case_may_give_parameters(rules):
    twin = rules.folder / "payers" / "_base" / "timely-filing.test.yaml"
    text = twin.read_text()
    assert all(not result.problems for result in run_twins(rules.load(), ["PAY-0001"]))
    twin.write_text(
        text + "  - name: a payer that waits is quiet\n    received_on: 2027-06-09\n"
        "    parameters: {timely_filing_days: 9999}\n    expect: []\n"
    )
    assert all(not result.problems for result in run_twins(rules.load(), ["PAY-0001"]))
    twin.write_text(text + "  - name: a slip\n    parameters: {timely_filing_day: 9999}\n    expect: []\n")
    problems = [result.problems for result in run_twins(rules.load(), ["PAY-0001"])][-1]
    assert "unknown parameter timely_filing_day (did you mean timely_filing_days?)" in problems[0]


def test_scores_are_by_pack_and_rounded_down(rules):
    found = {score.pack: score for score in scores(mutate(rules.load()))}
    assert (found["billing"].killed, found["billing"].counted) == (10, 11)
    assert (found["billing"].percent, found["billing"].reached) == (90, False)
    assert Score("p", 1, GOAL, 100, 0).reached
    assert Score("p", 1, 0, 0, 0).percent == 100

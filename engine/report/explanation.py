"""Why a named rule came out as it did on a claim: fired, suppressed, passed, not judged or not applicable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.findings.examine import Examined
from engine.findings.explain import Explanation, TestSeen, trace, why_not
from engine.findings.report import ClaimReport
from engine.rulebook.book import ACTIVE, Rulebook
from engine.rulebook.rule import Payer, Rule


def explain_rule(rule: Rule, rulebook: Rulebook, stages: Examined, report: ClaimReport) -> tuple[Explanation, ...]:
    """The explanations of one rule: one for each way it fired, else one.

    Args:
        rule: of the rulebook.
        rulebook: the packs that the claim was checked under.
        stages: the claim's facts and matches.
        report: the claim's report.
    """
    if because := inapplicable(rule, rulebook, stages):
        return (_explained(rule, "not_applicable", because),)
    if stages.failure:
        return (_explained(rule, "not_evaluated", stages.failure),)
    matches = [match for match in stages.matches if match.rule == rule.id]
    if matches:
        outcome, because = _fired(rule, report)
        return tuple(_explained(rule, outcome, because, trace(rule, stages.facts, match.bound)) for match in matches)
    sentence, tests, change = why_not(rule, stages.facts)
    missed = {item.rule: item.because for item in report.coverage.not_evaluated}
    if rule.id in missed:
        known = rule.id not in stages.reasons  # a reason found before the rules ran says nothing about the tests
        return (_explained(rule, "not_evaluated", missed[rule.id], tests if known else ()),)
    return (_explained(rule, "passed", sentence, tests, change),)


def inapplicable(rule: Rule, rulebook: Rulebook, stages: Examined) -> str:
    """Why a rule is not about this claim at all, or the empty string."""
    claim_types = rule.applies.claim_types
    if rule.status not in ACTIVE:
        successor = f", replaced by {rule.replaced_by}" if rule.replaced_by else ""
        return f"its status is {rule.status}{successor}"
    if stages.claim.claim_type not in claim_types:
        return f"it is about {_either(claim_types)} claims, this one is {stages.claim.claim_type}"
    if stages.reasons.get(rule.id) != "":
        return ""
    return _not_for(rule, rulebook, stages.payer)


def _not_for(rule: Rule, rulebook: Rulebook, payer: Payer) -> str:
    applies = rule.applies
    if applies.payer_kinds and payer.kind not in applies.payer_kinds:
        return f"it is about payers of kind {_either(applies.payer_kinds)}; {payer.slug} is {payer.kind}"
    if applies.payers and not set(applies.payers).intersection(payer.lineage):
        return f"it is about payer {_either(applies.payers)}, this claim is for {payer.slug}"
    if applies.settings and rulebook.applicable(rule, payer, inpatient=None):
        return f"it is about {_either(applies.settings)} claims only"
    return f"it belongs to another payer than {payer.slug}"


def judged_title(outcome: str) -> str:
    """An outcome in words.

    >>> judged_title("not_evaluated")
    'not evaluated'
    """
    return {"finding": "found", "suppressed": "found, but left out of the report"}.get(
        outcome, outcome.replace("_", " ")
    )


def unjudged(report: ClaimReport, rules: Mapping[str, Rule]) -> list[tuple[str, str, str]]:
    """The rules that were not judged on a claim: id, title, reason."""
    return [
        (missed.rule, rules[missed.rule].title if missed.rule in rules else "", missed.because)
        for missed in report.coverage.not_evaluated
    ]


def _fired(rule: Rule, report: ClaimReport) -> tuple[str, str]:
    said = [finding.says for finding in report.findings if finding.rule == rule.id]
    if said:
        return "finding", " ".join(dict.fromkeys(said))
    hidden = next((item for item in report.suppressed if item.rule == rule.id), None)
    if hidden:
        return "suppressed", f"at {hidden.at}, {hidden.by} says more"
    return "finding", "its condition holds"


def _explained(
    rule: Rule, outcome: str, because: str, tests: tuple[TestSeen, ...] = (), change: str = ""
) -> Explanation:
    return Explanation(
        rule=rule.id,
        title=rule.title,
        outcome=outcome,
        because=because,
        why=rule.why,
        tests=tests,
        would_fire_if=change,
    )


def _either(names: Sequence[str]) -> str:
    return " or ".join(names)

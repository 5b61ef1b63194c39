"""A claim explained: its check, what the rules saw, what would remedy each finding; and all that as JSON."""

from __future__ import annotations

from msgspec import Struct
from msgspec.json import encode
from msgspec.json import format as indented

from engine.check import Checker
from engine.errors import CleanclaimError, EngineError
from engine.findings.examine import Examined
from engine.findings.explain import Explanation
from engine.findings.report import ClaimReport
from engine.intake.int_rules import IntRule, load_int_rules
from engine.intake.reading import ReadClaim
from engine.remedied import Remedied, remedies
from engine.report.explanation import explain_rule
from engine.rulebook.book import Rulebook


class Explained(Struct, frozen=True, kw_only=True):
    """A claim with everything that its check left behind."""

    rulebook: Rulebook
    item: ReadClaim
    examined: Examined
    report: ClaimReport
    remedied: tuple[Remedied, ...] = ()


def explain(checker: Checker, item: ReadClaim) -> Explained:
    """Check a claim and keep what explanations need.

    Raises:
        EngineError: the claim could not be checked; the message is that of its report.
        CleanclaimError: as of :meth:`Checker.check_claim`.
    """
    report = checker.check_claim(item)
    try:
        examined = checker.examine(item.claim)
    except CleanclaimError:
        raise
    except Exception as error:
        message = " ".join(finding.says for finding in report.findings)
        raise EngineError(message, location=item.claim.source.file) from error
    proposed = remedies(checker, item, report)
    return Explained(rulebook=checker.rulebook, item=item, examined=examined, report=report, remedied=proposed)


def explanations(one: Explained, rule_id: str) -> tuple[Explanation, ...]:
    """How a rule of the rulebook, or of the readers, came out on the claim."""
    rule = one.rulebook.rule(rule_id)
    if rule is not None:
        return explain_rule(rule, one.rulebook, one.examined, one.report)
    return _structural(load_int_rules()[rule_id], one.report)


def _structural(rule: IntRule, report: ClaimReport) -> tuple[Explanation, ...]:
    found = [f for f in report.findings if f.rule == rule.id]
    outcome = "finding" if found else "passed"
    because = " ".join(f.says for f in found) or "the reader found nothing of the kind inside this claim"
    return (Explanation(rule=rule.id, title=rule.title, outcome=outcome, because=because, why=rule.why),)


def json_of_claim(one: Explained) -> bytes:
    """The report with, for each rule that found something, its explanations."""
    rules = dict.fromkeys([f.rule for f in one.report.findings] + [s.rule for s in one.report.suppressed])
    found = [item for rule in rules for item in explanations(one, rule)]
    return pretty({"claim": one.report, "explanations": found, "passes_if": one.remedied})


def json_of_rule(one: Explained, rule_id: str) -> bytes:
    """The explanations of one rule, and its findings."""
    found = [finding for finding in one.report.findings if finding.rule == rule_id]
    answer = {"claim_id": one.report.claim_id, "explanations": explanations(one, rule_id), "findings": found}
    return pretty(answer | {"passes_if": [each for each in one.remedied if each.rule == rule_id]})


def pretty(value: object) -> bytes:
    """JSON with indents."""
    return indented(encode(value), indent=2)

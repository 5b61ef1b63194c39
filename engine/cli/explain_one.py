"""What ``cleanclaim explain`` says about one claim."""

from __future__ import annotations

from msgspec import Struct
from msgspec.json import encode
from msgspec.json import format as indented

from engine.check import Checker
from engine.cli.remedy_text import write_remedied
from engine.findings.examine import Examined
from engine.findings.explain import Explanation
from engine.findings.report import ClaimReport, Finding
from engine.intake.int_rules import IntRule, load_int_rules
from engine.intake.reading import ReadClaim
from engine.remedied import Remedied
from engine.report.claim_text import coverage, heading, write_finding
from engine.report.explanation import explain_rule, unjudged
from engine.report.explanation_text import write_explained_finding, write_explanation, write_unjudged
from engine.report.page import Page
from engine.report.words import VERDICTS, count, money


class Explained(Struct, frozen=True, kw_only=True):
    """A claim with everything that its check left behind."""

    checker: Checker
    item: ReadClaim
    examined: Examined
    report: ClaimReport
    remedied: tuple[Remedied, ...] = ()


def explanations(one: Explained, rule_id: str) -> tuple[Explanation, ...]:
    """How a rule of the rulebook, or of the readers, came out on the claim."""
    rule = one.checker.rulebook.rule(rule_id)
    if rule is not None:
        return explain_rule(rule, one.checker.rulebook, one.examined, one.report)
    return _structural(load_int_rules()[rule_id], one.report)


def _structural(rule: IntRule, report: ClaimReport) -> tuple[Explanation, ...]:
    found = [f for f in report.findings if f.rule == rule.id]
    outcome = "finding" if found else "passed"
    because = " ".join(f.says for f in found) or "the reader found nothing of the kind inside this claim"
    return (Explanation(rule=rule.id, title=rule.title, outcome=outcome, because=because, why=rule.why),)


def write_claim_explained(page: Page, one: Explained) -> None:
    """Every finding with its reasons, the score's factors, and what was not judged."""
    report, rulebook = one.report, one.checker.rulebook
    word, style = VERDICTS[report.verdict]
    page.line(
        (word, style),
        f"  score {report.score}  charged {money(report.charge_cents)}  at risk {money(report.cents_at_risk)}",
    )
    if report.factors:
        factors = [f"{f.rule} at {f.at} {f.percent}%" for f in report.factors]
        page.paragraph(
            f"The score is 100 x the product of (1 - likelihood): {', '.join(factors)}.", indent=2, style="dim"
        )
    page.blank()
    for finding in report.findings:
        page.line((heading(finding.at, one.item.claim), "bold"))
        write_explained_finding(page, finding, _of(one, finding), rulebook.rule(finding.rule))
        write_remedied(page, _proposed(one, finding), indent=9)
        page.blank()
    for hidden in report.suppressed:
        page.paragraph(f"{hidden.rule} at {hidden.at} was found too and left out: {hidden.by} says more.")
    if not report.findings:
        page.line("No findings.")
    page.line(("Coverage", "bold"))
    page.paragraph(coverage(report.coverage), indent=2)
    page.blank()
    if report.coverage.not_evaluated:
        page.line((f"Not judged: {count(len(report.coverage.not_evaluated), 'rule')}", "bold"))
        write_unjudged(page, unjudged(report, {rule.id: rule for rule in rulebook.rules}), indent=2)
        page.blank()


def write_rule_explained(page: Page, one: Explained, rule_id: str) -> None:
    """How one rule came out."""
    found = [finding for finding in one.report.findings if finding.rule == rule_id]
    rule = one.checker.rulebook.rule(rule_id)
    if rule is not None:
        for item in explanations(one, rule_id):
            write_explanation(page, item, rule)
            page.blank()
    else:
        for item in explanations(one, rule_id):
            page.line((item.rule, "bold"), f" {item.title}")
            page.paragraph(f"{item.outcome.upper()}: {item.because}", indent=2)
            page.paragraph(item.why, indent=2, label="Why:", label_style="bold")
            page.blank()
    for finding in found:
        page.line((heading(finding.at, one.item.claim), "bold"))
        write_finding(page, finding, indent=2)
        write_remedied(page, _proposed(one, finding), indent=9)
        page.blank()


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


def _proposed(one: Explained, finding: Finding) -> list[Remedied]:
    return [each for each in one.remedied if (each.rule, each.at) == (finding.rule, finding.at.words())]


def _of(one: Explained, finding: Finding) -> list[Explanation]:
    """The explanations whose match made this finding; all of the rule's when they cannot be told apart."""
    found = explanations(one, finding.rule) if one.checker.rulebook.rule(finding.rule) else ()
    called = f"line {finding.at.line}" if finding.at.line else ""
    near = [
        item for item in found if any(called in (test.fact, test.fact.rpartition(" on ")[2]) for test in item.tests)
    ]
    return list(near if called and near else found)

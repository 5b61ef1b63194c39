"""What ``cleanclaim explain`` says about one claim, as text."""

from __future__ import annotations

from engine.cli.remedy_text import write_remedied
from engine.explained import Explained, explanations
from engine.findings.explain import Explanation
from engine.findings.report import Finding
from engine.remedied import Remedied
from engine.report.claim_text import coverage, heading, write_finding
from engine.report.explanation import unjudged
from engine.report.explanation_text import write_explained_finding, write_explanation, write_unjudged
from engine.report.page import Page
from engine.report.words import VERDICTS, count, money


def write_claim_explained(page: Page, one: Explained) -> None:
    """Every finding with its reasons, the score's factors, and what was not judged."""
    report, rulebook = one.report, one.rulebook
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
    rule = one.rulebook.rule(rule_id)
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


def _proposed(one: Explained, finding: Finding) -> list[Remedied]:
    return [each for each in one.remedied if (each.rule, each.at) == (finding.rule, finding.at.words())]


def _of(one: Explained, finding: Finding) -> list[Explanation]:
    """The explanations whose match made this finding; all of the rule's when they cannot be told apart."""
    found = explanations(one, finding.rule) if one.rulebook.rule(finding.rule) else ()
    called = f"line {finding.at.line}" if finding.at.line else ""
    near = [
        item for item in found if any(called in (test.fact, test.fact.rpartition(" on ")[2]) for test in item.tests)
    ]
    return list(near if called and near else found)

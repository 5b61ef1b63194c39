"""Explanations as text: the message, the reason, the tests in a table, the sources, what would change the answer."""

from __future__ import annotations

from collections.abc import Sequence

from engine.findings.explain import Explanation, TestSeen
from engine.findings.report import Finding
from engine.report.claim_text import write_finding
from engine.report.explanation import judged_title
from engine.report.page import Page
from engine.report.rule_words import readable
from engine.report.words import SEVERITIES
from engine.rulebook.rule import Rule

STYLES = {
    "finding": "bold red",
    "suppressed": "yellow",
    "passed": "bold green",
    "not_evaluated": "bold yellow",
    "not_applicable": "cyan",
}
LABEL_STYLE = "bold"


def write_explained_finding(
    page: Page, finding: Finding, explanations: Sequence[Explanation], rule: Rule | None
) -> None:
    """A finding with the reason, the facts and tests behind it, and every source."""
    write_finding(page, finding, indent=2, cited=False)
    if finding.why:
        page.paragraph(finding.why, indent=9, label="Why:", label_style=LABEL_STYLE)
    for number, item in enumerate(explanations, start=1):
        title = "Met by:" if len(explanations) == 1 else f"Met by ({number}):"
        page.line((title, LABEL_STYLE), indent=9)
        write_tests(page, item.tests, indent=11)
    write_sources(page, rule, finding, indent=9)


def write_explanation(page: Page, item: Explanation, rule: Rule) -> None:
    """How one rule came out."""
    _, style = SEVERITIES[rule.severity]
    page.line((rule.id, style), f" {rule.name}: {item.title}")
    page.line("  ", (judged_title(item.outcome).upper(), STYLES[item.outcome]))
    page.paragraph(readable(item.because), indent=2)
    page.paragraph(item.why, indent=2, label="Why:", label_style=LABEL_STYLE)
    if item.tests:
        page.line(
            (
                "Tests" if item.outcome in ("finding", "suppressed") else "Tests of the facts that came nearest",
                LABEL_STYLE,
            ),
            indent=2,
        )
        write_tests(page, item.tests, indent=4)
    if item.would_fire_if:
        page.paragraph(f"It would fire if {readable(item.would_fire_if)}.", indent=2)
    write_sources(page, rule, None, indent=2)


def write_tests(page: Page, tests: Sequence[TestSeen], *, indent: int) -> None:
    """The tests: on which fact, what was asked, what was read."""
    told = [test for test in tests if not test.test.startswith("param.")]
    rows = [(t.fact, readable(t.test), t.read, t.compared_with, t.outcome) for t in told]
    heading = ("On", "Test", "Read", "Compared with", "")
    widths = [max(len(row[i]) for row in (heading, *rows)) + 2 for i in range(len(heading))]
    if rows and sum(widths) + indent <= page.width:
        page.columns([heading, *rows], indent=indent, styles=["" if t.outcome == "holds" else "bold" for t in told])
        return
    for fact, test, read, compared, outcome in rows:
        against = f", compared with {compared}" if compared else ""
        page.paragraph(f"{fact}: {test}; read {read}{against}; {outcome}", indent=indent)


def write_sources(page: Page, rule: Rule | None, finding: Finding | None, *, indent: int) -> None:
    """Every reference, with its address."""
    references = rule.references if rule else finding.references if finding else ()
    for reference in references:
        text = ", ".join(part for part in (reference.title, reference.locator, reference.url) if part)
        page.paragraph(text, indent=indent, label="Source:", style="dim")


def write_unjudged(page: Page, missed: Sequence[tuple[str, str, str]], *, indent: int) -> None:
    """The rules that were not judged, grouped by the reason."""
    reasons: dict[str, list[tuple[str, str]]] = {}
    for rule, title, reason in missed:
        reasons.setdefault(reason, []).append((rule, title))
    for reason, rules in reasons.items():
        page.paragraph(f"{reason}:", indent=indent)
        for rule, title in rules:
            page.paragraph(title, indent=indent + 2, label=f"{rule} ")

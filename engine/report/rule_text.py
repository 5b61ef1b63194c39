"""A rule as a page that a coder can read and judge."""

from __future__ import annotations

from engine.facts.vocabulary import FieldType
from engine.findings.show import shown
from engine.reference.days import iso
from engine.report.page import Page
from engine.report.rule_words import remedy_words, sentences, template_words
from engine.report.words import SEVERITIES, spaced
from engine.rulebook.book import Rulebook
from engine.rulebook.rule import ParameterValue, Rule


def write_rule(page: Page, rule: Rule, rulebook: Rulebook) -> None:
    """The whole page."""
    word, style = SEVERITIES[rule.severity]
    page.line((rule.id, style), f" {rule.name}", (f"  {rule.status}", "dim"))
    page.paragraph(rule.title, style="bold")
    page.blank()
    until = f" to {iso(rule.effective_to)}" if rule.effective_to is not None else ""
    _field(page, "Effect", f"{word.lower()}, {spaced(rule.disposition)}" + _predicted(rule))
    _field(page, "About", _about(rule))
    _field(page, "Dates", f"services from {iso(rule.effective_from)}{until}")
    counts = f", counts against {rule.dimension}" if rule.dimension else ""
    _field(page, "Kind", spaced(rule.category) + (f", SNIP type {rule.snip}" if rule.snip else "") + counts)
    _field(page, "Why", rule.why)
    _field(page, "Note", rule.note)
    _field(page, "Yields", f"to {', '.join(rule.suppressed_by)} at the same place" if rule.suppressed_by else "")
    _condition(page, rule)
    page.blank()
    page.line(("Finding", "bold"))
    at = (
        f"{rule.at.part} {rule.at.name}.{rule.at.number}, {rule.at.field}"
        if rule.at.part
        else f"{rule.at.name}.{rule.at.field}"
    )
    page.paragraph(at, indent=2, label="At")
    page.paragraph(template_words(rule.says), indent=2, label="Says")
    page.paragraph(template_words(rule.fix), indent=2, label="Fix")
    for remedy in rule.remedies:
        page.paragraph(remedy_words(remedy), indent=2, label="Remedy")
    if rule.query:
        page.paragraph(template_words(rule.query), indent=2, label="Ask")
    _sets(page, rule, rulebook)
    _parameters(page, rule, rulebook)
    _payers(page, rule, rulebook)
    page.blank()
    page.line(("Sources", "bold"))
    for reference in rule.references:
        page.paragraph(
            ", ".join(part for part in (reference.title, reference.locator, reference.url) if part), indent=2
        )
    _tests(page, rule, rulebook)
    page.blank()
    page.line((f"File {rule.path}", "dim"))


def _field(page: Page, label: str, text: str) -> None:
    if text:
        page.paragraph(text, label=label, label_style="bold")


def _predicted(rule: Rule) -> str:
    if not rule.predicts:
        return ""
    codes = " ".join((f"{rule.predicts.group}-{rule.predicts.carc}", *rule.predicts.rarc))
    return f"; the remittance would say {codes}"


def _about(rule: Rule) -> str:
    applies = rule.applies
    said = ["documented encounters" if applies.subject == "encounter" else f"{', '.join(applies.claim_types)} claims"]
    for label, names in (
        ("settings", applies.settings),
        ("kinds of payer", applies.payer_kinds),
        ("payers", applies.payers),
    ):
        if names:
            said.append(f"{label}: {', '.join(names)}")
    return "; ".join(said)


def _condition(page: Page, rule: Rule) -> None:
    for title, patterns in (
        (f"When all of this is on the {rule.applies.subject}", rule.condition.when),
        ("Unless one of these is there", rule.condition.unless),
    ):
        found = list(sentences(rule, patterns))
        if not found:
            continue
        page.blank()
        page.line((title, "bold"))
        for fact, tests in found:
            page.line(f"- {fact}", " where" if tests else "", indent=2)
            for test in tests:
                page.paragraph(test, indent=6)


def _sets(page: Page, rule: Rule, rulebook: Rulebook) -> None:
    if not rule.sets:
        return
    page.blank()
    page.line(("Code sets", "bold"))
    for name in rule.sets:
        code_set = rulebook.sets[name]
        page.paragraph(f"{name}: {code_set.title} ({code_set.source})", indent=2)


def _parameters(page: Page, rule: Rule, rulebook: Rulebook) -> None:
    if not rule.parameters:
        return
    page.blank()
    page.line(("Parameters, by payer", "bold"))
    rows: list[tuple[str, ...]] = []
    for name in rule.parameters:
        for payer in rulebook.payers.values():
            values = [value for value in payer.parameters.get(name, ()) if value.payer == payer.slug]
            rows += [
                (name, payer.slug, iso(v.first_day), _value(v, rulebook.parameters[name]), v.because) for v in values
            ]
    if rows:
        page.columns([("Parameter", "Payer", "From", "Value", "Because"), *rows], (3,), indent=2)


def _value(value: ParameterValue, kind: FieldType) -> str:
    return ", ".join(shown(item, kind) for item in value.values)


def _payers(page: Page, rule: Rule, rulebook: Rulebook) -> None:
    changes = [payer.overrides[rule.id] for payer in rulebook.payers.values() if rule.id in payer.overrides]
    if not changes:
        return
    page.blank()
    page.line(("Changed by payers", "bold"))
    for slug, change in {change.payer: change for change in changes}.items():
        what = "off" if change.off else ", ".join(part for part in (change.severity, change.disposition) if part)
        until = f" until {iso(change.until)}" if change.until is not None else ""
        page.paragraph(f"{slug}: {spaced(what)}{until}, because {change.because}", indent=2)


def _tests(page: Page, rule: Rule, rulebook: Rulebook) -> None:
    twin = rulebook.twins.get(rule.id)
    if twin is None:
        return
    page.blank()
    page.line((f"Tests, on {twin.base}", "bold"))
    for case in twin.cases:
        outcome = "flagged" if case.expect else "not evaluated" if case.not_evaluated is not None else "quiet"
        page.paragraph(case.name, indent=2, label=f"{outcome}: ".ljust(15))
        for expected in case.expect:
            page.paragraph(f"{expected.at}: {expected.says}", indent=17, style="dim")

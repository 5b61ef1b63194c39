"""The page of one rule: what it flags, why, when, by whose authority, with an example of each outcome."""

from __future__ import annotations

from collections.abc import Iterator

import yaml

from engine.authoring.markdown import code, link, plain, section, table
from engine.findings.show import shown
from engine.reference.days import iso
from engine.report.rule_words import remedy_words, sentences, template_words
from engine.report.words import spaced
from engine.rulebook.book import Rulebook
from engine.rulebook.form import Pattern
from engine.rulebook.rule import Rule
from engine.rulebook.twins import Case

SEVERITIES = {
    "error": "error: rejected or denied as submitted",
    "warning": "warning: denial is likely, or a person must look",
    "info": "info: advice",
}
STATUSES = {
    "stable": "stable",
    "testing": "testing: reported beside the verdict, never part of it",
    "draft": "draft: runs in its own tests only",
    "retired": "retired: no longer run",
}


def rule_page(rule: Rule, rulebook: Rulebook) -> str:
    """The whole page as Markdown."""
    lines = [f"# {rule.id}: {plain(rule.title)}", "", plain(rule.why), ""]
    lines += table(["", ""], [(name, text) for name, text in _head(rule) if text])
    lines += section("When it is flagged", list(_condition(rule, rule.condition.when)))
    lines += section("Unless", list(_condition(rule, rule.condition.unless)))
    lines += section("What is reported", _finding(rule))
    lines += section("Examples", _examples(rule, rulebook))
    lines += section("Code sets", _sets(rule, rulebook))
    lines += section("Payers", _payers(rule, rulebook))
    lines += section("Related rules", _related(rule, rulebook))
    lines += section("Sources", list(_sources(rule)))
    return "\n".join([*lines, f"File: {code(rule.path)}", ""])


def address(rule: Rule) -> str:
    """The page's path under ``docs/rules``."""
    return f"{rule.pack}/{rule.id}.md"


def _head(rule: Rule) -> Iterator[tuple[str, str]]:
    until = f" to {iso(rule.effective_to)}" if rule.effective_to is not None else ""
    yield "Name", code(rule.name)
    yield "Status", STATUSES[rule.status]
    yield "Severity", SEVERITIES[rule.severity]
    yield "The payer would" if rule.applies.subject == "claim" else "The coder would", spaced(rule.disposition)
    if rule.predicts:
        codes = [f"{rule.predicts.group}-{rule.predicts.carc}", *rule.predicts.rarc]
        yield "The remittance would say", " ".join(code(found) for found in codes)
    yield "Kind", spaced(rule.category) + (f", SNIP type {rule.snip}" if rule.snip else "")
    yield "Claims", ", ".join(rule.applies.claim_types)
    yield "About", "documented encounters" if rule.applies.subject == "encounter" else ""
    yield "Counts against", rule.dimension or ""
    yield "Payers", ", ".join(map(code, (*rule.applies.payers, *rule.applies.payer_kinds)))
    yield "Settings", ", ".join(rule.applies.settings)
    yield "Services", f"from {iso(rule.effective_from)}{until}"
    yield "Needs", ", ".join(code(need) for need in rule.needs)
    yield "Note", plain(rule.note)


def _condition(rule: Rule, patterns: tuple[Pattern, ...]) -> Iterator[str]:
    for fact, tests in sentences(rule, patterns):
        yield f"- {plain(fact)}" + (", where" if tests else "")
        for test in tests:
            yield f"    - {plain(test)}"


def _finding(rule: Rule) -> list[str]:
    at = f"the {rule.at.part} of {rule.at.name}.{rule.at.number}" if rule.at.part else rule.at.name
    return [
        f"- At: {plain(at)}, field {code(rule.at.field)}",
        f"- Says: {plain(template_words(rule.says))}",
        f"- Fix: {plain(template_words(rule.fix))}",
        *(f"- Remedy, tried by `explain`: {plain(remedy_words(remedy))}" for remedy in rule.remedies),
        *([f"- Asks the provider: {plain(template_words(rule.query))}"] if rule.query else []),
    ]


def _examples(rule: Rule, rulebook: Rulebook) -> list[str]:
    twin = rulebook.twins.get(rule.id)
    if twin is None:
        return []
    flagged = next((case for case in twin.cases if case.expect), None)
    accepted = next((case for case in twin.cases if not case.expect and case.not_evaluated is None), None)
    lines = [f"Changes to the {rule.applies.subject} {code(twin.base)}:", ""]
    for label, case in (("Flagged", flagged), ("Accepted", accepted)):
        if case:
            lines += [f"**{label}**: {plain(case.name)}", "", *_given(case, rule.applies.subject)]
            lines += [f"> {plain(expected.at)}: {plain(expected.says)}" for expected in case.expect]
            lines.append("")
    return lines[:-1]


def _given(case: Case, subject: str) -> list[str]:
    given = {
        "received_on": case.received_on,
        "payer": case.payer,
        **case.given,
        "tables": case.tables,
        "parameters": case.parameters,
        "history": list(case.history),
        "eligibility": case.eligibility,
        "encounter": case.encounter,
    }
    kept = {key: value for key, value in given.items() if value or key in case.given}
    if not kept:
        return [f"The {subject} as it is.", ""]
    text = yaml.safe_dump(kept, default_flow_style=None, sort_keys=False, width=100, allow_unicode=True)
    return ["```yaml", *text.rstrip().split("\n"), "```", ""]


def _sets(rule: Rule, rulebook: Rulebook) -> list[str]:
    found = [rulebook.sets[name] for name in rule.sets]
    return [f"- {code(each.name)}: {plain(each.title)} ({plain(each.source)})" for each in found]


def _payers(rule: Rule, rulebook: Rulebook) -> list[str]:
    rows = [
        (
            code(name),
            code(payer.slug),
            iso(value.first_day),
            ", ".join(plain(shown(item, rulebook.parameters[name])) for item in value.values),
            plain(value.because),
        )
        for name in rule.parameters
        for payer in sorted(rulebook.payers.values(), key=lambda payer: payer.slug)
        for value in payer.parameters.get(name, ())
        if value.payer == payer.slug
    ]
    lines = table(["Parameter", "Payer", "From", "Value", "Because"], rows) if rows else []
    changes = {
        change.payer: change
        for payer in rulebook.payers.values()
        if (change := payer.overrides.get(rule.id)) is not None
    }
    for slug, change in sorted(changes.items()):
        what = "switched off" if change.off else " ".join(filter(None, (change.severity, change.disposition)))
        until = f" until {iso(change.until)}" if change.until is not None else ""
        lines.append(f"- {code(slug)}: {spaced(what)}{until}, because {plain(change.because)}")
    return lines


def _related(rule: Rule, rulebook: Rulebook) -> list[str]:
    silences = [other.id for other in rulebook.rules if rule.id in other.suppressed_by]
    lines = []
    for label, ids in (
        ("Left out where one of these is found at the same place", rule.suppressed_by),
        ("Where it is found, these are left out", silences),
        ("Replaced by", (rule.replaced_by,) if rule.replaced_by else ()),
    ):
        found = [other for other in map(rulebook.rule, ids) if other is not None]
        if found:
            lines += [f"{label}:", ""]
            lines += [f"- {link(f'{other.id} {other.title}', f'../{address(other)}')}" for other in found]
            lines.append("")
    return lines[:-1]


def _sources(rule: Rule) -> Iterator[str]:
    for citation in rule.references:
        title = link(citation.title, citation.url) if citation.url else plain(citation.title)
        yield f"- {title}, {plain(citation.locator)}"

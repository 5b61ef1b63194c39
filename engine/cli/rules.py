"""``cleanclaim rules``: what the rules are, whether they are sound, and help for those who write them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated, get_args

import typer
from msgspec.json import encode
from msgspec.json import format as indented

from engine.cli import rules_check, rules_compare, rules_write
from engine.cli.guard import guarded
from engine.cli.options import RuleFolders
from engine.cli.output import binary, console
from engine.errors import UsageError
from engine.facts.vocabulary import nearest
from engine.report.page import Page
from engine.report.rule_text import write_rule
from engine.report.words import SEVERITIES, count, spaced
from engine.rulebook.book import Rulebook
from engine.rulebook.load import load_rulebook
from engine.rulebook.rule import Disposition, Rule

app = typer.Typer(
    name="rules",
    help="The rules: list and show them, test and lint them, write new ones, compare old with new.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


class Format(StrEnum):
    """The formats of a list."""

    text = "text"
    json = "json"


class Status(StrEnum):
    """How far a rule has come."""

    draft = "draft"
    testing = "testing"
    stable = "stable"
    retired = "retired"


class Severity(StrEnum):
    """How bad a finding is."""

    error = "error"
    warning = "warning"
    info = "info"


@app.command("list")
@guarded
def list_rules(
    pack: Annotated[str, typer.Option("--pack", metavar="PACK", help="Only the rules of this pack.")] = "",
    category: Annotated[
        str, typer.Option("--category", metavar="CATEGORY", help="Only rules of this category, such as bundling.")
    ] = "",
    snip: Annotated[
        int | None, typer.Option("--snip", min=1, max=7, metavar="TYPE", help="Only rules of this SNIP type.")
    ] = None,
    disposition: Annotated[
        str, typer.Option("--disposition", metavar="DISPOSITION", help="Only rules with it, such as line_denial.")
    ] = "",
    payer: Annotated[
        str, typer.Option("--payer", metavar="SLUG", help="Only rules that claims to this payer are checked by.")
    ] = "",
    status: Annotated[Status | None, typer.Option("--status", help="Only rules of this status.")] = None,
    severity: Annotated[Severity | None, typer.Option("--severity", help="Only rules of this severity.")] = None,
    list_format: Annotated[Format, typer.Option("--format", help="How to report.")] = Format.text,
    rules: RuleFolders = None,
) -> int:
    """List the rules."""
    rulebook = load_rulebook(tuple(rules or ()))
    _known("pack", pack, [known.name for known in rulebook.packs])
    _known("category", category, sorted({rule.category for rule in rulebook.rules}))
    _known("disposition", disposition, get_args(Disposition))
    _known("payer", payer, rulebook.payers)
    found = [
        rule
        for rule in rulebook.rules
        if pack in ("", rule.pack)
        and category in ("", rule.category)
        and snip in (None, rule.snip)
        and disposition in ("", rule.disposition)
        and status in (None, rule.status)
        and severity in (None, rule.severity)
        and (not payer or _concerns(rulebook, rule, payer))
    ]
    if list_format == Format.json:
        keys = ("id", "name", "title", "pack", "status", "severity", "disposition", "category", "snip", "path")
        binary().write(
            indented(encode([{key: getattr(rule, key) for key in keys} for rule in found]), indent=2) + b"\n"
        )
        return 0
    page = Page(console())
    for rule in found:
        effect = f"{SEVERITIES[rule.severity][0].lower()}, {spaced(rule.disposition)}, {rule.status}"
        page.line((rule.id, SEVERITIES[rule.severity][1]), f"  {rule.name}", (f"  {effect}", "dim"))
        page.paragraph(rule.title, indent=10)
    by_pack = sorted(Counter(rule.pack for rule in found).items())
    page.line(f"{count(len(found), 'rule')}: {', '.join(f'{name} {number}' for name, number in by_pack) or 'none'}")
    return 0


def _known(what: str, name: str, names: Iterable[str]) -> None:
    known = list(names)
    if name and name not in known:
        raise UsageError(f"unknown {what} {name}", hint=nearest(name, known) or f"one of {', '.join(known)}")


def _concerns(rulebook: Rulebook, rule: Rule, slug: str) -> bool:
    """Whether claims to a payer are checked by a rule (settings and days apart)."""
    payer = rulebook.payers[slug]
    change = payer.overrides.get(rule.id)
    return rulebook.applicable(rule, payer, inpatient=None) and not (change and change.off)


@app.command()
@guarded
def show(
    rule_id: Annotated[str, typer.Argument(metavar="ID", help="The rule's id, such as BIL-0001, or its name.")],
    rules: RuleFolders = None,
) -> int:
    """Show one rule as a page to read."""
    rulebook = load_rulebook(tuple(rules or ()))
    found = [rule for rule in rulebook.rules if rule_id in (rule.id, rule.name)]
    if not found:
        known = [rule.id for rule in rulebook.rules] + [rule.name for rule in rulebook.rules]
        raise UsageError(f"unknown rule {rule_id}", hint=nearest(rule_id, known) or "cleanclaim rules list names them")
    page = Page(console())
    for number, rule in enumerate(found):
        if number:
            page.blank()
        write_rule(page, rule, rulebook)
    return 0


app.command("test")(rules_check.run_tests)
app.command("lint")(rules_check.lint)
app.command("mutate")(rules_check.mutate)
app.command("new")(rules_write.new)
app.command("docs")(rules_write.docs)
app.command("diff")(rules_compare.diff)
app.command("impact")(rules_compare.impact)

"""``cleanclaim rules``: what the rules are, and whether they are sound."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from msgspec.json import encode
from msgspec.json import format as indented

from engine.cli.guard import complain, guarded
from engine.cli.options import RuleFolders
from engine.cli.output import binary, console
from engine.errors import RulebookError, UsageError
from engine.facts.vocabulary import nearest
from engine.report.page import Page
from engine.report.rule_text import write_rule
from engine.report.words import SEVERITIES, count, spaced
from engine.authoring.twins import run_twins
from engine.rulebook.load import load_rulebook

app = typer.Typer(name="rules", help="The rules: list, show, test, lint.", no_args_is_help=True, rich_markup_mode=None)


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
    status: Annotated[Status | None, typer.Option("--status", help="Only rules of this status.")] = None,
    severity: Annotated[Severity | None, typer.Option("--severity", help="Only rules of this severity.")] = None,
    list_format: Annotated[Format, typer.Option("--format", help="How to report.")] = Format.text,
    rules: RuleFolders = None,
) -> int:
    """List the rules."""
    rulebook = load_rulebook(tuple(rules or ()))
    packs = [known.name for known in rulebook.packs]
    if pack and pack not in packs:
        raise UsageError(f"unknown pack {pack}", hint=nearest(pack, packs) or f"one of {', '.join(packs)}")
    found = [
        rule
        for rule in rulebook.rules
        if pack in ("", rule.pack) and status in (None, rule.status) and severity in (None, rule.severity)
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


@app.command("test")
@guarded
def run_tests(
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="[ID]...", help="Rules to test; all when none is named.")
    ] = None,
    rules: RuleFolders = None,
    claims: Annotated[
        Path | None, typer.Option("--claims", metavar="DIR", help="The base claims that tests start from.")
    ] = None,
) -> int:
    """Run the tests beside the rules. The exit status is 1 when one fails."""
    page = Page(console())
    seen: set[str] = set()
    total = failed = 0
    for result in run_twins(load_rulebook(tuple(rules or ())), tuple(ids or ()), claims):
        total += 1
        seen.add(result.rule)
        if result.problems:
            failed += 1
            page.line(("FAILED", "bold red"), f"  {result.rule}::{result.case}", (f"  {result.where}", "dim"))
            for problem in result.problems:
                page.paragraph(problem, indent=8)
    text = f"{count(total, 'case')} of {count(len(seen), 'rule')}: "
    page.line(text, (f"{failed} failed", "bold red") if failed else ("all passed", "green"))
    return 1 if failed else 0


@app.command()
@guarded
def lint(
    rules: RuleFolders = None,
) -> int:
    """Check every rule, test, payer, pack and code-set file. The exit status is 2 when one is wrong."""
    try:
        rulebook = load_rulebook(tuple(rules or ()))
    except RulebookError as error:
        page = Page(console())
        for mistake in error.mistakes:
            page.line(str(mistake))
        complain(error.message)
        return 2
    console().print(f"{count(len(rulebook.rules), 'rule')} in {count(len(rulebook.packs), 'pack')}, no mistakes")
    return 0

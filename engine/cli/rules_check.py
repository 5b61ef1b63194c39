"""``cleanclaim rules test``, ``lint`` and ``mutate``: are the rules sound, and would their tests notice if not?"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from msgspec.json import encode
from msgspec.json import format as indented

from engine.authoring import mutation
from engine.authoring.corpus import Corpus
from engine.authoring.lint.remark import Check
from engine.authoring.lint.run import CHECKS, Finding
from engine.authoring.lint.run import lint as run_lint
from engine.authoring.twins import run_twins
from engine.cli.folders import table_folders
from engine.cli.guard import complain, guarded
from engine.cli.options import RuleFolders, TableFolder
from engine.cli.output import binary, console
from engine.errors import RulebookError, UsageError
from engine.facts.vocabulary import nearest
from engine.reference.catalog import Tables
from engine.report.page import Page
from engine.report.words import count
from engine.rulebook.load import load_rulebook

BaseClaims = Annotated[
    Path | None, typer.Option("--claims", metavar="DIR", help="The base claims that tests start from.")
]
STYLES = {"error": "bold red", "warning": "bold yellow"}


class LintFormat(StrEnum):
    """The formats of what lint finds."""

    text = "text"
    json = "json"


@guarded
def run_tests(
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="[ID]...", help="Rules to test; all when none is named.")
    ] = None,
    rules: RuleFolders = None,
    claims: BaseClaims = None,
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


@guarded
def lint(
    checks: Annotated[
        list[str] | None, typer.Option("--check", metavar="CHECK", help="Only this check; may be repeated.")
    ] = None,
    errors: Annotated[bool, typer.Option("--errors", help="Leave warnings out.")] = False,
    lint_format: Annotated[LintFormat, typer.Option("--format", help="How to report.")] = LintFormat.text,
    rules: RuleFolders = None,
    tables: TableFolder = None,
    claims: BaseClaims = None,
) -> int:
    """Check every rule, test, payer, pack and code-set file, and all rules together.

    The exit status is 2 when a file is refused, 1 when a check finds an error. Warnings do not count.
    """
    folders = tuple(rules or ())
    chosen = _chosen(checks or [])
    try:
        rulebook = load_rulebook(folders)
    except RulebookError as error:
        page = Page(console())
        for mistake in error.mistakes:
            page.line(str(mistake))
        complain(error.message)
        return 2
    report = run_lint(Corpus(rulebook, folders, Tables.load(table_folders(tables)), claims), chosen)
    shown = [finding for finding in report.findings if finding.severity == "error" or not errors]
    if lint_format == LintFormat.json:
        binary().write(indented(encode(shown), indent=2) + b"\n")
    else:
        page = Page(console())
        for finding in shown:
            _write(page, finding)
        for skipped in () if errors else report.skipped:
            page.line(("not checked", "dim"), f"  {skipped}")
        bad, doubtful = report.count("error"), report.count("warning")
        found = [count(bad, "error")] if bad else []
        found += [count(doubtful, "warning")] if doubtful else []
        found += [f"{report.excused} excused"] if report.excused else []
        head = f"{count(len(rulebook.rules), 'rule')} in {count(len(rulebook.packs), 'pack')}, "
        page.line(head + (", ".join(found) if bad or doubtful else ", ".join(["no mistakes", *found])))
    return 1 if report.count("error") else 0


def _chosen(names: list[str]) -> list[Check]:
    known = {check.id: check for check in CHECKS}
    for name in names:
        if name not in known:
            raise UsageError(f"unknown check {name}", hint=nearest(name, known) or f"one of {', '.join(known)}")
    return [known[name] for name in names] or list(CHECKS)


def _write(page: Page, finding: Finding) -> None:
    page.line((finding.severity, STYLES[finding.severity]), f"  {finding.check}", (f"  {finding.location}", "dim"))
    page.paragraph(f"{finding.subject}: {finding.says}" + (f" ({finding.hint})" if finding.hint else ""), indent=8)


@guarded
def mutate(
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="[ID]...", help="Rules to mutate; all when none is named.")
    ] = None,
    pack: Annotated[str, typer.Option("--pack", metavar="PACK", help="Only the rules of this pack.")] = "",
    rules: RuleFolders = None,
    claims: BaseClaims = None,
) -> int:
    """Put one mistake at a time into each rule and see whether its tests notice.

    The exit status is 1 when a pack falls short of the goal, or a mutant is wrongly excused as equivalent.
    """
    outcomes = list(mutation.mutate(load_rulebook(tuple(rules or ())), tuple(ids or ()), pack, claims))
    scores = mutation.scores(outcomes)
    page = Page(console())
    for outcome in outcomes:
        for survivor in outcome.survivors:
            page.line(("SURVIVED", "bold red"), f"  {outcome.rule}  {survivor.mutant}", (f"  {outcome.path}", "dim"))
            page.paragraph(survivor.wanted, indent=10, label="needs")
    stale = [words for outcome in outcomes for words in outcome.stale]
    for words in stale:
        page.line(words)
    rows = [(s.pack, str(s.rules), str(s.counted), str(s.killed), str(s.equivalent), f"{s.percent} %") for s in scores]
    page.columns([("Pack", "Rules", "Mutants", "Noticed", "Equivalent", "Score"), *rows], right=(1, 2, 3, 4, 5))
    return 1 if stale or not all(score.reached for score in scores) else 0

"""``cleanclaim rules new`` and ``docs``: files that nobody writes from nothing."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from engine.authoring.new import new_rule
from engine.authoring.pages import pages, pages_folder, stale, write_pages
from engine.cli.guard import guarded
from engine.cli.options import RuleFolders
from engine.cli.output import console
from engine.errors import UsageError
from engine.report.page import Page
from engine.report.words import count
from engine.rulebook.load import load_rulebook
from engine.rulebook.rule import Subject

OutFolder = Annotated[
    Path | None, typer.Option("--out", metavar="DIR", help="Where the pages go. [default: docs/rules of the checkout]")
]


class About(StrEnum):
    """What a new rule is about."""

    claim = "claim"
    encounter = "encounter"


def _subject(about: About) -> Subject:
    return "encounter" if about == About.encounter else "claim"


@guarded
def new(
    prefix: Annotated[str, typer.Argument(metavar="PREFIX", help="The prefix of the pack's ids, such as COD.")],
    name: Annotated[str, typer.Argument(metavar="NAME", help="The rule's name, such as units-not-positive.")],
    topic: Annotated[str, typer.Option("--topic", metavar="TOPIC", help="The folder below the pack's.")] = "",
    wanted: Annotated[
        str, typer.Option("--id", metavar="ID", help="The rule's id. [default: the next free one of the topic]")
    ] = "",
    about: Annotated[About, typer.Option("--about", help="What the rule is about.")] = About.claim,
    rules: RuleFolders = None,
) -> int:
    """Write a rule, its test and its page from a template, under the next free id."""
    folders = tuple(rules or ())
    site = folders[-1] if folders else None
    made = new_rule(load_rulebook(folders), prefix, name, topic, site=site, wanted=wanted, subject=_subject(about))
    page = Page(console())
    page.line((made.id, "bold"), f"  {name}")
    for path in (made.rule, made.twin):
        page.line(f"  {path}")
    folder = None if site else pages_folder()
    if folder:
        for written in write_pages(pages(load_rulebook(folders)), folder):
            page.line(f"  {folder / written}")
    page.paragraph("Fill in what says TODO, then run: cleanclaim rules lint, rules test, rules mutate, rules docs.")
    return 0


@guarded
def docs(
    out: OutFolder = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; the exit status is 1 when a page is stale.")
    ] = False,
    rules: RuleFolders = None,
) -> int:
    """Write a page for each rule, with an index for each pack."""
    folder = out or pages_folder()
    if folder is None:
        raise UsageError("there is no folder docs beside the rules", hint="name one with --out")
    made = pages(load_rulebook(tuple(rules or ())))
    page = Page(console())
    if check:
        found = stale(made, folder)
        for name in found:
            page.line(f"stale: {folder / name}")
        page.line(f"{count(len(made), 'page')}: " + (f"{len(found)} stale" if found else "all current"))
        return 1 if found else 0
    written = write_pages(made, folder)
    page.line(f"{count(len(made), 'page')} in {folder}, {len(written)} changed")
    return 0

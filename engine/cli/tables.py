"""``cleanclaim tables``: which reference tables answer, and which rules wait for one that is not there."""

from __future__ import annotations

from collections import Counter

import typer

from engine.cli.guard import guarded
from engine.cli.options import RuleFolders, TableFolder
from engine.cli.output import console
from engine.cli.setting import table_folders
from engine.reference.catalog import Tables
from engine.report.page import Page
from engine.report.words import count
from engine.rulebook.book import ACTIVE
from engine.rulebook.load import load_rulebook

app = typer.Typer(name="tables", help="The reference tables.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def root() -> None:
    """The reference tables."""


@app.command("list")
@guarded
def list_tables(tables: TableFolder = None, rules: RuleFolders = None) -> int:
    """List the tables that are loaded, with their editions and dates, and those that rules ask for in vain."""
    folders = table_folders(tables)
    loaded = Tables.load(folders)
    page = Page(console())
    rows = [
        (str(edition["name"]), str(edition["edition"]), str(edition["from"]), edition["to"] or "", "")
        for edition in loaded.statement()
    ]
    page.columns([("Table", "Edition", "From", "To", ""), *rows])
    for folder in folders:
        page.line((f"also from {folder}", "dim"))
    wanted: Counter[str] = Counter()
    for rule in load_rulebook(tuple(rules or ())).rules:
        if rule.status in ACTIVE:
            wanted.update(need.removeprefix("table/") for need in rule.needs if need.startswith("table/"))
    missing = {name: number for name, number in sorted(wanted.items()) if not _there(name, loaded)}
    if missing:
        page.blank()
        page.line(("Not loaded", "bold"))
        page.columns(
            [("Table", "Asked for by"), *((name, count(number, "rule")) for name, number in missing.items())], indent=2
        )
    return 0


def _there(name: str, loaded: Tables) -> bool:
    """Whether the table or a variant by claim type (``mue-practitioner`` for ``mue``) is loaded."""
    return any(known == name or known.startswith(f"{name}-") for known in loaded.names())

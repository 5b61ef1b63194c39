"""``cleanclaim tables``: which reference tables answer, which are missing, and whether they are sound."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated

import typer
from msgspec.json import encode
from msgspec.json import format as indented

from engine.cli.folders import table_folders
from engine.cli.guard import complain, guarded
from engine.cli.options import RuleFolders, TableFolder
from engine.cli.output import binary, console
from engine.cli.tables_import import import_tables
from engine.errors import TableError
from engine.reference.catalog import Tables
from engine.reference.days import iso
from engine.reference.publishers import publisher
from engine.reference.table import Edition
from engine.reference.verifying import verify as verified
from engine.report.page import Page
from engine.report.tables_json import edition_objects, missing_objects, missing_tables
from engine.report.words import count
from engine.rulebook.load import load_rulebook

_DIGEST = 12

app = typer.Typer(name="tables", help="The reference tables.", no_args_is_help=True, rich_markup_mode=None)
app.command("import")(import_tables)


class Format(StrEnum):
    """The formats of a list."""

    text = "text"
    json = "json"


@app.callback()
def root() -> None:
    """The reference tables."""


@app.command("list")
@guarded
def list_tables(
    tables: TableFolder = None,
    rules: RuleFolders = None,
    list_format: Annotated[Format, typer.Option("--format", help="How to report.")] = Format.text,
) -> int:
    """List the tables that are loaded, with their editions and dates, and those that rules ask for in vain."""
    folders = table_folders(tables)
    loaded = Tables.load(folders)
    editions = _editions(loaded)
    missing = missing_tables(loaded, load_rulebook(tuple(rules or ())))
    if list_format == Format.json:
        found = {
            "tables": edition_objects(editions),
            "folders": [str(folder) for folder in folders],
            "missing": missing_objects(missing),
        }
        binary().write(indented(encode(found), indent=2) + b"\n")
        return 0
    page = Page(console())
    rows = [
        (
            each.table,
            each.edition,
            iso(each.first_day),
            "" if each.last_day is None else iso(each.last_day),
            f"{each.rows:,}",
            each.digest[:_DIGEST],
            ", ".join(each.files),
        )
        for each in editions
    ]
    page.columns([("Table", "Edition", "From", "To", "Rows", "Digest", "Source file"), *rows], right=(4,))
    for folder in folders:
        page.line((f"also from {folder}", "dim"))
    _write_ended(page, loaded)
    _write_missing(page, missing)
    return 0


def _editions(loaded: Tables) -> list[Edition]:
    """Every edition; a site's CSV is read now, since nothing else knows its rows."""
    for each in loaded.editions():
        if not each.digest:
            try:
                loaded.rows(each.table, "", each.first_day)
            except TableError as error:
                complain(str(error))
    return loaded.editions()


def _write_ended(page: Page, loaded: Tables) -> None:
    """The tables whose newest edition is over, and where the next is published."""
    today = date.today().isoformat()  # noqa: DTZ011 -- the day where the user is
    ended = [
        (each, offered)
        for name in loaded.names()
        if (each := loaded.edition(name, None)) and each.last_day is not None and iso(each.last_day) < today
        if (offered := publisher(name)) and not _later(loaded, each)
    ]
    if ended:
        page.blank()
        page.line(("Ended: they still answer, and reports say how old they are. Newer editions:", "bold"))
        for each, offered in ended:
            page.line(f"{each.table} {each.edition}  {offered.page}", indent=2)


def _later(loaded: Tables, newest: Edition) -> bool:
    """Whether another edition of the table runs on after the one that begins last."""
    last = newest.last_day or 0
    return any(each.table == newest.table and (each.last_day or 0) > last for each in loaded.editions())


def _write_missing(page: Page, missing: Mapping[str, int]) -> None:
    if not missing:
        return
    page.blank()
    page.line(("Not loaded", "bold"))
    page.columns([("Table", "Asked for by"), *((name, count(n, "rule")) for name, n in missing.items())], indent=2)
    offers: dict[str, list[str]] = {}
    for name in missing:
        if offered := publisher(name):
            offers.setdefault(f"{offered.page}\n{offered.licence}", []).append(name)
    for offer, names in offers.items():
        where, _, licence = offer.partition("\n")
        page.line(f"{', '.join(names)}: {where}", indent=2)
        page.paragraph(licence, indent=4, style="dim")
    if offers:
        page.line("Fetch the file as published and run: cleanclaim tables import FILE", indent=2)


@app.command()
@guarded
def verify(tables: TableFolder = None) -> int:
    """Read every table and compare digests and numbers of keys. The exit status is 1 when one is not sound."""
    page = Page(console())
    total = bad = 0
    for each in verified(table_folders(tables)):
        total += 1
        if each.problem:
            bad += 1
            page.line(("not sound", "bold red"), f"  {each.table} {each.edition}", (f"  {each.location}", "dim"))
            page.paragraph(each.problem, indent=11)
    page.line(f"{count(total, 'edition')}: ", (f"{bad} not sound", "bold red") if bad else ("all sound", "green"))
    return 1 if bad else 0

"""``cleanclaim tables import``: publishers' files into the folder of reference tables."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from engine.cli.folders import users_tables
from engine.cli.guard import complain, guarded
from engine.cli.options import TableFolder, to_date
from engine.cli.output import console
from engine.errors import InputError, TableError
from engine.reference.days import EPOCH, iso
from engine.reference.import_job import ImportResult
from engine.reference.import_job import Progress as Told
from engine.reference.importers.detect import Answers
from engine.reference.importing import import_file, missing_parts
from engine.report.page import Page
from engine.report.words import count


@guarded
def import_tables(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="Files as their publishers made them; zips too.")
    ],
    tables: TableFolder = None,
    table: Annotated[
        str, typer.Option("--table", metavar="NAME", help="The table, when the file does not say which of two it is.")
    ] = "",
    edition: Annotated[
        str, typer.Option("--edition", metavar="E", help="The edition, when neither content nor name says it.")
    ] = "",
    first: Annotated[
        date | None, typer.Option("--from", parser=to_date, metavar="DATE", help="The first day of the edition.")
    ] = None,
    mapping: Annotated[
        Path | None,
        typer.Option("--mapping", metavar="YAML", help="What the columns of your own CSV mean. [default: beside it]"),
    ] = None,
) -> int:
    """Import reference tables: what a file is shows in its content. The exit status is 2 when one is refused."""
    folder = tables or users_tables()
    first_day = None if first is None else first.toordinal() - EPOCH
    answers = Answers(table=table, edition=edition, first_day=first_day, mapping=mapping)
    page = Page(console())
    status = 0
    licences: dict[str, list[str]] = {}
    parts: dict[tuple[str, str], tuple[str, ...]] = {}
    for path in files:
        try:
            with _bar(path.name) as told:
                results = import_file(path, folder, answers, told)
        except (InputError, TableError) as error:
            complain(str(error))
            status = 2
            continue
        page.line((path.name, "bold"))
        for each in results:
            _write(page, each)
            parts[each.table, each.edition] = each.parts
            names = licences.setdefault(each.licence, [])
            if each.table not in names:
                names.append(each.table)
    for (name, of), there in parts.items():
        if missing := missing_parts(there):
            page.line(("incomplete", "bold yellow"), f"  {name} {of}: part {', '.join(missing)} was not imported")
    for licence, names in licences.items():
        if licence:
            page.paragraph(f"{', '.join(names)}: {licence}", style="dim")
    if parts:
        page.line((f"in {folder}", "dim"))
    return status


def _write(page: Page, done: ImportResult) -> None:
    until = "" if done.last_day is None else f" to {iso(done.last_day)}"
    about = f"{done.table}  {done.edition}, {iso(done.first_day)}{until}"
    if done.unchanged:
        page.line(f"{about}: {count(done.rows, 'row')}, ", ("already imported, nothing done", "green"), indent=2)
        return
    page.line(f"{about}: {count(done.rows, 'row')} in {done.seconds:.1f} s", indent=2)
    if done.part:
        page.line(
            f"part {done.part}; the edition has {', '.join(done.parts)} and {count(done.held, 'row')}. "
            "Import every part that its publisher offers.",
            indent=4,
        )
    if done.void:
        page.line(f"{count(done.void, 'row')} left out that the publisher marks as not in use", indent=4)
    if done.bad_rows:
        page.line((f"{count(done.bad_rows, 'row')} rejected:", "yellow"), indent=4)
        for row in done.bad:
            page.line(f"line {row.line}: {row.because}", indent=6)
        if done.bad_rows > len(done.bad):
            page.line(f"and {count(done.bad_rows - len(done.bad), 'row')} more", indent=6)
    if done.replaced:
        page.line(f"replaced {done.replaced}", indent=4)


@contextmanager
def _bar(name: str) -> Iterator[Told]:
    """What an import tells of its progress; a bar of rows when standard error is a terminal."""
    if not sys.stderr.isatty():
        yield lambda _table, _rows, _done: None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[rows]:,} rows"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(name, total=None, rows=0)
        yield lambda table, rows, done: progress.update(
            task,
            description=f"{name}: {table}",
            rows=rows,
            total=None if done is None else 1.0,
            completed=done or 0,
        )

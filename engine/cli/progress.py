"""A progress bar on standard error, for long runs whose report goes elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

Watch = Callable[[int, int], None]
"""Told after each claim how many files are done and how many claims."""


@contextmanager
def watched(files: int) -> Iterator[Watch]:
    """A function to call after each claim.

    The bar is shown when standard error is a terminal that the report is not written to, and goes when the run ends.
    """
    if not sys.stderr.isatty() or sys.stdout.isatty():
        yield lambda _files, _claims: None
        return
    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("files, {task.fields[claims]:,} claims"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=files, claims=0)
        yield lambda done, claims: progress.update(task, completed=done, claims=claims)

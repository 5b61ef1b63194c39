"""The progress of a batch on standard error: how much of the input is done, claims a second, time left."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn


class Bar:
    """What is told about a run; shows nothing."""

    def bytes_done(self, number: int) -> None:
        """So many bytes of input are written out, those of earlier runs included."""

    def claims_done(self, number: int) -> None:
        """So many claims were checked in this run."""


class _Shown(Bar):
    def __init__(self, progress: Progress, total: int) -> None:
        self.progress = progress
        self.task = progress.add_task("", total=total, claims=0, rate=0)

    def bytes_done(self, number: int) -> None:
        self.progress.update(self.task, completed=number)

    def claims_done(self, number: int) -> None:
        elapsed = self.progress.tasks[0].elapsed or 0
        self.progress.update(self.task, claims=number, rate=round(number / elapsed) if elapsed > 1 else 0)


@contextmanager
def bar(total: int) -> Iterator[Bar]:
    """A bar on standard error when that is a terminal; goes when the run ends."""
    if not sys.stderr.isatty():
        yield Bar()
        return
    columns = (
        BarColumn(),
        DownloadColumn(binary_units=True),
        TextColumn("{task.fields[claims]:,} claims, {task.fields[rate]:,} claims/s"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        yield _Shown(progress, total)

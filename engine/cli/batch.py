"""``cleanclaim batch``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from msgspec import Struct
from msgspec.structs import replace

from engine.batch.checkpoint import Checkpoint, Manifest
from engine.batch.plan import Input
from engine.batch.pool import Pool
from engine.batch.run import Job, Runner, run
from engine.batch.summary import summary, write_json, write_text
from engine.batch.tables import arrow
from engine.check import Checker
from engine.cli.batch_progress import Bar, bar
from engine.cli.folders import table_folders
from engine.cli.guard import UNUSABLE, complain, guarded
from engine.cli.inputs import STDIN, claim_files, reason, shown_name
from engine.cli.options import (
    Eligibility,
    Engine,
    EngineName,
    FailOn,
    History,
    PayerSlug,
    ReceivedOn,
    RuleFolders,
    TableFolder,
)
from engine.cli.output import console
from engine.cli.setting import Setting, make_checker, setting, titles
from engine.errors import InputError, UsageError
from engine.report.page import Page
from engine.report.summary_text import Basis
from engine.rulebook.load import load_rulebook


class RunnerName(StrEnum):
    """Where the work is done."""

    local = "local"
    spark = "spark"


class BatchFormat(StrEnum):
    """The formats of the output."""

    parquet = "parquet"
    ndjson = "ndjson"


class FromSetting(Struct, frozen=True):
    """Makes the checker of a setting, in whatever process; on another machine, with its folders brought along."""

    chosen: Setting

    def make(self) -> Checker:
        """The checker."""
        return make_checker(self.chosen)

    def folders(self) -> tuple[Path, ...]:
        """What it reads besides the rules that are shipped."""
        chosen = self.chosen
        given = (*chosen.rules, chosen.tables, chosen.history, chosen.eligibility)
        return tuple(path for path in given if path is not None)

    def moved(self, places: dict[Path, Path]) -> FromSetting:
        """The same with its folders elsewhere."""
        chosen = self.chosen
        return FromSetting(
            replace(
                chosen,
                rules=tuple(places[path] for path in chosen.rules),
                tables=None if chosen.tables is None else places[chosen.tables],
                history=None if chosen.history is None else places[chosen.history],
                eligibility=None if chosen.eligibility is None else places[chosen.eligibility],
            )
        )


@guarded
def batch(
    paths: Annotated[list[str], typer.Argument(metavar="IN", help="Files or folders of claims; gzip is read too.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The output: a new folder, or a run to go on.")],
    runner: Annotated[RunnerName, typer.Option("--runner", help="Where the work is done.")] = RunnerName.local,
    jobs: Annotated[int, typer.Option("--jobs", min=1, metavar="N", help="Processes (local runner).")] = 1,
    batch_format: Annotated[BatchFormat, typer.Option("--format", help="The output.")] = BatchFormat.parquet,
    received_on: ReceivedOn = None,
    payer: PayerSlug = "",
    rules: RuleFolders = None,
    tables: TableFolder = None,
    engine: EngineName = Engine.compiled,
    history: History = None,
    eligibility: Eligibility = None,
    fail_on: Annotated[
        FailOn, typer.Option("--fail-on", help="The exit status is 1 for findings of this severity or worse.")
    ] = FailOn.error,
    master: Annotated[
        str, typer.Option("--master", metavar="URL", help="The Spark master. [default: this machine, --jobs cores]")
    ] = "",
    unit_mb: Annotated[int, typer.Option("--unit-mb", min=1, metavar="N", help="Input handed out at a time.")] = 8,
) -> int:
    """Check files of any size, in several processes or on Spark; a run that was stopped goes on where it was.

    The same command goes on with a run that was begun. Exit status: as of check.
    """
    checkpoint = Checkpoint(out)
    try:
        checkpoint.lock()
        earlier = checkpoint.begun_with()
        chosen = setting(_day(received_on, earlier), payer, rules, _tables(tables), engine, history, eligibility)
        if batch_format == BatchFormat.parquet:
            arrow()
        job = Job(
            inputs=_inputs(paths, [*table_folders(tables), out]),
            out=out,
            options=_options(chosen),
            chosen=batch_format.value,
            size=unit_mb << 20,
        )
        size = sum(given.size for given in job.inputs)
        with bar(size) as shown, _runner(runner, job, chosen, jobs, master, shown) as on:
            tally = run(job, checkpoint, on, shown.bytes_done)
            tool = on.grounds().tool
        names = titles(load_rulebook(chosen.rules))
        day = chosen.received_on.isoformat()
        write_json(out, summary(tally, msgspec.to_builtins(tool), day, names))
        write_text(Page(console()), tally, Basis(tool=tool, titles=names, received_on=day), out)
    finally:
        checkpoint.close()
    if tally.unusable:
        return UNUSABLE
    return 1 if tally.failing(fail_on) else 0


@contextmanager
def _runner(name: RunnerName, job: Job, chosen: Setting, jobs: int, master: str, shown: Bar) -> Iterator[Runner]:
    source = FromSetting(chosen)
    if name == RunnerName.local:
        pool = Pool(source, job.chosen, jobs, shown.claims_done)
        try:
            yield pool
        finally:
            pool.close()
        return
    from engine.batch.spark import SparkRunner  # noqa: PLC0415 -- an extra

    runner = SparkRunner(source, job.chosen, master or f"local[{jobs}]", shown.claims_done)
    try:
        yield runner
    finally:
        runner.close()


def _day(given: date | None, earlier: Manifest | None) -> date | None:
    """The day of receipt: as given, else that of the run that goes on."""
    if given is not None or earlier is None:
        return given
    day = date.fromisoformat(earlier.options["received_on"])
    if day != date.today():  # noqa: DTZ011 -- the day where the user is
        complain(f"going on with claims received on {day}, the day of the run that was begun")
    return day


def _tables(given: Path | None) -> Path | None:
    """The folder of tables by name, so that every process and machine takes the same."""
    return next(iter(table_folders(given)), None)


def _inputs(paths: list[str], skip: list[Path]) -> tuple[Input, ...]:
    if STDIN in paths:
        raise UsageError("standard input cannot be read twice", hint="give files, or use cleanclaim check -")
    hint = "every input must be readable"
    found = tuple(Input(path, shown_name(path), _size(path, hint)) for path in claim_files(paths, skip))
    if not found:
        raise UsageError("no claim files found")
    return found


def _size(path: str, hint: str) -> int:
    """The size of a file in bytes."""
    try:
        return Path(path).stat().st_size
    except (OSError, ValueError) as error:
        raise InputError(reason(error), location=shown_name(path), hint=hint) from error


def _options(chosen: Setting) -> dict[str, str]:
    """The options that findings rest on; rules and tables have digests of their own."""
    return {
        "received_on": chosen.received_on.isoformat(),
        "payer": chosen.payer,
        "history": _weighed(chosen.history, "--history PATH"),
        "eligibility": _weighed(chosen.eligibility, "--eligibility PATH"),
    }


def _weighed(path: Path | None, hint: str) -> str:
    """A file or folder with the size of what it holds."""
    if path is None:
        return ""
    sizes = [_size(name, hint) for name in claim_files([str(path)])]
    return f"{path} ({len(sizes)} files, {sum(sizes):,} bytes)"

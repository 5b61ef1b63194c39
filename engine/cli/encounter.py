"""``cleanclaim encounter``."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer
from msgspec import Struct

from engine.cli.folders import table_folders
from engine.cli.guard import UNUSABLE, complain, guarded
from engine.cli.inputs import claim_files, opened, reason, shown_name
from engine.cli.options import Engine, EngineName, FailOn, PayerSlug, ReceivedOn, RuleFolders, TableFolder
from engine.cli.output import binary, console
from engine.cli.setting import make_checker, setting
from engine.findings.report import InputFinding
from engine.report.encounter_json import EncounterJson
from engine.report.encounter_text import EncounterText
from engine.report.tally import failing
from engine.score import Scorer

app = typer.Typer(help="Score documented encounters, before there is a claim.", no_args_is_help=True)


class Format(StrEnum):
    """The formats of a report about encounters."""

    text = "text"
    json = "json"


@app.callback()
def encounter() -> None:
    """Score documented encounters, before there is a claim."""


class Seen(Struct):
    """What came out so far."""

    severities: set[str]
    encounters: int = 0
    unusable: int = 0


@app.command()
@guarded
def score(
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH", help="Files or folders of encounters; - is standard input.")
    ],
    report_format: Annotated[Format, typer.Option("--format", help="How to report.")] = Format.text,
    received_on: ReceivedOn = None,
    payer: PayerSlug = "",
    rules: RuleFolders = None,
    tables: TableFolder = None,
    engine: EngineName = Engine.durable,
    fail_on: Annotated[
        FailOn, typer.Option("--fail-on", help="The exit status is 1 for findings of this severity or worse.")
    ] = FailOn.error,
    verbose: Annotated[
        bool, typer.Option("--verbose", help="Show every rule that was not judged and every item that was not read.")
    ] = False,
) -> int:
    """Score documented encounters: native JSON or a FHIR R4 Bundle.

    Exit status: 0 without findings at or above --fail-on, 1 with such findings, 2 when a file, an option or a rule
    cannot be used. What can be scored is scored and reported even then.
    """
    chosen = setting(received_on, payer, rules, tables, engine, None)
    scorer = Scorer(make_checker(chosen))
    files = list(claim_files(paths, table_folders(tables)))
    writer = EncounterJson(binary()) if report_format == Format.json else EncounterText(console(), verbose=verbose)
    seen = Seen(set())
    writer.begin(scorer.tool())
    for path in files:
        writer.file(shown_name(path))
        _score_file(scorer, path, writer, seen)
    writer.end()
    if not files:
        complain("no encounter files found")
    if seen.unusable or not files:
        return UNUSABLE
    return 1 if failing(seen.severities, fail_on) else 0


def _score_file(scorer: Scorer, path: str, writer: EncounterText | EncounterJson, seen: Seen) -> None:
    """One file's encounters to the report; a file without one is unusable."""
    name, before = shown_name(path), seen.encounters
    try:
        with opened(path) as stream:
            for item in scorer.score_with_encounters(stream, name):
                if isinstance(item, InputFinding):
                    seen.severities.add(item.severity)
                    writer.input_finding(item)
                else:
                    report, documented = item
                    seen.encounters += 1
                    seen.severities |= {f.severity for f in report.findings if f.status == "stable"}
                    writer.encounter(report, documented)
    except BrokenPipeError:  # of the report, not of the file
        raise
    except (OSError, ValueError) as error:
        complain(f"{name}: {reason(error)}")
        seen.unusable += 1
        return
    seen.unusable += seen.encounters == before

"""``cleanclaim check``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Annotated

import typer

from engine.check import Checker
from engine.cli.folders import table_folders
from engine.cli.guard import UNUSABLE, complain, guarded
from engine.cli.inputs import STDIN, claim_files
from engine.cli.options import (
    Eligibility,
    EncounterFiles,
    Engine,
    EngineName,
    FailOn,
    History,
    PayerSlug,
    ReceivedOn,
    RuleFolders,
    TableFolder,
)
from engine.cli.output import binary, console
from engine.cli.progress import Watch, watched
from engine.cli.setting import make_checker, setting, titles
from engine.cli.work import Item, Unreadable, in_processes, one_by_one
from engine.findings.report import InputFinding
from engine.report.ca277 import Ca277Report
from engine.report.described import described
from engine.report.fhir import FhirReport
from engine.report.json_report import JsonReport
from engine.report.ndjson import NdjsonReport
from engine.report.sarif import SarifReport
from engine.report.tally import Tally
from engine.report.text import TextReport
from engine.report.words import count
from engine.report.writer import ReportWriter


class Format(StrEnum):
    """The formats of a report."""

    text = "text"
    json = "json"
    ndjson = "ndjson"
    sarif = "sarif"
    ca277 = "277ca"
    fhir = "fhir"


@guarded
def check(
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH", help="Files or folders of claims; - is standard input.")
    ],
    report_format: Annotated[
        Format,
        typer.Option("--format", help="How to report; 277ca is X12 005010X214, fhir an R4 Bundle with ClaimResponses."),
    ] = Format.text,
    received_on: ReceivedOn = None,
    payer: PayerSlug = "",
    rules: RuleFolders = None,
    tables: TableFolder = None,
    engine: EngineName = Engine.durable,
    history: History = None,
    eligibility: Eligibility = None,
    encounter: EncounterFiles = None,
    fail_on: Annotated[
        FailOn, typer.Option("--fail-on", help="The exit status is 1 for findings of this severity or worse.")
    ] = FailOn.error,
    jobs: Annotated[int, typer.Option("--jobs", min=1, metavar="N", help="Check files in N processes.")] = 1,
    verbose: Annotated[
        bool, typer.Option("--verbose", help="Show every clean claim, and every rule that was not judged.")
    ] = False,
) -> int:
    """Check claims: X12 837P, 837I or 837D, FHIR R4 Claim or Bundle, or native JSON.

    Exit status: 0 without findings at or above --fail-on, 1 with such findings, 2 when a file, an option or a rule
    cannot be used. What can be checked is checked and reported even then.
    """
    chosen = setting(received_on, payer, rules, tables, engine, history, eligibility, encounter)
    checker = make_checker(chosen)
    files = list(claim_files(paths, [*table_folders(tables), *([encounter] if encounter else [])]))
    several = jobs > 1 and len(files) > 1 and STDIN not in files
    outcomes = in_processes(chosen, files, min(jobs, len(files))) if several else one_by_one(checker, files)
    writer = _writer(report_format, checker, chosen.received_on, verbose=verbose)
    tally = Tally()
    writer.begin(checker.tool())
    with watched(len(files)) as watch:
        for name, items in outcomes:
            _report(name, items, writer, tally, watch)
    writer.end(tally)
    if report_format == Format.ca277 and tally.input_findings:
        complain(f"{count(tally.input_findings, 'problem')} of the input outside any claim, which a 277CA cannot tell")
    if tally.unusable or not files:
        if not files:
            complain("no claim files found")
        return UNUSABLE
    return 1 if tally.failing(fail_on) else 0


def _writer(chosen: Format, checker: Checker, received_on: date, *, verbose: bool) -> ReportWriter:
    match chosen:
        case Format.text:
            return TextReport(console(), titles(checker.rulebook), received_on.isoformat(), verbose=verbose)
        case Format.json:
            return JsonReport(binary())
        case Format.ndjson:
            return NdjsonReport(binary())
        case Format.sarif:
            return SarifReport(binary(), described(checker.rulebook))
        case Format.ca277:
            return Ca277Report(binary(), received_on)
        case Format.fhir:
            return FhirReport(binary(), received_on)


def _report(name: str, items: Iterator[Item], writer: ReportWriter, tally: Tally, watch: Watch) -> None:
    """One file's items to the report; a file without a claim is unusable."""
    before, said = tally.claims, False
    tally.files += 1
    writer.file(name)
    for item in items:
        if isinstance(item, Unreadable):
            complain(f"{name}: {item.why}")
            tally.unusable += tally.claims != before
            said = True
        elif isinstance(item, InputFinding):
            tally.add_input(item)
            writer.input_finding(item)
            said = True
        else:
            tally.add(*item)
            writer.claim(*item)
            watch(tally.files - 1, tally.claims)
    if tally.claims == before:
        tally.unusable += 1
        if not said:
            complain(f"{name}: no claim was found")

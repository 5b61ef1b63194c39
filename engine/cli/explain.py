"""``cleanclaim explain``."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from engine.cli.explain_one import write_claim_explained, write_rule_explained
from engine.cli.folders import table_folders
from engine.cli.guard import complain, guarded
from engine.cli.inputs import claim_files, opened, reason, shown_name
from engine.cli.options import Eligibility, Engine, EngineName, History, PayerSlug, ReceivedOn, RuleFolders, TableFolder
from engine.cli.output import binary, console
from engine.cli.setting import make_checker, setting
from engine.cli.stages import Stage, json_of_stage, write_stage
from engine.errors import InputError, UsageError
from engine.explained import explain as explain_claim
from engine.explained import json_of_claim, json_of_rule
from engine.facts.vocabulary import nearest
from engine.intake.int_rules import load_int_rules
from engine.intake.reading import ReadClaim
from engine.intake.sniff import read
from engine.report.page import Page

NEAREST = 5


class Format(StrEnum):
    """The formats of an explanation."""

    text = "text"
    json = "json"


@guarded
def explain(
    path: Annotated[str, typer.Argument(metavar="PATH", help="A file or folder of claims; - is standard input.")],
    claim_id: Annotated[
        str, typer.Option("--claim", metavar="ID", help="The claim's id (patient control number, CLM01).")
    ],
    rule: Annotated[str, typer.Option("--rule", metavar="RULE", help="Why did this rule fire, or not?")] = "",
    stage: Annotated[Stage | None, typer.Option("--stage", help="Show what this stage of the check saw.")] = None,
    explain_format: Annotated[Format, typer.Option("--format", help="How to report.")] = Format.text,
    received_on: ReceivedOn = None,
    payer: PayerSlug = "",
    rules: RuleFolders = None,
    tables: TableFolder = None,
    engine: EngineName = Engine.durable,
    history: History = None,
    eligibility: Eligibility = None,
) -> int:
    """Explain a claim: why it would be denied, why a rule did or did not fire, or what a stage of the check saw."""
    checker = make_checker(setting(received_on, payer, rules, tables, engine, history, eligibility))
    known = [one.id for one in checker.rulebook.rules] + list(load_int_rules())
    if rule and rule not in known:
        raise UsageError(f"unknown rule {rule}", hint=nearest(rule, known) or "cleanclaim rules list names them")
    wanted, others = _find(path, claim_id, table_folders(tables), keep_raw=stage == Stage.intake)
    if not wanted:
        close = difflib.get_close_matches(claim_id, others, n=NEAREST, cutoff=0.3)
        hint = f"nearest: {', '.join(close)}" if close else "see cleanclaim check --verbose"
        raise UsageError(f"no claim {claim_id} among {len(others)}", location=shown_name(path), hint=hint)
    explained = [explain_claim(checker, item) for item in wanted]
    if explain_format == Format.json:
        for one in explained:
            text = json_of_stage(one, stage) if stage else json_of_rule(one, rule) if rule else json_of_claim(one)
            binary().write(text + b"\n")
        return 0
    page = Page(console())
    for number, one in enumerate(explained, start=1):
        source = one.item.claim.source
        which = f" ({number} of {len(explained)})" if len(explained) > 1 else ""
        page.line((f"Claim {claim_id}{which}", "bold"), (f"  {source.file}", "dim"))
        if stage:
            write_stage(page, one, stage)
        elif rule:
            write_rule_explained(page, one, rule)
        else:
            write_claim_explained(page, one)
    return 0


def _find(path: str, claim_id: str, skip: list[Path], *, keep_raw: bool) -> tuple[list[ReadClaim], list[str]]:
    """The claims with this id, and the ids of all others."""
    wanted: list[ReadClaim] = []
    others: list[str] = []
    for item in _claims(path, skip, keep_raw=keep_raw):
        if item.claim.patient_control_number == claim_id:
            wanted.append(item)
        else:
            others.append(item.claim.patient_control_number)
    return wanted, others


def _claims(path: str, skip: list[Path], *, keep_raw: bool) -> Iterator[ReadClaim]:
    for name in claim_files([path], skip):
        try:
            with opened(name) as stream:
                for item in read(stream, shown_name(name), keep_raw=keep_raw):
                    if isinstance(item, ReadClaim):
                        yield item
                    elif item.severity == "error":
                        complain(f"{shown_name(name)}: {item.says}")
        except OSError as error:
            raise InputError(reason(error), location=shown_name(name)) from error

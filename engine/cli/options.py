"""The options that several commands share."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Engine(StrEnum):
    """The back ends."""

    durable = "durable"
    compiled = "compiled"


class FailOn(StrEnum):
    """From which severity on findings make the exit status 1."""

    error = "error"
    warning = "warning"
    never = "never"


def to_date(text: str) -> date:
    """A date of the command line."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a date like 2026-04-15") from None


ReceivedOn = Annotated[
    date | None,
    typer.Option(
        "--received-on", parser=to_date, metavar="DATE", help="The day the payer receives the claims. [default: today]"
    ),
]
PayerSlug = Annotated[
    str,
    typer.Option(
        "--payer",
        metavar="SLUG",
        help="The payer of every claim (a folder under rules/payers). [default: told from each claim]",
    ),
]
RuleFolders = Annotated[
    list[Path] | None, typer.Option("--rules", metavar="DIR", help="A folder with packs of your own; may be repeated.")
]
TableFolder = Annotated[
    Path | None,
    typer.Option("--tables", metavar="DIR", help="Imported reference tables. [default: the user data folder]"),
]
EngineName = Annotated[Engine, typer.Option("--engine", help="The rules engine.")]
EncounterFiles = Annotated[
    Path | None,
    typer.Option(
        "--encounter",
        metavar="ENC",
        help="A file or folder of documented encounters: each claim is held against its own.",
    ),
]
History = Annotated[
    Path | None,
    typer.Option("--history", metavar="PATH", help="A file or folder of earlier claims, for rules that look back."),
]
Eligibility = Annotated[
    Path | None,
    typer.Option(
        "--eligibility",
        metavar="PATH",
        help="A file or folder of eligibility answers (X12 271, JSON, YAML) and lists of providers (CSV).",
    ),
]

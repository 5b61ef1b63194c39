"""``cleanclaim rules diff`` and ``impact``: what changed in the rules, and what that does to claims."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from engine.authoring import impact as measured
from engine.authoring.diff import diff as differences
from engine.cli.guard import guarded
from engine.cli.inputs import claim_files, shown_name
from engine.cli.options import PayerSlug, ReceivedOn, TableFolder
from engine.cli.output import console
from engine.cli.setting import make_checker, setting
from engine.errors import InputError, UsageError
from engine.intake.reading import ReadClaim
from engine.intake.sniff import read
from engine.report.page import Page
from engine.report.words import count, money
from engine.rulebook.book import Rulebook
from engine.rulebook.load import load_rulebook

OldRules = Annotated[
    Path, typer.Argument(metavar="OLD_DIR", help="A folder of rules, whole or with packs of your own.")
]


def whole_or_site(folder: Path) -> Rulebook:
    """The rulebook of a folder: in place of the shipped rules when it is whole, else beside them.

    Raises:
        UsageError: there is no such folder.
        RulebookError: its files are wrong.
    """
    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder", hint="a copy of rules/, or a folder of your own packs")
    return load_rulebook(shipped=folder) if (folder / "scoring.yaml").is_file() else load_rulebook((folder,))


@guarded
def diff(
    old: OldRules,
    new: Annotated[
        Path | None, typer.Argument(metavar="[NEW_DIR]", help="The rules to compare with. [default: the shipped ones]")
    ] = None,
) -> int:
    """Say what changed between two folders of rules: rules, conditions, code sets, parameters."""
    changes = differences(whole_or_site(old), load_rulebook() if new is None else whole_or_site(new))
    page = Page(console())
    subject = ""
    for change in changes:
        if change.subject != subject:
            subject = change.subject
            page.line((subject, "bold"))
        what = f"{change.what}: "
        if change.before:
            page.line(("- ", "red"), f"{what}{change.before}", indent=2)
        if change.after:
            page.line(("+ ", "green"), f"{what}{change.after}", indent=2)
    page.line(f"{count(len(changes), 'change')} of {count(len({c.subject for c in changes}), 'subject')}")
    return 0


@guarded
def impact(
    paths: Annotated[list[str], typer.Argument(metavar="CLAIMS...", help="Files and folders of claims.")],
    rules: Annotated[
        Path, typer.Option("--rules", metavar="DIR", help="The changed rules, whole or packs of your own.")
    ],
    against: Annotated[
        Path | None, typer.Option("--against", metavar="DIR", help="The rules before. [default: the shipped ones]")
    ] = None,
    received_on: ReceivedOn = None,
    payer: PayerSlug = "",
    tables: TableFolder = None,
) -> int:
    """Say what changed rules do to claims: findings gained and lost, verdicts, money at risk."""
    chosen = setting(received_on, payer, None, tables, "durable", None)
    old = make_checker(chosen, load_rulebook() if against is None else whole_or_site(against))
    new = make_checker(chosen, whole_or_site(rules))
    skip = () if tables is None else (tables,)
    found = measured.impact(_claims(claim_files(paths, skip)), old, new)
    page = Page(console())
    rows = [(r.rule, f"+{r.gained}", f"-{r.lost}", str(r.claims), r.example) for r in found.rules]
    if rows:
        page.columns([("Rule", "Gained", "Lost", "Claims", "Such as"), *rows], right=(1, 2, 3))
        page.blank()
    for verdict, number in found.verdicts.items():
        page.line(f"{verdict.replace('_', ' ')}: {count(number, 'claim')}")
    page.line(f"{count(found.claims, 'claim')}, {found.changed} changed")
    page.line(f"At risk before {money(found.cents_before)}, after {money(found.cents_after)}")
    return 0


def _claims(names: Iterator[str]) -> Iterator[ReadClaim]:
    """The claims of the files.

    Raises:
        InputError: a file cannot be opened.
    """
    for name in names:
        try:
            with Path(name).open("rb") as stream:
                for item in read(stream, shown_name(name)):
                    if isinstance(item, ReadClaim):
                        yield item
        except OSError as error:
            raise InputError(
                error.strerror or str(error), location=shown_name(name), hint="a file of claims"
            ) from error

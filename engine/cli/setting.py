"""What the options of a command come to: a checker, ready to run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import BinaryIO, TypeVar

from msgspec import Struct

from engine.backends.compiled import compile_compiled
from engine.backends.durable import compile_durable
from engine.backends.protocol import Compile
from engine.check import Checker
from engine.claim.eligibility import Known
from engine.claim.encounter import Encounter
from engine.claim.model import Claim
from engine.cli.folders import table_folders
from engine.cli.guard import complain
from engine.cli.inputs import claim_files, shown_name
from engine.errors import InputError
from engine.intake.eligibility.read import read_eligibility
from engine.intake.encounters.sniff import read_encounters
from engine.intake.reading import IntakeFinding
from engine.intake.sniff import read
from engine.reference.catalog import Tables
from engine.report.described import described
from engine.rulebook.book import Rulebook
from engine.rulebook.load import load_rulebook

T = TypeVar("T")

BACK_ENDS: Mapping[str, Compile] = {"durable": compile_durable, "compiled": compile_compiled}
"""The back ends by the name that ``--engine`` has for them."""


class Setting(Struct, frozen=True, kw_only=True):
    """The options that decide about findings: plain values, from which each process of ``--jobs`` builds a checker."""

    received_on: date
    payer: str = ""
    rules: tuple[Path, ...] = ()
    tables: Path | None = None
    engine: str = "durable"
    history: Path | None = None
    eligibility: Path | None = None
    encounters: Path | None = None


def setting(
    received_on: date | None,
    payer: str,
    rules: Sequence[Path] | None,
    tables: Path | None,
    engine: str,
    history: Path | None,
    eligibility: Path | None = None,
    encounters: Path | None = None,
) -> Setting:
    """The setting that options name; today comes in here."""
    return Setting(
        received_on=received_on or date.today(),  # noqa: DTZ011 -- the day where the user is
        payer=payer,
        rules=tuple(rules or ()),
        tables=tables,
        engine=engine,
        history=history,
        eligibility=eligibility,
        encounters=encounters,
    )


def make_checker(chosen: Setting, rulebook: Rulebook | None = None) -> Checker:
    """The checker of a setting."""
    return Checker(
        rulebook or load_rulebook(chosen.rules),
        Tables.load(table_folders(chosen.tables)),
        BACK_ENDS[chosen.engine],
        engine=chosen.engine,
        received_on=chosen.received_on,
        payer=chosen.payer,
        history=None if chosen.history is None else list(earlier_claims(chosen.history)),
        eligibility=None if chosen.eligibility is None else list(eligibility_of(chosen.eligibility)),
        encounters=None if chosen.encounters is None else list(documented_encounters(chosen.encounters)),
    )


def earlier_claims(path: Path) -> Iterator[Claim]:
    """The claims of a file or folder; what cannot be read is said on standard error.

    Raises:
        InputError: a file cannot be opened.
    """
    return (item.claim for _, item in _usable(path, "history", read))


def eligibility_of(path: Path) -> Iterator[Known]:
    """The answers, lists and laboratories of a file or folder; what cannot be used is said on standard error.

    Raises:
        InputError: a file cannot be opened.
    """
    usable: Iterator[tuple[str, Known]] = _usable(path, "eligibility", lambda stream, _name: read_eligibility(stream))
    return (item for _, item in usable)


def documented_encounters(path: Path) -> Iterator[Encounter]:
    """The encounters of a file or folder; what cannot be read, also inside one, is said on standard error.

    Raises:
        InputError: a file cannot be opened.
    """
    for name, item in _usable(path, "encounter", read_encounters):
        for found in item.findings:
            _say(name, "encounter", found, f"{found.at.path}: ")
        yield item.encounter


def _usable(
    path: Path, option: str, reader: Callable[[BinaryIO, str], Iterator[T | IntakeFinding]]
) -> Iterator[tuple[str, T]]:
    """What a reader makes of each file of a path, with the file's name; what lies outside is said."""
    for name, stream in _opened(path, f"--{option}"):
        for item in reader(stream, name):
            if isinstance(item, IntakeFinding):
                _say(name, option, item)
            else:
                yield name, item


def _say(name: str, option: str, found: IntakeFinding, place: str = "") -> None:
    """An error of a file that was given beside the claims, on standard error."""
    if found.severity == "error":
        complain(f"{name}: {option}: {place}{found.says}")


def _opened(path: Path, option: str) -> Iterator[tuple[str, BinaryIO]]:
    """Each file of a path, open, with its name for messages."""
    for name in claim_files([str(path)]):
        try:
            with Path(name).open("rb") as stream:
                yield shown_name(name), stream
        except OSError as error:
            raise InputError(error.strerror or str(error), location=shown_name(name), hint=f"{option} PATH") from error


def titles(rulebook: Rulebook) -> dict[str, str]:
    """The titles of all rules, those of the readers included."""
    return {rule.id: rule.title for rule in described(rulebook).values()}

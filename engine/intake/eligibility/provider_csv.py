"""A list of providers as CSV: ``list,payer,npi`` and, when they are limited, ``first_day`` and ``last_day``."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date

import msgspec

from engine.claim.eligibility import ListedProvider, ProviderList
from engine.intake.json_text import printable
from engine.intake.reading import IntakeFinding, Spot

_COLUMNS = ("list", "payer", "npi")
_DAYS = ("first_day", "last_day")


def is_provider_list(text: str) -> bool:
    """Whether the first line names the columns.

    >>> is_provider_list("npi,list,payer" + chr(10)), is_provider_list("answers: []")
    (True, False)
    """
    head = text.lstrip("\ufeff\r\n").split("\n", 1)[0]
    return set(_COLUMNS) <= {name.strip() for name in head.split(",")}


def read_provider_list(text: str) -> Iterator[ProviderList | IntakeFinding]:
    """The lists of the file, each with its rows; a row that cannot be used is reported and left out."""
    rows = csv.DictReader(io.StringIO(text.lstrip("\ufeff\r\n")))
    rows.fieldnames = [name.strip() for name in rows.fieldnames or ()]
    found: dict[tuple[str, str], list[ListedProvider]] = {}
    try:
        for row in rows:
            cells = {name: (row.get(name) or "").strip() for name in (*_COLUMNS, *_DAYS)}
            problem = _problem(cells)
            if problem:
                yield _finding(rows.line_num, problem)
                continue
            days = {name: date.fromisoformat(cells[name]) if cells[name] else None for name in _DAYS}
            found.setdefault((cells["list"], cells["payer"]), []).append(ListedProvider(npi=cells["npi"], **days))
    except csv.Error as error:
        yield _finding(rows.line_num, str(error))
    for (name, payer), providers in found.items():
        yield msgspec.convert({"list": name, "payer": payer, "providers": tuple(providers)}, ProviderList)


def _problem(cells: dict[str, str]) -> str:
    if cells["list"] not in {"enrolment", "roster"}:
        return f"list is {printable(cells['list']) or 'missing'}, not enrolment or roster"
    if not cells["payer"] or not cells["npi"]:
        return "payer or npi is missing"
    for name in _DAYS:
        if cells[name]:
            try:
                date.fromisoformat(cells[name])
            except ValueError:
                return f"{name} is {printable(cells[name])}, not a date like 2026-04-15"
    return ""


def _finding(line: int, what: str) -> IntakeFinding:
    return IntakeFinding(
        rule="INT-0016", says=f"line {line}: {what}.", fix="Correct the row.", at=Spot(path=f"line {line}")
    )

"""What a file is: the formats are asked in turn, and what they leave open is asked of the user."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct, structs

from engine.errors import TableError
from engine.reference.days import iso
from engine.reference.importers.format import Detected, Format
from engine.reference.importers.open import Source, opened
from engine.reference.importers.payer_csv import PayerList, mapping_beside, read_mapping
from engine.reference.importers.registry import FORMATS

_SHOWN = 60
_WIDE = (b"\xff\xfe", b"\xfe\xff")


class Found(Struct, frozen=True):
    """One table in a file: its format, what it is, its name as shown, and how to open it for ``format.rows``."""

    format: Format
    detected: Detected
    name: str
    open: Callable[[], BinaryIO]


class Answers(Struct, frozen=True, kw_only=True):
    """What the user says of a file: ``--table``, ``--edition``, ``--from`` and the mapping of a list."""

    table: str = ""
    edition: str = ""
    first_day: int | None = None
    mapping: Path | None = None


def detect(path: Path, table: str = "", answers: Answers | None = None) -> list[Found]:
    """The tables that a file holds, by its content. A zip may hold several; members of no known format are left out.

    Args:
        path: the file as published.
        table: take only this table, and take a file for it that does not say which of two tables it is.
        answers: what the user says of it; ``table`` stands in for its table.

    Raises:
        InputError: the file cannot be read.
        TableError: no format fits, the file is damaged or refused, or its table or edition must be said.
    """
    asked = answers or Answers()
    asked = structs.replace(asked, table=table or asked.table)
    mapping = asked.mapping or mapping_beside(path)
    formats: Sequence[Format] = (PayerList(read_mapping(mapping), str(mapping)),) if mapping else FORMATS
    whole, parts = opened(path)
    found: list[Found] = []
    first = whole
    for source in chain([whole] if whole and not mapping else [], parts):
        first = first or source
        if not _known_twin(source, found):
            found += _fitting(source, formats)
            if whole is not None and source is whole and found:
                break
    if not found:
        raise _unknown(path, first)
    return _completed(found, asked, path)


def _fitting(source: Source, formats: Sequence[Format]) -> list[Found]:
    detected = [(each, each.detect(source.head)) for each in formats]
    return [Found(each, what, source.name, source.open) for each, what in detected if what is not None]


def _known_twin(source: Source, found: Sequence[Found]) -> bool:
    """Whether a workbook stands beside the text of the same name: publishers give both."""
    name, bracket, _ = source.name.partition(".xlsx [")
    return bool(bracket) and any(each.name.rpartition(".")[0] == name for each in found)


def _completed(found: Sequence[Found], asked: Answers, path: Path) -> list[Found]:
    """What was found with the user's answers put in; of one table the format that comes first."""
    wanted = [each for each in found if not asked.table or _may_be(each, asked.table)]
    if not wanted:
        tables = ", ".join(dict.fromkeys(each.detected.table or each.format.name for each in found))
        raise TableError(f"the file is {tables}, not {asked.table}", location=str(path), hint="leave --table out")
    kept: list[Found] = []
    for each in wanted:
        whole = Found(each.format, _answered(each, asked), each.name, each.open)
        about = (whole.detected.table, whole.detected.edition)
        if not any((k.detected.table, k.detected.edition) == about and k.format is not each.format for k in kept):
            kept.append(whole)
    return kept


def _may_be(found: Found, table: str) -> bool:
    return table in ((found.detected.table,) if found.detected.table else found.format.tables)


def _answered(found: Found, asked: Answers) -> Detected:
    what = found.detected
    if not what.table and not asked.table:
        raise TableError(
            "it does not say which table it is",
            location=found.name,
            hint="say " + " or ".join(f"--table {each}" for each in found.format.tables),
        )
    edition, first, last = what.edition, what.first_day, what.last_day
    if asked.edition or asked.first_day is not None:
        known = asked.first_day if asked.first_day is not None else first if edition else None
        if known is None:
            raise TableError("the edition's first day is not known", location=found.name, hint="add --from YYYY-MM-DD")
        edition = asked.edition or edition or iso(known)
        last = last if known == first else None
        first = known
    elif what.doubt:
        raise TableError(what.doubt, location=found.name, hint="the wrong year? Else say --edition and --from")
    elif not edition:
        raise TableError(
            f"{found.format.name}: neither content nor name says the edition",
            location=found.name,
            hint="say --edition 2024Q3 --from 2024-07-01, or keep the publisher's file name",
        )
    return structs.replace(what, table=what.table or asked.table, edition=edition, first_day=first, last_day=last)


def _unknown(path: Path, source: Source | None) -> TableError:
    start = source.head.start if source else b""
    if start.startswith(_WIDE) or (start[1:2] == b"\0" and start[3:4] == b"\0"):
        return TableError("UTF-16 text", location=str(path), hint="save it as UTF-8, or fetch the publisher's own file")
    begins = "".join(letter if letter.isprintable() else " " for letter in start[:400].decode("utf-8", "replace"))
    known = dict.fromkeys(f"{each.name.partition(',')[0]} <{each.page}>" for each in FORMATS)
    return TableError(
        f"no known format: it begins with {' '.join(begins.split())[:_SHOWN]!r}",
        location=str(path),
        hint=f"known: {'; '.join(known)}; or a CSV with a mapping beside it",
    )

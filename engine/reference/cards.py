"""What is known of one code on a day: description, validity, hierarchy, notes, editor flags, limits and indicators.

Codes are upper case without the dot, days whole days since 1970-01-01. A card holds values; words are the report's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from importlib import resources
from typing import Literal

from msgspec import Struct

from engine.reference import mce
from engine.reference.catalog import Tables
from engine.reference.icd10cm import TABLE, Standing, longer_codes, standing
from engine.reference.lists import icd10cm_chapter
from engine.reference.notes.lookup import NoteTable, shipped
from engine.reference.search.document import Member, Window
from engine.reference.search.titles import title
from engine.reference.search.windows import members_of_code
from engine.reference.table import Edition, Row

System = Literal["icd10cm", "icd10pcs", "procedure"]

_DIAGNOSIS = re.compile(r"[A-Z][0-9A][0-9A-Z]{1,5}")
_BLOCK = re.compile(r"[A-Z][0-9A][0-9A-Z]-[A-Z][0-9A][0-9A-Z]")
_PROCEDURE = re.compile(r"[A-Z]\d{4}|\d{4}[0-9A-Z]")
_PCS = re.compile(r"[0-9A-HJ-NP-Z]{7}")
_CATEGORY = 3
_LAST_MCE_DAY = 20908
"""2027-03-31, the end of version 44: rows that end with it are still open."""

MUE = ("mue-practitioner", "mue-outpatient", "mue-dme")
PTP = ("ptp-practitioner", "ptp-outpatient")
FEES = "pprrvu"
ADD_ON = "add-on"
HCPCS = "hcpcs"


class Level(Struct, frozen=True):
    """A node with its title: above or below the code."""

    node: str
    title: str
    billable: bool = False


class Instruction(Struct, frozen=True):
    """Lines of one kind under one heading: ``at`` names the node under which they are published."""

    kind: str
    at: str
    heading: str
    lines: tuple[str, ...]


class Flag(Struct, frozen=True):
    """A flag of the Medicare Code Editor with its days, and whether it holds on the day asked for."""

    name: str
    windows: tuple[Window, ...]
    holds: bool


class Rows(Struct, frozen=True):
    """What one table says of a procedure: its rows in force, or why it says nothing."""

    table: str
    edition: Edition | None
    rows: tuple[Mapping[str, str], ...] = ()
    because: str = ""


class Card(Struct, frozen=True, kw_only=True):
    """One code.

    ``standing`` is that of :mod:`engine.reference.icd10cm`; of other systems ``valid``, ``retired``, ``not_yet``,
    ``listed`` (the tables have rows for it), ``not_loaded`` or ``unknown``; ``None`` when no loaded table knows such
    codes on the day.
    """

    system: System
    code: str
    day: int
    description: str = ""
    billable: bool = False
    standing: str | None = None
    windows: tuple[Window, ...] = ()
    above: tuple[Level, ...] = ()
    below: tuple[Level, ...] = ()
    instructions: tuple[Instruction, ...] = ()
    sevenths: Mapping[str, str] = {}
    flags: tuple[Flag, ...] = ()
    tables: tuple[Rows, ...] = ()
    editions: tuple[Edition, ...] = ()


def written(text: str) -> str:
    """A code as it was typed, without dots, blanks and small letters.

    >>> written(" e11.22 ")
    'E1122'
    """
    return text.strip().upper().replace(".", "")


def cards(tables: Tables, text: str, day: int) -> list[Card]:
    """The cards of a code: none when nothing knows it, two when it is one of ICD-10-CM and one of HCPCS level II.

    A dot says that ICD-10-CM is meant.

    Raises:
        TableError: a table is malformed.
    """
    code = written(text)
    found: list[Card] = []
    if _DIAGNOSIS.fullmatch(code) or _BLOCK.fullmatch(code):
        found.append(_diagnosis(tables, code, day))
    if "." not in text and _PROCEDURE.fullmatch(code):
        found.append(_procedure(tables, code, day))
    if _PCS.fullmatch(code):
        found.append(_inpatient_procedure(tables, code, day))
    known = [card for card in found if card.standing not in (None, "unknown", "malformed")]
    return [card for card in known if card.standing != "not_loaded"] or known


def _diagnosis(tables: Tables, code: str, day: int) -> Card:
    notes = shipped()
    member = members_of_code(tables, TABLE, code, "description")
    stands = standing(tables, code, day) or _before(member, day)
    heading = "" if member.windows and stands.status == "valid" else title(tables, code)
    status = "not_billable" if stands.status == "unknown" and heading else stands.status
    if "-" in code and heading:
        status = "not_billable"
    nodes = notes.nodes_above(code)
    if "-" in code and heading:
        nodes = (code, f"chapter {icd10cm_chapter(code[:_CATEGORY])}")
    return Card(
        system="icd10cm",
        code=code,
        day=day,
        description=member.title if member.windows and member.title else heading,
        billable=status == "valid",
        standing=status,
        windows=member.windows,
        above=tuple(_above(tables, code, nodes)),
        below=() if status in ("valid", "unknown", "malformed") else tuple(_below(tables, code, day)),
        instructions=tuple(_instructions(notes, nodes)),
        sevenths=notes.seventh_characters(code) if "-" not in code else {},
        flags=tuple(_flags(tables, mce.DIAGNOSES, code, day)),
        tables=tuple(_rows(tables, code, day, ("poa-exempt",), key_only=True)),
        editions=_editions(tables, (TABLE, mce.DIAGNOSES), day),
    )


def _before(member: Member, day: int) -> Standing:
    """How a code stands on a day that the table does not reach back to."""
    future = any(first is not None and day < first for first, _ in member.windows)
    return Standing(status="not_yet" if future else "unknown")


def _above(tables: Tables, code: str, nodes: Iterable[str]) -> Iterator[Level]:
    """From the chapter down to the parent."""
    known = [node for node in nodes if node != code]
    if not known:
        chapter = icd10cm_chapter(code[:_CATEGORY])
        known = [code[:length] for length in range(len(code) - 1, _CATEGORY - 1, -1)]
        known += [f"chapter {chapter}"] if chapter else []
    for node in reversed(known):
        text = title(tables, node)
        if text:
            yield Level(node, text)


def _below(tables: Tables, code: str, day: int) -> Iterator[Level]:
    """The next codes below, headings among them; of a code that wants a seventh character, the full codes."""
    if "-" in code:
        low, _, high = code.partition("-")
        named = sorted({each[:_CATEGORY] for each in tables.keys_from(TABLE, code[0], day)})
        yield from [Level(each, title(tables, each)) for each in named if low <= each <= high]
        return
    seen: set[str] = set()
    longer = longer_codes(tables, code, day)
    for each in longer:
        child = next(
            (n for n in (each[:length] for length in range(len(code) + 1, len(each))) if title(tables, n)), each
        )
        if child not in seen:
            seen.add(child)
            rows = tables.rows_on(TABLE, child, day)
            yield Level(child, rows[0].values["description"] if rows else title(tables, child), bool(rows))


def _instructions(notes: NoteTable, nodes: Iterable[str]) -> Iterator[Instruction]:
    """The notes in effect, the nearest first; they bind the node and all below it."""
    for node in nodes:
        texts: dict[tuple[str, str, int], list[str]] = {}
        for text in notes.texts_on(node):
            texts.setdefault((text.kind, "", 0), []).append(text.wording)
        for note in notes.notes_on(node):
            texts.setdefault((note.kind, note.heading, note.group), []).append(note.wording)
        for (kind, heading, _), lines in texts.items():
            yield Instruction(kind, node, heading, tuple(lines))


def _flags(tables: Tables, table: str, code: str, day: int) -> Iterator[Flag]:
    found: dict[str, list[Window]] = {}
    for row in tables.rows(table, code):
        last = None if row.last_day is not None and row.last_day >= _LAST_MCE_DAY else row.last_day
        for name in row.values["flags"].split("|"):
            windows = found.setdefault(name, [])
            if windows and windows[-1][1] is not None and windows[-1][1] + 1 == row.first_day:
                windows[-1] = (windows[-1][0], last)
            else:
                windows.append((row.first_day, last))
    for name in sorted(set(found) - {""}):
        windows = found[name]
        yield Flag(name, tuple(windows), any(_within(window, day) for window in windows))


def _within(window: Window, day: int) -> bool:
    first, last = window
    return (first is None or first <= day) and (last is None or day <= last)


def _inpatient_procedure(tables: Tables, code: str, day: int) -> Card:
    rows = tables.rows(mce.PROCEDURES, code)
    status = mce.procedure_standing(tables, code, day)
    return Card(
        system="icd10pcs",
        code=code,
        day=day,
        billable=status == "valid",
        standing=status if rows else "unknown",
        windows=_merged(rows),
        flags=tuple(_flags(tables, mce.PROCEDURES, code, day)),
        editions=_editions(tables, (mce.PROCEDURES,), day),
    )


def _merged(rows: Iterable[Row]) -> tuple[Window, ...]:
    found: list[Window] = []
    for row in rows:
        last = None if row.last_day is not None and row.last_day >= _LAST_MCE_DAY else row.last_day
        if found and found[-1][1] is not None and found[-1][1] + 1 == row.first_day:
            found[-1] = (found[-1][0], last)
        else:
            found.append((row.first_day, last))
    return tuple(found)


def _procedure(tables: Tables, code: str, day: int) -> Card:
    """A HCPCS level II or CPT code; of CPT codes no description is known, it is licensed."""
    level_two = code[0].isalpha()
    member = members_of_code(tables, HCPCS, code, "long") if level_two else Member(code, "", ())
    asked = (*((HCPCS,) if level_two else ()), *MUE, FEES, ADD_ON)
    said = [*_rows(tables, code, day, asked), *_pairs(tables, code, day)]
    status: str | None = "unknown"
    if member.windows:
        valid = any(_within(window, day) for window in member.windows)
        future = all(first is not None and day < first for first, _ in member.windows)
        status = "valid" if valid else "not_yet" if future else "retired"
    elif any(each.rows for each in said) or not level_two or HCPCS not in tables.names():
        status = "listed" if any(each.rows for each in said) else "not_loaded"
    short = [row.values.get("short", "") for row in tables.rows(HCPCS, code, day)] if level_two else []
    return Card(
        system="procedure",
        code=code,
        day=day,
        description=member.title or next(iter(short), ""),
        billable=status == "valid",
        standing=status,
        windows=member.windows,
        tables=tuple(said),
        editions=tuple([each.edition for each in said if each.edition is not None]),
    )


def _rows(tables: Tables, code: str, day: int, names: Iterable[str], *, key_only: bool = False) -> Iterator[Rows]:
    for name in names:
        because = tables.status(name, day)
        if because is None:
            rows = tuple([row.values for row in tables.rows_on(name, code, day)])
            yield Rows(name, tables.edition(name, day), rows)
        elif not key_only:
            yield Rows(name, None, because=because)


def _pairs(tables: Tables, code: str, day: int) -> Iterator[Rows]:
    """How many codes are bundled into this one (it is column one), as a row of one value."""
    for name in PTP:
        because = tables.status(name, day)
        if because is not None:
            yield Rows(name, None, because=because)
            continue
        keys = tables.keys_from(name, f"{code}|", day)
        yield Rows(name, tables.edition(name, day), ({"column_two_codes": str(len(keys))},) if keys else ())


def _editions(tables: Tables, names: Iterable[str], day: int) -> tuple[Edition, ...]:
    found = [tables.edition(name, day) for name in names]
    return tuple([edition for edition in found if edition is not None])


def notes_edition() -> str:
    """The edition of the tabular notes that ship."""
    file = resources.files("engine.reference") / "data" / "icd10cm-notes.json"
    return str(json.loads(file.read_text(encoding="utf-8"))["edition"])

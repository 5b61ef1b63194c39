"""``cleanclaim codes``: find a code by words, and see what is known of it."""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

import platformdirs
import typer
from msgspec.json import encode
from msgspec.json import format as indented

from engine.cli.folders import table_folders
from engine.cli.guard import complain, guarded
from engine.cli.options import TableFolder, to_date
from engine.cli.output import binary, console
from engine.errors import UsageError
from engine.reference.cards import cards
from engine.reference.catalog import Tables
from engine.reference.days import EPOCH
from engine.reference.search.nearest import nearest_codes
from engine.reference.search.search import CodeSearch
from engine.reference.search.suggest import Documented
from engine.reference.search.suggest import suggest as suggestions
from engine.report.codes import shown_code, write_answer, write_card
from engine.report.codes_json import answer_object, card_object
from engine.report.page import Page
from engine.report.suggestions import suggestions_object, write_suggestions

app = typer.Typer(name="codes", help="Look a code up.", no_args_is_help=True, rich_markup_mode=None)


class Format(StrEnum):
    """The formats of an answer."""

    text = "text"
    json = "json"


class System(StrEnum):
    """The code sets that can be searched."""

    icd10cm = "icd10cm"
    hcpcs = "hcpcs"


class Laterality(StrEnum):
    """The side that was documented."""

    left = "left"
    right = "right"
    bilateral = "bilateral"


class Acuity(StrEnum):
    """The acuity that was documented."""

    acute = "acute"
    subacute = "subacute"
    chronic = "chronic"
    acute_on_chronic = "acute on chronic"


class Encounter(StrEnum):
    """The encounter for an injury."""

    initial = "initial"
    subsequent = "subsequent"
    sequela = "sequela"


On = Annotated[
    date | None,
    typer.Option("--on", parser=to_date, metavar="DATE", help="The day of the service. [default: today]"),
]
Chosen = Annotated[Format, typer.Option("--format", help="How to report.")]


@app.command()
@guarded
def search(
    text: Annotated[
        list[str], typer.Argument(metavar="TEXT", help="Words, abbreviations, or the beginning of a code.")
    ],
    system: Annotated[System, typer.Option("--system", help="The code set.")] = System.icd10cm,
    on: On = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=100, metavar="N", help="How many at most.")] = 10,
    answer_format: Chosen = Format.text,
    tables: TableFolder = None,
) -> int:
    """Search codes by words, the best first: slips, word order and common abbreviations are understood.

    Exit status 1 when nothing is found.
    """
    day, query = _day(on), " ".join(text)
    if not query.strip():
        raise UsageError("nothing to search for", hint='cleanclaim codes search "type 2 diabetes with kidney"')
    loaded = Tables.load(table_folders(tables))
    folder = platformdirs.user_cache_path("cleanclaim") / "search"
    answer = CodeSearch(loaded, system.value, folder).search(query, day, limit)
    if answer_format == Format.json:
        _write_json(answer_object(answer, query, system.value, day))
    else:
        write_answer(Page(console()), answer, system.value, day)
    if not answer.hits and system is System.hcpcs and re.fullmatch(r"\d{4}[0-9A-Z]", query.strip().upper()):
        complain(f"CPT descriptions are licensed by the AMA; try cleanclaim codes show {query.strip().upper()}")
    return 0 if answer.hits else 1


@app.command()
@guarded
def suggest(
    text: Annotated[list[str], typer.Argument(metavar="TEXT", help="The problem as it was documented.")],
    on: On = None,
    laterality: Annotated[Laterality | None, typer.Option("--laterality", help="The side documented.")] = None,
    acuity: Annotated[Acuity | None, typer.Option("--acuity", help="The acuity documented.")] = None,
    encounter: Annotated[Encounter | None, typer.Option("--encounter", help="For injuries: the encounter.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=50, metavar="N", help="How many at most.")] = 10,
    answer_format: Chosen = Format.text,
    tables: TableFolder = None,
) -> int:
    """Suggest ICD-10-CM codes for a documented problem, with the reason and what the documentation leaves open.

    A coder decides: the suggestions know the words of the code set, not the record. Exit status 1 when there are none.
    """
    day, words = _day(on), " ".join(text)
    if not words.strip():
        raise UsageError("no problem given", hint='cleanclaim codes suggest "pain in the knee" --laterality left')
    loaded = Tables.load(table_folders(tables))
    folder = platformdirs.user_cache_path("cleanclaim") / "search"
    problem = Documented(
        text=words,
        laterality=laterality.value if laterality else "",
        acuity=acuity.value if acuity else "",
        encounter=encounter.value if encounter else "",
    )
    found = suggestions(CodeSearch(loaded, "icd10cm", folder), loaded, problem, day, limit)
    if answer_format == Format.json:
        _write_json(suggestions_object(found, problem, day))
    else:
        write_suggestions(Page(console()), found)
    return 0 if found.candidates else 1


@app.command()
@guarded
def show(
    code: Annotated[str, typer.Argument(metavar="CODE", help="ICD-10-CM, HCPCS, CPT or ICD-10-PCS.")],
    on: On = None,
    answer_format: Chosen = Format.text,
    tables: TableFolder = None,
) -> int:
    """Show what is known of a code on a day: validity, hierarchy, notes, editor flags, limits and indicators.

    Exit status 1 when no loaded table knows the code.
    """
    day = _day(on)
    loaded = Tables.load(table_folders(tables))
    found = cards(loaded, code, day)
    if answer_format == Format.json:
        near = [] if found else [shown_code(each, system) for each, system in nearest_codes(loaded, code, day)]
        _write_json({"code": code, "cards": [card_object(card) for card in found], "nearest": near})
        return 0 if found else 1
    page = Page(console())
    for number, card in enumerate(found):
        if number:
            page.blank()
        write_card(page, card)
    if not found:
        near = [shown_code(each, system) for each, system in nearest_codes(loaded, code, day)]
        complain(f"unknown code {code}" + (f"; nearest: {', '.join(near)}" if near else ""))
        return 1
    return 0


def _day(on: date | None) -> int:
    return (on or date.today()).toordinal() - EPOCH  # noqa: DTZ011 -- the day where the user is


def _write_json(found: dict[str, Any]) -> None:
    binary().write(indented(encode(found), indent=2) + b"\n")

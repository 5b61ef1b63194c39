"""Codes as text: the answer of a search, and the card of one code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engine.reference import cards as known
from engine.reference.cards import Card, Instruction, Rows
from engine.reference.days import iso
from engine.reference.icd10cm import dotted
from engine.reference.search.search import Answer, Hit
from engine.report.codes_words import (
    ADD_ON_TYPES,
    ADJUDICATION,
    COVERAGE,
    IMPORTS,
    INDICATORS,
    NOT_APPLICABLE,
    NOTE_KINDS,
    STANDINGS,
    flag_words,
    indicator_words,
    window_words,
    windows_words,
)
from engine.report.page import Page
from engine.report.words import count

_CODE_WIDTH = 10
_NO_WORDING = "(no description in the tables loaded)"
_MOST_PRIMARIES = 12
_SEVENTH_LENGTH = 7


def shown_code(code: str, system: str) -> str:
    """A code as people write it: ICD-10-CM with its dot.

    >>> shown_code("E1122", "icd10cm"), shown_code("J1100", "hcpcs"), shown_code("E08-E13", "icd10cm")
    ('E11.22', 'J1100', 'E08-E13')
    """
    return dotted(code) if system == "icd10cm" and "-" not in code and " " not in code else code


def write_answer(page: Page, answer: Answer, system: str, day: int) -> None:
    """A search's hits, a code a line, with what is not plain about it."""
    if answer.corrected:
        changes = ", ".join(f"{used} (for {typed})" for typed, used in answer.corrected)
        page.line((f"Searched for {changes}", "dim"))
    for hit in answer.hits:
        code = shown_code(hit.code, system).ljust(_CODE_WIDTH)
        style, mark = _mark(hit, day)
        page.line(
            (code, style), hit.description or _NO_WORDING, (mark, "dim" if hit.standing == "heading" else "yellow")
        )
        if hit.matched:
            page.line((f"= {hit.matched}", "dim"), indent=_CODE_WIDTH)
        if hit.others:
            last = "1 other 7th character" if hit.others == 1 else f"{hit.others} other 7th characters"
            page.line((f"+ {last}", "dim"), indent=_CODE_WIDTH)
    if not answer.hits:
        page.line("Nothing found.")


def _mark(hit: Hit, day: int) -> tuple[str, str]:
    if hit.standing == "heading":
        return "bold", "  [heading]"
    if hit.standing == "ended":
        last = max((last for _, last in hit.windows if last is not None and last < day), default=None)
        return "dim", f"  [ended {iso(last)}]" if last is not None else "  [ended]"
    if hit.standing == "not_yet":
        first = min((first for first, _ in hit.windows if first is not None), default=None)
        return "dim", f"  [from {iso(first)}]" if first is not None else "  [not yet]"
    return "bold green", ""


def write_card(page: Page, card: Card) -> None:
    """Everything that is known of a code."""
    word, style = STANDINGS.get(card.standing or "", (card.standing or "unknown", ""))
    page.line((shown_code(card.code, card.system), "bold"), f"  {card.description or _no_description(card)}")
    page.line(f"{_SYSTEMS[card.system]}, on {iso(card.day)}: ", (word, style))
    if card.windows:
        page.paragraph(f"Valid {windows_words(card.windows)}.")
    _hierarchy(page, card)
    if card.below:
        page.blank()
        page.line(("Below it", "bold"))
        for level in card.below:
            mark = "" if level.billable else "  [heading]"
            page.line(shown_code(level.node, card.system).ljust(_CODE_WIDTH), level.title, (mark, "dim"), indent=2)
    _sevenths(page, card)
    _notes(page, card)
    _flags(page, card)
    if card.system == "procedure":
        _procedure(page, card)
    elif any(rows.rows for rows in card.tables):
        page.line("Exempt from present-on-admission reporting.")
    _sources(page, card)


_SYSTEMS = {"icd10cm": "ICD-10-CM", "icd10pcs": "ICD-10-PCS", "procedure": "HCPCS/CPT"}


def _no_description(card: Card) -> str:
    if card.system == "procedure" and not card.code[0].isalpha():
        return "(CPT descriptions are licensed by the AMA and not part of cleanclaim)"
    return _NO_WORDING


def _hierarchy(page: Page, card: Card) -> None:
    if not card.above:
        return
    page.blank()
    for depth, level in enumerate(card.above):
        name = level.node.capitalize() if " " in level.node else shown_code(level.node, "icd10cm")
        page.line((f"{'  ' * depth}{name}", "cyan"), f"  {level.title}")


def _sevenths(page: Page, card: Card) -> None:
    if not card.sevenths:
        return
    page.blank()
    page.line(("7th character", "bold"))
    own = card.code[-1] if len(card.code) == _SEVENTH_LENGTH else ""
    for char, meaning in card.sevenths.items():
        page.line(
            (char, "bold" if char == own else ""),
            f"  {meaning}",
            ("  <- this code", "dim") if char == own else "",
            indent=2,
        )


def _notes(page: Page, card: Card) -> None:
    for kind, heading in NOTE_KINDS.items():
        found = [
            each for each in card.instructions if each.kind == kind and (kind != "inclusion_term" or _own(each, card))
        ]
        if not found:
            continue
        page.blank()
        page.line((heading, "bold"))
        for each in found:
            at = "" if each.at == card.code else f" (at {shown_code(each.at, 'icd10cm')})"
            if each.heading:
                page.paragraph(f"{each.heading}{at}", indent=2)
            for line in each.lines:
                page.paragraph(line if each.heading else f"{line}{at}", indent=4 if each.heading else 2)


def _own(each: Instruction, card: Card) -> bool:
    """Inclusion terms are those of the code and of the codes above it, not of blocks."""
    return card.code.startswith(each.at)


def _flags(page: Page, card: Card) -> None:
    if not card.flags:
        return
    page.blank()
    page.line(("Medicare Code Editor", "bold"))
    for flag in card.flags:
        past = "" if flag.holds else "not on this day; "
        page.paragraph(f"{flag_words(flag.name, card.day)} ({past}{windows_words(flag.windows)})", indent=2)


def _procedure(page: Page, card: Card) -> None:
    by_table = {rows.table: rows for rows in card.tables}
    page.blank()
    for label, text in _facts(by_table):
        page.paragraph(text, label=label, label_style="bold", indent=0)
    missing = [rows for rows in card.tables if rows.edition is None]
    if missing:
        page.blank()
        page.line(("Not known", "bold"))
        for rows in missing:
            page.paragraph(f"{rows.because}: {IMPORTS.get(rows.table, rows.table)}", indent=2)
        page.line(("Import with: cleanclaim tables import FILE", "dim"), indent=2)


def _facts(tables: Mapping[str, Rows]) -> Iterable[tuple[str, str]]:
    for row in tables[known.HCPCS].rows if known.HCPCS in tables else ():
        if row.get("coverage"):
            yield "Coverage", f"{row['coverage']}: {COVERAGE.get(row['coverage'], 'see the HCPCS record layout')}"
        ended = f", ended {row['terminated']}" if row.get("terminated") else ""
        yield "HCPCS", f"added {row.get('added') or 'on an unknown day'}{ended}"
    for name in known.MUE:
        for row in tables[name].rows:
            rationale = f" ({row['rationale']})" if row.get("rationale") else ""
            kind = name.removeprefix("mue-")
            yield (
                "MUE",
                f"{kind}: {count(int(row['mue_units']), 'unit')} {ADJUDICATION.get(row['mai'], row['mai'])}{rationale}",
            )
    for row in tables[known.FEES].rows:
        modifier = f" with modifier {row['modifier']}" if row.get("modifier") else ""
        columns = INDICATORS if not modifier else ("status",)
        for column in columns:
            if row.get(column) and INDICATORS[column][1].get(row[column]) != NOT_APPLICABLE:
                yield "Fees", f"{INDICATORS[column][0]}{modifier}: {indicator_words(column, row[column])}"
    rows = tables[known.ADD_ON].rows
    if rows:
        primaries = sorted({row["primary"] for row in rows} - {"CCCCC"})
        more = f" and {len(primaries) - _MOST_PRIMARIES} more" if len(primaries) > _MOST_PRIMARIES else ""
        kind = ADD_ON_TYPES.get(rows[0]["type"], "add-on")
        yield "Add-on", f"{kind}{': ' if primaries else ''}{', '.join(primaries[:_MOST_PRIMARIES])}{more}"
    for name in known.PTP:
        for row in tables[name].rows:
            kind = name.removeprefix("ptp-")
            yield "PTP", f"{kind}: column one of {count(int(row['column_two_codes']), 'pair')}"


def _sources(page: Page, card: Card) -> None:
    page.blank()
    said = [
        f"{edition.table} {edition.edition} ({window_words((edition.first_day, edition.last_day))})"
        for edition in card.editions
    ]
    if card.instructions:
        said.append(f"tabular notes {known.notes_edition()}")
    page.paragraph(f"Tables: {'; '.join(said) or 'none'}", style="dim")

"""What the notes of the tabular list ask of the diagnoses on the claim: one fact for each note that one carries.

Excludes1: one for each pair of codes on the claim that exclude each other. Code first, use additional and code also:
one for each instruction, whose lines name alternatives; one partner satisfies it. Source: ICD-10-CM Official Guidelines
section I.A.12, I.A.13, I.A.17; the notes are CDC/NCHS's (table icd10cm-partners).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from engine.facts.derive.source import Fields, Place
from engine.facts.view import ICD9_QUALIFIERS, ClaimView, DiagnosisView
from engine.reference.icd10cm import dotted
from engine.reference.notes.lookup import NoteTable
from engine.reference.notes.model import Note, Span
from engine.reference.notes.store import TABLE, NoteStore

_LISTED = frozenset({"principal", "other"})
_EXTERNAL = "external_cause"
_EXCLUDES = "excludes1"
_INSTRUCTIONS = frozenset({"code_first", "use_additional", "code_also"})
_BELOW = "-"
_MOST_WORDS = 160
_MOST_PARTNERS = 8


class NoteOf(NamedTuple):
    """A note with the diagnosis that carries it, the partner on the claim if there is one, and its number from 1."""

    carrier: DiagnosisView
    lines: tuple[Note, ...]
    partner: DiagnosisView | None
    in_order: bool | None
    number: int


def parts(view: ClaimView) -> Iterator[NoteOf]:
    """The notes of the principal and other diagnoses, each code once; external causes may be partners."""
    listed: list[DiagnosisView] = []
    external: list[DiagnosisView] = []
    for each in view.diagnoses:
        diagnosis = each.diagnosis
        if diagnosis.code and diagnosis.qualifier not in ICD9_QUALIFIERS and not each.repeat:
            if diagnosis.role in _LISTED:
                listed.append(each)
            elif diagnosis.role == _EXTERNAL:
                external.append(each)
    listed.sort(key=lambda each: (each.diagnosis.position, each.number))
    others = [*listed, *external]
    for number, found in enumerate(_all(view, listed, others), start=1):
        yield found._replace(number=number)


def _all(view: ClaimView, listed: Sequence[DiagnosisView], others: Sequence[DiagnosisView]) -> Iterator[NoteOf]:
    excluded: dict[tuple[str, str], NoteOf] = {}
    for carrier in listed:
        table = notes_on(view, carrier.judged_day)
        if table is None:
            continue
        instructions: dict[tuple[str, str, int], list[Note]] = {}
        for note in table.notes_for(carrier.diagnosis.code):
            if note.kind == _EXCLUDES:
                _exclude(carrier, note, others, excluded)
            elif note.kind in _INSTRUCTIONS:
                instructions.setdefault((note.node, note.kind, note.group), []).append(note)
        for lines in instructions.values():
            yield _instruction(carrier, tuple(lines), others)
    yield from excluded.values()


def notes_on(view: ClaimView, day: int | None) -> NoteTable | None:
    """The notes in force on a day."""
    store = view.context.tables.store(TABLE, day) if day is not None else None
    return store.notes() if isinstance(store, NoteStore) else None


def _exclude(
    carrier: DiagnosisView, note: Note, others: Iterable[DiagnosisView], found: dict[tuple[str, str], NoteOf]
) -> None:
    """Notes down the codes that a note excludes; of two notes on one pair the exact one stays, else the first."""
    for other in others:
        if other is carrier or note.span_of(other.diagnosis.code) is None:
            continue
        pair = _pair(carrier, other)
        known = found.get(pair)
        each = NoteOf(carrier, (note,), other, None, 0)
        if known is None or (is_exact(each) and not is_exact(known)):
            found[pair] = each


def _instruction(carrier: DiagnosisView, lines: tuple[Note, ...], others: Sequence[DiagnosisView]) -> NoteOf:
    """An instruction with the partner on the claim that answers it best: the first that stands in order."""
    partners = [
        other
        for other in others
        if other is not carrier and any(line.span_of(other.diagnosis.code) is not None for line in lines)
    ]
    if not partners:
        return NoteOf(carrier, lines, None, None, 0)
    order, place = lines[0].order, {id(other): n for n, other in enumerate(others)}
    if order == "either":
        return NoteOf(carrier, lines, partners[0], None, 0)
    own = place[id(carrier)]
    in_order = [other for other in partners if (place[id(other)] < own) == (order == "before")]
    return NoteOf(carrier, lines, (in_order or partners)[0], bool(in_order), 0)


def _pair(one: DiagnosisView, other: DiagnosisView) -> tuple[str, str]:
    first, second = sorted((one.diagnosis.code, other.diagnosis.code))
    return first, second


def _span(part: NoteOf) -> Span | None:
    if part.partner is None:
        return None
    code = part.partner.diagnosis.code
    return next((span for line in part.lines if (span := line.span_of(code)) is not None), None)


def is_exact(part: NoteOf) -> bool | None:
    """Whether the note names one code or all codes below one, no range and no condition; absent without a partner."""
    span = _span(part)
    return None if span is None else span.low == span.high and span.condition is None


def short(text: str, most: int) -> str:
    """The text, cut at a word when it is longer.

    >>> short("one two three", 9)
    'one two …'
    """
    return text if len(text) <= most else f"{text[: most - 1].rsplit(' ', 1)[0]} …"


def wording(part: NoteOf) -> str:
    """The heading and the lines as published; of a pair only the line that names the partner."""
    lines = part.lines
    text = " ".join([lines[0].heading, "; ".join([line.wording for line in lines])])
    return short(text.strip(" ,"), _MOST_WORDS)


def named(part: NoteOf) -> str:
    """The partners that the note names, up to eight, as people write them."""
    spans = [span for line in part.lines for span in line.spans]
    texts = list(dict.fromkeys(_written(span) for span in spans))
    return ", ".join(texts[:_MOST_PARTNERS]) + (" …" if len(texts) > _MOST_PARTNERS else "")


def _written(span: Span) -> str:
    if span.low != span.high:
        return f"{dotted(span.low)}-{dotted(span.high)}"
    return dotted(span.low if span.exact else span.low + _BELOW)


def _level(part: NoteOf) -> str:
    node = part.lines[0].node
    return "chapter" if node.startswith("chapter ") else "block" if "-" in node else "code"


def _satisfied(part: NoteOf) -> bool | None:
    return None if part.lines[0].kind == _EXCLUDES else part.partner is not None


def place(part: NoteOf) -> Place:
    """No line; its number."""
    return (0, part.number)


def day(_: ClaimView, part: NoteOf) -> int | None:
    """The judged day of the diagnosis that carries it."""
    return part.carrier.judged_day


FIELDS: Fields[NoteOf] = {
    "code": lambda _, p: p.carrier.diagnosis.code,
    "position": lambda _, p: p.carrier.diagnosis.position,
    "note": lambda _, p: p.lines[0].kind,
    "node": lambda _, p: p.lines[0].node,
    "level": lambda _, p: _level(p),
    "partner": lambda _, p: p.partner.diagnosis.code if p.partner else None,
    "partner_position": lambda _, p: p.partner.diagnosis.position if p.partner else None,
    "partner_role": lambda _, p: p.partner.diagnosis.role or None if p.partner else None,
    "pair": lambda _, p: "|".join(_pair(p.carrier, p.partner)) if p.partner else None,
    "exact": lambda _, p: is_exact(p),
    "mandatory": lambda _, p: any(line.mandatory for line in p.lines),
    "open": lambda _, p: any(line.open or bool(line.unresolved) for line in p.lines),
    "satisfied": lambda _, p: _satisfied(p),
    "order_ok": lambda _, p: p.in_order,
    "wording": lambda _, p: wording(p),
    "named": lambda _, p: named(p) or None,
}

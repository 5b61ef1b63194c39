"""Codes that the tabular list asks for beside a chosen code, and that are documented.

One fact for each instruction of a chosen code and each documented, confirmed diagnosis that it names. Source: ICD-10-CM
Official Guidelines section I.A.13 and I.A.17; the notes are CDC/NCHS's (table icd10cm-partners).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from engine.facts.encounters.view import CATEGORY, ChosenPart, DiagnosisPart, EncounterView
from engine.facts.fact import Value
from engine.reference.notes.model import Note
from engine.reference.notes.store import TABLE, NoteStore

INSTRUCTIONS = frozenset({"use_additional", "code_first", "code_also"})


class Companion(NamedTuple):
    """An instruction, the chosen code that carries it, and a documented diagnosis that it names."""

    carrier: ChosenPart
    lines: tuple[Note, ...]
    diagnosis: DiagnosisPart
    answer: ChosenPart | None


def parts(view: EncounterView) -> Iterator[Companion]:
    """Each documented diagnosis that an instruction of a chosen code names; the pair once a kind of instruction."""
    store = view.context.tables.store(TABLE, view.day) if view.day is not None else None
    if not isinstance(store, NoteStore):
        return
    seen: set[tuple[str, str, str]] = set()
    for carrier in view.chosen:
        instructions: dict[tuple[str, str, int], list[Note]] = {}
        for note in store.notes().notes_for(carrier.chosen.code):
            if note.kind in INSTRUCTIONS:
                instructions.setdefault((note.node, note.kind, note.group), []).append(note)
        for lines in instructions.values():
            for diagnosis in view.diagnoses:
                key = (carrier.chosen.code, lines[0].kind, diagnosis.diagnosis.code)
                if key not in seen and _asked(lines, carrier, diagnosis):
                    seen.add(key)
                    yield Companion(carrier, tuple(lines), diagnosis, _answer(lines, carrier, view))


def _asked(lines: list[Note], carrier: ChosenPart, part: DiagnosisPart) -> bool:
    code = part.diagnosis.code
    confirmed = part.diagnosis.status in ("confirmed", "history_of", "")
    other = code[:CATEGORY] != carrier.chosen.code[:CATEGORY]
    return bool(code) and confirmed and other and any(line.span_of(code) is not None for line in lines)


def _answer(lines: list[Note], carrier: ChosenPart, view: EncounterView) -> ChosenPart | None:
    others = (each for each in view.chosen if each.number != carrier.number)
    return next((each for each in others if any(line.span_of(each.chosen.code) for line in lines)), None)


FIELDS: dict[str, Callable[[Any, Companion], Value | None]] = {
    "number": lambda _, p: p.diagnosis.number,
    "code": lambda _, p: p.diagnosis.diagnosis.code,
    "wording": lambda _, p: p.diagnosis.diagnosis.wording or None,
    "carrier": lambda _, p: p.carrier.chosen.code,
    "carrier_position": lambda _, p: p.carrier.chosen.position,
    "kind": lambda _, p: p.lines[0].kind,
    "billed": lambda _, p: any(c.chosen.code == p.diagnosis.diagnosis.code for c in p.carrier.view.chosen),
    "satisfied": lambda _, p: p.answer is not None,
    "chosen_position": lambda _, p: p.answer.chosen.position if p.answer else None,
}

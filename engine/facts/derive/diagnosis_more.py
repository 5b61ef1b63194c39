"""What follows from the structure, description and notes of a diagnosis code: other sides, intent, neoplasm site."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from engine.facts.derive.diagnosis import DiagnosisPart
from engine.facts.derive.dx_note import notes_on
from engine.facts.derive.source import Fields
from engine.facts.view import ICD9_QUALIFIERS, ClaimView
from engine.reference import icd10cm
from engine.reference.catalog import Tables
from engine.reference.icd10cm_sides import counterpart
from engine.reference.notes.history import history_code

_SIDED = frozenset({"left", "right"})
_BOTH = frozenset({"bilateral"})
_CHEMICALS = ("T36", "T65")
_INTENT_PLACES = (6, 5)
_PLACEHOLDER = "X"
_INTENTS: Mapping[str, str] = {
    "1": "accidental",
    "2": "self_harm",
    "3": "assault",
    "4": "undetermined",
    "5": "adverse_effect",
    "6": "underdosing",
}


@lru_cache(maxsize=8192)
def _counterpart(tables: Tables, code: str, day: int, wanted: frozenset[str]) -> str | None:
    return counterpart(tables, code, day, wanted)


def _side(view: ClaimView, part: DiagnosisPart) -> str:
    text = icd10cm.description(view.context.tables, part.diagnosis.code, part.judged_day)
    return icd10cm.side(text) if text else ""


def bilateral_code(view: ClaimView, part: DiagnosisPart) -> str | None:
    """The code for both sides of what a left or right code says; absent when there is none.

    Source: ICD-10-CM Official Guidelines I.B.13.
    """
    if part.judged_day is None or _side(view, part) not in _SIDED:
        return None
    return _counterpart(view.context.tables, part.diagnosis.code, part.judged_day, _BOTH)


def laterality_available(view: ClaimView, part: DiagnosisPart) -> bool | None:
    """Whether there are codes for one side of what a code with unspecified side says; absent for other codes."""
    if part.judged_day is None or _side(view, part) != "unspecified":
        return None
    return _counterpart(view.context.tables, part.diagnosis.code, part.judged_day, _SIDED) is not None


def intent(code: str) -> str | None:
    """Accidental, self-harm, assault, undetermined, adverse effect or underdosing, of a code of T36 to T65.

    The sixth character says it, or the fifth where the sixth is a placeholder or absent. Source: ICD-10-CM tabular
    list, note at T36-T50; Official Guidelines I.C.19.e.

    >>> intent("T45515A"), intent("T6401XA"), intent("T360X6D"), intent("S52501A")
    ('adverse_effect', 'accidental', 'underdosing', None)
    """
    if not _CHEMICALS[0] <= code[:3] <= _CHEMICALS[1]:
        return None
    for place in _INTENT_PLACES:
        character = code[place - 1 : place]
        if character and character != _PLACEHOLDER:
            return _INTENTS.get(character)
    return None


def neoplasm_site(view: ClaimView, part: DiagnosisPart) -> str | None:
    """The personal-history code (Z85) of the site of a malignant neoplasm, for the neoplasm and for the history alike.

    Source: ICD-10-CM tabular list, "Conditions classifiable to …" under Z85 (Official Guidelines I.C.2.m).
    """
    table = notes_on(view, part.judged_day)
    if table is None or part.diagnosis.qualifier in ICD9_QUALIFIERS:
        return None
    return history_code(table, part.diagnosis.code)


FIELDS: Fields[DiagnosisPart] = {
    "bilateral_code": bilateral_code,
    "laterality_available": laterality_available,
    "intent": lambda _, p: intent(p.diagnosis.code),
    "neoplasm_site": neoplasm_site,
}

"""Fields of documented and chosen diagnoses, and how the two go together.

Sources: ICD-10-CM Official Guidelines section I.B.2, I.B.13, I.B.18 (detail), IV.H to IV.J (outpatient diagnoses);
descriptions of table icd10cm.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from engine.facts.encounters.view import CATEGORY, ChosenPart, DiagnosisPart, EncounterView
from engine.facts.fact import Value
from engine.reference.catalog import Tables
from engine.reference.icd10cm import TABLE, description, side

MEAT = ("monitored", "evaluated", "assessed", "treated")
_OPEN = re.compile(r"\bunspecified\b")
_ACUTE_ON_CHRONIC = "acute on chronic"
_ACUITY = re.compile(r"\b(?:acute|chronic|subacute)\b")
_WORD = re.compile(r"[a-z0-9]+")


def managed(_: object, part: DiagnosisPart) -> bool | None:
    """Whether the note shows that something was done about it; absent when the note does not say."""
    found = [getattr(part.diagnosis, name) for name in MEAT]
    if any(found):
        return True
    return False if False in found else None


def _coded(part: DiagnosisPart) -> ChosenPart | None:
    return part.view.coded.get(part.number)


def _knows(part: DiagnosisPart) -> bool:
    """Whether it can be told what was chosen for it."""
    return bool(part.diagnosis.code) and part.view.encounter.chosen is not None


def billed(_: object, part: DiagnosisPart) -> bool | None:
    """Whether the same code was chosen."""
    if not _knows(part):
        return None
    return any(each.chosen.code == part.diagnosis.code for each in part.view.chosen)


def coded(_: object, part: DiagnosisPart) -> bool | None:
    """Whether the same code or one of its category was chosen."""
    return any(_alike(each, part.diagnosis.code) for each in part.view.chosen) if _knows(part) else None


def _alike(part: ChosenPart, code: str) -> bool:
    return part.chosen.code[:CATEGORY] == code[:CATEGORY]


def _of_chosen(get: Callable[[ChosenPart], Value]) -> Callable[[object, DiagnosisPart], Value | None]:
    def field(_: object, part: DiagnosisPart) -> Value | None:
        found = _coded(part)
        return None if found is None else get(found)

    return field


def _says(view: EncounterView, code: str) -> str:
    return description(view.context.tables, code, view.day).lower()


def billed_side(_: object, part: DiagnosisPart) -> str | None:
    """The side that the chosen code names."""
    found = _coded(part)
    if found is None:
        return None
    text = _says(part.view, found.chosen.code)
    return side(text) if text else None


def side_conflict(view: object, part: DiagnosisPart) -> bool | None:
    """Whether note and chosen code name opposite sides; a note that names no side contradicts none."""
    noted, named = part.diagnosis.laterality, billed_side(view, part)
    if not noted or _coded(part) is None:
        return False
    return None if named is None else {noted, named} == {"left", "right"}


def _wanted(part: DiagnosisPart) -> tuple[str, ...]:
    """The details other than side and acuity that the note names, each as words."""
    diagnosis = part.diagnosis
    stage = f"stage {diagnosis.stage}" if diagnosis.stage else ""
    return tuple(text.lower() for text in (diagnosis.type, stage, diagnosis.severity) if text)


def names(text: str, detail: str) -> bool:
    """Whether a description has all words of a detail.

    >>> names("chronic kidney disease, stage 3b", "stage 3b"), names("chronic kidney disease, stage 3b", "stage 3")
    (True, False)
    """
    return set(_WORD.findall(detail)) <= set(_WORD.findall(text))


def has_acuity(text: str, acuity: str) -> bool:
    """Whether a description names an acuity: ``acute`` is not ``acute on chronic``.

    >>> has_acuity("acute on chronic systolic heart failure", "acute")
    False
    """
    if acuity == "acute_on_chronic":
        return _ACUTE_ON_CHRONIC in text
    return _ACUTE_ON_CHRONIC not in text and re.search(rf"\b{acuity}\b", text) is not None


def _category(tables: Tables, code: str, day: int) -> list[tuple[str, str]]:
    """The valid codes of the category with the same seventh character, each with its description."""
    found = []
    for other in tables.keys_from(TABLE, code[:CATEGORY], day):
        rows = tables.rows_on(TABLE, other, day)
        if rows and other[6:] == code[6:]:
            found.append((other, rows[-1].values["description"].lower()))
    return found


def _finer(part: DiagnosisPart, *, acuity: bool, detail: bool) -> list[str] | None:
    """The codes of the chosen code's category that name what the note names; ``None`` when nothing can be told."""
    found, view = _coded(part), part.view
    if found is None or view.day is None:
        return None
    own = _says(view, found.chosen.code)
    if not own:
        return None
    wanted = _wanted(part) if detail else ()
    sharp = part.diagnosis.acuity if acuity else ""
    return [
        code
        for code, text in _category(view.context.tables, found.chosen.code, view.day)
        if code != found.chosen.code
        and not _OPEN.search(text)
        and (not sharp or has_acuity(text, sharp))
        and all(names(text, each) for each in wanted)
    ]


def finer_acuity(_: object, part: DiagnosisPart) -> bool | None:
    """Whether the chosen code leaves open an acuity that the note names and another code of the category has."""
    found = _coded(part)
    if not part.diagnosis.acuity or found is None:
        return False
    own = _says(part.view, found.chosen.code)
    if not own:
        return None
    return not _ACUITY.search(own) and bool(_finer(part, acuity=True, detail=True))


def finer_detail(_: object, part: DiagnosisPart) -> bool | None:
    """Whether the chosen code is unspecified while another of its category names what the note names."""
    found, wanted = _coded(part), _wanted(part)
    if not wanted or found is None:
        return False
    own = _says(part.view, found.chosen.code)
    if not own:
        return None
    open_code = bool(_OPEN.search(own)) and not all(names(own, each) for each in wanted)
    return open_code and bool(_finer(part, acuity=bool(part.diagnosis.acuity), detail=True))


def finer_code(_: object, part: DiagnosisPart) -> str | None:
    """The one code of the category that names all documented detail, when it is the only one."""
    if not (_wanted(part) or part.diagnosis.acuity):
        return None
    found = _finer(part, acuity=bool(part.diagnosis.acuity), detail=True)
    return found[0] if found and len(found) == 1 else None


def _text(field: str) -> Callable[[object, DiagnosisPart], Value | None]:
    def get(_: object, part: DiagnosisPart) -> Value | None:
        value: Value | None = getattr(part.diagnosis, field)
        return None if value == "" else value

    return get


DOCUMENTED: dict[str, Callable[[Any, DiagnosisPart], Value | None]] = {
    "number": lambda _, p: p.number,
    **{
        name: _text(name)
        for name in (
            "code",
            "wording",
            "status",
            "addressed",
            "laterality",
            "acuity",
            "type",
            "stage",
            "severity",
            "chronic",
            "chief",
            "source",
            "indicators",
            "present_on_admission",
        )
    },
    "managed": managed,
    "billed": billed,
    "coded": coded,
    "billed_code": _of_chosen(lambda found: found.chosen.code),
    "billed_position": _of_chosen(lambda found: found.chosen.position),
    "billed_side": billed_side,
    "side_conflict": side_conflict,
    "finer_acuity": finer_acuity,
    "finer_detail": finer_detail,
    "finer_code": finer_code,
    "detail_given": lambda _, p: bool(p.diagnosis.acuity or _wanted(p)),
}


def documented(view: EncounterView, code: str) -> bool | None:
    """Whether some documented diagnosis has a code or one of its category; absent when that cannot be told."""
    if any(part.diagnosis.code[:CATEGORY] == code[:CATEGORY] for part in view.diagnoses if part.diagnosis.code):
        return True
    return False if view.complete else None


def status_of(view: EncounterView, code: str) -> str | None:
    """The status of the documented diagnosis with a code, the same code before another of its category.

    Of several the most certain one counts.
    """
    order = ("confirmed", "history_of", "family_history", "suspected", "ruled_out")
    for length in (len(code), CATEGORY):
        found = {
            p.diagnosis.status
            for p in view.diagnoses
            if p.diagnosis.code and p.diagnosis.code[:length] == code[:length]
        }
        known = [status for status in order if status in found]
        if known:
            return known[0]
    return None


CHOSEN: dict[str, Callable[[Any, ChosenPart], Value | None]] = {
    "number": lambda _, p: p.number,
    "position": lambda _, p: p.chosen.position,
    "code": lambda _, p: p.chosen.code or None,
    "documented": lambda _, p: documented(p.view, p.chosen.code),
    "status": lambda _, p: status_of(p.view, p.chosen.code),
}

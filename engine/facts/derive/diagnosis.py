"""One diagnosis of the claim, and one diagnosis that a line points to."""

from __future__ import annotations

from collections.abc import Iterator

from engine.facts.derive.source import Fields, Place
from engine.facts.once import once
from engine.facts.view import ICD9_QUALIFIERS, ClaimView, DiagnosisView, PointedDiagnosis
from engine.reference import icd10cm, mce
from engine.reference.catalog import Tables
from engine.reference.lists import icd10cm_chapter

POA_EXEMPT = "poa-exempt"
_FULL = 7
_CATEGORY = 3
_AGE_GROUPS: tuple[mce.AgeGroup, ...] = ("newborn", "pediatric", "maternity", "adult")


class DiagnosisPart:
    """A diagnosis of the claim with what the tables say of it on the judged day."""

    def __init__(self, view: ClaimView, of: DiagnosisView) -> None:
        self.view = view
        self.diagnosis = of.diagnosis
        self.number = of.number
        self.judged_day = of.judged_day
        self.repeat = of.repeat

    @once
    def standing(self) -> icd10cm.Standing | None:
        """How the code stands in ICD-10-CM on the judged day; absent for an ICD-9 code or without a day."""
        code, day = self.diagnosis.code, self.judged_day
        if not code or day is None or self.diagnosis.qualifier in ICD9_QUALIFIERS:
            return None
        return self.view.context.tables.recall(_standing, code, day)

    @once
    def flags(self) -> frozenset[str] | None:
        """The flags of the Medicare Code Editor on the judged day."""
        return _flags(self.view, self.diagnosis.code, self.judged_day)


def parts(view: ClaimView) -> Iterator[DiagnosisPart]:
    """The diagnoses of the claim."""
    for diagnosis in view.diagnoses:
        yield DiagnosisPart(view, diagnosis)


def _status(_: ClaimView, part: DiagnosisPart) -> str | None:
    if part.diagnosis.qualifier in ICD9_QUALIFIERS:
        return "icd9"
    found = part.standing
    return found.status if found else None


def _valid_from(_: ClaimView, part: DiagnosisPart) -> int | None:
    found = part.standing
    return found.valid_from if found else None


def _valid_to(_: ClaimView, part: DiagnosisPart) -> int | None:
    found = part.standing
    return found.valid_to if found else None


def _longer_codes(_: ClaimView, part: DiagnosisPart) -> str | None:
    found = part.standing
    return ", ".join(icd10cm.dotted(code) for code in found.longer_codes) or None if found else None


def valid_whole_span(view: ClaimView, part: DiagnosisPart) -> bool | None:
    """Whether the code is valid from the first to the last service day; absent unless it is valid on one of them."""
    first, last = view.first_service_day, view.last_service_day
    found = part.standing
    if first is None or last is None or found is None or found.status not in {"valid", "retired", "not_yet"}:
        return None
    starts_in_time = found.valid_from is None or found.valid_from <= first
    return starts_in_time and (found.valid_to is None or last <= found.valid_to)


def _side(view: ClaimView, code: str, day: int | None) -> str | None:
    """The side by the description; absent when the table has no description of the code."""
    return view.context.tables.recall(_described_side, code, day)


def _flags(view: ClaimView, code: str, day: int | None) -> frozenset[str] | None:
    return view.context.tables.recall(_flags_of, code, day)


def _standing(tables: Tables, code: str, day: int | None) -> icd10cm.Standing | None:
    return None if day is None else icd10cm.standing(tables, code, day)


def _flags_of(tables: Tables, code: str, day: int | None) -> frozenset[str] | None:
    return None if day is None else mce.flags(tables, code, day)


def _described_side(tables: Tables, code: str, day: int | None) -> str | None:
    text = icd10cm.description(tables, code, day)
    return icd10cm.side(text) if text else None


def _flagged(part: DiagnosisPart, name: str) -> bool | None:
    flags = part.flags
    return None if flags is None else name in flags


def _pointed_flag(view: ClaimView, part: PointedDiagnosis, name: str) -> bool | None:
    flags = _flags(view, part.diagnosis.code, part.line.judged_day)
    return None if flags is None else name in flags


def age_conflict(view: ClaimView, part: DiagnosisPart) -> str | None:
    """The age group of the code that the patient's age on the first service day does not fit, or ``none``."""
    flags, age, day = part.flags, view.age_years, part.judged_day
    if flags is None or age is None or day is None:
        return None
    for group in _AGE_GROUPS if flags else ():
        if group in flags:
            lowest, highest = mce.ages(group, day)
            if not lowest <= age <= highest:
                return group
    return "none"


def code_sex(_: ClaimView, part: DiagnosisPart) -> str | None:
    """The sex that the code is flagged for; flags end on 2024-09-30, when the MCE dropped the edit (version 42)."""
    flags = part.flags
    return next((sex for sex in ("male", "female") if flags and sex in flags), None)


def _sex_conflict(view: ClaimView, part: DiagnosisPart) -> bool | None:
    if part.flags is None or view.sex not in {"male", "female"}:
        return None
    sex = code_sex(view, part)
    return sex is not None and sex != view.sex


def _former_sex(view: ClaimView, part: DiagnosisPart) -> str | None:
    day = part.judged_day
    return None if day is None else mce.former_sex(view.context.tables, part.diagnosis.code, day)


def _former_sex_conflict(view: ClaimView, part: DiagnosisPart) -> bool | None:
    if part.flags is None or view.sex not in {"male", "female"}:
        return None
    sex = _former_sex(view, part)
    return sex is not None and sex != view.sex


def _poa_exempt(view: ClaimView, part: DiagnosisPart) -> bool | None:
    """Whether the code is on the list; absent for one that is not, when the list is older than the judged day."""
    tables, day = view.context.tables, part.judged_day
    if not view.institutional or not part.diagnosis.code or day is None or tables.status(POA_EXEMPT, day) is not None:
        return None
    if tables.rows_on(POA_EXEMPT, part.diagnosis.code, day):
        return True
    return False if tables.is_current(POA_EXEMPT, day) else None


def place(part: DiagnosisPart) -> Place:
    """The diagnosis's place in the claim's list, from 1."""
    return (0, part.number)


def day(_: ClaimView, part: DiagnosisPart) -> int | None:
    """The judged day."""
    return part.judged_day


def line_parts(view: ClaimView) -> Iterator[PointedDiagnosis]:
    """The diagnoses of all lines."""
    for line in view.lines:
        yield from line.diagnoses


def line_place(part: PointedDiagnosis) -> Place:
    """Its line and its position among the line's pointers."""
    return (part.line.number, part.position)


def line_day(_: ClaimView, part: PointedDiagnosis) -> int | None:
    """The line's day."""
    return part.line.judged_day


FIELDS: Fields[DiagnosisPart] = {
    "position": lambda _, p: p.diagnosis.position,
    "code": lambda _, p: p.diagnosis.code or None,
    "role": lambda _, p: p.diagnosis.role or None,
    "qualifier": lambda _, p: p.diagnosis.qualifier or None,
    "icd9": lambda _, p: p.diagnosis.qualifier in ICD9_QUALIFIERS,
    "present_on_admission": lambda _, p: p.diagnosis.present_on_admission or None,
    "poa_exempt": _poa_exempt,
    "repeat": lambda _, p: p.repeat,
    "judged_day": lambda _, p: p.judged_day,
    "status_on_day": _status,
    "valid_from": _valid_from,
    "valid_to": _valid_to,
    "valid_whole_span": valid_whole_span,
    "longer_codes": _longer_codes,
    "category": lambda _, p: p.diagnosis.code[:_CATEGORY] or None,
    "chapter": lambda _, p: icd10cm_chapter(p.diagnosis.code[:_CATEGORY]),
    "seventh_character": lambda _, p: p.diagnosis.code[6] if len(p.diagnosis.code) == _FULL else None,
    "laterality": lambda v, p: _side(v, p.diagnosis.code, p.judged_day),
    "manifestation": lambda _, p: _flagged(p, "manifestation"),
    "external_cause": lambda _, p: _flagged(p, "ecodepdx"),
    "unacceptable": lambda _, p: _flagged(p, "unacceptable"),
    "questionable": lambda _, p: _flagged(p, "qadm"),
    "unspecified": lambda _, p: _flagged(p, "unspecified"),
    "wrong_procedure": lambda _, p: _flagged(p, "wrngproc"),
    "age_conflict": age_conflict,
    "sex_conflict": _sex_conflict,
    "code_sex": code_sex,
    "former_sex": _former_sex,
    "former_sex_conflict": _former_sex_conflict,
}

LINE_FIELDS: Fields[PointedDiagnosis] = {
    "line_number": lambda _, p: p.line.number,
    "position": lambda _, p: p.position,
    "code": lambda _, p: p.diagnosis.code or None,
    "category": lambda _, p: p.diagnosis.code[:_CATEGORY] or None,
    "seventh_character": lambda _, p: p.diagnosis.code[6] if len(p.diagnosis.code) == _FULL else None,
    "laterality": lambda v, p: _side(v, p.diagnosis.code, p.line.judged_day),
    "manifestation": lambda v, p: _pointed_flag(v, p, "manifestation"),
    "external_cause": lambda v, p: _pointed_flag(v, p, "ecodepdx"),
}

"""A claim held against the record of its encounter: lines, diagnoses and charges, each with its counterpart."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from engine.facts.derive.code_counts import sets_of
from engine.facts.encounters.diagnosis import documented as diagnosis_documented
from engine.facts.encounters.diagnosis import status_of
from engine.facts.encounters.service import days_outside
from engine.facts.encounters.service import documented as service_documented
from engine.facts.encounters.view import ChargePart, EncounterView, record_of
from engine.facts.fact import Value
from engine.facts.numbers import thousandths
from engine.facts.view import ClaimView, DiagnosisView, LineView


class RecordLine(NamedTuple):
    """A line of the claim and the record."""

    line: LineView
    record: EncounterView


class RecordDiagnosis(NamedTuple):
    """A diagnosis of the claim and the record."""

    diagnosis: DiagnosisView
    record: EncounterView


class RecordCharge(NamedTuple):
    """A charge of the encounter and the codes on the claim."""

    charge: ChargePart
    on_claim: bool


def lines(view: ClaimView) -> Iterator[RecordLine]:
    """The lines that have a procedure."""
    record = record_of(view)
    if record is not None:
        yield from (RecordLine(line, record) for line in view.lines if line.line.procedure)


def diagnoses(view: ClaimView) -> Iterator[RecordDiagnosis]:
    """The principal and other diagnoses, each code once."""
    record = record_of(view)
    if record is not None:
        for each in view.diagnoses:
            if each.diagnosis.code and not each.repeat and each.diagnosis.role in ("principal", "other"):
                yield RecordDiagnosis(each, record)


def charges(view: ClaimView) -> Iterator[RecordCharge]:
    """The codes chosen for the encounter."""
    record = record_of(view)
    if record is not None:
        codes = {line.line.procedure for line in view.lines}
        yield from (RecordCharge(each, each.charge.procedure in codes) for each in record.charges)


def _charges(part: RecordLine) -> list[ChargePart]:
    return [each for each in part.record.charges if each.charge.procedure == part.line.line.procedure]


def charged_units(_: object, part: RecordLine) -> int | None:
    """Units of the charges with the line's code, when exactly one line of the claim has it."""
    same = [line for line in part.line.view.lines if line.line.procedure == part.line.line.procedure]
    found = [thousandths(each.charge.units) for each in _charges(part)]
    if len(same) != 1 or not found or None in found:
        return None
    return sum(units for units in found if units is not None)


def charged_modifiers(_: object, part: RecordLine) -> str | None:
    """The modifiers of the charge with the line's code, when there is one charge and one line with it."""
    same = [line for line in part.line.view.lines if line.line.procedure == part.line.line.procedure]
    found = _charges(part)
    return " ".join(sorted(found[0].charge.modifiers)) if len(found) == 1 and len(same) == 1 else None


def days_from_encounter(_: object, part: RecordLine) -> int | None:
    """Days that the line's service day lies outside the encounter."""
    return days_outside(part.record, part.line.first_day)


def unit_difference(view: object, part: RecordLine) -> int | None:
    """Units of the line less those chosen, in thousandths."""
    chosen = charged_units(view, part)
    return None if chosen is None or part.line.units is None else part.line.units - chosen


def modifiers_differ(view: object, part: RecordLine) -> bool | None:
    """Whether the line's modifiers are others than those chosen."""
    chosen = charged_modifiers(view, part)
    return None if chosen is None else chosen != part.line.modifiers_text


def renderer_differs(_: object, part: RecordLine) -> bool | None:
    """Whether the claim names another rendering practitioner than the record says saw the patient.

    Where the record says under whom the visit is to be billed, that one is expected.
    """
    encounter, rendering = part.record.encounter, part.line.rendering
    expected = encounter.billed_npi or encounter.performer_npi
    return rendering.npi != expected if rendering and rendering.npi and expected else None


def _documented(_: object, part: RecordLine) -> bool | None:
    return service_documented(part.record, part.line.line.procedure, sets_of("record_line", "documented"))


LINE: dict[str, Callable[[Any, RecordLine], Value | None]] = {
    "line_number": lambda _, p: p.line.number,
    "procedure": lambda _, p: p.line.line.procedure,
    "documented": _documented,
    "charged": lambda _, p: None if p.record.encounter.charges is None else bool(_charges(p)),
    "units": lambda _, p: p.line.units,
    "charged_units": charged_units,
    "unit_difference": unit_difference,
    "modifiers_differ": modifiers_differ,
    "renderer_differs": renderer_differs,
    "modifiers": lambda _, p: p.line.modifiers_text,
    "charged_modifiers": charged_modifiers,
    "days_from_encounter": days_from_encounter,
    "service_day": lambda _, p: p.line.first_day,
    "rendering_npi": lambda _, p: p.line.rendering.npi or None if p.line.rendering else None,
    "performer_npi": lambda _, p: p.record.encounter.performer_npi or None,
}

DIAGNOSIS: dict[str, Callable[[Any, RecordDiagnosis], Value | None]] = {
    "number": lambda _, p: p.diagnosis.number,
    "code": lambda _, p: p.diagnosis.diagnosis.code,
    "documented": lambda _, p: diagnosis_documented(p.record, p.diagnosis.diagnosis.code),
    "status": lambda _, p: status_of(p.record, p.diagnosis.diagnosis.code),
    "chosen": lambda _, p: (
        None
        if p.record.encounter.chosen is None
        else any(c.chosen.code == p.diagnosis.diagnosis.code for c in p.record.chosen)
    ),
}

CHARGE: dict[str, Callable[[Any, RecordCharge], Value | None]] = {
    "number": lambda _, p: p.charge.charge.number,
    "procedure": lambda _, p: p.charge.charge.procedure or None,
    "on_claim": lambda _, p: p.on_claim,
}

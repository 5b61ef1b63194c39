"""The kinds of facts about encounters, for an encounter alone and for a claim that is held against one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from engine.facts.derive.source import KindSource, Place, nowhere
from engine.facts.encounters import against, companion, diagnosis, em_level, encounter, service
from engine.facts.encounters.view import EncounterView, HasContext, record_of

PartT = TypeVar("PartT")


def _of_record(get: Callable[[EncounterView], Iterable[PartT]]) -> Callable[[HasContext], Iterable[PartT]]:
    """The parts of the record of a view; none without one."""

    def parts(view: HasContext) -> Iterable[PartT]:
        record = record_of(view)
        return () if record is None else get(record)

    return parts


def _record_day(view: HasContext, _part: object) -> int | None:
    """The day of the encounter."""
    record = record_of(view)
    return None if record is None else record.day


def _number(get: Callable[[Any], int]) -> Callable[[Any], Place]:
    return lambda part: (0, get(part))


ENCOUNTER_KINDS: Mapping[str, KindSource[Any]] = {
    "encounter": KindSource(_of_record(lambda view: (view,)), encounter.FIELDS, nowhere, _record_day),
    "em_level": KindSource(
        _of_record(lambda view: view.levels), em_level.FIELDS, _number(lambda p: p.place), _record_day
    ),
    "documented_diagnosis": KindSource(
        _of_record(lambda view: view.diagnoses), diagnosis.DOCUMENTED, _number(lambda p: p.number), _record_day
    ),
    "billed_diagnosis": KindSource(
        _of_record(lambda view: view.chosen), diagnosis.CHOSEN, _number(lambda p: p.number), _record_day
    ),
    "companion": KindSource(
        _of_record(companion.parts), companion.FIELDS, _number(lambda p: p.diagnosis.number), _record_day
    ),
    "documented_service": KindSource(
        _of_record(lambda view: view.services), service.DOCUMENTED, _number(lambda p: p.number), _record_day
    ),
    "billed_service": KindSource(
        _of_record(lambda view: view.charges), service.CHARGED, _number(lambda p: p.place), _record_day
    ),
    "billed_modifier": KindSource(
        _of_record(service.modifiers), service.MODIFIER, _number(lambda p: p.charge.place), _record_day
    ),
    "record_line": KindSource(
        against.lines, against.LINE, lambda p: (p.line.number, 0), lambda _, p: p.line.judged_day
    ),
    "record_diagnosis": KindSource(
        against.diagnoses, against.DIAGNOSIS, lambda p: (0, p.diagnosis.number), lambda _, p: p.diagnosis.judged_day
    ),
    "record_charge": KindSource(against.charges, against.CHARGE, nowhere, _record_day),
}
"""Every kind that reads an encounter."""

"""Claim to facts: builds the kinds, fields and tags that the active rules ask for, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from engine.facts.derive import (
    claim,
    claim_day,
    context,
    dates,
    dental,
    diagnosis,
    diagnosis_more,
    dx_note,
    eligibility,
    fee_schedule,
    frequency_check,
    global_window,
    history_pair,
    institutional,
    line,
    line_anatomy,
    line_dates,
    line_history,
    line_modifier,
    line_tables,
    money,
    other_payer,
    prior_line,
    prior_stay,
    procedure_day,
    procedure_month,
    provider,
)
from engine.facts.derive.source import KindSource, first_service_day, nowhere
from engine.facts.encounters.kinds import ENCOUNTER_KINDS
from engine.facts.enrich import TABLE_KINDS
from engine.facts.fact import Fact, Value
from engine.facts.needs import KindNeeds, Needs, Tag
from engine.facts.reading import kind_reader
from engine.facts.tags import Tags
from engine.facts.view import ClaimView

_CLAIM_FIELDS = {
    **claim.FIELDS,
    **money.FIELDS,
    **dates.FIELDS,
    **institutional.CLAIM_FIELDS,
    **eligibility.CLAIM_FIELDS,
}
_LINE_FIELDS = {
    **line.FIELDS,
    **line_anatomy.FIELDS,
    **line_dates.FIELDS,
    **line_history.FIELDS,
    **line_tables.FIELDS,
    **fee_schedule.FIELDS,
    **eligibility.LINE_FIELDS,
}
_DIAGNOSIS_FIELDS = {**diagnosis.FIELDS, **diagnosis_more.FIELDS}

KINDS: Mapping[str, KindSource[Any]] = {
    "claim": KindSource(lambda view: (view.claim,), _CLAIM_FIELDS, nowhere, first_service_day),
    "line": KindSource(lambda view: view.lines, _LINE_FIELDS, lambda p: (p.number, 0), lambda _, p: p.judged_day),
    "line_modifier": KindSource(line_modifier.parts, line_modifier.FIELDS, line_modifier.place, line_modifier.day),
    "line_diagnosis": KindSource(diagnosis.line_parts, diagnosis.LINE_FIELDS, diagnosis.line_place, diagnosis.line_day),
    "diagnosis": KindSource(diagnosis.parts, _DIAGNOSIS_FIELDS, diagnosis.place, diagnosis.day),
    "claim_code": KindSource(
        institutional.codes, institutional.CODE_FIELDS, institutional.code_place, first_service_day
    ),
    "inpatient_procedure": KindSource(
        institutional.procedures,
        institutional.PROCEDURE_FIELDS,
        institutional.procedure_place,
        institutional.procedure_day,
    ),
    "provider": KindSource(
        provider.parts, {**provider.FIELDS, **eligibility.PROVIDER_FIELDS}, provider.place, provider.day
    ),
    "procedure_day": KindSource(procedure_day.parts, procedure_day.FIELDS, procedure_day.place, procedure_day.day),
    "procedure_month": KindSource(
        procedure_month.parts, procedure_month.FIELDS, procedure_month.place, procedure_month.day
    ),
    "claim_day": KindSource(claim_day.parts, claim_day.FIELDS, claim_day.place, claim_day.day),
    "dx_note": KindSource(dx_note.parts, dx_note.FIELDS, dx_note.place, dx_note.day),
    "other_payer": KindSource(other_payer.payers, other_payer.FIELDS, other_payer.payer_place, first_service_day),
    "line_adjudication": KindSource(
        other_payer.decisions, other_payer.DECISION_FIELDS, other_payer.decision_place, other_payer.decision_day
    ),
    "adjustment": KindSource(
        other_payer.adjustments, other_payer.ADJUSTMENT_FIELDS, other_payer.adjustment_place, other_payer.adjustment_day
    ),
    "tooth": KindSource(dental.parts, dental.FIELDS, dental.place, dental.day),
    "param": KindSource(context.parameters, context.PARAMETER_FIELDS, nowhere, first_service_day),
    "payer": KindSource(context.payers, context.PAYER_FIELDS, nowhere, first_service_day),
    "prior_line": KindSource(prior_line.parts, prior_line.FIELDS, prior_line.place, prior_line.day),
    "prior_stay": KindSource(prior_stay.parts, prior_stay.FIELDS, prior_stay.place, prior_stay.day),
    "history_pair": KindSource(history_pair.parts, history_pair.FIELDS, history_pair.place, history_pair.day),
    "coverage_period": KindSource(eligibility.parts, eligibility.FIELDS, eligibility.place, eligibility.day),
    "global_window": KindSource(global_window.parts, global_window.FIELDS, global_window.place, global_window.day),
    "claim_global_window": KindSource(
        global_window.on_claim, global_window.FIELDS, global_window.place, global_window.day
    ),
    "frequency_check": KindSource(
        frequency_check.parts, frequency_check.FIELDS, frequency_check.place, frequency_check.day
    ),
    **TABLE_KINDS,
    **ENCOUNTER_KINDS,
}
"""Every kind that can be built."""


class _Step(NamedTuple):
    """One field of a kind: its getter, whether the fact carries it, and the tags that follow from it."""

    field: str
    get: Callable[[ClaimView, Any], Value | None]
    keep: bool
    tags: Tags
    present: str


class _Plan(NamedTuple):
    """What to build of one kind."""

    kind: str
    source: KindSource[Any]
    plain: tuple[tuple[str, Callable[[ClaimView, Any], Value | None]], ...]
    tagged: tuple[_Step, ...]


class Projector:
    """Builds the facts of one claim after another; what to build is worked out once.

    Args:
        needs: by kind, the fields and tags wanted. What cannot be built is left out, and coverage reports it.

    ``readers`` read the same parts and values one by one, without facts.
    """

    def __init__(self, needs: Needs) -> None:
        known = [(kind, KINDS[kind], wanted) for kind, wanted in needs.items() if kind in KINDS]
        self._plans = tuple(_plan(*one) for one in known)
        self.readers = tuple(kind_reader(*one) for one in known)

    def facts(self, view: ClaimView) -> list[Fact]:
        """The facts of a claim, kind by kind."""
        facts: list[Fact] = []
        for kind, source, plain, tagged in self._plans:
            place = source.place
            for part in source.parts(view):
                values: dict[str, Value] = {}
                for field, get in plain:
                    value = get(view, part)
                    if value is not None:
                        values[field] = value
                if tagged:
                    _tag(values, tagged, view, part, source.day(view, part))
                facts.append(Fact(kind, values, *place(part)))
        return facts


def _tag(values: dict[str, Value], steps: tuple[_Step, ...], view: ClaimView, part: object, day: int | None) -> None:
    """Adds the tagged fields and their tags to ``values``."""
    for step in steps:
        value = step.get(view, part)
        if step.present:
            values[step.present] = value is not None
        if value is not None:
            if step.keep:
                values[step.field] = value
            values.update(step.tags.of(value, day))


def _plan(kind: str, source: KindSource[Any], wanted: KindNeeds) -> _Plan:
    tagged: dict[str, list[Tag]] = {}
    present: dict[str, str] = {}
    for tag in wanted.tags:
        tags = tagged.setdefault(tag.field, [])
        if tag.operator == "present":
            present[tag.field] = tag.name
        else:
            tags.append(tag)
    steps = tuple(
        _Step(field, source.fields.get(field, _absent), field in wanted.fields, Tags(tags), present.get(field, ""))
        for field, tags in tagged.items()
    )
    plain = tuple(
        (field, source.fields[field]) for field in wanted.fields if field in source.fields and field not in tagged
    )
    return _Plan(kind, source, plain, steps)


def _absent(_view: ClaimView, _part: object) -> None:
    """The value of a field that nothing can work out yet."""


def project(view: ClaimView, needs: Needs) -> list[Fact]:
    """The facts of one claim. For many claims keep a :class:`Projector`."""
    return Projector(needs).facts(view)

"""An examined encounter to its report: levels, findings, queries, scores, coverage."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from engine.facts.encounters import em_level
from engine.facts.encounters.decision import Element
from engine.facts.encounters.view import ELEMENTS, EncounterView, LevelPart
from engine.findings.conclude import SEVERITIES, bound_findings, coverage, distinct
from engine.findings.encounters.examine import EncounterExaminer, ExaminedEncounter
from engine.findings.encounters.place import place
from engine.findings.encounters.report import ElementShown, EncounterReport, Level, NotRead, Query
from engine.findings.encounters.score import advice, scores
from engine.findings.report import Finding
from engine.findings.suppress import suppress
from engine.reference.days import iso
from engine.rulebook.encounter_scoring import EncounterScoring
from engine.rulebook.scoring import Scoring


def conclude(
    examiner: EncounterExaminer,
    examined: ExaminedEncounter,
    structural: Sequence[Finding] = (),
    not_read: Sequence[NotRead] = (),
) -> EncounterReport:
    """The report of an encounter; ``structural`` are the findings of the reader, ``not_read`` what it left out."""
    encounter = examined.encounter
    found = distinct(bound_findings(examiner, examined, partial(place, encounter)))
    kept, left_out = suppress([*structural, *found], examiner.rules)
    findings = tuple(sorted(kept, key=_reading_order))
    day = examiner.setting.received_on if examined.day is None else examined.day
    scoring = in_force(examiner.setting.rulebook.scoring, day)
    parts = scores(findings, scoring) if encounter.charges or encounter.chosen else None
    told, because = advice(parts, findings, scoring, len(not_read))
    levels = tuple(level(part) for part in examined.view.levels)
    return EncounterReport(
        encounter_id=encounter.encounter_id,
        payer=examined.payer.slug,
        setting=encounter.setting,
        service_day="" if examined.day is None else iso(examined.day),
        source=encounter.source,
        advice=told,
        because=because,
        scores=parts,
        levels_over=sum(max(each.gap or 0, 0) for each in levels),
        levels_under=sum(max(-(each.gap or 0), 0) for each in levels),
        levels=levels,
        findings=findings,
        queries=tuple(Query(f.rule, f.at.words(), f.query) for f in findings if isinstance(f.query, str)),
        coverage=coverage(examiner, examined),
        not_read=tuple(not_read),
        suppressed=left_out,
    )


def level(part: LevelPart) -> Level:
    """One row of the levels table."""
    view, found = part.view, part.support
    shown = {name: _element(view, name) for name in ELEMENTS}
    needed = em_level.FIELDS["least_minutes"](view, part)
    return Level(
        charge=part.charge.number,
        procedure=part.charge.procedure,
        family=found.family,
        mdm_level=view.decision_level,
        mdm=em_level.mdm(view, part) or "",
        minutes=view.minutes,
        minutes_needed=needed if isinstance(needed, int) else None,
        by_mdm=found.by_mdm,
        by_time=found.by_time,
        supported=found.supported,
        gap=found.gap,
        **shown,
    )


def _element(view: EncounterView, name: str) -> ElementShown:
    found: Element | None = view.elements.get(name)
    return ElementShown(found.level, found.because) if found else ElementShown(because="not known")


def in_force(scoring: Sequence[Scoring], day: int) -> EncounterScoring:
    """The scoring table in force on a day; the oldest one before it began."""
    return ([table for table in scoring if table.first_day <= day] or [scoring[0]])[-1].encounter


def _reading_order(finding: Finding) -> tuple[int, str, str]:
    """The worst first; then by rule and place."""
    return (SEVERITIES.index(finding.severity), finding.rule, finding.at.words())

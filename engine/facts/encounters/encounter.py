"""Fields of the encounter as a whole. Sources: docs/vocabulary.md; each field states something about the record."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from engine.facts.derive.code_counts import sets_of
from engine.facts.encounters.decision import DataCount, Element, count_data
from engine.facts.encounters.levels import units_of_minutes
from engine.facts.encounters.view import EncounterView
from engine.facts.fact import Value
from engine.facts.numbers import day_number, thousandths, whole, whole_years
from engine.reference.em_levels import levels

KIND = "encounter"
NEW_AFTER_YEARS = 3
"""A patient not seen for three years is new again: CPT E/M guidelines, 100-04 ch. 12 §30.6.7.A."""

Get = Callable[[Any, EncounterView], Value | None]


def _days(start: date | None, end: date | None) -> int | None:
    first, last = day_number(start), day_number(end)
    return None if first is None or last is None else last - first


def _plain(part: str, field: str) -> Get:
    """A field of a part of the encounter; empty text is absent."""

    def get(_: object, view: EncounterView) -> Value | None:
        owner = getattr(view.encounter, part) if part else view.encounter
        value: Value | None = getattr(owner, field)
        return None if value == "" else value

    return get


def patient_status(_: object, view: EncounterView) -> str | None:
    """As documented, else by the day last seen."""
    encounter = view.encounter
    if encounter.patient_status:
        return encounter.patient_status
    years = years_since(_, view)
    return None if years is None else "new" if years >= NEW_AFTER_YEARS else "established"


def years_since(_: object, view: EncounterView) -> int | None:
    """Whole years from the day last seen to the encounter."""
    seen, day = view.encounter.last_seen_day, view.encounter.service_day
    return None if seen is None or day is None or seen > day else whole_years(seen, day)


def _level(name: str) -> Get:
    def get(_: object, view: EncounterView) -> int | None:
        found = view.elements.get(name)
        return found.level if found else None

    return get


def _because(name: str) -> Get:
    def get(_: object, view: EncounterView) -> str | None:
        found = view.elements.get(name)
        return found.because if found else None

    return get


def _worked_out(view: EncounterView, name: str) -> Element | None:
    """The level of an element from what is documented, never as stated."""
    found = view.elements.get(name)
    return None if found is None or found.because == "as stated" else found


def _gap(name: str) -> Get:
    def get(_: object, view: EncounterView) -> int | None:
        stated: int | None = getattr(view.encounter.stated, name)
        found = _worked_out(view, name)
        return None if stated is None or found is None else stated - found.level

    return get


def _data(view: EncounterView) -> DataCount | None:
    return None if view.encounter.data is None else count_data(view.encounter.data, levels().elements)


def _count_charges(field: str) -> Get:
    def get(_: object, view: EncounterView) -> int | None:
        if view.encounter.charges is None:
            return None
        found = 0
        for part in view.charges:
            inside = [view.in_set(name, part.charge.procedure) for name in sets_of(KIND, field)]
            if None in inside:
                return None
            found += any(inside)
        return found

    return get


def _timed(view: EncounterView, code: str) -> bool | None:
    """Whether a code is timed therapy."""
    inside = [view.in_set(name, code) for name in sets_of(KIND, "timed_minutes")]
    return None if None in inside else any(inside)


def timed_minutes(_: object, view: EncounterView) -> int | None:
    """Minutes of all documented timed services together; absent when there is none, or one without minutes."""
    found = [p.service.minutes for p in view.services if _timed(view, p.service.procedure)]
    known = [minutes for minutes in found if minutes is not None]
    return sum(known) if found and len(known) == len(found) else None


def timed_units_billed(_: object, view: EncounterView) -> int | None:
    """Units of all charged timed services together, in thousandths."""
    found = [thousandths(p.charge.units) for p in view.charges if _timed(view, p.charge.procedure)]
    known = [units for units in found if units is not None]
    return sum(known) if found and len(known) == len(found) else None


def timed_units_supported(_: object, view: EncounterView) -> int | None:
    """Units that the minutes of all timed services support together: 100-04 ch. 5 §20.2.C."""
    minutes = timed_minutes(_, view)
    return None if minutes is None else units_of_minutes(minutes)


def timed_unit_gap(_: object, view: EncounterView) -> int | None:
    """Units charged less units supported."""
    billed, supported = whole(timed_units_billed(_, view)), timed_units_supported(_, view)
    return None if billed is None or supported is None else billed - supported


def signed_by_performer(_: object, view: EncounterView) -> bool | None:
    """Whether signer and performer are the same person."""
    signer, performer = view.encounter.record.signer_npi, view.encounter.performer_npi
    return signer == performer if signer and performer else None


def _split_minutes(view: EncounterView) -> tuple[int, int] | None:
    """Minutes of the billed practitioner and of both together."""
    split = view.encounter.split
    if split.physician_minutes is None or split.other_minutes is None or not split.billed_by:
        return None
    own = split.physician_minutes if split.billed_by == "physician" else split.other_minutes
    total = split.physician_minutes + split.other_minutes
    return (own, total) if total > 0 else None


def split_percent(_: object, view: EncounterView) -> int | None:
    """The billed practitioner's share of the total time."""
    found = _split_minutes(view)
    return None if found is None else 100 * found[0] // found[1]


def split_time_majority(_: object, view: EncounterView) -> bool | None:
    """More than half: 42 CFR 415.140."""
    found = _split_minutes(view)
    return None if found is None else 2 * found[0] > found[1]


def split_decision(_: object, view: EncounterView) -> bool | None:
    """Whether who is billed made the substantive part of the decision."""
    split = view.encounter.split
    return split.decision_by == split.billed_by if split.decision_by and split.billed_by else None


FIELDS: dict[str, Get] = {
    "encounter_id": _plain("", "encounter_id"),
    "setting": _plain("", "setting"),
    "place_of_service": _plain("", "place_of_service"),
    "service_day": lambda _, v: v.day,
    "payer_kind": lambda _, v: v.context.payer.kind,
    "patient_status": patient_status,
    "years_since_last_seen": years_since,
    "visit_minutes": lambda _, v: v.minutes,
    "time_stated": _plain("time", "stated"),
    "time_approximate": _plain("time", "approximate"),
    "time_excludes_separate": _plain("time", "excludes_separate"),
    "critical_minutes": _plain("time", "critical_minutes"),
    "discharge_minutes": _plain("time", "discharge_minutes"),
    "critical_statement": _plain("record", "critical_statement"),
    "mdm_problems": _level("problems"),
    "mdm_data": _level("data"),
    "mdm_risk": _level("risk"),
    "mdm_level": lambda _, v: v.decision_level,
    "mdm_problems_because": _because("problems"),
    "mdm_data_because": _because("data"),
    "mdm_risk_because": _because("risk"),
    "stated_problems": _plain("stated", "problems"),
    "stated_data": _plain("stated", "data"),
    "stated_risk": _plain("stated", "risk"),
    "problems_gap": _gap("problems"),
    "data_gap": _gap("data"),
    "risk_gap": _gap("risk"),
    "repeated_data": lambda _, v: found.repeated if (found := _data(v)) else None,
    "separately_billed_data": lambda _, v: found.left_out if (found := _data(v)) else None,
    "undecided_risk": lambda _, v: (
        None if v.encounter.risk is None else sum(item.decided is False for item in v.encounter.risk)
    ),
    "procedure_charges": _count_charges("procedure_charges"),
    "visit_charges": _count_charges("visit_charges"),
    "preventive_charges": _count_charges("preventive_charges"),
    "timed_minutes": timed_minutes,
    "timed_units_billed": timed_units_billed,
    "timed_units_supported": timed_units_supported,
    "timed_unit_gap": timed_unit_gap,
    "separate_visit_work": _plain("record", "separate_visit_work"),
    "chief_complaint": _plain("record", "chief_complaint"),
    "signed": _plain("record", "signed"),
    "signed_by_performer": signed_by_performer,
    "credentials": _plain("record", "credentials"),
    "signature_lag_days": lambda _, v: _days(v.encounter.service_day, v.encounter.record.signed_day),
    "amendment_lag_days": lambda _, v: _days(v.encounter.service_day, v.encounter.record.amended_day),
    "note_day_gap": lambda _, v: _days(v.encounter.service_day, v.encounter.record.service_day),
    "scribed": _plain("record", "scribed"),
    "scribe_attested": _plain("record", "scribe_attested"),
    "same_as_prior_percent": _plain("record", "same_as_prior_percent"),
    "resident": _plain("teaching", "resident"),
    "teaching_attested": _plain("teaching", "attested"),
    "primary_care_exception": _plain("teaching", "primary_care_exception"),
    "split_shared": _plain("split", "shared"),
    "split_percent": split_percent,
    "split_time_majority": split_time_majority,
    "split_decision_by_biller": split_decision,
    "incident_to": _plain("incident_to", "billed"),
    "incident_to_new_problem": _plain("incident_to", "new_problem"),
    "incident_to_supervised": _plain("incident_to", "supervisor_available"),
    "performer_npi": _plain("", "performer_npi"),
    "billed_npi": _plain("", "billed_npi"),
    "patient_location": _plain("telehealth", "patient_location"),
    "telehealth_consent": _plain("telehealth", "consent"),
    "contact_business_days": _plain("transition", "business_days_to_contact"),
    "contact_attempts": _plain("transition", "contact_attempts"),
    "days_from_discharge": lambda _, v: _days(v.encounter.transition.discharge_day, v.encounter.service_day),
    "inpatient": lambda _, v: v.encounter.setting == "hospital_inpatient" if v.encounter.setting else None,
    "documented_diagnosis_count": lambda _, v: None if v.encounter.diagnoses is None else len(v.diagnoses),
    "charge_count": lambda _, v: None if v.encounter.charges is None else len(v.charges),
}

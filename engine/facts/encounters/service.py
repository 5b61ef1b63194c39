"""Fields of documented services and of charges, and how the two go together.

Sources: Medicare Claims Processing Manual (100-04) ch. 5 §20.2.C (timed units), ch. 17 §40 (drug units and waste).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from engine.claim.encounter import Charge
from engine.facts.derive.code_counts import sets_of
from engine.facts.encounters.view import ChargePart, EncounterView, ServicePart
from engine.facts.fact import Value
from engine.facts.numbers import day_number, thousandths
from engine.reference.lists import modifier_sides

BILATERAL = "50"


def charges_of(part: ServicePart) -> list[ChargePart]:
    """The charges with the code of a documented service, or of the drug given in it."""
    codes = {part.service.procedure}
    return [each for each in part.view.charges if each.charge.procedure in codes and each.charge.procedure]


def _knows(part: ServicePart) -> bool:
    return bool(part.service.procedure) and part.view.encounter.charges is not None


def _units(charges: list[ChargePart]) -> int | None:
    found = [thousandths(each.charge.units) for each in charges]
    return sum(u for u in found if u is not None) if found and None not in found else None


def modifier_side(charge: Charge) -> str:
    """The side that the modifiers of a charge name."""
    sides = {modifier_sides()[each] for each in charge.modifiers if each in modifier_sides()}
    if BILATERAL in charge.modifiers or len(sides) > 1:
        return "bilateral"
    return sides.pop() if sides else "none"


def billed_side(_: object, part: ServicePart) -> str | None:
    """The side that the modifiers of its charges name; two charges of two sides are both sides."""
    found = {modifier_side(each.charge) for each in charges_of(part)}
    if not found:
        return None
    named = found - {"none"}
    return named.pop() if len(named) == 1 else "bilateral" if named else "none"


def side_conflict(view: object, part: ServicePart) -> bool | None:
    """Whether note and charge name opposite sides; where one names no side there is no conflict."""
    return {part.service.laterality, billed_side(view, part)} == {"left", "right"}


def drug_units(_: object, part: ServicePart) -> int | None:
    """Units of a drug: the dose by the dose of one unit, a part of a unit counted as a whole one, in thousandths."""
    drug = part.service.drug
    if drug is None or drug.dose is None or not drug.per_unit or drug.per_unit <= 0 or drug.dose < 0:
        return None
    whole = -(-drug.dose // drug.per_unit) if drug.dose % drug.per_unit == 0 else drug.dose // drug.per_unit + 1
    return thousandths(Decimal(int(whole)))


def drug_unit_gap(view: object, part: ServicePart) -> int | None:
    """Units charged for the drug less the units that it comes to; charges of waste (JW) are left out.

    Zero where no drug was given.
    """
    drug, due = part.service.drug, drug_units(view, part)
    if drug is None:
        return 0
    if due is None or not drug.code:
        return None
    found = [c for c in part.view.charges if c.charge.procedure == drug.code and "JW" not in c.charge.modifiers]
    units = _units(found)
    return None if units is None else units - due


def _text(field: str) -> Callable[[object, ServicePart], Value | None]:
    def get(_: object, part: ServicePart) -> Value | None:
        value: Value | None = getattr(part.service, field)
        return None if value == "" else value

    return get


DOCUMENTED: dict[str, Callable[[Any, ServicePart], Value | None]] = {
    "number": lambda _, p: p.number,
    **{
        name: _text(name)
        for name in (
            "procedure",
            "wording",
            "minutes",
            "laterality",
            "indication",
            "consent",
            "technique",
            "findings",
            "order",
            "report",
            "distinct",
        )
    },
    "start_given": lambda _, p: bool(p.service.start),
    "stop_given": lambda _, p: bool(p.service.stop),
    "units": lambda _, p: thousandths(p.service.units),
    "size_given": lambda _, p: p.service.size_cm is not None,
    "count_given": lambda _, p: p.service.count is not None,
    "waste_given": lambda _, p: None if p.service.drug is None else p.service.drug.waste is not None,
    "billed": lambda _, p: bool(charges_of(p)) if _knows(p) else None,
    "billed_units": lambda _, p: _units(charges_of(p)),
    "billed_side": billed_side,
    "charge_number": lambda _, p: found[0].charge.number if (found := charges_of(p)) else None,
    "side_conflict": side_conflict,
    "drug_code": lambda _, p: (p.service.drug.code or None) if p.service.drug else None,
    "drug_units": drug_units,
    "drug_unit_gap": drug_unit_gap,
}


def services_of(view: EncounterView, code: str) -> list[ServicePart]:
    """The documented services with a code, or that gave the drug with it."""
    return [p for p in view.services if code and code in (p.service.procedure, p.service.drug and p.service.drug.code)]


def documented(view: EncounterView, code: str, sets: tuple[str, ...]) -> bool | None:
    """Whether a code is among the documented services, or is a visit, which the encounter itself documents.

    Absent when some documented service has no code, or a code set is not loaded.
    """
    if services_of(view, code):
        return True
    inside = [view.in_set(name, code) for name in sets]
    if any(inside):
        return True
    return False if view.complete_services and None not in inside else None


def _of_service(field: str) -> Callable[[object, ChargePart], bool | None]:
    """A flag of the documented services of a charge: true when one has it, absent when none says."""

    def get(_: object, part: ChargePart) -> bool | None:
        found = [getattr(each.service, field) for each in services_of(part.view, part.charge.procedure)]
        if any(found):
            return True
        return False if False in found else None

    return get


def _days_to(part: ChargePart, day: int | None) -> int | None:
    return None if part.view.day is None or day is None else day - part.view.day


CHARGED: dict[str, Callable[[Any, ChargePart], Value | None]] = {
    "number": lambda _, p: p.charge.number,
    "procedure": lambda _, p: p.charge.procedure or None,
    "units": lambda _, p: thousandths(p.charge.units),
    "modifiers": lambda _, p: " ".join(sorted(p.charge.modifiers)),
    "documented": lambda _, p: documented(p.view, p.charge.procedure, sets_of("billed_service", "documented")),
    "distinct": _of_service("distinct"),
    "report": _of_service("report"),
    "order": _of_service("order"),
    "day_gap": lambda _, p: days_outside(p.view, day_number(p.charge.service_day)),
    "entry_lag_days": lambda _, p: _days_to(p, day_number(p.charge.entered_day)),
    "diagnosis_count": lambda _, p: len(p.charge.diagnosis_pointers),
}


def days_outside(view: EncounterView, day: int | None) -> int | None:
    """Days that a day lies outside the encounter: negative before it, 0 inside."""
    first, last = view.day, day_number(view.encounter.service_end_day)
    if day is None or first is None:
        return None
    last = first if last is None else max(first, last)
    return day - first if day < first else max(day - last, 0)


class ChargeModifier(NamedTuple):
    """One modifier of a charge."""

    charge: ChargePart
    code: str


def modifiers(view: EncounterView) -> Iterator[ChargeModifier]:
    """The modifiers of all charges."""
    for part in view.charges:
        for code in part.charge.modifiers:
            yield ChargeModifier(part, code)


MODIFIER: dict[str, Callable[[Any, ChargeModifier], Value | None]] = {
    "charge_number": lambda _, p: p.charge.charge.number,
    "procedure": lambda _, p: p.charge.charge.procedure or None,
    "code": lambda _, p: p.code or None,
}

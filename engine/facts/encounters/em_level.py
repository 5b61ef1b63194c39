"""Fields of a chosen visit code held against decision making and time, with the arithmetic in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.facts.derive.code_counts import sets_of
from engine.facts.encounters.decision import WORDS
from engine.facts.encounters.levels import ProlongedSupport, least_minutes, prolonged
from engine.facts.encounters.view import ELEMENTS, LevelPart
from engine.facts.fact import Value
from engine.facts.numbers import thousandths, whole
from engine.reference.em_levels import codes_of, levels

MEDICARE = ("medicare", "medicare_advantage")


def _code(code: str | None) -> str | None:
    """A code, ``none`` for no code, absent when it is not known."""
    return None if code is None else code or "none"


def mdm(_: object, part: LevelPart) -> str | None:
    """The elements and the level they come to: ``problems moderate, data low, risk moderate: moderate``."""
    view = part.view
    if view.decision_level is None:
        return None
    parts = [f"{name} {_word(view.elements[name].level)}" for name in ELEMENTS if name in view.elements]
    return f"{', '.join(parts)}: {WORDS[view.decision_level]}"


def _word(level: int) -> str:
    return {0: "none", 1: "minimal"}.get(level, WORDS[level])


def elements(_: object, part: LevelPart) -> str | None:
    """The levels as numbers: ``3/2/3``."""
    found = part.view.elements
    return "/".join(str(found[name].level) if name in found else "?" for name in ELEMENTS) if found else None


def arithmetic(view: object, part: LevelPart) -> str | None:
    """What each method supports and why, as far as it is known."""
    found, minutes = part.support, part.view.minutes
    said = []
    if found.by_mdm is not None:
        said.append(f"decision making ({mdm(view, part)}) supports {found.by_mdm or 'no code'}")
    if found.by_time is not None:
        needed = least_minutes(part.charge.procedure, _day(part))
        asks = f" ({part.charge.procedure} asks for {needed})" if needed is not None else ""
        said.append(f"{minutes} minutes support {found.by_time or 'no code'}{asks}")
    return "; ".join(said) or None


def prolonged_gap(view: object, part: LevelPart) -> int | None:
    """Units charged less units supported; a visit that no prolonged service goes with supports none."""
    billed = prolonged_units_billed(view, part)
    if billed is None or part.view.minutes is None:
        return None
    found = prolonged_support(part)
    return billed - (found.units if found else 0)


def _day(part: LevelPart) -> int:
    return part.view.day or 0  # a level is built only where there is a day


def top(_: object, part: LevelPart) -> bool:
    """Whether it is the highest code of its family."""
    return codes_of(part.support.family, _day(part))[-1].code == part.charge.procedure


def setting_fits(_: object, part: LevelPart) -> bool | None:
    """Whether the family is for this setting."""
    setting = part.view.encounter.setting
    return setting in levels().families[part.support.family].settings if setting else None


def prolonged_support(part: LevelPart) -> ProlongedSupport | None:
    """The prolonged service that goes with a visit of the highest level, as the payer takes it."""
    view = part.view
    if view.minutes is None:
        return None
    medicare = view.context.payer.kind in MEDICARE
    window = view.encounter.time.window_minutes
    return prolonged(part.charge.procedure, _day(part), view.minutes, window, medicare=medicare)


def prolonged_units_billed(_: object, part: LevelPart) -> int | None:
    """Units of prolonged services among the charges of the encounter."""
    total = 0
    for each in part.view.charges:
        inside = [
            part.view.in_set(name, each.charge.procedure) for name in sets_of("em_level", "prolonged_units_billed")
        ]
        if None in inside:
            return None
        units = whole(thousandths(each.charge.units))
        total += (1 if units is None else units) if any(inside) else 0
    return total


def _of_prolonged(name: str) -> Callable[[object, LevelPart], Value | None]:
    def get(_: object, part: LevelPart) -> Value | None:
        found = prolonged_support(part)
        return None if found is None else getattr(found, name)

    return get


FIELDS: dict[str, Callable[[Any, LevelPart], Value | None]] = {
    "number": lambda _, p: p.charge.number,
    "procedure": lambda _, p: p.charge.procedure,
    "family": lambda _, p: p.support.family,
    "by_mdm": lambda _, p: _code(p.support.by_mdm),
    "by_time": lambda _, p: _code(p.support.by_time),
    "supported": lambda _, p: _code(p.support.supported),
    "gap": lambda _, p: p.support.gap,
    "mdm_gap": lambda _, p: p.support.mdm_gap,
    "time_gap": lambda _, p: p.support.time_gap,
    "mdm": mdm,
    "elements": elements,
    "arithmetic": arithmetic,
    "prolonged_gap": prolonged_gap,
    "minutes": lambda _, p: p.view.minutes,
    "least_minutes": lambda _, p: least_minutes(p.charge.procedure, _day(p)),
    "top": top,
    "setting_fits": setting_fits,
    "patient_status_wanted": lambda _, p: levels().families[p.support.family].patient or None,
    "prolonged_code": _of_prolonged("code"),
    "prolonged_minutes": _of_prolonged("minutes"),
    "prolonged_first_minute": _of_prolonged("first"),
    "prolonged_units_supported": _of_prolonged("units"),
    "prolonged_units_billed": prolonged_units_billed,
}

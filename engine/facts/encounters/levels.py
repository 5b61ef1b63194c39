"""Levels of visits: the code of a family that decision making supports, the one that time supports, and the better one.

Small pure functions over the dated table. Sources: CPT E/M guidelines 2023 and 2024; Medicare Claims Processing Manual
(100-04) ch. 12 §30.6.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from engine.reference.em_levels import (
    MINUTES_A_UNIT,
    LevelCode,
    codes_of,
    family_of,
    prolonged_for,
)


def by_decision(codes: Sequence[LevelCode], level: int) -> str:
    """The highest code whose decision making ``level`` meets; empty when it meets none.

    A code that asks for no decision making (a visit by staff) is supported by no decision alone.
    """
    met = [code.code for code in codes if 0 < code.mdm <= level]
    return met[-1] if met else ""


def by_time(codes: Sequence[LevelCode], minutes: int) -> str:
    """The highest code whose minutes are met or exceeded; no rounding and no midpoint."""
    met = [code.code for code in codes if code.minutes is not None and code.minutes <= minutes]
    return met[-1] if met else ""


def rank(codes: Sequence[LevelCode], code: str) -> int:
    """The place of a code in its family from 1; 0 for none."""
    return next((place for place, each in enumerate(codes, start=1) if each.code == code), 0)


class Support(Struct, frozen=True, kw_only=True):
    """A chosen visit code held against its documentation.

    ``by_mdm`` and ``by_time`` are what each method supports (empty: no code), ``None`` when the method's facts are not
    there. ``supported`` is the better of the two. ``gap`` counts levels: positive, chosen above what is supported.
    """

    code: str
    family: str
    by_mdm: str | None
    by_time: str | None
    supported: str | None
    gap: int | None
    mdm_gap: int | None
    time_gap: int | None


def support(code: str, day: int, level: int | None, minutes: int | None, *, whole: bool = True) -> Support | None:
    """What the documentation supports for a chosen visit code; ``None`` when the code has no levels on that day.

    A method that is not known may support more than the other one: then a code is never called too high. Time that a
    whole record does not state is known: it supports nothing.

    Args:
        code: the chosen code.
        day: the day of service.
        level: the level of decision making, ``None`` when it is not known.
        minutes: the practitioner's minutes, ``None`` when none are stated.
        whole: the record given holds all that was documented.
    """
    family = family_of(code, day)
    if not family:
        return None
    codes = codes_of(family, day)
    timed = any(each.minutes is not None for each in codes)
    mdm = None if level is None else by_decision(codes, level)
    time = by_time(codes, minutes) if timed and minutes is not None else None
    known = [found for found in (mdm, time) if found is not None]
    best = max(known, key=lambda found: rank(codes, found)) if known else None
    chosen = rank(codes, code)
    decision_free = next(each.mdm for each in codes if each.code == code) == 0

    def gap(found: str | None) -> int | None:
        """A code that asks for neither decision nor time is never too high."""
        if found is None:
            return None
        distance = chosen - rank(codes, found)
        return min(distance, 0) if decision_free else distance

    certain = mdm is not None and (time is not None or whole or not timed)
    distance = gap(best)
    return Support(
        code=code,
        family=family,
        by_mdm=mdm,
        by_time=time,
        supported=best,
        gap=distance if certain or distance is None or distance < 0 or _highest(codes, code, distance) else None,
        mdm_gap=gap(mdm),
        time_gap=gap(time),
    )


def _highest(codes: Sequence[LevelCode], code: str, distance: int) -> bool:
    """Whether the highest code of a family is supported as it is: no method can support more."""
    return distance == 0 and codes[-1].code == code


def least_minutes(code: str, day: int) -> int | None:
    """The minutes that a code asks for at least."""
    family = family_of(code, day)
    return next((each.minutes for each in codes_of(family, day) if each.code == code), None) if family else None


def prolonged_units(minutes: int, first: int) -> int:
    """Units of a prolonged service: the first from ``first`` minutes on, another for each full 15 minutes more.

    >>> prolonged_units(68, 69), prolonged_units(69, 69), prolonged_units(83, 69), prolonged_units(84, 69)
    (0, 1, 1, 2)
    """
    return 0 if minutes < first else 1 + (minutes - first) // MINUTES_A_UNIT


class ProlongedSupport(Struct, frozen=True):
    """The prolonged service that time supports: its code, its first minute, the minutes counted, and units."""

    code: str
    first: int
    minutes: int
    units: int


def prolonged(base: str, day: int, minutes: int, window: int | None, *, medicare: bool) -> ProlongedSupport | None:
    """What may be added to a visit of the highest level; ``None`` when nothing goes with it."""
    entry = prolonged_for(base, day, medicare=medicare)
    if entry is None:
        return None
    counted = max(minutes, window or 0) if entry.window else minutes
    return ProlongedSupport(entry.code, entry.minute, counted, prolonged_units(counted, entry.minute))


def units_of_minutes(minutes: int) -> int:
    """Units of timed therapy: one from 8 minutes, another for each 15 minutes more.

    Source: Medicare Claims Processing Manual (100-04) ch. 5 §20.2.C.

    >>> [units_of_minutes(minutes) for minutes in (7, 8, 22, 23, 37, 38, 45, 53)]
    [0, 1, 1, 2, 2, 3, 3, 4]
    """
    least = 8
    return 0 if minutes < least else (minutes - least) // MINUTES_A_UNIT + 1

"""Tags: flags that enrichment puts on facts, so that back ends compare nothing but equality.

A tag ``field|operator|argument`` says whether the field is in a set, one of a few values, begins with one of a few
prefixes, or is present. All but ``present`` are left off when the field is absent.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from functools import lru_cache

from engine.facts.fact import Value
from engine.facts.needs import Tag
from engine.reference.code_set import CodeSet

REMEMBERED = 4096
"""How many answers of a code set with ranges, prefixes or dates are remembered: the same codes come again and again."""

Judge = Callable[[Value, int | None], bool]
"""Whether a value answers to a tag on a day."""


def judge(tag: Tag) -> Judge:
    """How a tag other than ``present`` is judged; worked out once for all facts."""
    if tag.operator == "in_set":
        if tag.code_set is None:
            message = f"the tag {tag.name} has no code set"
            raise ValueError(message)
        return _in_set(tag.code_set)
    if tag.operator == "one_of":
        members = frozenset(tag.members)
        return lambda value, _day: value in members
    prefixes = tuple(str(member) for member in tag.members)
    return lambda value, _day: str(value).startswith(prefixes)


class Tags:
    """The tags that follow from one field: all their flags for a value, remembered by value and period."""

    def __init__(self, tags: Sequence[Tag]) -> None:
        self._judges = [(tag.name, judge(tag)) for tag in tags]
        self._days = sorted({day for tag in tags for day in change_days(tag)})
        self._known: dict[tuple[type, Value, int | None], dict[str, bool]] = {}

    def of(self, value: Value, day: int | None) -> dict[str, bool]:
        """The flags of a value on a day, by name."""
        if not self._judges:
            return _NO_FLAGS
        period = bisect_right(self._days, day) if self._days and day is not None else None
        key = (value.__class__, value, period)
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            found = self._known[key] = {name: holds(value, day) for name, holds in self._judges}
        return found


_NO_FLAGS: dict[str, bool] = {}


def change_days(tag: Tag) -> tuple[int, ...]:
    """The days from which a tag may answer otherwise than on the day before, sorted; none for most tags."""
    windows = tag.code_set.windows if tag.code_set else ()
    first = {window.first_day for window in windows if window.first_day is not None}
    return tuple(sorted(first | {window.last_day + 1 for window in windows if window.last_day is not None}))


def _in_set(code_set: CodeSet) -> Judge:
    """A set with one undated window of plain codes, the usual kind, is asked directly."""
    if len(code_set.windows) == 1:
        window = code_set.windows[0]
        plain = not (window.prefixes or window.ranges or window.excluded)
        if plain and window.first_day is None and window.last_day is None:
            codes = window.codes
            return lambda value, _day: str(value) in codes

    @lru_cache(maxsize=REMEMBERED)
    def contains(value: Value, day: int | None) -> bool:
        return code_set.contains(str(value), day)

    if all(window.first_day is None and window.last_day is None for window in code_set.windows):
        return lambda value, _day: contains(value, None)
    return contains

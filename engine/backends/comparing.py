"""What the six comparisons of the intermediate form mean for two values that are there."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping

from engine.facts.fact import Value
from engine.rulebook.form import Comparison

_ORDER: Mapping[Comparison, Callable[[int, int], bool]] = {
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}


def holds(comparison: Comparison, found: Value, wanted: Value) -> bool:
    """One comparison; values of different types are unequal, and only numbers have an order.

    >>> holds("eq", True, 1), holds("ne", "1", 1), holds("lt", 1, 2), holds("lt", "1", "2")
    (False, True, True, False)
    """
    same = type(found) is type(wanted)
    if comparison == "eq":
        return same and found == wanted
    if comparison == "ne":
        return not same or found != wanted
    return type(found) is int and type(wanted) is int and _ORDER[comparison](found, wanted)

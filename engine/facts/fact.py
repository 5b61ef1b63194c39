"""A fact: one flat record of one kind, the only thing that rules see."""

from __future__ import annotations

from msgspec import Struct

Value = str | int | bool
"""Text, or a whole number (cents, days since 1970-01-01, thousandths of a unit, counts), or a flag."""


class Fact(Struct, frozen=True, gc=False):
    """``values`` maps field names (and tags, see :mod:`engine.facts.tags`) to values; an absent field has no key.

    ``line`` is the number of the service line that the fact belongs to, 0 for the claim as a whole; ``part`` is the
    part's place among its kind in the claim (from 1), 0 when there is only one.
    """

    kind: str
    values: dict[str, Value]
    line: int = 0
    part: int = 0

"""Medical decision making: the level of each element from what was documented, and the level that two of three meet.

Levels: 0 nothing documented, 1 straightforward or minimal, 2 low or limited, 3 moderate, 4 high or extensive. The
numbers are data (``engine/reference/data/em-levels.yaml``).
Source: CPT E/M guidelines 2023, table of medical decision making.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from msgspec import Struct

from engine.claim.encounter import DataItem, DocumentedDiagnosis, RiskItem
from engine.reference.em_levels import Elements

STEPS = ("minimal", "low", "moderate", "high")
LEVELS = {name: number for number, name in enumerate(STEPS, start=1)}
WORDS = ("none", "straightforward", "low", "moderate", "high")
"""The levels of decision making in words, by number."""


class Element(Struct, frozen=True):
    """The level of one element and what it was worked out from, in words."""

    level: int
    because: str


def problems(found: Iterable[DocumentedDiagnosis], elements: Elements) -> Element:
    """The number and complexity of the problems addressed. A problem not addressed in the visit does not count."""
    counts: Counter[str] = Counter(each.complexity for each in found if each.complexity and each.addressed is not False)
    level = 0
    for step, classes in elements.problems.items():
        if any(counts[name] >= least for name, least in classes.items()):
            level = max(level, LEVELS[step])
    listed = ", ".join(f"{number} {name.replace('_', ' ')}" for name, number in sorted(counts.items()))
    return Element(level, listed or "no problem addressed")


class DataCount(Struct, frozen=True):
    """What counts toward data.

    Unique notes, results and orders (an ordered test includes the review of its result), whether there was an
    independent historian, an independent interpretation and a discussion. ``left_out`` were separately billed.
    """

    items: int
    historian: bool
    interpretation: bool
    discussion: bool
    left_out: int
    repeated: int


def count_data(found: Sequence[DataItem], elements: Elements) -> DataCount:
    """Counts each unique test, source or document once."""
    counted = [item for item in found if not item.separately_billed]
    first = [item for item in counted if item.kind in elements.data.first_category]
    unique = {_identity(item, number) for number, item in enumerate(first)}
    kinds = {item.kind for item in counted}
    return DataCount(
        items=len(unique),
        historian="historian" in kinds,
        interpretation="interpretation" in kinds,
        discussion="discussion" in kinds,
        left_out=len(found) - len(counted),
        repeated=len(first) - len(unique),
    )


def _identity(item: DataItem, number: int) -> tuple[str, str]:
    """What makes an item unique: a test by its name whether ordered or reviewed, a note by its source."""
    group = "note" if item.kind == "external_note" else "test"
    return (group, item.name.strip().upper() or f"#{number}")


def data(found: Sequence[DataItem], elements: Elements) -> Element:
    """The amount and complexity of data."""
    count, table = count_data(found, elements), elements.data
    with_historian = count.items + count.historian
    categories = (with_historian >= table.moderate_items) + count.interpretation + count.discussion
    level = 1
    if categories >= table.high_categories:
        level = 4
    elif categories:
        level = 3
    elif count.items >= table.limited_items or count.historian:
        level = 2
    parts = [f"{count.items} unique notes and tests"]
    parts += [
        word
        for word, there in (
            ("independent historian", count.historian),
            ("independent interpretation", count.interpretation),
            ("discussion", count.discussion),
            (f"{count.repeated} repeated", count.repeated),
            (f"{count.left_out} separately billed", count.left_out),
        )
        if there
    ]
    return Element(level, ", ".join(parts))


def risk(found: Iterable[RiskItem], elements: Elements) -> Element:
    """The risk of management. What is mentioned without a decision does not count; no item is minimal risk."""
    kinds = sorted({item.kind for item in found if item.decided is not False})
    level = 1
    for step, names in elements.risk.items():
        if names.intersection(kinds):
            level = max(level, LEVELS[step])
    return Element(level, ", ".join(kind.replace("_", " ") for kind in kinds) or "no decision with risk")


def two_of_three(levels: Sequence[int]) -> int:
    """The level that two of the three elements meet or exceed: the second highest.

    >>> two_of_three((3, 2, 4))
    3
    """
    return sorted(levels)[1]

"""The closed list of operators: which field types each fits, and what it becomes in the intermediate form."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from engine.facts.needs import TagOperator
from engine.facts.vocabulary import ORDERED, TEXTUAL, FieldType
from engine.rulebook.form import Comparison

EVERY: frozenset[FieldType] = ORDERED | TEXTUAL | {"flag"}


class Operator(Struct, frozen=True):
    """``argument`` is what stands to its right.

    ``comparison`` (or ``tag`` with the flag's value) is what it becomes.
    """

    name: str
    fits: frozenset[FieldType]
    argument: Literal["value", "values", "set", "prefix", "name", "nothing"]
    comparison: Comparison = "eq"
    tag: TagOperator | None = None
    expected: bool = True


OPERATORS: dict[str, Operator] = {
    operator.name: operator
    for operator in (
        Operator("is", EVERY, "value", "eq"),
        Operator("is_not", EVERY, "value", "ne"),
        Operator("at_least", ORDERED, "value", "ge"),
        Operator("at_most", ORDERED, "value", "le"),
        Operator("more_than", ORDERED, "value", "gt"),
        Operator("less_than", ORDERED, "value", "lt"),
        Operator("same_as", EVERY, "name", "eq"),
        Operator("differs_from", EVERY, "name", "ne"),
        Operator("is_one_of", TEXTUAL | ORDERED, "values", tag="one_of"),
        Operator("in_set", TEXTUAL, "set", tag="in_set"),
        Operator("not_in_set", TEXTUAL, "set", tag="in_set", expected=False),
        Operator("starts_with", TEXTUAL, "prefix", tag="starts_with"),
        Operator("present", EVERY, "nothing", tag="present"),
        Operator("missing", EVERY, "nothing", tag="present", expected=False),
    )
}

"""The ``remedy`` of a finding: changes of a claim out of a closed list, each of which may take the finding away."""

from __future__ import annotations

from collections.abc import Callable, Collection

from msgspec import Struct

from engine.rulebook.conditions import WrongError
from engine.rulebook.document import Node, items, mapping
from engine.rulebook.rule import Remedy, Slot

ADMINISTRATIVE = {
    "set": frozenset({"total_charge_cents", "charge_cents", "assignment"}),
    "leave_out": frozenset({"original_reference_number", "discharge_hour", "present_on_admission"}),
    "put_modifier_first": frozenset({"code", "modifiers"}),
    "remove_repeats": frozenset({"code", "modifiers", "diagnosis_pointers"}),
}
"""What changes nothing of what was found or done, by operation and field; every other remedy is clinical."""

REPEATED = frozenset({"line_modifier.code", "line.diagnosis_pointers", "diagnosis.code", "claim_code.code"})
"""Where repeats can be removed, by kind and field of the finding's place."""


class Place(Struct, frozen=True):
    """Where the finding lies: the kind of its part, its field, and the fields of the model that can be changed."""

    kind: str
    field: str
    part: str
    changeable: Collection[str]


def read_remedy(node: Node, place: Place, slot: Callable[[str, str], Slot | str]) -> Remedy:
    """One remedy of the right shape.

    Raises:
        WrongError: it does not fit the place of the finding, or names what is not there.
    """
    if isinstance(node, str):
        operation, body = node, None
    else:
        ((operation, body),) = mapping(node).items()
    clinical = place.field not in ADMINISTRATIVE.get(operation, frozenset())
    match operation:
        case "append_modifier":
            _needs_line(place)
            return Remedy(operation="append_modifier", values=tuple(map(str, items(body))))
        case "remove_modifier":
            _needs_line(place)
            return Remedy(operation="remove_modifier", value=_value(str(body), slot))
        case "replace_modifier":
            _needs_line(place)
            entries = mapping(body)
            found = _value(str(entries["from"]), slot)
            return Remedy(operation="replace_modifier", value=found, values=tuple(map(str, items(entries["by"]))))
        case "put_modifier_first":
            _needs_line(place)
            return Remedy(operation="put_modifier_first", value=_value(str(body), slot), clinical=clinical)
        case "remove_line" | "point_to_listed_diagnoses":
            _needs_line(place)
            return Remedy(operation="remove_line" if operation == "remove_line" else "point_to_listed_diagnoses")
        case "remove_repeats":
            if f"{place.kind}.{place.field}" not in REPEATED:
                raise WrongError(f"no repeats stand at {place.kind}.{place.field}", f"at {', '.join(sorted(REPEATED))}")
            return Remedy(operation="remove_repeats", clinical=clinical)
        case _:
            if place.field not in place.changeable:
                raise WrongError(f"a {place.part} has no field {place.field} that can be changed")
            if operation == "leave_out":
                return Remedy(operation="leave_out", clinical=clinical)
            return Remedy(operation="set", value=_value(str(body), slot), clinical=clinical)


def _value(written: str, slot: Callable[[str, str], Slot | str]) -> str | Slot:
    """Text as it is, or ``name.field`` of a fact in ``when``."""
    name, dot, field = written.partition(".")
    return slot(name, field) if dot else written


def _needs_line(place: Place) -> None:
    if place.part != "line":
        raise WrongError(
            f"the finding lies on a {place.part or 'claim'}, not on a line", "point at a line, or choose another"
        )

"""A remedy applied: a new claim in which one thing is changed, and the change in words."""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct, ValidationError, convert
from msgspec.structs import replace

from engine.claim.model import Claim, ClaimCode, Diagnosis, ServiceLine
from engine.facts.fact import Fact
from engine.findings.report import FindingAt
from engine.findings.show import shown
from engine.rulebook.rule import Remedy, Slot

MOST_MODIFIERS = 4
POINTED_ROLES = ("principal", "other")
"""The roles of diagnoses that lines point to, in one count."""

IF_SUPPORTED = "If the record supports it, "


class Changed(Struct, frozen=True):
    """A claim with one change, and that change as a sentence without its capital and period."""

    claim: Claim
    words: str


def apply(remedy: Remedy, claim: Claim, at: FindingAt, bound: Mapping[str, Fact]) -> Iterator[Changed]:
    """The claims that a remedy makes, the preferred first; none when it cannot be applied to this claim.

    Args:
        remedy: of the rule that found something.
        claim: as it was checked.
        at: where the finding lies.
        bound: the facts that matched, by their names in ``when``.
    """
    line = next((each for each in claim.lines if each.number == at.line), None)
    match remedy.operation:
        case "set" | "leave_out":
            value = _value(remedy.value, bound) if remedy.operation == "set" else None
            yield from _write(claim, at, value)
        case "remove_repeats":
            yield from _without_repeats(claim, at, line)
        case _ if line is not None:
            for changed, words in _LINE[remedy.operation](line, claim, remedy, bound):
                lines = tuple(changed if each is line else each for each in claim.lines)
                yield Changed(with_lines(claim, tuple(each for each in lines if each is not None)), words)


def sentence(remedy: Remedy, words: str) -> str:
    """The proposal; a clinical one says that the record must support it.

    >>> sentence(Remedy(operation="remove_line"), "remove line 3")
    'If the record supports it, remove line 3.'
    """
    return f"{IF_SUPPORTED}{words}." if remedy.clinical else f"{words[:1].upper()}{words[1:]}."


def with_lines(claim: Claim, lines: tuple[ServiceLine, ...]) -> Claim:
    """The claim with other lines; a total that was the sum of its lines stays that."""
    total = claim.total_charge_cents
    if total == _sum(claim.lines):
        total = _sum(lines)
    return replace(claim, lines=lines, total_charge_cents=total)


def _sum(lines: Sequence[ServiceLine]) -> int:
    return sum(line.charge_cents or 0 for line in lines)


def _value(value: str | Slot, bound: Mapping[str, Fact]) -> str:
    if isinstance(value, str):
        return value
    return str(bound[value.name].values.get(value.field, ""))


LineChanges = Iterator[tuple[ServiceLine | None, str]]


def _append(line: ServiceLine, _claim: Claim, remedy: Remedy, _bound: Mapping[str, Fact]) -> LineChanges:
    free = [value for value in remedy.values if value not in line.modifiers]
    if len(line.modifiers) >= MOST_MODIFIERS or len(free) < len(remedy.values):
        return
    for value in free:
        others = [other for other in free if other != value]
        instead = f" (or {', '.join(others)})" if others else ""
        yield (
            replace(line, modifiers=(*line.modifiers, value)),
            f"append modifier {value}{instead} to line {line.number}",
        )


def _remove(line: ServiceLine, _claim: Claim, remedy: Remedy, bound: Mapping[str, Fact]) -> LineChanges:
    gone = _value(remedy.value, bound)
    if gone in line.modifiers:
        left = tuple(modifier for modifier in line.modifiers if modifier != gone)
        yield replace(line, modifiers=left), f"remove modifier {gone} from line {line.number}"


def _replace(line: ServiceLine, _claim: Claim, remedy: Remedy, bound: Mapping[str, Fact]) -> LineChanges:
    gone = _value(remedy.value, bound)
    for value in remedy.values:
        if gone in line.modifiers and value not in line.modifiers:
            put = tuple(value if modifier == gone else modifier for modifier in line.modifiers)
            yield replace(line, modifiers=put), f"put modifier {value} in place of {gone} on line {line.number}"


def _first(line: ServiceLine, _claim: Claim, remedy: Remedy, bound: Mapping[str, Fact]) -> LineChanges:
    first = _value(remedy.value, bound)
    if first in line.modifiers:
        rest = tuple(modifier for modifier in line.modifiers if modifier != first)
        yield replace(line, modifiers=(first, *rest)), f"put modifier {first} first on line {line.number}"


def _drop(line: ServiceLine, claim: Claim, _remedy: Remedy, _bound: Mapping[str, Fact]) -> LineChanges:
    if len(claim.lines) > 1:
        what = line.procedure or line.revenue_code
        yield None, f"remove line {line.number}" + (f" ({what})" if what else "")


def _point(line: ServiceLine, claim: Claim, _remedy: Remedy, _bound: Mapping[str, Fact]) -> LineChanges:
    """Pointers to diagnoses that are listed stay; without one, the only diagnosis of the claim is pointed to."""
    listed = [each.position for each in claim.diagnoses if each.role in POINTED_ROLES]
    pointers = tuple(each for each in line.diagnosis_pointers if each in listed)
    if not pointers and len(listed) == 1:
        pointers = (listed[0],)
    if pointers and pointers != line.diagnosis_pointers:
        said = ", ".join(map(str, pointers))
        yield replace(line, diagnosis_pointers=pointers), f"point line {line.number} to diagnosis {said} only"


_LINE: Mapping[str, Callable[[ServiceLine, Claim, Remedy, Mapping[str, Fact]], LineChanges]] = {
    "append_modifier": _append,
    "remove_modifier": _remove,
    "replace_modifier": _replace,
    "put_modifier_first": _first,
    "remove_line": _drop,
    "point_to_listed_diagnoses": _point,
}


def _write(claim: Claim, at: FindingAt, value: str | None) -> Iterator[Changed]:
    """The finding's own field with another value; ``None`` leaves it out."""
    if at.line is not None:
        old: Sequence[Any] = [each for each in claim.lines if each.number == at.line]
    elif at.diagnosis is not None:
        old = [each for each in claim.diagnoses if each.position == at.diagnosis and each.role in POINTED_ROLES]
    else:
        old = [claim]
    if len(old) != 1:
        return
    (part,) = old
    field = next(each for each in type(part).__struct_fields__ if each == at.field)
    try:
        kind = typing.get_type_hints(type(part))[field]
        new = replace(
            part, **{field: _blank(type(part), field) if value is None else convert(value, kind, strict=False)}
        )
    except ValidationError:
        return
    words = f"leave out the {_named(field)}" if value is None else f"set the {_named(field)} to {_said(field, value)}"
    if isinstance(part, ServiceLine):
        lines = tuple(new if each is part else each for each in claim.lines)
        yield Changed(with_lines(claim, lines), f"{words} on line {part.number}")
    elif isinstance(part, Diagnosis):
        diagnoses = tuple(new if each is part else each for each in claim.diagnoses)
        yield Changed(replace(claim, diagnoses=diagnoses), f"{words} of diagnosis {shown(part.code, 'icd10')}")
    else:
        yield Changed(new, words)


def _blank(kind: type[Any], field: str) -> object:
    position = kind.__struct_fields__.index(field) - len(kind.__struct_fields__)
    return kind.__struct_defaults__[position]


def _named(field: str) -> str:
    if field == "present_on_admission":
        return "present-on-admission value"
    return field.removesuffix("_cents").replace("_", " ")


def _said(field: str, value: str) -> str:
    return shown(int(value), "cents") if field.endswith("_cents") else value


def _without_repeats(claim: Claim, at: FindingAt, line: ServiceLine | None) -> Iterator[Changed]:
    if line is not None:
        field = "modifiers" if at.field in ("code", "modifiers") else "diagnosis_pointers"
        kept = tuple(dict.fromkeys(getattr(line, field)))
        lines = tuple(replace(line, **{field: kept}) if each is line else each for each in claim.lines)
        if kept != getattr(line, field):
            yield Changed(with_lines(claim, lines), f"send each of the {_named(field)} of line {line.number} once")
    elif at.diagnosis is not None:
        yield from _without_diagnosis(claim, at.diagnosis)
    elif at.part.startswith("code "):
        once = tuple(each for number, each in enumerate(claim.codes) if not _among(each, claim.codes[:number]))
        if once != claim.codes:
            yield Changed(replace(claim, codes=once), "send each code once")


def _among(one: ClaimCode, others: Sequence[ClaimCode]) -> bool:
    """Whether one of the others says the same, wherever it was read."""
    return any(replace(each, origin=one.origin) == one for each in others)


def _without_diagnosis(claim: Claim, position: int) -> Iterator[Changed]:
    """Without a diagnosis that an earlier one repeats; pointers follow to the one that stays."""
    counted = [each for each in claim.diagnoses if each.role in POINTED_ROLES]
    gone = next((each for each in counted if each.position == position), None)
    stays = next((each for each in counted if gone and each.code == gone.code and each.position < position), None)
    if gone is None or stays is None:
        return

    def moved(pointer: int) -> int:
        return stays.position if pointer == position else pointer - (pointer > position)

    diagnoses = tuple(
        replace(each, position=moved(each.position)) if each.role in POINTED_ROLES else each
        for each in claim.diagnoses
        if each is not gone
    )
    lines = tuple(
        replace(line, diagnosis_pointers=tuple(dict.fromkeys(map(moved, line.diagnosis_pointers))))
        for line in claim.lines
    )
    words = f"remove the repeat of {shown(gone.code, 'icd10')} and point to the one that stays"
    yield Changed(replace(claim, diagnoses=diagnoses, lines=lines), words)

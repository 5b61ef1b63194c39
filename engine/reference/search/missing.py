"""What the family of an ICD-10-CM code distinguishes and a documentation does not say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from msgspec import Struct

from engine.reference.catalog import Tables
from engine.reference.icd10cm import description, longer_codes, side
from engine.reference.icd10cm_sides import counterpart
from engine.reference.notes.lookup import shipped
from engine.reference.search.titles import title

_CATEGORY, _FULL = 3, 7
_SIDES = ("right", "left", "bilateral")
_ACUITY = frozenset({"acute", "chronic", "subacute", "on", "unspecified", "and"})
_MOST = 8
_OPEN = re.compile(r"\b(unspecified|not otherwise specified|without further specification)\b", re.IGNORECASE)


class Option(Struct, frozen=True):
    """One refinement: what it says, and the code (or heading) for it."""

    says: str
    code: str


class Missing(Struct, frozen=True):
    """An axis that the documentation leaves open: side, acuity, encounter or detail; and what there is to choose."""

    axis: str
    options: tuple[Option, ...]


def words_of(text: str) -> frozenset[str]:
    """The words of a description, lower case."""
    return frozenset(re.findall(r"[a-z0-9]+", text.lower()))


def missing(tables: Tables, code: str, day: int, unstated: AbstractSet[str]) -> tuple[Missing, ...]:
    """The axes among ``unstated`` that the code's family has, and the details that an unspecified code leaves open."""
    found = []
    if "side" in unstated:
        found.append(Missing("side", tuple(_sides(tables, code, day))))
    if "acuity" in unstated:
        found.append(Missing("acuity", tuple(_acuities(tables, code, day))))
    if "encounter" in unstated and len(code) == _FULL:
        sevenths = shipped().seventh_characters(code[: _FULL - 1])
        found.append(Missing("encounter", tuple(Option(says, code[:-1] + each) for each, says in sevenths.items())))
    found.append(Missing("detail", tuple(_details(tables, code, day))))
    return tuple(each for each in found if each.options)


def _sides(tables: Tables, code: str, day: int) -> Iterator[Option]:
    for each in _SIDES:
        other = counterpart(tables, code, day, frozenset({each}))
        if other:
            yield Option(each, other)


def _acuities(tables: Tables, code: str, day: int) -> Iterator[Option]:
    """Codes of the category that say the same but for acute or chronic."""
    own = words_of(description(tables, code, day))
    for other in longer_codes(tables, code[:_CATEGORY], day):
        said = words_of(description(tables, other, day))
        differs = own ^ said
        if other != code and differs and differs <= _ACUITY and said & {"acute", "chronic", "subacute"}:
            yield Option(description(tables, other, day), other)


def _details(tables: Tables, code: str, day: int) -> Iterator[Option]:
    """What stands beside an unspecified code, under the nearest heading that has more than one child."""
    own = description(tables, code, day)
    opened = len(_OPEN.findall(own))
    if not opened or (opened == 1 and side(own) == "unspecified"):  # what is open is the side, an axis of its own
        return
    stem = code[: _FULL - 1].rstrip("X") if len(code) == _FULL else code
    for length in range(len(stem) - 1, _CATEGORY - 1, -1):
        parent = stem[:length]
        children = dict.fromkeys(each[: length + 1] for each in longer_codes(tables, parent, day))
        others = [child for child in children if not code.startswith(child)]
        said = [(child, description(tables, child, day) or title(tables, child)) for child in others]
        useful = [(child, text) for child, text in said if text and not _OPEN.search(text)]
        if useful and not all(_only_sides(text, own) for _, text in useful):
            yield from (Option(text, child) for child, text in useful[:_MOST])
            return


def _only_sides(text: str, own: str) -> bool:
    return words_of(text) ^ words_of(own) <= {*_SIDES, "unspecified"}

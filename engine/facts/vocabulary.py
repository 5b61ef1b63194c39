"""The words that rules may use: every kind of fact and every field, with its type, meaning and origin.

The words themselves are data, in ``vocabulary.yaml`` and ``vocabulary-encounter.yaml`` beside this module;
``docs/vocabulary.md`` is generated from them.
"""

from __future__ import annotations

import difflib
from functools import lru_cache
from importlib import resources
from typing import Literal

import yaml
from msgspec import Struct, convert

FieldType = Literal["text", "enum", "flag", "count", "cents", "day", "quantity", "icd10"]
"""How a field is compared and printed.

``text`` and ``icd10`` are codes and words (``icd10`` is held without the dot and printed with it); ``enum`` is text
out of ``values``; ``flag`` is true or false; ``count``, ``cents`` and ``day`` are whole numbers; ``quantity`` is held
in thousandths.
"""

FILES = ("vocabulary.yaml", "vocabulary-encounter.yaml")

ORDERED: frozenset[FieldType] = frozenset({"count", "cents", "day", "quantity"})
TEXTUAL: frozenset[FieldType] = frozenset({"text", "enum", "icd10"})


class Field(Struct, frozen=True, kw_only=True):
    """One field of a kind.

    ``needs`` names what must be there before it can be known: ``table/NAME``, ``history``, ``eligibility`` or
    ``encounter``; ``p``, ``i``, ``d`` and ``fhir`` say where it comes from in 837P, 837I, 837D and FHIR R4. ``sets``
    names the code sets whose members a derived field counts or looks for: the rulebook holds them, no code list stands
    in the engine.
    """

    type: FieldType
    about: str
    values: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    sets: tuple[str, ...] = ()
    private: bool = False
    p: str = ""
    i: str = ""
    d: str = ""
    fhir: str = ""


class Kind(Struct, frozen=True, kw_only=True):
    """One kind of fact: a claim has none, one or many of it.

    ``part`` is the part of a claim it stands for, if it is one.
    """

    name: str = ""
    about: str
    fields: dict[str, Field]
    needs: tuple[str, ...] = ()
    part: Literal[
        "claim",
        "line",
        "diagnosis",
        "provider",
        "code",
        "procedure",
        "other_payer",
        "encounter",
        "documented_diagnosis",
        "documented_service",
        "billed_diagnosis",
        "billed_service",
        "",
    ] = ""


@lru_cache(maxsize=1)
def vocabulary() -> dict[str, Kind]:
    """All kinds by name, in the order of the file."""
    folder = resources.files("engine.facts")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    words: dict[str, Kind] = {}
    for name in FILES:
        text = (folder / name).read_text(encoding="utf-8")
        words |= convert(yaml.load(text, Loader=loader), dict[str, Kind])  # noqa: S506 -- both are safe loaders
    return {
        name: Kind(name=name, about=k.about, fields=k.fields, needs=k.needs, part=k.part) for name, k in words.items()
    }


def nearest(name: str, known: object) -> str:
    """A hint naming the nearest known name, or the empty string.

    >>> nearest("unit", ["units", "number"])
    'did you mean units?'
    """
    close = difflib.get_close_matches(name, [str(k) for k in known], n=1, cutoff=0.6)  # type: ignore[attr-defined]
    return f"did you mean {close[0]}?" if close else ""

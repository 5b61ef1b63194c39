"""The facts of an implementation guide: loops, segments, elements, code lists (see ``tools/build_guides.py``)."""

from __future__ import annotations

import gzip
from functools import lru_cache
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

FOLDER = Path(__file__).parent / "guides"
FILES = {"professional": "837p", "institutional": "837i", "dental": "837d"}

Usage = Literal["R", "S", "N"]


class ElementFact(Struct, frozen=True, array_like=True):
    """One element: ``usage`` required, situational or not used.

    ``number`` is its number in the X12 data element dictionary, ``""`` for a composite, which has ``parts``; ``codes``
    is an index into the guide's code lists, -1 where the guide lists none.
    """

    usage: Usage
    number: str = ""
    codes: int = -1
    parts: tuple[ElementFact, ...] = ()


class SegmentFact(Struct, frozen=True, array_like=True):
    """One use of a segment in a loop.

    ``most`` is 0 where there is no limit; ``position`` orders the segments of the loop.
    """

    name: str
    usage: Usage
    most: int
    position: int
    elements: tuple[ElementFact, ...]
    notes: tuple[str, ...] = ()


class ChildFact(Struct, frozen=True, array_like=True):
    """A loop inside a loop. ``most`` is 0 where there is no limit."""

    loop: str
    usage: Usage
    most: int


class LoopFact(Struct, frozen=True):
    """One loop: the loops directly inside it and its own segments."""

    children: tuple[ChildFact, ...]
    segments: tuple[SegmentFact, ...]


class Size(Struct, frozen=True, array_like=True):
    """Type (AN, ID, N0, R, DT, TM) and length limits of a data element."""

    kind: str
    least: int
    most: int


class Guide(Struct, frozen=True):
    """One implementation guide. ``file`` names it (``837p``); ``codes`` holds each code list once."""

    version: str
    sizes: dict[str, Size]
    codes: tuple[tuple[str, ...], ...]
    loops: dict[str, LoopFact]
    file: str = ""

    def codes_of(self, fact: ElementFact) -> tuple[str, ...]:
        """The codes the guide lists for ``fact``; empty where it lists none."""
        return self.codes[fact.codes] if fact.codes >= 0 else ()


@lru_cache(maxsize=8)
def load_guide(claim_type: str) -> Guide:
    """The guide of a claim type (``professional``, ``institutional``, ``dental``, or ``837P`` and so on).

    An unknown claim type gets the professional guide: a reader must go on with what it has.
    """
    name = claim_type.lower()
    file = FILES.get(name, name if name in FILES.values() else "837p")
    plain = FOLDER / f"{file}.json"
    data = plain.read_bytes() if plain.exists() else gzip.decompress((FOLDER / f"{file}.json.gz").read_bytes())
    return msgspec.structs.replace(msgspec.json.decode(data, type=Guide), file=file)

"""Short code lists that ship with the package, in our own words and with dates (``data/lists/NAME.yaml``).

A long list has its numbers and dates in ``NAME.csv.gz`` beside it, made from its source by ``tools/build_lists.py``;
the YAML file then adds words, attributes and codes. ``LOW-HIGH`` stands for every number from one to the other.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

import yaml
from msgspec import Struct

from engine.reference.days import read_day

_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # builds text only
_RANGE = re.compile(r"(\d+)-(\d+)")


class Entry(Struct, frozen=True):
    """What a list says of one code: words (none for a bare number), days of use (``None`` is open), attributes."""

    says: str = ""
    first_day: int | None = None
    last_day: int | None = None
    attributes: Mapping[str, str] = {}


class Source(Struct, frozen=True):
    """Where the codes of a list come from, and the day on which the source was current."""

    title: str
    locator: str
    url: str
    as_of: str


class CodeList(Struct, frozen=True):
    """A list of codes by code, in the order of its file."""

    name: str
    title: str
    source: Source
    entries: Mapping[str, Entry]

    @property
    def codes(self) -> tuple[str, ...]:
        """Every code, whether or not it is still in use."""
        return tuple(self.entries)

    def says(self, code: str) -> str:
        """What a code means, in our own words; blank when the list has no words for it, or no such code.

        >>> code_list("place-of-service").says("11"), code_list("rarc").says("M1")
        ("doctor's office", '')
        """
        entry = self.entries.get(code)
        return "" if entry is None else entry.says

    def valid_on(self, code: str, day: int | None) -> bool:
        """Whether a code may be used on ``day`` (days since 1970-01-01); without a day, on any.

        >>> places = code_list("place-of-service")
        >>> places.valid_on("27", read_day("2023-09-30")), places.valid_on("27", read_day("2023-10-01"))
        (False, True)
        """
        entry = self.entries.get(code)
        if entry is None or day is None:
            return entry is not None
        first, last = entry.first_day, entry.last_day
        return (first is None or first <= day) and (last is None or day <= last)


@cache
def code_lists() -> tuple[str, ...]:
    """The names of the lists, sorted."""
    names = (file.name for file in _folder().iterdir())
    return tuple(sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml")))


@cache
def code_list(name: str) -> CodeList:
    """The list of that name.

    Raises:
        KeyError: there is none; :func:`code_lists` names them.
    """
    if name not in code_lists():
        raise KeyError(name)
    content = yaml.load((_folder() / f"{name}.yaml").read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506
    entries = _numbers(content["ids"]) if "ids" in content else {}
    for written, about in content["codes"].items():
        for code in _expanded(written):
            entries[code] = _entry(about, entries.get(code, Entry()))
    return CodeList(name, content["title"], Source(**content["source"]), entries)


def _folder() -> Any:  # noqa: ANN401 -- Traversable moved between Python 3.11 and 3.12
    return resources.files("engine.reference") / "data" / "lists"


def _numbers(file: str) -> dict[str, Entry]:
    """The codes of a ``.csv.gz`` file with the columns code, from, to."""
    _, *rows = gzip.decompress((_folder() / file).read_bytes()).decode("utf-8").splitlines()
    entries = {}
    for row in rows:
        code, first, last = row.split(",")
        entries[code] = Entry("", read_day(first), read_day(last))
    return entries


def _expanded(written: str) -> list[str]:
    ends = _RANGE.fullmatch(written)
    if ends is None:
        return [written]
    low, high = ends.groups()
    return [f"{number:0{len(low)}}" for number in range(int(low), int(high) + 1)]


def _entry(about: dict[str, str], known: Entry) -> Entry:
    attributes = dict(about)
    says, first, last = (attributes.pop(key, "") for key in ("says", "from", "to"))
    return Entry(
        says,
        read_day(first) if first else known.first_day,
        read_day(last) if last else known.last_day,
        attributes,
    )

"""Seventh characters: which a code takes, after as many placeholders X as it needs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from msgspec import Struct

_FULL = 7
_BARRED = re.compile(
    r"7th characters (?P<chars>[A-Z](?:(?:, | and )[A-Z])*) do not apply to codes in category (?P<category>\w{3})"
    r" with 6th character (?P<sixths>.*)"
)


class Barred(Struct, frozen=True):
    """Seventh characters that codes of a category do not take when their sixth is one of ``sixths``."""

    category: str
    chars: str
    sixths: str


def read_barred(line: str) -> Barred | None:
    """What a note takes away, ``None`` when it is about something else.

    >>> read_barred("7th characters D and S do not apply to codes in category S06 with 6th character 7 - a, or 8 - b")
    Barred(category='S06', chars='DS', sixths='78')
    """
    found = _BARRED.match(line)
    if found is None:
        return None
    chars = "".join(re.findall("[A-Z]", found["chars"]))
    return Barred(found["category"], chars, "".join(re.findall(r"(?:^|, or )(\w) - ", found["sixths"])))


def with_sevenths(code: str, sevenths: Mapping[str, str], barred: Iterable[Barred]) -> list[str]:
    """The full codes of ``code``, to which nothing but a seventh character can be added.

    >>> with_sevenths("W891", {"A": "initial encounter", "S": "sequela"}, ())
    ['W891XXA', 'W891XXS']
    """
    if not sevenths:
        return [code]
    padded = code.ljust(_FULL - 1, "X")
    without = "".join([each.chars for each in barred if code.startswith(each.category) and padded[-1] in each.sixths])
    return [padded + char for char in sevenths if char not in without]

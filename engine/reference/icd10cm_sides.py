"""Codes that differ from another only in the side of the body, found by their descriptions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.reference.catalog import Tables
from engine.reference.icd10cm import TABLE, description, side

_CATEGORY = 3
_FULL = 7
_SIDE_WORDS = frozenset({"left", "right", "bilateral", "unilateral", "unspecified", "side", "of", "the"})
_PAIRED = frozenset({"eye", "eyes", "ear", "ears"})
"""Words that a description for both sides may leave out."""


def counterpart(tables: Tables, code: str, day: int, wanted: frozenset[str]) -> str | None:
    """The first code valid on ``day`` that says the same as ``code`` of a wanted side; ``None`` when there is none.

    Codes of one category and one wording but for the words that name the side.
    Source: descriptions of table icd10cm.
    """
    text = description(tables, code, day)
    if not text:
        return None
    words = _words(text)
    for other in _siblings(tables, code, day):
        found = description(tables, other, day)
        if found and side(found) in wanted and _alike(words, _words(found)) and tables.rows_on(TABLE, other, day):
            return other
    return None


def _siblings(tables: Tables, code: str, day: int) -> Iterator[str]:
    """The other codes of the category with the same seventh character, or with another one that may be the side."""
    stem, seventh = code[: _FULL - 1], code[_FULL - 1 :]
    for other in tables.keys_from(TABLE, code[:_CATEGORY], day):
        if other != code and (other[_FULL - 1 :] == seventh or other.startswith(stem)):
            yield other


def _words(text: str) -> frozenset[str]:
    words = re.findall(r"[a-z0-9.-]+", text.lower())
    return frozenset(_singular(word) for word in words) - _SIDE_WORDS


def _singular(word: str) -> str:
    return word[:-1] if len(word) > _CATEGORY and word.endswith("s") and not word.endswith("ss") else word


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return one ^ other <= _PAIRED

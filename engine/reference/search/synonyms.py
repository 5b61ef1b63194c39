"""What people type and what they mean: ``data/synonyms.yaml``, read once into stems."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from importlib import resources
from typing import Any

import yaml
from msgspec import Struct

from engine.reference.search.words import stem, stems, tokens

Phrase = tuple[str, ...]
"""Stems in their order."""


class Synonyms(Struct, frozen=True):
    """Meanings by what is typed (stems, stop words included).

    ``longest`` is the number of words of the longest key, ``words`` are all words of keys as they are spelled.
    """

    meanings: Mapping[Phrase, tuple[Phrase, ...]]
    soft: frozenset[Phrase]
    dropped: frozenset[Phrase]
    longest: int
    words: frozenset[str]


def key(text: str) -> Phrase:
    """What is typed, as stems with stop words.

    >>> key("w/o"), key("Ringing in ears")
    (('w', 'o'), ('ring', 'in', 'ear'))
    """
    return tuple([stem(word) for word in tokens(text)])


@lru_cache(maxsize=1)
def synonyms() -> Synonyms:
    """The synonyms that ship."""
    text = (resources.files("engine.reference.search") / "data" / "synonyms.yaml").read_text(encoding="utf-8")
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # the one in C, where libyaml is there
    loaded: dict[str, Any] = yaml.load(text, Loader=loader)  # noqa: S506 -- builds text only
    meanings: dict[Phrase, tuple[Phrase, ...]] = {}
    for typed, meant in _pairs(loaded["meanings"], loaded["same"]):
        known = meanings.get(key(typed), ())
        meanings[key(typed)] = (*known, *[each for each in meant if each not in known])
    dropped = frozenset(key(each) for each in loaded["dropped"])
    soft = frozenset(key(each) for each in loaded["soft"])
    longest = max(len(each) for each in [*meanings, *dropped, *soft])
    keys = [*loaded["meanings"], *loaded["soft"], *loaded["dropped"]]
    return Synonyms(meanings, soft, dropped, longest, frozenset([word for each in keys for word in tokens(each)]))


def _pairs(meanings: Mapping[str, Sequence[str]], same: Sequence[Sequence[str]]) -> Iterator[tuple[str, list[Phrase]]]:
    for typed, meant in meanings.items():
        yield typed, [tuple(stems(each)) for each in meant]
    for group in same:
        for one in group:
            yield one, [tuple(stems(other)) for other in group if stems(other) != stems(one)]

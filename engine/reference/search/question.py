"""What is asked, taken apart: groups of words, each with what else may stand for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from msgspec import Struct

from engine.reference.search.synonyms import Phrase, key, synonyms
from engine.reference.search.vocabulary import Vocabulary
from engine.reference.search.words import STOPPED, stem, tokens

_CODE = re.compile(r"(?i)[A-Z][0-9][0-9A-Z](?:\.?[0-9A-Z]{1,4}|\.)?")
_HCPCS = re.compile(r"(?i)[A-Z][0-9]{1,4}")
_MOST_WORDS = 40
_WORDS_BESIDE_CODES = 2
_PAIR, _SHORTEST_PAIR = 2, 6
_SHORTEST_BEGINNING = 3
_SHORTEST_RETYPED = 5
_FIRST, _LATER, _GUESSED = 1000, 950, 900


class Meaning(Struct, frozen=True):
    """One way to read a group: stems, and how well they say it, in thousandths."""

    stems: Phrase
    worth: int = _FIRST


class Group(Struct, frozen=True):
    """Words that are one thing, in every reading. A ``soft`` group need not be in an entry; it only counts for it."""

    typed: str
    meanings: tuple[Meaning, ...]
    soft: bool = False


class Question(Struct, frozen=True):
    """A question: its words as groups, codes that stand in it, and what was taken for misspelled."""

    groups: tuple[Group, ...]
    codes: tuple[str, ...] = ()
    corrected: tuple[tuple[str, str], ...] = ()
    stems: Phrase = ()


def read_question(text: str, vocabulary: Vocabulary, system: str) -> Question:
    """The question that ``text`` asks of an index."""
    shape = _CODE if system == "icd10cm" else _HCPCS
    typed = text.split()
    codes = tuple([word.upper().replace(".", "") for word in typed if shape.fullmatch(word)])
    if len(typed) - len(codes) > _WORDS_BESIDE_CODES:
        codes = ()
    words, corrected = _spelled(tokens(text)[:_MOST_WORDS], vocabulary)
    groups: list[Group] = []
    place = 0
    while place < len(words):
        taken, group = _longest(words[place:])
        if taken == 1 and group is not None and words[place] in corrected.values():
            group = _guessed(group, words[place], vocabulary, corrected)
        if taken == 0:
            taken, group = _joined(words[place : place + 2], vocabulary)
        if taken == 0:
            word = words[place]
            taken, group = 1, None if word in STOPPED else _plain(word, vocabulary, corrected)
        if group is not None:
            groups.append(group)
        place += taken
    plain = tuple([stem(word) for word in words if word not in STOPPED])
    return Question(tuple(groups), codes, tuple(corrected.items()), plain)


def _spelled(words: list[str], vocabulary: Vocabulary) -> tuple[list[str], dict[str, str]]:
    """The words with slips mended, and what was mended: words that nothing spells and that begin no word."""
    mended: dict[str, str] = {}
    for word in words:
        if word in STOPPED or word.isdigit() or vocabulary.spells(word) or vocabulary.knows(stem(word)):
            continue
        near = vocabulary.corrections(word)
        if near:
            mended[word] = near[0]
        elif not vocabulary.begins(word) and (halves := vocabulary.halves(word)):
            mended[word] = " ".join(halves)
    return [each for word in words for each in mended.get(word, word).split()], mended


def retyped(group: Group, vocabulary: Vocabulary) -> Group:
    """The group as if its word, though known, were a slip for another."""
    if " " in group.typed or len(group.typed) < _SHORTEST_RETYPED:
        return group
    near = [Meaning((stem(word),), _GUESSED) for word in vocabulary.corrections(group.typed)]
    return Group(group.typed, _each_once([*group.meanings, *near]), group.soft)


def _guessed(group: Group, word: str, vocabulary: Vocabulary, mended: Mapping[str, str]) -> Group:
    """The group of a mended word with the other words that it may have been meant for."""
    typed = next(each for each, used in mended.items() if used == word)
    near = [Meaning((stem(each),), _GUESSED) for each in vocabulary.corrections(typed)]
    return Group(typed, _each_once([*group.meanings, *near]), group.soft)


def _each_once(meanings: Iterable[Meaning]) -> tuple[Meaning, ...]:
    found: dict[Phrase, Meaning] = {}
    for each in meanings:
        found.setdefault(each.stems, each)
    return tuple(found.values())


def _longest(words: list[str]) -> tuple[int, Group | None]:
    """How many words the longest known phrase at the beginning has, and its group; dropped phrases have none."""
    known = synonyms()
    for length in range(min(known.longest, len(words)), 0, -1):
        typed = key(" ".join(words[:length]))
        if typed in known.dropped:
            return length, None
        meant = known.meanings.get(typed)
        if meant is None and typed not in known.soft:
            continue
        own = tuple([stem(word) for word in words[:length] if word not in STOPPED])
        said = [own] if own else []
        meant = tuple([each for each in meant or () if each])
        readings = dict.fromkeys([*said, *meant])
        if not readings:  # stop words only
            return length, None
        first = (*meant, *said)[0]
        meanings = [Meaning(each, _FIRST if each in (own, first) else _LATER) for each in readings]
        return length, Group(" ".join(words[:length]), tuple(meanings), typed in known.soft)
    return 0, None


def _joined(pair: list[str], vocabulary: Vocabulary) -> tuple[int, Group | None]:
    """Two words that the index knows as one too (nose bleed, heart burn); 0 when it does not."""
    if len(pair) < _PAIR or any(word in STOPPED or word.isdigit() for word in pair):
        return 0, None
    together = "".join(pair)
    if len(together) < _SHORTEST_PAIR or not vocabulary.spells(together):
        return 0, None
    meanings = (Meaning((stem(together),)), Meaning((stem(pair[0]), stem(pair[1]))))
    return _PAIR, Group(" ".join(pair), meanings)


def _plain(word: str, vocabulary: Vocabulary, mended: Mapping[str, str]) -> Group:
    """A word without synonyms, with what else it may have been meant for."""
    own = Meaning((stem(word),))
    source = next((typed for typed, used in mended.items() if used == word), word)
    guesses: list[Meaning] = []
    if source != word or not (word.isdigit() or vocabulary.spells(word)):
        guesses = [Meaning((stem(each),), _GUESSED) for each in vocabulary.corrections(source)]
        if len(source) >= _SHORTEST_BEGINNING and not (source == word and vocabulary.knows(own.stems[0])):
            guesses += [Meaning((each,), _LATER) for each in vocabulary.begins(source)]
    return Group(source, _each_once([own, *guesses]))

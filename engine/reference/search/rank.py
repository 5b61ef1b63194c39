"""How well an entry answers a question, in thousandths; whole numbers throughout.

A phrase is good when it has what is asked (recall) and little else (precision), each word counted by its rarity; words
asked for that stand in another phrase of the entry, in its seventh characters or above it, count for less.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from msgspec import Struct

from engine.reference.search.document import Member
from engine.reference.search.question import Group, Question
from engine.reference.search.words import GENERIC_STEMS

_BESIDE, _SEVENTH, _ABOVE = 800, 850, 450
_GENERIC = 4
_KIND = {"title": 1000, "inclusion_term": 990, "short": 970, "includes": 930, "inherited": 780}
_HEADING = 860
_EXACT_TERM, _EXACT, _SAME_ORDER = 1040, 30, 12
_TITLE_BEYOND = 60
_BASE = 550


class Candidate(Struct, frozen=True):
    """An entry as it is read from the index."""

    node: str
    above: frozenset[str]
    members: tuple[Member, ...]
    phrases: tuple[tuple[str, str, tuple[str, ...]], ...]
    sevenths: frozenset[str] = frozenset()


class Scored(Struct, frozen=True):
    """How well an entry answers: the score and the phrase that it rests on."""

    score: int
    kind: str
    phrase: str


def group_weight(group: Group, weights: Mapping[str, int]) -> int:
    """How much a group matters: its most telling reading."""
    return max([sum(weights[each] for each in meaning.stems) for meaning in group.meanings], default=0)


def score(candidate: Candidate, question: Question, group_weights: Sequence[int], weights: Mapping[str, int]) -> Scored:
    """The best that a phrase of the entry makes of the question."""
    everything = frozenset([each for _, _, stems in candidate.phrases for each in stems])
    wanted = sum(group_weights) or 1
    best = Scored(-1, "title", "")
    for kind, text, stems in candidate.phrases:
        own = frozenset(stems)
        recall, used = 0, set[str]()
        for group, weight in zip(question.groups, group_weights, strict=True):
            share, matched = _share(group, own, everything, candidate, weights)
            recall += weight * share
            used |= matched
        total = sum([_weight(each, weights) for each in own])
        matched_weight = sum([_weight(each, weights) for each in used])
        precision = 1000 * matched_weight // total if total else 0
        value = recall // wanted * (_BASE * 1000 + (1000 - _BASE) * precision) // 1_000_000
        value = value * _KIND[kind] // 1000
        if kind == "inherited":
            value -= _beyond(candidate, used, weights)
        elif stems == question.stems:
            if kind == "inclusion_term":  # typed as it is published, and there it stands
                return Scored(_EXACT_TERM, kind, text)
            value += _EXACT
        elif own == used and len(stems) == len(question.stems):
            value += _SAME_ORDER
        if value > best.score:
            best = Scored(value, kind, text)
    if not candidate.members:
        return Scored(best.score * _HEADING // 1000, best.kind, best.phrase)
    return best


def _beyond(candidate: Candidate, used: AbstractSet[str], weights: Mapping[str, int]) -> int:
    """What to take from a code found by the words of a heading above: its own title says more than was asked."""
    title = candidate.phrases[0][2] if candidate.phrases else ()
    total = sum([_weight(each, weights) for each in title]) or 1
    return _TITLE_BEYOND * sum([_weight(each, weights) for each in title if each not in used]) // total


def _weight(each: str, weights: Mapping[str, int]) -> int:
    return weights[each] // _GENERIC if each in GENERIC_STEMS else weights[each]


def _share(
    group: Group,
    own: frozenset[str],
    everything: frozenset[str],
    candidate: Candidate,
    weights: Mapping[str, int],
) -> tuple[int, set[str]]:
    """How much of a group the phrase and what surrounds it say, in thousandths, and the stems of the phrase that do."""
    best, used = 0, set[str]()
    for meaning in group.meanings:
        whole = sum([weights[each] for each in meaning.stems])
        if not whole:
            continue
        said = 0
        for each in meaning.stems:
            if each in own:
                said += 1000 * weights[each]
            elif each in everything:
                said += _BESIDE * weights[each]
            elif each in candidate.sevenths:
                said += _SEVENTH * weights[each]
            elif each in candidate.above:
                said += _ABOVE * weights[each]
        value = said // whole * meaning.worth // 1000
        if value > best:
            best, used = value, {each for each in meaning.stems if each in own}
    return best, used

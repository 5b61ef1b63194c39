"""What an index knows of single words: how much a stem says, and which word was meant by one that it does not know."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from functools import cached_property

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from engine.reference.search.synonyms import synonyms

_SHORT, _MIDDLE = 4, 7
_SHORTEST_HALF = 3
_MOST_ENDINGS = 12
_CANDIDATES = 20
_MOST_CORRECTIONS = 6


class Vocabulary:
    """The stems and spellings of one index; spellings are read when a word is first not known.

    Args:
        connection: the index.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._weights: dict[str, int] = {}

    def weights(self, wanted: Iterable[str]) -> dict[str, int]:
        """How much each stem says; 0 for one that no entry has."""
        missing = [each for each in set(wanted) if each not in self._weights]
        for start in range(0, len(missing), 500):
            part = missing[start : start + 500]
            self._weights.update(dict.fromkeys(part, 0))
            marks = ",".join("?" * len(part))
            self._weights.update(
                self._connection.execute(f"SELECT stem, weight FROM stem WHERE stem IN ({marks})", part).fetchall()  # noqa: S608 -- marks only
            )
        return self._weights

    def knows(self, found: str) -> bool:
        """Whether some entry has the stem."""
        return self.weights([found])[found] > 0

    def spells(self, word: str) -> bool:
        """Whether some entry, or a synonym, has the word as it is spelled."""
        known = self._connection.execute("SELECT 1 FROM spelling WHERE word = ?", (word,)).fetchone()
        return known is not None or word in synonyms().words

    def begins(self, word: str) -> list[str]:
        """The stems of the words that begin with ``word``, the commonest first."""
        rows = self._connection.execute(
            "SELECT DISTINCT stem FROM spelling WHERE word >= ? AND word < ? ORDER BY entries DESC LIMIT ?",
            (word, word + "\U0010ffff", _MOST_ENDINGS),
        )
        return [found for (found,) in rows]

    def corrections(self, word: str) -> list[str]:
        """The known words nearest to ``word``: fewest slips, then commonest.

        A slip is a letter left out, put in, changed or swapped with its neighbour. Up to six letters allow one, more
        allow two; all that are returned need equally few.
        """
        if len(word) < _SHORT or any(each.isdigit() for each in word):
            return []
        most = 1 if len(word) < _MIDDLE else 2
        near = extract(word, self._spellings.keys(), scorer=OSA.distance, score_cutoff=most, limit=_CANDIDATES)
        known = sorted((int(slips), -self._spellings[found], found) for found, slips, _ in near if found != word)
        return [found for slips, _, found in known if slips == known[0][0]][:_MOST_CORRECTIONS]

    def halves(self, word: str) -> tuple[str, str] | None:
        """Two known words that ``word`` runs together, the rarer reading last; ``None`` when there are none."""
        cuts = range(_SHORTEST_HALF, len(word) - _SHORTEST_HALF + 1)
        found = [(word[:cut], word[cut:]) for cut in cuts if self._is_word(word[:cut]) and self._is_word(word[cut:])]
        return max(found, key=lambda pair: min(self._spellings[pair[0]], self._spellings[pair[1]]), default=None)

    def _is_word(self, text: str) -> bool:
        return text in self._spellings

    @cached_property
    def _spellings(self) -> dict[str, int]:
        typed = dict.fromkeys(synonyms().words, 1)
        return typed | dict(self._connection.execute("SELECT word, entries FROM spelling").fetchall())

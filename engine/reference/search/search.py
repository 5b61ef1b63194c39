"""The search of one code set: open it once, ask often."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from msgspec import Struct

from engine.reference.catalog import Tables
from engine.reference.search.candidates import candidates
from engine.reference.search.document import Member, Window
from engine.reference.search.index import members_of
from engine.reference.search.question import Question, read_question, retyped
from engine.reference.search.rank import Candidate, Scored, group_weight, score
from engine.reference.search.store import System, open_index
from engine.reference.search.vocabulary import Vocabulary
from engine.reference.search.words import stems

Standing = Literal["valid", "ended", "not_yet", "heading"]

_WEAK, _GOOD = 350, 720
Phrased = tuple[str, str, tuple[str, ...]]
"""Kind, text and stems of a phrase."""
_NOT_VALID = 700
_TERMS = "kind IN ('inclusion_term', 'includes')"
_LIMIT = 10
_PREFERRED = ("initial", "unspecified", "not applicable")


class Hit(Struct, frozen=True, kw_only=True):
    """One answer.

    Args:
        code: without the dot.
        description: empty when no loaded table has it.
        standing: on the day asked for; a heading cannot be reported.
        windows: the days on which the code is valid.
        matched: the inclusion term or note that it was found by, empty when that was the description.
        others: how many further codes differ from it in the seventh character only.
        score: up to about 1000; 1000 for a code that was typed.
    """

    code: str
    description: str
    standing: Standing
    windows: tuple[Window, ...] = ()
    matched: str = ""
    others: int = 0
    score: int = 0


class Answer(Struct, frozen=True):
    """The hits, the best first, and the words that were taken for misspelled with what was searched for instead."""

    hits: tuple[Hit, ...]
    corrected: tuple[tuple[str, str], ...] = ()


class CodeSearch:
    """Searches one code set. It can be shared by threads, which take turns: they have one connection to the index.

    Args:
        tables: the reference tables.
        system: the code set.
        folder: where the index is kept; ``None`` builds it in memory.

    Raises:
        TableError: the table of the system is not loaded, or malformed.
    """

    def __init__(self, tables: Tables, system: System = "icd10cm", folder: Path | None = None) -> None:
        self._connection: sqlite3.Connection = open_index(tables, system, folder)
        self._system = system
        self._turn = threading.Lock()
        self._vocabulary = Vocabulary(self._connection)

    def search(self, text: str, day: int | None = None, limit: int = _LIMIT) -> Answer:
        """The codes and headings that ``text`` asks for.

        A code or the beginning of one comes first. Of equally good answers those valid on ``day`` come before others,
        codes before headings, and then the order of codes decides.
        """
        with self._turn:
            question = read_question(text, self._vocabulary, self._system)
            typed = self._typed(question, day, limit)
            found = [] if typed and len(question.codes) == len(text.split()) else self._ranked(question, day)
        listed = {hit.code for hit in typed}
        hits = [*typed, *[hit for hit in found if hit.code not in listed]]
        return Answer(tuple(hits[:limit]), question.corrected)

    def _ranked(self, question: Question, day: int | None) -> list[Hit]:
        hits = self._scored(question, day)
        if question.corrected or (hits and hits[0].score >= _GOOD):
            return hits
        groups = tuple([retyped(group, self._vocabulary) for group in question.groups])
        if groups == question.groups:
            return hits
        again = self._scored(Question(groups, stems=question.stems), day)
        return again if again and (not hits or again[0].score > hits[0].score) else hits

    def _scored(self, question: Question, day: int | None) -> list[Hit]:
        if not question.groups:
            return []
        numbers, weights = self._candidates(question)
        read = self._read(numbers)
        known = self._vocabulary.weights([each for one in read for _, _, found in one.phrases for each in found])
        results = [(candidate, score(candidate, question, weights, known)) for candidate in read]
        hits = [self._hit(one, result, question, day) for one, result in results if result.score >= _WEAK]
        return sorted(hits, key=_order)

    def _candidates(self, question: Question) -> tuple[list[int], list[int]]:
        known = self._vocabulary.weights([each for g in question.groups for m in g.meanings for each in m.stems])
        weights = [group_weight(group, known) for group in question.groups]
        weights = [
            weight // 3 if group.soft else weight for group, weight in zip(question.groups, weights, strict=True)
        ]
        return candidates(self._connection, question.groups, weights), weights

    def _read(self, numbers: Sequence[int]) -> list[Candidate]:
        """The entries with their phrases, and those of the codes above them, which hold for them as well."""
        marks = ",".join(map(str, numbers))
        rows = self._connection.execute(
            f"SELECT id, node, above, members FROM entry WHERE id IN ({marks})"  # noqa: S608 -- numbers of ours
        ).fetchall()
        phrases: dict[int, list[Phrased]] = {}
        for number, kind, text, found in self._connection.execute(
            f"SELECT entry, kind, text, stems FROM phrase WHERE entry IN ({marks})"  # noqa: S608 -- numbers of ours
        ):
            phrases.setdefault(number, []).append((kind, text, tuple(found.split())))
        inherited = self._inherited([node for _, node, _, _ in rows])
        return [
            _candidate(node, above, members_of(members), [*phrases.get(number, []), *inherited(node)])
            for number, node, above, members in rows
        ]

    def _inherited(self, nodes: Sequence[str]) -> Callable[[str], list[Phrased]]:
        """The terms of the codes above one of the nodes."""
        above = sorted({node[:length] for node in nodes for length in range(3, len(node)) if "-" not in node})
        found: dict[str, list[Phrased]] = {}
        for start in range(0, len(above), 500):
            part = above[start : start + 500]
            marks = ",".join("?" * len(part))
            for node, text, words in self._connection.execute(
                f"SELECT node, text, stems FROM phrase JOIN entry ON id = entry WHERE node IN ({marks}) AND {_TERMS}",  # noqa: S608 -- marks only
                part,
            ):
                found.setdefault(node, []).append(("inherited", text, tuple(words.split())))
        return lambda node: [each for length in range(3, len(node)) for each in found.get(node[:length], ())]

    def _hit(self, candidate: Candidate, result: Scored, question: Question, day: int | None) -> Hit:
        matched = "" if result.kind in ("title", "short") else result.phrase
        title = candidate.phrases[0][1] if candidate.phrases else ""
        if not candidate.members:
            return Hit(code=candidate.node, description=title, standing="heading", matched=matched, score=result.score)
        member = _member(candidate.members, question, day)
        standing = standing_on(member.windows, day)
        return Hit(
            code=member.code,
            description=member.title or (title if member.code == candidate.node else ""),
            standing=standing,
            windows=member.windows,
            matched=matched,
            others=sum(standing_on(each.windows, day) == standing for each in candidate.members) - 1,
            score=result.score if standing == "valid" else result.score * _NOT_VALID // 1000,
        )

    def _typed(self, question: Question, day: int | None, limit: int) -> list[Hit]:
        """The entries that begin with a code that was typed, the shortest first."""
        hits: list[Hit] = []
        for code in question.codes:
            hits += self._beginning(code, day, limit)
        return hits

    def _beginning(self, code: str, day: int | None, limit: int) -> list[Hit]:
        """Entries whose codes begin with ``code``; of the sixteen that differ in the seventh character those typed."""
        rows = self._connection.execute(
            "SELECT id FROM entry WHERE node >= ? AND node < ? OR node = ? ORDER BY node LIMIT ?",
            (code, code + "\U0010ffff", code[:6].rstrip("X") if len(code) > 6 else "", 10 * limit),  # noqa: PLR2004
        )
        hits = []
        for candidate in self._read([number for (number,) in rows]):
            members = tuple([each for each in candidate.members if each.code.startswith(code)])
            if candidate.members and not members:
                continue
            kept = Candidate(candidate.node, candidate.above, members, candidate.phrases)
            hits.append(self._hit(kept, Scored(1000, "title", ""), Question(()), day))
        hits.sort(key=lambda hit: (hit.code != code, hit.standing in ("ended", "not_yet"), hit.code))
        return hits


def standing_on(windows: Sequence[Window], day: int | None) -> Standing:
    """How a code with these windows stands on a day; without a day, ``valid``."""
    if day is None:
        return "valid"
    if any((first is None or first <= day) and (last is None or day <= last) for first, last in windows):
        return "valid"
    return "not_yet" if all(first is not None and day < first for first, _ in windows) else "ended"


def _order(hit: Hit) -> tuple[int, bool, bool, str]:
    return (-hit.score, hit.standing != "valid", hit.standing == "heading", hit.code)


def _candidate(node: str, above: str, members: tuple[Member, ...], phrases: Sequence[Phrased]) -> Candidate:
    sevenths = (
        frozenset([each for member in members for each in stems(member.title)]) if len(members) > 1 else frozenset()
    )
    return Candidate(node, frozenset(above.split()), members, tuple(phrases), sevenths)


def _member(members: tuple[Member, ...], question: Question, day: int | None) -> Member:
    """Of the codes that differ in the seventh character: valid, with the most of the words asked for, the plainest."""
    if len(members) == 1:
        return members[0]
    asked = {each for group in question.groups for meaning in group.meanings for each in meaning.stems}

    def worth(place: int) -> tuple[bool, int, int, int]:
        member = members[place]
        title = member.title.lower()
        plain = next((n for n, word in enumerate(_PREFERRED) if word in title), len(_PREFERRED))
        return (standing_on(member.windows, day) == "valid", len(asked.intersection(stems(title))), -plain, -place)

    return members[max(range(len(members)), key=worth)]

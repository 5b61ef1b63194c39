"""Look-up of the notes that bind a code, and of its seventh characters."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib import resources

import msgspec

from engine.errors import TableError
from engine.reference.notes.model import Note, Text, TextKind
from engine.reference.notes.records import HEAD, read_notes
from engine.reference.notes.seventh import Barred, with_sevenths

_CATEGORY = 3
_FILE = "icd10cm-notes.txt.gz"


class NoteTable:
    """The notes of one edition of the tabular list; a node's records are taken apart when it is first asked for.

    Args:
        text: what :func:`engine.reference.notes.build.build` wrote.
        location: the file, for messages.

    Raises:
        TableError: the text is of another layout.
    """

    def __init__(self, text: str, location: str) -> None:
        lines = text.split("\n")
        if lines[0] != HEAD:
            raise TableError("no table of tabular notes", location=location, hint="build it with tools/build_notes.py")
        self._categories: dict[str, list[str]] = {}
        self._sevenths: dict[str, Mapping[str, str]] = {}
        self._barred: list[Barred] = []
        self._records: dict[str, list[str]] = {}
        self._notes: dict[str, tuple[Note, ...]] = {}
        for line in lines[1:]:
            mark = line[:1]
            if mark in {"P", "H", "T"}:
                self._records.setdefault(line[2 : line.index("\t", 2)], []).append(line)
            elif mark == "C":
                _, category, *place = line.split("\t")
                self._categories[category] = place
            elif mark == "7":
                _, node, *pairs = line.split("\t")
                self._sevenths[node] = {pair[0]: pair[2:] for pair in pairs}
            elif mark == "B":
                self._barred.append(Barred(*line.split("\t")[1:]))

    def nodes_above(self, code: str) -> tuple[str, ...]:
        """The nodes that the code stands under, itself first: longer codes, category, block, chapter."""
        category = code[:_CATEGORY]
        place = self._categories.get(category)
        if place is None:
            return ()
        prefixes = [code[:length] for length in range(len(code), _CATEGORY - 1, -1)]
        return tuple(dict.fromkeys([*prefixes, *place[:2]]))

    def notes_for(self, code: str) -> tuple[Note, ...]:
        """The notes with partners that bind ``code``, the nearest first.

        A note whose partners include ``code`` itself says nothing about it and is left out.
        """
        found: list[Note] = []
        for node in self.nodes_above(code):
            found += [note for note in self.notes_on(node) if note.spans and note.span_of(code) is None]
        return tuple(found)

    def notes_on(self, node: str) -> tuple[Note, ...]:
        """All Excludes, code first, use additional code and code also notes that stand at a node, resolved or not."""
        found = self._notes.get(node)
        if found is None:
            found = self._notes[node] = tuple(read_notes(self._records.get(node, ())))
        return found

    def texts_on(self, node: str) -> tuple[Text, ...]:
        """The inclusion terms, includes notes and notes on usage that stand at a node."""
        fields = [record.split("\t") for record in self._records.get(node, ()) if record[0] == "T"]
        return tuple([Text(name, msgspec.convert(kind, TextKind), line) for _, name, kind, line in fields])

    def unresolved(self) -> tuple[Note, ...]:
        """The notes that name partners that could not be resolved, or none at all."""
        return tuple([note for node in self._records for note in self.notes_on(node) if note.unresolved])

    def seventh_characters(self, code: str) -> Mapping[str, str]:
        """The seventh characters of ``code`` with their meanings, as the nearest node above defines them."""
        for node in self.nodes_above(code):
            if node in self._sevenths:
                return self._sevenths[node]
        return {}

    def expand(self, code: str) -> tuple[str, ...]:
        """The full codes that begin with ``code``, with placeholders X and seventh characters where they take them."""
        place = self._categories.get(code[:_CATEGORY])
        if place is None:
            return ()
        category = code[:_CATEGORY]
        found: list[str] = []
        for end in place[2].split():
            leaf = category if end == "." else category + end
            if leaf.startswith(code) or code.startswith(leaf):
                full = with_sevenths(leaf, self.seventh_characters(leaf), self._barred)
                found += [each for each in full if each.startswith(code)]
        return tuple(found)


def partners(note: Note, codes: Iterable[str]) -> tuple[str, ...]:
    """Those of ``codes`` that the note names, in their order.

    >>> from engine.reference.notes.model import Span
    >>> partners(Note(node="E10", kind="excludes1", wording="…", spans=(Span("E11", "E11"),)), ["I10", "E119"])
    ('E119',)
    """
    return tuple([code for code in codes if note.span_of(code) is not None])


@lru_cache(maxsize=1)
def shipped() -> NoteTable:
    """The notes of the edition that ships with the package."""
    file = resources.files("engine.reference") / "data" / _FILE
    return NoteTable(gzip.decompress(file.read_bytes()).decode("utf-8"), f"engine/reference/data/{_FILE}")

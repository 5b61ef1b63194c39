"""The entries of ICD-10-CM: codes and headings with descriptions, inclusion terms and includes notes."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache

from engine.reference.catalog import Tables
from engine.reference.icd10cm import TABLE
from engine.reference.notes.lookup import NoteTable, shipped
from engine.reference.search.document import Entry, Member, PhraseKind
from engine.reference.search.titles import IMPORTED, shipped_titles
from engine.reference.search.windows import members

Phrase = tuple[PhraseKind, str]

_CODE = re.compile(r"[A-Z][0-9A][0-9A-Z]{1,4}")
_FULL = 7
_CATEGORY = 3
_COLUMNS: Mapping[str, PhraseKind] = {"inclusion_terms": "inclusion_term", "includes": "includes"}


def entries(tables: Tables) -> Iterator[Entry]:
    """Every code of every edition and every heading.

    Codes that differ in the seventh character only are one entry, since sixteen lines about one fracture would hide
    all others.
    """
    notes, headings = shipped(), _headings(tables)
    imported = _imported_phrases(tables)

    @cache
    def phrases(node: str) -> tuple[Phrase, ...]:
        return tuple(imported.get(node) or _phrases(notes, node))

    @cache
    def above(node: str) -> tuple[str, ...]:
        """The node's title and its terms: they hold for all that is below it."""
        said = [text for _, text in phrases(node)] if _CODE.fullmatch(node) else []
        return (headings.get(node, ""), *said)

    by_node: dict[str, list[Member]] = defaultdict(list)
    for member in members(tables, TABLE, "description"):
        by_node[_node(member.code, headings, notes)].append(member)
    for node in sorted({*by_node, *headings}):
        found = by_node.get(node, [])
        title = headings.get(node) or _common(found)
        if found and found[0].code == node and len(found) == 1:
            title = found[0].title or title
        elif any(member.code == node for member in found):  # once billable, since then split by a seventh character
            found = [member for member in found if member.code != node]
        said = [text for each in _above(notes, node) if each != node for text in above(each)]
        yield Entry(node=node, phrases=(("title", title), *phrases(node)), above=tuple(said), members=tuple(found))


def _headings(tables: Tables) -> dict[str, str]:
    """Titles by node, those of an imported tabular list over those that ship."""
    found = dict(shipped_titles())
    if IMPORTED in tables.names():
        for key in tables.keys_from(IMPORTED, ""):
            for row in tables.rows(IMPORTED, key):
                name = f"chapter {key}" if row.values.get("kind") == "chapter" else key.replace(".", "")
                if name in found or row.values.get("leaf") != "Y" or row.values.get("seventh_characters"):
                    found[name] = row.values.get("description", "")
    return found


def _imported_phrases(tables: Tables) -> dict[str, list[Phrase]]:
    if IMPORTED not in tables.names():
        return {}
    found: dict[str, list[Phrase]] = {}
    for key in tables.keys_from(IMPORTED, ""):
        for row in tables.rows(IMPORTED, key):
            found[key.replace(".", "")] = [
                (kind, line)
                for column, kind in _COLUMNS.items()
                for line in row.values.get(column, "").split("\n")
                if line
            ]
    return found


def _phrases(notes: NoteTable, node: str) -> list[Phrase]:
    return [(text.kind, text.wording) for text in notes.texts_on(node) if text.kind in {"inclusion_term", "includes"}]


def _node(code: str, headings: Mapping[str, str], notes: NoteTable) -> str:
    """The node that a code is listed under: itself, or the one that it adds a seventh character to."""
    stem = code[: _FULL - 1]
    if len(code) < _FULL or not notes.seventh_characters(stem):
        return code
    bare = stem.rstrip("X")
    return bare if bare in headings else stem


def _common(found: list[Member]) -> str:
    """What the descriptions of codes have in common, up to the last comma."""
    texts = [member.title for member in found if member.title]
    if not texts:
        return ""
    low, high = min(texts), max(texts)
    if low == high:
        return low
    same = next((place for place, pair in enumerate(zip(low, high, strict=False)) if pair[0] != pair[1]), len(low))
    return low[:same].rpartition(",")[0] or low[:same].rstrip()


def _above(notes: NoteTable, node: str) -> tuple[str, ...]:
    known = notes.nodes_above(node)
    if known:
        return known
    return tuple([node[:length] for length in range(len(node), _CATEGORY - 1, -1)])

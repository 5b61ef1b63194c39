"""The index file: an SQLite database with a full-text table (FTS5), written once and only read after that.

``entry`` and ``phrase`` keep what is shown and ranked, ``words`` the contentless full-text table finds candidates by
stems, ``stem`` and ``spelling`` count stems and spellings for weights and corrections.
"""

from __future__ import annotations

import math
import re
import sqlite3
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

import msgspec

from engine.errors import TableError
from engine.reference.search.document import Entry, Member
from engine.reference.search.words import STOPPED, stem, stems, tokens

FORMAT = "11"
"""Raised when the layout, the words or the stemmer change, so that older files are built anew."""

_SCHEMA = """
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE entry (id INTEGER PRIMARY KEY, node TEXT, above TEXT, members BLOB);
CREATE TABLE phrase (entry INTEGER, kind TEXT, text TEXT, stems TEXT);
CREATE TABLE stem (stem TEXT PRIMARY KEY, weight INTEGER) WITHOUT ROWID;
CREATE TABLE spelling (word TEXT PRIMARY KEY, stem TEXT, entries INTEGER) WITHOUT ROWID;
CREATE VIRTUAL TABLE words USING fts5(title, terms, above, sevenths, content='', tokenize='ascii');
"""
_INDEXES = "CREATE INDEX entry_node ON entry (node); CREATE INDEX phrase_entry ON phrase (entry);"
_NONESSENTIAL = re.compile(r"\([^()]*\)")
"""Parentheses enclose words that a diagnosis may have or not without changing its code (guidelines, section I.A.7)."""
_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(tuple[Member, ...])


def write(connection: sqlite3.Connection, entries: Iterable[Entry], about: dict[str, str]) -> None:
    """Fills an empty database.

    Raises:
        TableError: this SQLite has no full-text search.
    """
    try:
        connection.executescript(_SCHEMA)
    except sqlite3.OperationalError as error:
        raise TableError(
            f"no index can be built: {error}", hint="the SQLite of this Python lacks FTS5; use another build of Python"
        ) from error
    in_entries: Counter[str] = Counter()
    spelled: Counter[str] = Counter()
    count = 0
    _known_stems.cache_clear()
    with connection:
        for count, entry in enumerate(entries, start=1):
            _add(connection, count, entry, in_entries, spelled)
        connection.executemany(
            "INSERT INTO stem VALUES (?, ?)", [(each, weight(found, count)) for each, found in in_entries.items()]
        )
        connection.executemany(
            "INSERT INTO spelling VALUES (?, ?, ?)", [(word, stem(word), found) for word, found in spelled.items()]
        )
        connection.executemany("INSERT INTO about VALUES (?, ?)", [*about.items(), ("entries", str(count))])
        connection.executescript(_INDEXES)
        connection.execute("INSERT INTO words (words) VALUES ('optimize')")


def weight(found: int, entries: int) -> int:
    """How much a stem says that stands in ``found`` of the entries: thousandths of its logarithmic rarity.

    >>> weight(1, 47000) > weight(1000, 47000) > weight(40000, 47000) > 0
    True
    """
    return round(1000 * math.log1p(entries / (found + 1)))


def members_of(blob: bytes) -> tuple[Member, ...]:
    """The members that an entry was written with."""
    return _DECODER.decode(blob)


@lru_cache(maxsize=65536)
def _known_stems(text: str) -> tuple[str, ...]:
    """As ``stems``; headings stand above many codes and seventh characters mean the same in most."""
    return tuple(stems(text))


def _add(
    connection: sqlite3.Connection, number: int, entry: Entry, stem_count: Counter[str], spelled: Counter[str]
) -> None:
    by_kind: dict[str, list[str]] = {"title": [], "terms": []}
    for kind, text in entry.phrases:
        found = " ".join(stems(text))
        by_kind["title" if kind == "title" else "terms"].append(found)
        connection.execute("INSERT INTO phrase VALUES (?, ?, ?, ?)", (number, kind, text, found))
        plain = " ".join(stems(_NONESSENTIAL.sub(" ", text))) if "(" in text else ""
        if plain:
            connection.execute("INSERT INTO phrase VALUES (?, ?, ?, ?)", (number, kind, text, plain))
        spelled.update({word for word in tokens(text) if word not in STOPPED and not word.isdigit()})
    own = {each for found in (*by_kind["title"], *by_kind["terms"]) for each in found.split()}
    stem_count.update(own)
    above = {each for text in entry.above for each in _known_stems(text)} - own
    sevenths: set[str] = set()
    if len(entry.members) > 1:
        title = entry.phrases[0][1]
        sevenths = {each for member in entry.members for each in _known_stems(member.title.removeprefix(title))} - own
    connection.execute(
        "INSERT INTO words (rowid, title, terms, above, sevenths) VALUES (?, ?, ?, ?, ?)",
        (number, " ".join(by_kind["title"]), " ".join(by_kind["terms"]), " ".join(above), " ".join(sevenths)),
    )
    connection.execute(
        "INSERT INTO entry VALUES (?, ?, ?, ?)",
        (number, entry.node, " ".join(above), _ENCODER.encode(entry.members)),
    )

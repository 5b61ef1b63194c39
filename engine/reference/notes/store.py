"""The notes of the tabular list as a dated table: table ``icd10cm-partners``, asked for its :class:`NoteTable`.

An imported tabular list (table ``icd10cm-notes``) holds the notes as they are written; this one holds the codes that
they name, read out of the wording.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable, Mapping, Sequence
from importlib import resources

from msgspec import structs

from engine.reference.days import read_day
from engine.reference.notes.lookup import NoteTable
from engine.reference.notes.records import write_span
from engine.reference.table import Edition, Row

TABLE = "icd10cm-partners"
_FILE = "icd10cm-notes.txt.gz"
_EDITION, _FROM, _TO = "FY2026 April", "2026-04-01", "2026-09-30"
_SOURCE = "CDC/NCHS ICD-10-CM tabular list, April 1 2026 update"


class NoteStore:
    """One edition of the notes.

    Args:
        edition: which.
        read: gives the text that :mod:`engine.reference.notes.build` wrote.
        location: the file, for messages.
    """

    def __init__(self, edition: Edition, read: Callable[[], bytes], location: str) -> None:
        self._edition = edition
        self._read = read
        self._location = location
        self._notes: NoteTable | None = None

    @property
    def edition(self) -> Edition:
        """What it holds; ``digest`` is known once the notes have been read."""
        return self._edition

    def notes(self) -> NoteTable:
        """The notes, read now for the first time.

        Raises:
            TableError: the text is of another layout.
        """
        if self._notes is None:
            data = self._read()
            self._notes = NoteTable(data.decode("utf-8"), self._location)
            self._edition = structs.replace(
                self._edition, digest=hashlib.sha256(data).hexdigest(), rows=data.count(b"\n")
            )
        return self._notes

    def rows(self, key: str) -> Sequence[Row]:
        """The notes that bind a code, as texts; raises as :meth:`notes` does."""
        return [
            Row(
                {
                    "code": key,
                    "node": note.node,
                    "note": note.kind,
                    "wording": f"{note.heading} {note.wording}".strip(),
                    "partners": " ".join([write_span(span) for span in note.spans]),
                }
            )
            for note in self.notes().notes_for(key)
        ]

    def rows_many(self, keys: Sequence[str]) -> Mapping[str, Sequence[Row]]:
        """As :meth:`rows` for those keys that have any."""
        return {key: rows for key in keys if (rows := self.rows(key))}

    def keys_from(self, prefix: str) -> Sequence[str]:  # noqa: ARG002 -- the protocol
        """None: a note binds whole branches of codes."""
        return ()


def shipped_notes() -> NoteStore:
    """The edition that ships with the package."""
    file = resources.files("engine.reference") / "data" / _FILE
    edition = Edition(
        table=TABLE, edition=_EDITION, first_day=read_day(_FROM) or 0, last_day=read_day(_TO), source=_SOURCE
    )
    return NoteStore(edition, lambda: gzip.decompress(file.read_bytes()), f"engine/reference/data/{_FILE}")

"""One edition that is being imported: its rows read, judged, and written to a file that nobody knows of yet."""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from msgspec import Struct

from engine.errors import InputError, TableError
from engine.reference.folder import TEMPORARY, Entry, Part, sync
from engine.reference.importers.columns import layout_of
from engine.reference.importers.detect import Found
from engine.reference.importers.format import BadRow
from engine.reference.importers.payer_csv import PayerList
from engine.reference.writing import Counts, Writer

Progress = Callable[[str, int, float | None], None]
"""Told the table, the rows of it seen so far, and how much of the file is done (0 to 1; ``None``: nobody knows)."""

MOST_BAD = 100
"""One bad row in so many is still tolerated."""

_PARTED = ("ptp-practitioner", "ptp-outpatient")
_PART = re.compile(r"(?i)[-_]f(\d+)(?=[-_. ]|$)")
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_SHOWN = 3


class ImportResult(Struct, frozen=True, kw_only=True):
    """What became of one table of a file.

    ``rows`` are those of this file, ``held`` those of the edition with its other parts. ``replaced`` says in words what
    the folder held of this edition before; ``unchanged`` that it held this very file, so nothing was done.
    """

    table: str
    edition: str
    first_day: int
    last_day: int | None
    source: str
    part: str
    parts: tuple[str, ...]
    rows: int
    held: int
    void: int
    bad_rows: int
    bad: tuple[BadRow, ...]
    digest: str
    replaced: str
    unchanged: bool
    seconds: float
    page: str
    licence: str


class Job:
    """One edition that is being imported: its parts in the file, and what the folder holds of it."""

    def __init__(self, found: list[Found], path: Path, folder: Path, digest: str, earlier: Entry | None) -> None:
        self.found, self.path, self.folder, self.digest = found, path, folder, digest
        self.earlier = earlier if earlier and intact(folder, earlier) else None
        self.about = found[0].detected
        self.results: list[ImportResult] = []
        self.by_part = {_part(each): each for each in found}
        if len(self.by_part) < len(found):
            raise TableError(
                f"it holds {self.about.table} {self.about.edition} more than once",
                location=str(path),
                hint=f"unpack it and import the one you mean: {', '.join(each.name for each in found)}",
            )

    @property
    def known(self) -> bool:
        """Whether the folder holds this very file under the same name, edition and days."""
        earlier, about = self.earlier, self.about
        if earlier is None or (earlier.first_day, earlier.last_day) != (about.first_day, about.last_day):
            return False
        held = {(each.part, each.digest) for each in earlier.parts}
        return {(part, self.digest) for part in self.by_part} <= held

    def unchanged(self) -> Iterator[ImportResult]:
        """The results when nothing is to be done."""
        held = {each.part: each for each in self.earlier.parts} if self.earlier else {}
        for part in self.by_part:
            counts = Counts(rows=held[part].rows, bad_rows=held[part].bad_rows, void=0, bad=())
            total = self.earlier.rows if self.earlier else 0
            yield self._result(part, counts, total, tuple(held), "", 0.0, unchanged=True)

    def run(self, progress: Progress) -> Entry | None:
        """Write the edition's new file; ``None`` when there are no rows. The catalogue does not know of it yet."""
        temporary = self.folder / f"{TEMPORARY}{os.getpid()}.{self.about.table}"
        temporary.unlink(missing_ok=True)
        kept = self._kept()
        counts: dict[str, tuple[Counts, float]] = {}
        with Writer(temporary) as writer:
            if self.earlier is not None and kept:
                writer.take(self.folder / self.earlier.file, but_not=self.by_part)
            for part, found in self.by_part.items():
                began = time.perf_counter()
                counted = self._write(writer, part, found, progress)
                counts[part] = counted, time.perf_counter() - began
            if not any(counted.rows for counted, _ in counts.values()):
                return None
            rows, keys = writer.finish()
        entry = self._entry(temporary, rows, keys, kept, {part: counted for part, (counted, _) in counts.items()})
        replaced = self._replaced(kept)
        names = tuple(each.part for each in entry.parts)
        self.results = [
            self._result(part, counted, rows, names, replaced, seconds) for part, (counted, seconds) in counts.items()
        ]
        return entry

    def _kept(self) -> tuple[Part, ...]:
        """The other parts of the edition that stay in force; a file that is the whole edition leaves none."""
        if self.earlier is None or "" in self.by_part:
            return ()
        return tuple(each for each in self.earlier.parts if each.part and each.part not in self.by_part)

    def _write(self, writer: Writer, part: str, found: Found, progress: Progress) -> Counts:
        table = found.detected.table
        size = self.path.stat().st_size
        progress(table, 0, 0.0)
        try:
            with found.open() as stream:

                def told(rows: int) -> None:
                    progress(table, rows, _position(stream, size))

                counts = writer.write(part, found.format.rows(stream, found.detected), told)
        except TableError as error:
            if not error.location or error.location.startswith("line "):
                error.location = f"{self.path} {error.location}".rstrip()
            raise
        except OSError as error:
            raise InputError(f"cannot be read: {error.strerror}", location=str(self.path)) from error
        progress(table, counts.seen, 1.0)
        if counts.bad_rows * MOST_BAD > counts.seen:
            raise _too_bad(found, counts)
        return counts

    def _entry(self, temporary: Path, rows: int, keys: int, kept: tuple[Part, ...], counts: dict[str, Counts]) -> Entry:
        about, layout = self.about, layout_of(self.about.table)
        sync(temporary)
        digest = digest_of(temporary)
        file = f"{about.table}.{_UNSAFE.sub('-', about.edition)[:60]}.{digest[:12]}.sqlite"
        size = temporary.stat().st_size
        temporary.replace(self.folder / file)
        sync(self.folder)
        new = (
            Part(part=part, source_file=self.path.name, digest=self.digest, rows=each.rows, bad_rows=each.bad_rows)
            for part, each in counts.items()
        )
        of_list = self.found[0].format
        return Entry(
            table=about.table,
            edition=about.edition,
            first_day=about.first_day,
            last_day=about.last_day,
            source=about.source,
            key=of_list.key if isinstance(of_list, PayerList) else layout.key if layout else ("key",),
            columns=tuple(of_list.columns),
            rows=rows,
            keys=keys,
            parts=tuple(sorted((*kept, *new), key=lambda each: each.part)),
            file=file,
            size=size,
            store_digest=digest,
            page=about.page,
            licence=about.licence,
        )

    def _replaced(self, kept: Sequence[Part]) -> str:
        if self.earlier is None:
            return ""
        gone = [each for each in self.earlier.parts if each not in kept]
        return ", ".join(f"{each.source_file} ({each.rows:,} rows)" for each in gone)

    def _result(
        self,
        part: str,
        counts: Counts,
        held: int,
        parts: tuple[str, ...],
        replaced: str,
        seconds: float,
        *,
        unchanged: bool = False,
    ) -> ImportResult:
        about = self.about
        return ImportResult(
            table=about.table,
            edition=about.edition,
            first_day=about.first_day,
            last_day=about.last_day,
            source=self.path.name,
            part=part,
            parts=parts,
            rows=counts.rows,
            held=held,
            void=counts.void,
            bad_rows=counts.bad_rows,
            bad=counts.bad,
            digest=self.digest,
            replaced=replaced,
            unchanged=unchanged,
            seconds=seconds,
            page=about.page,
            licence=about.licence,
        )


def intact(folder: Path, entry: Entry) -> bool:
    """Whether the file of an edition is as it was written. A damaged one is as good as none: importing repairs it."""
    path = folder / entry.file
    return path.is_file() and path.stat().st_size == entry.size and digest_of(path) == entry.store_digest


def _too_bad(found: Found, counts: Counts) -> TableError:
    shown = "; ".join(f"line {each.line}: {each.because}" for each in counts.bad[:_SHOWN])
    return TableError(
        f"{counts.bad_rows:,} of {counts.seen:,} rows are bad, nothing was imported: {shown}",
        location=found.name,
        hint=f"a layout of another year, or a damaged file; the publisher's page is {found.detected.page}"
        if found.detected.page
        else "does the mapping fit this list?",
    )


def _part(found: Found) -> str:
    """Which part of its edition a file is, empty when it is all of it."""
    if found.detected.table not in _PARTED:
        return ""
    named = _PART.search(PurePosixPath(found.name).name) or _PART.search(found.name)
    return f"f{int(named[1])}" if named else ""


def _position(stream: BinaryIO, size: int) -> float | None:
    """How much of a plain file has been read; a stream that unpacks does not know."""
    try:
        return min(stream.tell() / size, 1.0) if size else None
    except (OSError, ValueError):
        return None


def digest_of(path: Path) -> str:
    """The SHA-256 of a file.

    Raises:
        InputError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", location=str(path)) from error

"""From a publisher's file to an edition in a folder of tables: all of it or nothing (docs/adr/0006)."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path

from engine.errors import TableError
from engine.reference.folder import Catalogue, Entry, clear, locked, read_catalogue, unwritable, write_catalogue
from engine.reference.import_job import ImportResult, Job, Progress, digest_of
from engine.reference.importers.detect import Answers, Found, detect


def import_file(
    path: Path, folder: Path, answers: Answers | None = None, progress: Progress | None = None
) -> list[ImportResult]:
    """Import the tables of a file as its publisher made it; a result for each.

    The tables of one file come into force together, in one step. A file that is in force already is left alone.

    Args:
        path: the file; what it is shows in its content.
        folder: the folder of imported tables, made if need be.
        answers: what the user says of the file: table, edition, first day, mapping.
        progress: told how far it has come.

    Raises:
        InputError: the file cannot be read.
        TableError: no format fits, the layout is wrong, more than one row in a hundred is bad, or the folder cannot be
            written. Then the folder is as it was.
    """
    found = detect(path, answers=answers)
    digest = digest_of(path)
    with locked(folder):
        catalogue = read_catalogue(folder)
        try:
            return _import(found, path, folder, digest, catalogue, progress or _nobody)
        except sqlite3.Error as error:
            raise unwritable(folder, OSError(0, str(error))) from error
        except OSError as error:
            raise unwritable(folder, error) from error
        finally:
            with contextlib.suppress(OSError, TableError):
                clear(folder, read_catalogue(folder))


def _nobody(_table: str, _rows: int, _done: float | None) -> None:
    """Told how far an import has come when nobody asked."""


def _import(
    found: Sequence[Found], path: Path, folder: Path, digest: str, catalogue: Catalogue, progress: Progress
) -> list[ImportResult]:
    """Import under the folder's lock."""
    results: list[ImportResult] = []
    entries: list[Entry] = []
    for (table, edition), group in groupby(sorted(found, key=_edition), key=_edition):
        job = Job(list(group), path, folder, digest, catalogue.of(table, edition))
        if job.known:
            results += job.unchanged()
            continue
        entry = job.run(progress)
        if entry is not None:  # of a file's several tables one may be empty
            entries.append(entry)
            results += job.results
    if not results:
        raise TableError("there are no rows in it", location=str(path), hint="fetch it again from the publisher")
    if entries:
        write_catalogue(folder, catalogue.with_entries(entries))
    return results


def _edition(found: Found) -> tuple[str, str]:
    return found.detected.table, found.detected.edition


def missing_parts(parts: Iterable[str]) -> tuple[str, ...]:
    """The parts of an edition that are not there though a later one is.

    >>> missing_parts(["f1", "f4"])
    ('f2', 'f3')
    """
    there = {int(part[1:]) for part in parts if part[1:].isdigit()}
    return tuple(f"f{number}" for number in range(1, max(there, default=0)) if number not in there)

"""Where the index is kept: in a folder that the caller names, named by what it was built from; else in memory."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from importlib import resources
from pathlib import Path
from typing import Literal

from engine.errors import TableError
from engine.reference.catalog import Tables
from engine.reference.csv_store import shipped_stores
from engine.reference.search import hcpcs, icd10cm
from engine.reference.search.document import Entry
from engine.reference.search.index import FORMAT, write
from engine.reference.search.titles import IMPORTED, shipped_digest
from engine.reference.search.windows import first_days

System = Literal["icd10cm", "hcpcs"]

_ENTRIES: dict[System, Callable[[Tables], Iterator[Entry]]] = {"icd10cm": icd10cm.entries, "hcpcs": hcpcs.entries}
_TABLES: dict[System, tuple[str, ...]] = {"icd10cm": ("icd10cm", IMPORTED), "hcpcs": ("hcpcs",)}
_SUFFIX = ".sqlite"


def open_index(tables: Tables, system: System, folder: Path | None) -> sqlite3.Connection:
    """The index of a system, built when the folder has none for these tables.

    Without a folder, or with one that cannot be written, the index is built in memory. Two processes may build at once:
    each writes a file of its own and moves it into place.

    Raises:
        TableError: the table of the system is not loaded, or a file of it is malformed.
    """
    if system not in tables.names():
        raise TableError(f"table {system} is not loaded", hint="import it: cleanclaim tables import FILE")
    digest = digest_of(tables, system)
    if folder is not None:
        path = folder / f"{system}-{digest[:16]}{_SUFFIX}"
        found = _read(path, digest) or _build_file(tables, system, path, digest)
        if found is not None:
            return found
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    write(connection, _ENTRIES[system](tables), {"digest": digest})
    return connection


def digest_of(tables: Tables, system: System) -> str:
    """What the index of a system is built from, as a SHA-256."""
    parts = [FORMAT, sqlite3.sqlite_version, system]
    if system == "icd10cm":
        notes = resources.files("engine.reference") / "data" / "icd10cm-notes.json"
        parts += [shipped_digest(), str(json.loads(notes.read_text(encoding="utf-8"))["sha256"])]
    for table in _TABLES[system]:
        parts += _editions(tables, table)
    return hashlib.sha256("\n".join(parts).encode("utf-8")).hexdigest()


def _editions(tables: Tables, table: str) -> Iterator[str]:
    """Each edition of a table with its digest; that of a shipped extract is known without reading it."""
    shipped = {store.edition.table: store.edition for store in shipped_stores()}
    recorded = json.loads((resources.files("engine.reference") / "data" / "digests.json").read_text(encoding="utf-8"))
    for day in first_days(tables, table):
        edition = tables.edition(table, day)
        if edition is not None and not edition.digest:
            if edition == shipped.get(table):
                yield f"{table} {day} {recorded[table]['sha256']}"
                continue
            tables.rows(table, "", day)
            edition = tables.edition(table, day)
        yield f"{table} {day} {edition.digest if edition else ''}"


def _read(path: Path, digest: str) -> sqlite3.Connection | None:
    """The index in a file; ``None`` when it is absent, cut off or of other tables."""
    if not path.is_file():
        return None
    try:
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
        )
    except sqlite3.Error:
        return None
    try:
        if connection.execute("SELECT value FROM about WHERE name = 'digest'").fetchone() == (digest,):
            return connection
    except sqlite3.Error:
        pass
    connection.close()
    return None


def _build_file(tables: Tables, system: System, path: Path, digest: str) -> sqlite3.Connection | None:
    """Builds beside the place and moves there; ``None`` when the folder cannot be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{system}-", suffix=_SUFFIX, dir=path.parent)
    except OSError:
        return None
    os.close(handle)
    temporary = Path(name)
    try:
        with contextlib.closing(sqlite3.connect(temporary)) as connection:
            connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
            write(connection, _ENTRIES[system](tables), {"digest": digest})
        temporary.replace(path)
    except (OSError, sqlite3.Error):
        return None
    finally:
        temporary.unlink(missing_ok=True)
    _forget_older(path, system)
    return _read(path, digest)


def _forget_older(path: Path, system: System) -> None:
    """Removes the files of earlier tables; one that is still read elsewhere stays readable there."""
    for other in path.parent.glob(f"{system}-*{_SUFFIX}"):
        if other != path:
            with contextlib.suppress(OSError):
                other.unlink()

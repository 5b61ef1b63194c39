"""Whether the tables are as they were written: digests, sizes, numbers of rows and keys."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from engine.errors import InputError, TableError
from engine.reference.csv_store import CsvStore, folder_stores, shipped_stores
from engine.reference.folder import Entry, read_catalogue
from engine.reference.import_job import digest_of
from engine.reference.importing import missing_parts
from engine.reference.shipped_store import ShippedStore
from engine.reference.store import Database

_COUNTS = "SELECT count(*), count(DISTINCT key), count(c.id) FROM rows r LEFT JOIN contents c ON c.id = r.content"


class Checked(Struct, frozen=True):
    """An edition, where it is kept, and what is wrong with it (empty: nothing)."""

    table: str
    edition: str
    location: str
    problem: str


def verify(folders: Sequence[Path]) -> Iterator[Checked]:
    """Check every edition that ships and every one in the folders, reading all of it.

    Raises:
        TableError: a folder is not there, or its catalogue cannot be read.
    """
    for shipped in shipped_stores():
        yield _shipped(shipped)
    for folder in folders:
        sites = folder_stores(folder)
        for entry in read_catalogue(folder).editions:
            yield Checked(entry.table, entry.edition, str(folder / entry.file), _wrong(folder / entry.file, entry))
        for store in sites:
            yield _sites(store, folder)


def _shipped(store: ShippedStore) -> Checked:
    about, problem = store.edition, ""
    try:
        found = store.reread()
        if (found.digest, found.rows) != (about.digest, about.rows):
            problem = f"its digest is {found.digest[:12]}, {about.digest[:12]} was shipped: install cleanclaim again"
    except (OSError, EOFError, zlib.error) as error:
        problem = f"cannot be read: {error}: install cleanclaim again"
    return Checked(about.table, about.edition, f"engine/reference/data/{''.join(about.files)}", problem)


def _sites(store: CsvStore, folder: Path) -> Checked:
    about, problem = store.edition, ""
    try:
        store.rows("")
    except TableError as error:
        problem = str(error)
    return Checked(about.table, about.edition, str(folder / "".join(about.files)), problem)


def _wrong(path: Path, entry: Entry) -> str:
    """What is wrong with an imported edition."""
    again = f"import {', '.join(each.source_file for each in entry.parts)} again"
    try:
        digest = digest_of(path)
    except InputError as error:
        return f"{error.message}: {again}"
    size = path.stat().st_size
    if size != entry.size:
        return f"{size:,} bytes where {entry.size:,} belong: {again}"
    if digest != entry.store_digest:
        return f"its digest is {digest[:12]}, {entry.store_digest[:12]} was written: {again}"
    try:
        database = Database(path, entry.size)
        ((rows, keys, held),) = database.all(_COUNTS)
    except (TableError, OSError) as error:
        return f"{error}: {again}"
    if (rows, keys, held) != (entry.rows, entry.keys, entry.rows):
        return f"{rows:,} rows under {keys:,} keys where {entry.rows:,} under {entry.keys:,} belong: {again}"
    if missing := missing_parts(each.part for each in entry.parts):
        return f"part {', '.join(missing)} of the edition was not imported"
    return ""

"""A folder of imported tables: one SQLite file an edition, and ``catalogue.json``, which says which of them count.

The catalogue is the only word on what is there: it is replaced in one step after the files that it names are complete
on disk, so whoever reads it sees either the earlier or the later state. File names bear the digest of their content and
are never written twice.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from engine.errors import TableError

CATALOGUE = "catalogue.json"
FORMAT = 1
TEMPORARY = ".import-"
_LOCK = ".lock"
_OURS = re.compile(r"\.import-.*|[a-z0-9-]+\.[A-Za-z0-9._-]+\.[0-9a-f]{12}\.sqlite(?:-journal|-wal|-shm)?")


class Part(Struct, frozen=True, kw_only=True):
    """One file that an edition was read from; NCCI splits its pairs over several (``part`` is then its number)."""

    part: str = ""
    source_file: str
    digest: str
    rows: int
    bad_rows: int = 0


class Entry(Struct, frozen=True, kw_only=True):
    """One imported edition: what it is, and the file that holds it (``size`` and ``store_digest`` are the file's)."""

    table: str
    edition: str
    first_day: int
    last_day: int | None = None
    source: str = ""
    key: tuple[str, ...]
    columns: tuple[str, ...]
    rows: int
    keys: int
    parts: tuple[Part, ...]
    file: str
    size: int
    store_digest: str
    page: str = ""
    licence: str = ""


class Catalogue(Struct, frozen=True, kw_only=True):
    """What a folder holds."""

    format: int = FORMAT
    editions: tuple[Entry, ...] = ()

    def of(self, table: str, edition: str) -> Entry | None:
        """The entry of an edition."""
        return next((each for each in self.editions if (each.table, each.edition) == (table, edition)), None)

    def with_entries(self, entries: Iterable[Entry]) -> Catalogue:
        """This catalogue with the entries added, each in the place of its edition if that is there."""
        found = {(each.table, each.edition): each for each in (*self.editions, *entries)}
        return Catalogue(editions=tuple(found[name] for name in sorted(found)))


def read_catalogue(folder: Path) -> Catalogue:
    """What the folder holds; nothing when it has no catalogue.

    Raises:
        TableError: the catalogue cannot be read.
    """
    path = folder / CATALOGUE
    hint = "if it cannot be restored, delete it and import the files again"
    try:
        found = msgspec.json.decode(path.read_bytes(), type=Catalogue)
    except FileNotFoundError:
        return Catalogue()
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise TableError(f"cannot be read: {error}", location=str(path), hint=hint) from error
    if found.format != FORMAT:
        raise TableError(
            f"written in format {found.format}, this version reads {FORMAT}", location=str(path), hint="import again"
        )
    for each in found.editions:
        if not _OURS.fullmatch(each.file):
            raise TableError(f"{each.file!r} is no file of an edition", location=str(path), hint=hint)
    return found


def write_catalogue(folder: Path, catalogue: Catalogue) -> None:
    """Replace the catalogue in one step; what it names must be on disk already."""
    temporary = folder / f"{TEMPORARY}{os.getpid()}.json"
    with temporary.open("wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(catalogue), indent=1) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(folder / CATALOGUE)
    sync(folder)


def sync(path: Path) -> None:
    """Have a file, or the names in a folder, on disk before going on."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def clear(folder: Path, kept: Catalogue) -> None:
    """Remove what no catalogue names: what imports that were killed left, and editions that were replaced."""
    names = {each.file for each in kept.editions}
    for path in folder.iterdir():
        if _OURS.fullmatch(path.name) and path.name not in names:
            path.unlink(missing_ok=True)


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """The folder, made if need be, for one writer at a time; a second one waits. A lock ends with its process.

    Raises:
        TableError: it cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise unwritable(folder, error) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def unwritable(folder: Path, error: OSError) -> TableError:
    """The error for a folder that does not take what we write."""
    return TableError(
        f"cannot be written: {error.strerror or error}",
        location=str(folder),
        hint="nothing was imported; make room or name another folder with --tables",
    )

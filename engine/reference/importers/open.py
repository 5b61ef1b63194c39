"""Opens what users hand over: a file, a .gz, an .xz, a zip or a workbook, each bounded, nothing ever written to disk.

A zip is read member by member under names that are only ever shown; what it may grow to is bounded before it is opened,
and its checksums are checked as it is read. A workbook comes out as one CSV text a sheet. A zip inside a zip is opened
once (CMS publishes some so), not deeper.
"""

from __future__ import annotations

import gzip
import io
import lzma
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

from engine.errors import InputError, TableError
from engine.reference.importers import sheets
from engine.reference.importers.bounded import AGAIN, DAMAGED, Bounded, check_growth, refuse
from engine.reference.importers.format import Head

START = 64 << 10
LISTING = b"zip members\0\n"
"""How ``Head.start`` of a whole zip begins; no text file begins so. A line a member follows: day, blank, name."""

_GZIP, _XZ, _ZIP, _EMPTY_ZIP, _OLE = b"\x1f\x8b", b"\xfd7zXZ\0", b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0"
_WORKBOOK = "xl/workbook.xml"
_DEEPEST = 2
_MOST_MEMBERS = 5_000
_MOST_HELD = 512 << 20
_ENCRYPTED = 0x1

Reopen = Callable[[], BinaryIO]


class Source(NamedTuple):
    """One text to look at, or a zip as a whole: its name as shown, what detection sees, and how to open it."""

    name: str
    head: Head
    open: Reopen


class Opened(NamedTuple):
    """What a file holds: the zip as a whole if it is one, and its texts, workbooks after plain members."""

    whole: Source | None
    parts: Iterator[Source]


def opened(path: Path) -> Opened:
    """What the file holds.

    Raises:
        InputError: it is not there or cannot be read.
        TableError: it is empty, damaged, encrypted, or grows beyond all bounds.
    """
    try:
        with path.open("rb") as stream:
            start = stream.read(START)
        size = path.stat().st_size
    except OSError as error:
        hint = "name a file that is there"
        raise InputError(f"cannot be read: {error.strerror}", location=str(path), hint=hint) from error
    return _opened(path.name, Head(path.name, start, size), lambda: path.open("rb"), 1, str(path))


def _opened(name: str, head: Head, reopen: Reopen, depth: int, where: str) -> Opened:
    if not head.start:
        raise TableError("the file is empty", location=where, hint=AGAIN)
    if head.start.startswith(_OLE):
        raise TableError("an old Excel workbook (.xls)", location=where, hint="save it as .xlsx or CSV")
    if head.start.startswith((_ZIP, _EMPTY_ZIP)):
        return _archive(name, head.size, reopen, depth, where)
    for magic, suffix in ((_GZIP, ".gz"), (_XZ, ".xz")):
        if head.start.startswith(magic):
            inside = partial(_expanded, suffix, reopen, head.size, where)
            start, shown = _start(inside), name.removesuffix(suffix)
            if not start:
                raise TableError("there is nothing in it", location=where, hint=AGAIN)
            return Opened(None, iter([Source(shown, Head(shown, start, head.size), inside)]))
    return Opened(None, iter([Source(name, head, reopen)]))


def _start(reopen: Reopen) -> bytes:
    with reopen() as stream:
        return stream.read(START)


def _expanded(suffix: str, reopen: Reopen, size: int, where: str) -> BinaryIO:
    raw = reopen()
    stream = gzip.GzipFile(fileobj=raw) if suffix == ".gz" else lzma.LZMAFile(raw)  # noqa: SIM115 -- closed below
    return Bounded.over(cast("BinaryIO", stream), size, where, raw)


def _archive(name: str, size: int, reopen: Reopen, depth: int, where: str) -> Opened:
    """A zip: what it lists is checked before any member is opened."""
    try:
        with reopen() as raw, zipfile.ZipFile(raw) as archive:
            members = [member for member in archive.infolist() if not member.filename.endswith("/")]
    except DAMAGED as error:
        raise TableError(f"a damaged zip: {error}", location=where, hint=AGAIN) from error
    if not members:
        raise TableError("an empty zip", location=where, hint=AGAIN)
    if len(members) > _MOST_MEMBERS:
        raise refuse(f"{len(members):,} members in one zip", where)
    for member in members:
        if member.flag_bits & _ENCRYPTED:
            raise TableError("an encrypted zip", location=where, hint="unpack it with its password, import the files")
        check_growth(member.file_size, member.compress_size, f"{where}/{member.filename}")
    check_growth(sum(member.file_size for member in members), size, where)
    if any(member.filename == _WORKBOOK for member in members):
        return Opened(None, _sheets(name, size, reopen, where))
    listed = "\n".join(f"{_day(member)} {member.filename}" for member in members)
    whole = Source(name, Head(name, LISTING + listed.encode("utf-8", "replace"), size), reopen)
    return Opened(whole, _members(name, members, reopen, depth, where))


def _day(member: zipfile.ZipInfo) -> str:
    year, month, day, *_ = member.date_time
    return f"{year:04}-{month:02}-{day:02}"


def _sheets(name: str, size: int, reopen: Reopen, where: str) -> Iterator[Source]:
    for sheet in sheets.names(reopen, where):
        inside, shown = partial(_sheet, reopen, sheet.part, size, where), f"{name} [{sheet.name}]"
        if start := _start(inside):
            yield Source(shown, Head(shown, start, size), inside)


def _sheet(reopen: Reopen, part: str, size: int, where: str) -> BinaryIO:
    return Bounded.over(sheets.as_csv(reopen, part, where), size, where)


def _members(name: str, members: list[zipfile.ZipInfo], reopen: Reopen, depth: int, where: str) -> Iterator[Source]:
    """The members, plain ones before zips and workbooks; those that only a system writes are left out."""
    for member in sorted(members, key=lambda each: each.filename.lower().endswith((".xlsx", ".zip"))):
        if member.filename.startswith("__MACOSX/") or not member.filename or not member.file_size:
            continue
        within, shown = f"{where}/{member.filename}", f"{name}/{member.filename}"
        inside = partial(_member, reopen, member.filename, within)
        head = Head(shown, _start(inside), member.file_size)
        if not head.start.startswith(_ZIP):
            yield Source(shown, head, inside)
        elif depth >= _DEEPEST:
            raise refuse("zips inside a zip inside a zip", within)
        else:
            whole, parts = _opened(shown, head, partial(_held, inside, within), depth + 1, within)
            if whole is not None:
                yield whole
            yield from parts


def _member(reopen: Reopen, name: str, where: str) -> BinaryIO:
    """A member's bytes. Python reads no more than the zip declares, which was checked, and checks its sum."""
    raw = reopen()
    try:
        archive = zipfile.ZipFile(raw)
        member = archive.getinfo(name)
        return Bounded.over(cast("BinaryIO", archive.open(member)), member.compress_size, where, archive, raw)
    except DAMAGED as error:
        raw.close()
        raise TableError(f"a damaged zip: {error}", location=where, hint=AGAIN) from error


def _held(reopen: Reopen, where: str) -> BinaryIO:
    """A zip inside a zip has to be held in memory: its list of members stands at its end."""
    with reopen() as stream:
        data = stream.read(_MOST_HELD + 1)
    if len(data) > _MOST_HELD:
        raise refuse(f"a zip of more than {_MOST_HELD >> 20} MiB inside a zip", where)
    return io.BytesIO(data)

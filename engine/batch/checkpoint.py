"""What a run was begun with, and how far it has come: written so that it holds at any moment at which all may end.

``run.json`` says what the run rests on. ``journal.ndjson`` has a line for each packet that is on disk; what is not in
it was not written. A run that goes on drops everything that the journal does not know.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import msgspec
from msgspec import Struct

from engine.batch.plan import Input
from engine.batch.tally import BatchTally
from engine.batch.unit import Packet, Position
from engine.errors import InputError, OutputError, UsageError
from engine.reference.folder import sync

SAMPLE = 1 << 16
RUN, JOURNAL, LOCK, NEW = "run.json", "journal.ndjson", ".lock", ".new"


class Fingerprint(Struct, frozen=True):
    """An input file as the run found it: size, time of the last change, digest of its first and last 64 KiB."""

    name: str
    size: int
    changed: int
    digest: str


class Manifest(Struct, frozen=True):
    """What findings rest on; a run goes on only with the same."""

    options: dict[str, str]
    grounds: dict[str, Any]
    inputs: tuple[Fingerprint, ...]


class Entry(Struct, frozen=True):
    """A packet that is on disk: where the run then stood, its counts, and how long each file of the output was."""

    position: Position
    lengths: dict[str, int]
    tally: msgspec.Raw


class Checkpoint:
    """The journal of one run, held by one process at a time.

    Args:
        folder: the folder of the output.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.position = Position()
        self.lengths: dict[str, int] = {}
        self.tally = BatchTally()
        self.resumed = False
        self._lock: IO[bytes] | None = None
        self._journal: IO[bytes] | None = None

    def lock(self) -> None:
        """Take the folder, made if need be.

        Raises:
            OutputError: it cannot be written to, or another run has it.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._lock = (self.folder / LOCK).open("wb")
        except OSError as error:
            raise cannot_write(self.folder, error) from error
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self.close()
            raise OutputError("another run writes here", location=str(self.folder), hint="wait for its end") from error

    def begun_with(self) -> Manifest | None:
        """What an earlier run was begun with, if there was one.

        Raises:
            OutputError: the folder holds something else, or its record cannot be read.
        """
        path = self.folder / RUN
        if not path.exists():
            if any(each.name not in (LOCK, RUN + NEW) for each in self.folder.iterdir()):
                raise OutputError("not empty, and no batch was begun here", location=str(self.folder), hint="--out DIR")
            return None
        try:
            return msgspec.json.decode(path.read_bytes(), type=Manifest)
        except (OSError, msgspec.DecodeError) as error:
            raise OutputError(f"cannot be read: {error}", location=str(path), hint="begin in another folder") from error

    def begin(self, manifest: Manifest, earlier: Manifest | None) -> None:
        """Begin a run, or go on with an earlier one.

        Raises:
            UsageError: what it rests on has changed.
            OutputError: the folder cannot be written to.
        """
        try:
            if earlier is None:
                replace_synced(self.folder / RUN, manifest)
            else:
                _compare(earlier, manifest, self.folder)
                self.resumed = True
            self._journal = (self.folder / JOURNAL).open("ab")
            self._replay()
        except OSError as error:
            raise cannot_write(self.folder, error) from error

    def _replay(self) -> None:
        """Read the journal up to its last whole line, and cut off what follows."""
        path = self.folder / JOURNAL
        good = 0
        with path.open("rb") as stream:
            for line in stream:
                try:
                    entry = msgspec.json.decode(line, type=Entry) if line.endswith(b"\n") else None
                except msgspec.DecodeError:
                    entry = None
                if entry is None:
                    break
                good += len(line)
                self.position, self.lengths = entry.position, entry.lengths
                self.tally.merge(bytes(entry.tally))
        os.truncate(path, good)

    def write(self, packet: Packet, position: Position, lengths: dict[str, int]) -> None:
        """A packet's files are on disk: say so.

        Raises:
            OSError: the disk is full, or the folder has gone.
        """
        if self._journal is None:
            raise RuntimeError("begin comes first")
        line = msgspec.json.encode(Entry(position, lengths, msgspec.Raw(packet.tally))) + b"\n"
        self._journal.write(line)
        self._journal.flush()
        os.fsync(self._journal.fileno())
        self.position, self.lengths = position, dict(lengths)
        self.tally.merge(packet.tally)

    def close(self) -> None:
        """Let the folder go."""
        for held in (self._journal, self._lock):
            if held is not None:
                with suppress(OSError):  # what could not be written was never promised
                    held.close()


def fingerprint(given: Input) -> Fingerprint:
    """An input file as it is now.

    Raises:
        InputError: it cannot be read.
    """
    try:
        path = Path(given.path)
        found = path.stat()
        digest = hashlib.blake2b(digest_size=16)
        with path.open("rb") as stream:
            digest.update(stream.read(SAMPLE))
            stream.seek(max(found.st_size - SAMPLE, 0))
            digest.update(stream.read(SAMPLE))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(reason.lower(), location=given.name, hint="every input must be readable") from error
    return Fingerprint(given.name, found.st_size, found.st_mtime_ns, digest.hexdigest())


def write_synced(path: Path, data: bytes) -> None:
    """A file, on disk when this returns, and its name too."""
    with path.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    sync(path.parent)


def replace_synced(path: Path, content: object) -> None:
    """A JSON file, replaced in one step and on disk when this returns."""
    new = path.with_name(path.name + NEW)
    write_synced(new, msgspec.json.format(msgspec.json.encode(content), indent=1))
    new.replace(path)
    sync(path.parent)


def cannot_write(folder: Path, error: OSError) -> OutputError:
    """The error for output that cannot be written."""
    return OutputError(
        f"cannot be written: {(error.strerror or str(error)).lower()}",
        location=str(error.filename or folder),
        hint="the same command goes on from here once that is mended",
    )


def _compare(earlier: Manifest, now: Manifest, folder: Path) -> None:
    changes = [
        f"--{name.replace('_', '-')} was {earlier.options.get(name) or 'not given'}, "
        f"now {now.options.get(name) or 'not given'}"
        for name in sorted({*earlier.options, *now.options})
        if earlier.options.get(name) != now.options.get(name)
    ]
    changes += _ground_changes(earlier.grounds, now.grounds)
    changes += _input_changes(earlier.inputs, now.inputs)
    if changes:
        raise UsageError(
            f"the batch begun here cannot go on: {'; '.join(changes)}",
            location=str(folder),
            hint="undo the change, or begin in another folder",
        )


def _ground_changes(earlier: dict[str, Any], now: dict[str, Any]) -> list[str]:
    words = {"version": "cleanclaim itself", "packs": "the rules", "engine": "the engine"}
    changed = [word for key, word in words.items() if earlier["tool"].get(key) != now["tool"].get(key)]
    changed += ["the reference tables"] if earlier["tables"] != now["tables"] else []
    return [f"{word} changed" for word in changed]


def _input_changes(earlier: Sequence[Fingerprint], now: Sequence[Fingerprint]) -> list[str]:
    if [one.name for one in earlier] != [one.name for one in now]:
        return [f"the list of input files changed ({len(earlier)} then, {len(now)} now)"]
    return [f"{old.name} changed" for old, new in zip(earlier, now, strict=True) if old != new][:5]

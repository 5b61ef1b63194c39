"""Writes packets into the folder of a run: each is on disk before the journal says so."""

from __future__ import annotations

import os
from collections.abc import Sequence

import msgspec

from engine.batch.checkpoint import Checkpoint, cannot_write, write_synced
from engine.batch.tables import Format
from engine.batch.unit import Packet, Poisoned, Position

TABLES: dict[Format, tuple[str, ...]] = {
    "parquet": ("claims", "findings", "problems"),
    "ndjson": ("claims", "problems"),
}
PARTS = "parts"
POISONED = "poisoned"


class Output:
    """The output of one run.

    Args:
        checkpoint: its journal, begun.
        chosen: Parquet (a file a packet and table) or NDJSON (a file a table, which grows).

    Raises:
        OutputError: the folder cannot be written to.
    """

    def __init__(self, checkpoint: Checkpoint, chosen: Format) -> None:
        self.checkpoint = checkpoint
        self.folder = checkpoint.folder
        self.chosen = chosen
        try:
            self._prepare()
        except OSError as error:
            raise cannot_write(self.folder, error) from error

    def _prepare(self) -> None:
        """Drop what the journal does not know."""
        (self.folder / POISONED).mkdir(exist_ok=True)
        for table in TABLES[self.chosen]:
            if self.chosen == "ndjson":
                path = self.folder / f"{table}.ndjson"
                path.touch()
                os.truncate(path, self.checkpoint.lengths.get(table, 0))
                continue
            (self.folder / table).mkdir(exist_ok=True)
            for path in (self.folder / table).iterdir():
                if int(path.stem.rpartition("-")[2]) >= self.checkpoint.lengths.get(PARTS, 0):
                    path.unlink()

    def write(self, packet: Packet, position: Position) -> None:
        """Write a packet, then the line of the journal.

        Raises:
            OutputError: the disk is full, or the folder cannot be written to.
        """
        try:
            lengths = self._append(packet.tables) if self.chosen == "ndjson" else self._part(packet.tables)
            self._poisoned(packet.poisoned)
            self.checkpoint.write(packet, position, lengths)
        except OSError as error:
            raise cannot_write(self.folder, error) from error

    def _append(self, tables: dict[str, bytes]) -> dict[str, int]:
        lengths = dict(self.checkpoint.lengths)
        for table, data in tables.items():
            if data:
                with (self.folder / f"{table}.ndjson").open("ab") as stream:
                    stream.write(data)
                    stream.flush()
                    os.fsync(stream.fileno())
            lengths[table] = lengths.get(table, 0) + len(data)
        return lengths

    def _part(self, tables: dict[str, bytes]) -> dict[str, int]:
        number = self.checkpoint.lengths.get(PARTS, 0)
        for table, data in tables.items():
            if data:
                write_synced(self.folder / table / f"part-{number:06}.parquet", data)
        return {PARTS: number + 1}

    def _poisoned(self, poisoned: Sequence[Poisoned]) -> None:
        for one in poisoned:
            name = f"{one.number:06}-{one.claim:09}.json"
            text = msgspec.json.format(msgspec.json.encode(one), indent=1)
            write_synced(self.folder / POISONED / name, text)

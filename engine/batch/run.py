"""A batch from top to bottom: inputs to units to packets to files, from wherever an earlier run stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from engine.batch.checkpoint import Checkpoint, Manifest, fingerprint
from engine.batch.grounds import Grounds
from engine.batch.output import Output
from engine.batch.plan import Input, plan
from engine.batch.tables import Format
from engine.batch.tally import BatchTally
from engine.batch.unit import Packet, Position, Unit

SIZE = 8 << 20
"""Bytes of input a unit."""

GUESSES = 3
"""Wrong guesses at the state of one file before it is read in one piece."""


class Runner(Protocol):
    """Runs units somewhere."""

    def grounds(self) -> Grounds:
        """What it checks with."""
        ...

    def run(self, units: Iterator[Unit]) -> Iterator[tuple[Unit, Packet]]:
        """The packets of all units in order; closing the iterator gives up what was begun."""
        ...


class Job(Struct, frozen=True, kw_only=True):
    """What is to be done.

    Attributes:
        inputs: the files.
        out: the folder of the output.
        options: what findings rest on besides rules, tables and inputs, for comparison when a run goes on.
        chosen: the format of the output.
        size: bytes of input a unit.
    """

    inputs: Sequence[Input]
    out: Path
    options: dict[str, str]
    chosen: Format = "parquet"
    size: int = SIZE


def run(job: Job, checkpoint: Checkpoint, runner: Runner, told: Callable[[int], None]) -> BatchTally:
    """Do a job, or the rest of it.

    Args:
        job: the job.
        checkpoint: of its folder, locked.
        runner: runs the units.
        told: called with the bytes of input that are done.

    Returns:
        The counts over all claims, those of earlier runs included.

    Raises:
        UsageError: the folder holds a run that rests on something else.
        InputError: an input cannot be read.
        OutputError: the output cannot be written; the run can go on later.
    """
    earlier = checkpoint.begun_with()
    inputs = tuple(fingerprint(given) for given in job.inputs)
    rests_on = msgspec.json.decode(msgspec.json.encode(runner.grounds()))
    options = {**job.options, "format": job.chosen}
    checkpoint.begin(Manifest(options, rests_on, inputs), earlier)
    _Run(job, checkpoint, runner, told).finish()
    return checkpoint.tally


class _Run:
    def __init__(self, job: Job, checkpoint: Checkpoint, runner: Runner, told: Callable[[int], None]) -> None:
        self.job, self.checkpoint, self.runner, self.told = job, checkpoint, runner, told
        self.output = Output(checkpoint, job.chosen)
        self.position = checkpoint.position
        self.sizes = [given.size for given in job.inputs]
        self.wrong: dict[int, int] = {}

    def finish(self) -> None:
        """Plan and run from where things stand, until nothing is left; begin again where a guess was wrong."""
        while self.position.file < len(self.job.inputs):
            packets = self.runner.run(plan(self.job.inputs, self.position, self.job.size))
            try:
                for unit, packet in packets:
                    if not self.take(unit, packet):
                        break
            finally:
                close = getattr(packets, "close", None)
                if close:
                    close()

    def take(self, unit: Unit, packet: Packet) -> bool:
        """Write a packet; false when what was planned behind it is of no use."""
        part, file = unit.slices[0].part, unit.slices[0].file
        if part.kind == "whole" or not packet.last:
            before = 0 if part.kind == "whole" else self.position.before
            self.write(packet, replace(packet.position, before=before))
            return True
        if not packet.clean:
            done = self.position.before + (self.position.skip if self.position.start == part.start else 0)
            self.position = Position(file, skip=done, uncut=True)
            return False
        ends = part.end is None
        self.write(packet, replace(packet.position, before=0 if ends else self.position.before + packet.items))
        if ends or packet.state == unit.foreseen:
            return True
        self.wrong[file] = self.wrong.get(file, 0) + 1
        if self.wrong[file] >= GUESSES:
            self.position = Position(file, skip=self.position.before, uncut=True)
        return False

    def write(self, packet: Packet, position: Position) -> None:
        """On disk, and told."""
        self.output.write(packet, position)
        self.position = position
        self.told(sum(self.sizes[: position.file]) + position.start)

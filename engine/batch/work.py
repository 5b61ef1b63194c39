"""One unit of work to packets: the function that worker processes and Spark run alike."""

from __future__ import annotations

from collections.abc import Iterator, MutableSequence
from pathlib import Path

from engine.batch.tables import Format, Sheets, sheets
from engine.batch.tally import BatchTally
from engine.batch.unit import Packet, Poisoned, Position, Slice, Unit
from engine.check import Checker
from engine.findings.intake import input_finding, not_checked
from engine.intake.parts.part import PartReading
from engine.intake.reading import IntakeFinding, ReadClaim

CLAIMS = 10_000
WEIGHT = 16 << 20
"""A packet is handed over with so many claims or bytes, done or not."""

DONE, SLICE, ITEM, BUSY, STOP = range(5)
"""Places of the notes: claims checked; the slice and item in hand; being read (0) or checked (1); stop (1)."""

NOTES = 5
Notes = MutableSequence[int]


class StoppedError(Exception):
    """The unit is not wanted any more."""


class ProcessDied(Exception):  # noqa: N818 -- its name is shown to the user: "ProcessDied inside cleanclaim"
    """Checking this claim ended the process that did it, twice."""


class _ReadingError(Exception):
    """Reading on ended in a fault of our own."""


def check_unit(checker: Checker, unit: Unit, chosen: Format, notes: Notes) -> Iterator[Packet]:
    """Check the claims of a unit.

    Args:
        checker: checks them.
        unit: the work.
        chosen: the format of the output.
        notes: five numbers that others may read, and one of which they set, while this runs.

    Raises:
        StoppedError: the notes said so.
        TableError: as :meth:`Checker.check_claim`.
        OSError: a file cannot be read.
    """
    work = _Work(checker, sheets(chosen), notes)
    for number, slice_ in enumerate(unit.slices):
        notes[SLICE] = number
        last = number == len(unit.slices) - 1
        yield from work.slice(slice_, unit, last=last)


class _Work:
    """What is collected for the next packet."""

    def __init__(self, checker: Checker, collected: Sheets, notes: Notes) -> None:
        self.checker = checker
        self.sheets = collected
        self.notes = notes
        self.tally = BatchTally()
        self.poisoned: list[Poisoned] = []

    def slice(self, given: Slice, unit: Unit, *, last: bool) -> Iterator[Packet]:
        """One slice; a packet when there is enough, and one at the end of the unit."""
        reading = PartReading(Path(given.path), given.name, given.part)
        number = reading.claims_before
        at = 0
        state, clean = unit.foreseen, True
        items = self.items(reading, given)
        try:
            for at, found in enumerate(items, 1):
                number += isinstance(found, ReadClaim)
                if at > given.skip:
                    self.item(found, given, at - 1, number)
                    if self.tally.claims >= CLAIMS or self.sheets.weight >= WEIGHT:
                        yield self.packet(_within(given, at), at)
            state, clean = reading.state, reading.clean
        except _ReadingError as error:
            self.tally.poisoned += 1
            self.poisoned.append(Poisoned(str(error), given.name, given.file, number + 1))
        if given.part.end is None:
            self.tally.files += 1
            self.tally.unusable += number == 0
            position = Position(given.file + 1)
        else:
            position = Position(given.file, given.part.end, state)
        if last:
            yield self.packet(position, at, state, clean=clean, last=True)

    def items(self, reading: PartReading, given: Slice) -> Iterator[ReadClaim | IntakeFinding]:
        """The items of a slice, as they are read."""
        notes = self.notes
        at = 0
        source = reading.items()
        while True:
            notes[ITEM], notes[BUSY] = at, 0
            if notes[STOP]:
                raise StoppedError
            if at == given.unreadable:
                raise _ReadingError("reading on ended the process, twice")
            try:
                found = next(source, None)
            except OSError:
                raise
            except Exception as error:
                raise _ReadingError(f"reading on ended in {type(error).__name__} inside cleanclaim") from error
            if found is None:
                return
            notes[BUSY] = 1
            yield found
            at += 1

    def item(self, found: ReadClaim | IntakeFinding, given: Slice, at: int, number: int) -> None:
        """One claim, or one problem outside any claim."""
        if isinstance(found, IntakeFinding):
            finding = input_finding(found, given.name)
            self.tally.add_input(finding)
            self.sheets.problem(finding)
            return
        fatal = at in given.uncheckable
        report = not_checked(found.claim, ProcessDied()) if fatal else self.checker.check_claim(found)
        failed = next((finding.says for finding in report.findings if finding.rule == "INT-0020"), "")
        if failed:
            self.tally.poisoned += 1
            self.poisoned.append(Poisoned(failed, given.name, given.file, number, (found.claim,)))
        self.tally.add(report, found.claim)
        self.sheets.claim(report, number)
        self.notes[DONE] += 1

    def packet(
        self, position: Position, items: int, state: bytes = b"", *, clean: bool = True, last: bool = False
    ) -> Packet:
        """What was collected."""
        tally, self.tally = self.tally, BatchTally()
        poisoned, self.poisoned = self.poisoned, []
        return Packet(self.sheets.take(), tally.packed(), position, items, state, clean, last, tuple(poisoned))


def _within(given: Slice, items: int) -> Position:
    part = given.part
    return Position(given.file, part.start, part.state, items, uncut=part.kind == "whole")

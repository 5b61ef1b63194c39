"""The values that pass between planner, workers and writer."""

from __future__ import annotations

from msgspec import Struct

from engine.claim.model import Claim
from engine.intake.parts.part import Part


class Position(Struct, frozen=True, array_like=True):
    """Up to where a run has come: everything before it is written, nothing behind it.

    Attributes:
        file: number of the input file.
        start: byte at which the part begins.
        state: what a reader knows there.
        skip: items (claims and problems outside any claim) of the part that are done.
        before: items of the file's earlier parts.
        uncut: the file is read in one piece.
    """

    file: int = 0
    start: int = 0
    state: bytes = b""
    skip: int = 0
    before: int = 0
    uncut: bool = False


class Slice(Struct, frozen=True, array_like=True):
    """A part of one file to be checked, but for its first ``skip`` items.

    ``uncheckable`` are the items that ended a worker twice; ``unreadable`` is the item at which reading did.
    """

    file: int
    path: str
    name: str
    part: Part
    skip: int = 0
    uncheckable: tuple[int, ...] = ()
    unreadable: int | None = None


class Unit(Struct, frozen=True, array_like=True):
    """Work for one process: a part of a large file, or several small files. ``foreseen``: the state at its end."""

    slices: tuple[Slice, ...]
    foreseen: bytes = b""
    size: int = 0


class Poisoned(Struct, frozen=True):
    """A claim that could not be checked (or the place at which a file could not be read on), set aside with its error.

    As JSON it is itself a native claim file. ``claim`` counts the claims of the file from 1.
    """

    error: str
    file: str
    number: int
    claim: int
    claims: tuple[Claim, ...] = ()


class Packet(Struct, frozen=True):
    """What came out of a unit, or of a piece of it, in input order.

    Attributes:
        tables: the bytes of each table of the output, in its format.
        tally: counts of the piece (:meth:`engine.batch.tally.BatchTally.packed`).
        position: where the run stands when this is written.
        items: items of the unit's last slice so far.
        state: at the end of the unit's last slice.
        clean: whether the file can be cut there.
        last: whether the unit is done.
        poisoned: claims that were set aside.
    """

    tables: dict[str, bytes]
    tally: bytes
    position: Position
    items: int = 0
    state: bytes = b""
    clean: bool = True
    last: bool = False
    poisoned: tuple[Poisoned, ...] = ()

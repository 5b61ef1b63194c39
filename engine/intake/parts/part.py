"""Parts of a file of any dialect: where they are cut, and reading one of them.

Whoever reads the parts of a file one beside the other compares: a part must end in the state in which the next one was
begun. Where it does not, the parts behind it were begun on a wrong guess and are read again from the state that is
right; where a part was not ``clean``, the file cannot be cut there and is read in one piece.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Literal

from msgspec import Struct

from engine.intake.parts.extent import Extent
from engine.intake.parts.gzipped import read_whole
from engine.intake.parts.lines import LinesReader, foresee_lines, one_a_line, unpacked_lines
from engine.intake.parts.x12_plan import find_cut, foresee, separators_at
from engine.intake.parts.x12_reader import Ending, PartReader
from engine.intake.parts.x12_state import unpacked
from engine.intake.reading import IntakeFinding, ReadClaim
from engine.intake.sniff import HEAD, sniff

Kind = Literal["whole", "x12", "fhir", "native"]
WIDEST = 16
"""A part is at most so many times as long as asked for; a file without a place to cut within that is read in one."""


class Part(Struct, frozen=True, array_like=True):
    """A stretch of a file that is read by itself.

    Attributes:
        kind: how it is read; ``whole`` is a file that is not cut.
        start: the first byte.
        end: the byte after the last; ``None`` for the rest of the file.
        state: what a reader knows at ``start``; empty at the beginning of the file.
        ending: for X12, what begins at ``end``.
    """

    kind: Kind
    start: int = 0
    end: int | None = None
    state: bytes = b""
    ending: Ending | None = None


WHOLE = Part("whole")


def claims_before(part: Part) -> int:
    """The claims of the file before a part."""
    if not part.state:
        return 0
    return unpacked(part.state).claims if part.kind == "x12" else unpacked_lines(part.state).claims


def kind_of(path: Path) -> Kind:
    """How the parts of a file are read."""
    with path.open("rb") as stream:
        head = stream.read(HEAD)
        stream.seek(0)
        dialect = sniff(head)
        if dialect == "x12":
            return "x12"
        return dialect if dialect in ("fhir", "native") and one_a_line(stream) else "whole"


def next_part(stream: BinaryIO, kind: Kind, start: int, state: bytes, size: int, total: int) -> tuple[Part, bytes]:
    """The part that begins at ``start``, about ``size`` bytes long, and the state foreseen at its end.

    Args:
        stream: the file, seekable.
        kind: as of :func:`kind_of`; not ``whole``.
        start: where the part before ended.
        state: what is known there.
        size: bytes.
        total: bytes of the file.
    """
    stream.seek(start)
    data = b""
    while total - start > max(size, len(data)) and len(data) < WIDEST * size:
        more = stream.read(max(len(data), size))
        if not more:  # the file was cut short since it was measured
            break
        data += more
        if kind != "x12":
            at = data.rfind(b"\n") + 1
            if at > 0 and start + at < total:
                part = Part(kind, start, start + at, state)
                return part, foresee_lines(data[:at], state)
            continue
        separators = separators_at(data, state)
        if separators is None:
            break
        cut = find_cut(data, separators)
        if cut is not None:
            return Part(kind, start, start + cut.at, state, cut.ending), foresee(data, state, start, cut)
    return Part(kind, start, None, state), b""


class PartReading:
    """One part being read; ``state`` and ``clean`` hold when it has been read to its end.

    Args:
        path: the file.
        file: its name, for ``Claim.source``.
        part: the part.
        keep_raw: keep each claim's own input in ``ReadClaim.raw``.
    """

    def __init__(self, path: Path, file: str, part: Part, *, keep_raw: bool = False) -> None:
        self.path, self.file, self.part, self.keep_raw = path, file, part, keep_raw
        self.state = b""
        self.clean = True
        self.claims_before = claims_before(part)

    def items(self) -> Iterator[ReadClaim | IntakeFinding]:
        """The claims and findings, in order.

        Raises:
            OSError: the file cannot be read.
        """
        part = self.part
        with self.path.open("rb") as stream:
            if part.kind == "whole":
                yield from read_whole(stream, self.file, keep_raw=self.keep_raw)
                return
            extent = Extent(stream, part.start, part.end)
            if part.kind == "x12":
                reader = PartReader(self.file, part.state, keep_raw=self.keep_raw)
                yield from reader.read_part(extent, part.ending)
                self.state, self.clean = reader.state, reader.clean
            else:
                lines = LinesReader(self.file, part.kind, part.state, keep_raw=self.keep_raw)
                yield from lines.read_part(extent)
                self.state, self.clean = lines.state, lines.clean

"""Reads a part of an NDJSON file, native or FHIR: lines keep the numbers that they have in the whole file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Literal

from msgspec import Struct
from msgspec.msgpack import Decoder, Encoder

from engine.intake import fhir, native
from engine.intake.fhir_resources import Index
from engine.intake.json_text import LIMIT, Document, Parser, documents_of_lines, first_line, opening
from engine.intake.native_repair import Repairer
from engine.intake.parts.extent import Extent
from engine.intake.reading import IntakeFinding, ReadClaim, Reading

LinesDialect = Literal["fhir", "native"]


class LinesState(Struct, frozen=True, array_like=True):
    """The number and offset of the next line, as messages count them; claims before it; whether anything was found."""

    number: int
    offset: int
    claims: int
    said: bool

    def packed(self) -> bytes:
        """As bytes: equal bytes are equal states."""
        return _encode(self)


def unpacked_lines(data: bytes) -> LinesState:
    """The state of :meth:`LinesState.packed`."""
    return _decode(data)


_encode = Encoder().encode
_decode = Decoder(LinesState).decode


def one_a_line(stream: BinaryIO) -> bool:
    """Whether a JSON file is read a line at a time; it stands at its beginning again afterwards."""
    _, _, found = opening(stream, Parser())
    stream.seek(0)
    return found


def foresee_lines(data: bytes, state: bytes) -> bytes:
    """The state behind ``data``, which begins and ends with a line."""
    begun = _decode(state) if state else LinesState(1, 0, 0, said=False)
    lines = data.count(b"\n")
    return LinesState(begun.number + lines, begun.offset + len(data), begun.claims + lines, said=True).packed()


class LinesReader:
    """Reads one part; ``state`` is that at its end when it has been read.

    ``clean`` turns false when the rest of the file depends on more than a state can hold: FHIR resources that claims
    further on may refer to, resources to be counted at the end, a line that is too long, or a file that holds no claim.

    Args:
        file: the file's name.
        dialect: how its lines are read.
        state: where to go on; empty at the beginning of the file.
        keep_raw: as of the readers of whole files.
    """

    def __init__(self, file: str, dialect: LinesDialect, state: bytes = b"", *, keep_raw: bool = False) -> None:
        self.file = file
        self.dialect = dialect
        self.keep_raw = keep_raw
        self.begun = _decode(state) if state else None
        self.state = b""
        self.clean = True
        self.number, self.offset = (self.begun.number, self.begun.offset) if self.begun else (1, 0)
        self.claims_read = self.begun.claims if self.begun else 0
        self.said = self.begun is not None and self.begun.said
        self.index = Index()
        self.skipped: dict[str, int] = {}
        self.repairer = Repairer()
        self.torn = False

    def read_part(self, extent: Extent) -> Reading:
        """The claims and findings of the part, in order."""
        for document in documents_of_lines(self.lines(extent), Parser(), number=self.number, offset=self.offset):
            for item in [document] if isinstance(document, IntakeFinding) else self.claims(document):
                self.said = True
                self.claims_read += isinstance(item, ReadClaim)
                yield item
        if extent.ends_file:
            self.clean = self.said and not self.skipped
            return
        self.clean = not self.torn and not self.skipped and not self.index._known
        if self.clean:
            self.state = LinesState(self.number, self.offset, self.claims_read, said=self.said).packed()

    def lines(self, extent: Extent) -> Iterator[bytes]:
        """The lines of the part, counted when they have been read; one that is too long ends the reading of a file."""
        line = extent.readline(LIMIT + 1) if self.begun else first_line(extent)
        while line:
            self.torn = len(line) > LIMIT
            yield line
            self.offset += len(line)
            self.number += 1
            line = extent.readline(LIMIT + 1)

    def claims(self, document: Document) -> Reading:
        """The claims of one value."""
        if self.dialect == "fhir":
            yield from fhir._document(document, self.index, self.skipped, self.file, self.keep_raw)
            return
        yield from native.read_document(document, self.file, self.repairer, keep_raw=self.keep_raw)

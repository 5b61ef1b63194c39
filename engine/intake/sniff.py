"""What kind of claim file is this? Told by its first bytes, never by its name."""

from __future__ import annotations

import codecs
import io
import re
from typing import BinaryIO, Literal

from msgspec.structs import fields

from engine.claim.model import Claim
from engine.intake.fhir import read_fhir
from engine.intake.json_text import printable
from engine.intake.native import read_native
from engine.intake.reading import IntakeFinding, Reading

Dialect = Literal["x12", "fhir", "native", "empty", "unknown"]

HEAD = 65536
_X12 = re.compile(r"ISA[^A-Za-z0-9\s]|(?:GS|ST|BHT|HL|CLM)[*|^~!+:\x1c-\x1f]", re.IGNORECASE)
RESOURCE = re.compile(r'"resourceType"\s*:')
_KEY = re.compile(r'"([a-z_]+)"\s*:')
_COMMON = frozenset(
    {"codes", "dates", "lines", "notes", "origin", "payer", "patient", "source", "conditions", "references"}
)
_BLANK = " \t\r\n\f\v\0\x1e"
_SHOWN = 24
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def sniff(head: bytes) -> Dialect:
    """The dialect that the first bytes of a file show.

    >>> sniff(b"ISA*00*"), sniff(b'{"resourceType": "Claim"}'), sniff(b'[{"claim_type": "dental"}]'), sniff(b" ")
    ('x12', 'fhir', 'native', 'empty')
    """
    text = beginning(head)
    if not text:
        return "empty"
    if _X12.match(text):
        return "x12"
    return _json(text) if text.startswith(("{", "[")) else "unknown"


def read(stream: BinaryIO, file: str, *, keep_raw: bool = False) -> Reading:
    """The claims of a file of any dialect. The stream need not be seekable.

    Args:
        stream: the file's bytes.
        file: its name, for messages and ``Claim.source``.
        keep_raw: keep each claim's own input in ``ReadClaim.raw``.
    """
    head, whole = peek(stream)
    dialect = sniff(head)
    if dialect == "x12":
        from engine.intake.x12.reader import read_x12  # noqa: PLC0415 - its guides are large; JSON needs none

        yield from read_x12(whole, file, keep_raw=keep_raw)
    elif dialect == "fhir":
        yield from read_fhir(whole, file, keep_raw=keep_raw)
    elif dialect == "native":
        yield from read_native(whole, file, keep_raw=keep_raw)
    elif dialect == "empty":
        yield IntakeFinding(
            rule="INT-0017",
            says="The file is empty.",
            fix="Send the whole file.",
            expected="a claim file",
            found="nothing",
        )
    else:
        yield _unknown(head)


def _unknown(head: bytes) -> IntakeFinding:
    text = beginning(head)
    if text.startswith(("{", "[")):
        says = "This is JSON, but not a claim file: it has neither resourceType (FHIR) nor claim_type (native)."
    else:
        says = f"This is not a claim file: it begins with {printable(text[:_SHOWN], _SHOWN)}."
    return IntakeFinding(
        rule="INT-0001",
        says=says,
        fix="Send X12 837, FHIR R4 Claim or Bundle, or native JSON.",
        expected="X12 837, FHIR JSON or native JSON",
        found=printable(text[:_SHOWN], _SHOWN),
    )


def beginning(head: bytes) -> str:
    """The beginning as text, without byte order mark and leading blanks."""
    if head.startswith(_UTF16):
        return head.decode("utf-16", "ignore").lstrip(_BLANK)
    return head.removeprefix(codecs.BOM_UTF8).decode("latin-1").lstrip(_BLANK)


def _json(text: str) -> Dialect:
    """Which key comes first: ``resourceType``, or one that only a native claim has."""
    resource = RESOURCE.search(text)
    known = {field.name for field in fields(Claim)} - _COMMON | {"claims"}
    native = next((key.start() for key in _KEY.finditer(text) if key[1] in known), None)
    if resource is not None and (native is None or resource.start() < native or '"claim_type"' not in text):
        return "fhir"
    return "unknown" if native is None else "native"


def peek(stream: BinaryIO) -> tuple[bytes, BinaryIO]:
    """The first bytes, and a stream that still begins with them."""
    if stream.seekable():
        start = stream.tell()
        head = stream.read(HEAD)
        stream.seek(start)
        return head, stream
    head = _fill(stream)
    return head, io.BufferedReader(_Rejoined(head, stream), HEAD)


def _fill(stream: BinaryIO) -> bytes:
    """Up to ``HEAD`` bytes; a pipe may hand them over in pieces."""
    head = bytearray()
    while len(head) < HEAD and (piece := stream.read(HEAD - len(head))):
        head += piece
    return bytes(head)


class _Rejoined(io.RawIOBase):
    """A stream whose first bytes were read already, as if they had not been."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        super().__init__()
        self._head = memoryview(head)
        self._rest = rest

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # narrower than WriteableBuffer
        """Fills ``buffer`` from the bytes read already, then from the rest."""
        size = len(buffer)
        if self._head:
            piece = self._head[:size]
            self._head = self._head[size:]
        else:
            piece = memoryview(self._rest.read(size))
        buffer[: len(piece)] = piece
        return len(piece)

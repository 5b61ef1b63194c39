"""A file that is read in one piece, plain or packed with gzip."""

from __future__ import annotations

import gzip
import io
import zlib
from typing import BinaryIO, cast

from engine.intake.reading import IntakeFinding, Reading
from engine.intake.sniff import read

GZIP = b"\x1f\x8b"


def read_whole(stream: BinaryIO, file: str, *, keep_raw: bool = False) -> Reading:
    """The claims of a file, and a finding when it is a gzip that is damaged: what comes before the damage is read.

    Args:
        stream: the file, seekable.
        file: its name, for messages and ``Claim.source``.
        keep_raw: keep each claim's own input in ``ReadClaim.raw``.
    """
    packed = stream.read(len(GZIP)) == GZIP
    stream.seek(0)
    if not packed:
        yield from read(stream, file, keep_raw=keep_raw)
        return
    unpacked = _Unpacked(stream)
    yield from read(cast("BinaryIO", io.BufferedReader(unpacked)), file, keep_raw=keep_raw)
    if unpacked.damaged:
        yield IntakeFinding(
            rule="INT-0017",
            says="The gzip is damaged, or ends too early.",
            fix="Pack the whole file again.",
            expected="the end of the gzip",
            found="damage",
        )


class _Unpacked(io.RawIOBase):
    """What a gzip holds, up to its end or to the damage."""

    def __init__(self, stream: BinaryIO) -> None:
        self._gzip = gzip.GzipFile(fileobj=stream)
        self.damaged = False

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # what io.BufferedReader gives
        """Some more bytes."""
        try:
            return self._gzip.readinto(buffer)
        except (gzip.BadGzipFile, EOFError, zlib.error):
            self.damaged = True
            return 0

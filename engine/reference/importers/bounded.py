"""A stream that may not grow without bound, and that says in our words what is wrong with damaged bytes."""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib
from typing import IO, TYPE_CHECKING, BinaryIO, cast

from engine.errors import TableError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

MOST_TOTAL = 4 << 30
"""Bytes that one file may unpack to; all NCCI edits of a quarter are 0.2 GiB."""

DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    LookupError,
    ValueError,
    RuntimeError,
)
"""What Python's readers of packed files raise when the bytes are not as they should be."""

AGAIN = "fetch it again from the publisher"
_MOST_RATIO = 250
_FREE = 32 << 20
_BUFFER = 1 << 18


def refuse(what: str, where: str) -> TableError:
    """The error for a file that no publisher makes."""
    return TableError(f"refused: {what}", location=where, hint="no publisher's file is like this; fetch it again")


def check_growth(unpacked: int, packed: int, where: str) -> None:
    """Nothing may unpack to more than any official file, nor to 250 times its size beyond the first 32 MiB.

    Raises:
        TableError: it does.
    """
    if unpacked > MOST_TOTAL:
        raise refuse(f"it unpacks to more than {MOST_TOTAL >> 30} GiB", where)
    if unpacked > _FREE and unpacked > packed * _MOST_RATIO:
        raise refuse(f"it unpacks to more than {_MOST_RATIO} times its size, as a zip bomb does", where)


class Bounded(io.RawIOBase):
    """Bytes of ``stream``, at most what :func:`check_growth` allows.

    Args:
        stream: what unpacks; it is closed with this one.
        packed: its size before unpacking.
        where: the file, for messages.
        below: what else is closed with it, in this order.
    """

    def __init__(self, stream: BinaryIO, packed: int, where: str, *below: IO[bytes] | zipfile.ZipFile) -> None:
        super().__init__()
        self._stream = stream
        self._packed = packed
        self._where = where
        self._given = 0
        self._below = below

    @classmethod
    def over(cls, stream: BinaryIO, packed: int, where: str, *below: IO[bytes] | zipfile.ZipFile) -> BinaryIO:
        """The bounded stream, buffered."""
        return cast("BinaryIO", io.BufferedReader(cls(stream, packed, where, *below), _BUFFER))

    def readable(self) -> bool:
        """It can only be read."""
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Fill the buffer.

        Raises:
            TableError: the bytes are damaged or cut off, or there are too many.
        """
        view = memoryview(buffer)
        try:
            data = self._stream.read(len(view))
        except DAMAGED as error:
            raise TableError(f"damaged or cut off: {error}", location=self._where, hint=AGAIN) from error
        self._given += len(data)
        check_growth(self._given, self._packed, self._where)
        view[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """Close what is below as well."""
        if not self.closed:
            for each in (self._stream, *self._below):
                each.close()
        super().close()

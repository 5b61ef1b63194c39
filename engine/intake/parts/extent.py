"""A stretch of a file as a stream."""

from __future__ import annotations

from typing import BinaryIO


class Extent:
    """The bytes of ``stream`` from ``start`` to ``end``; ``None`` is the end of the file.

    Args:
        stream: the file, seekable.
        start: the first byte.
        end: the byte after the last.
    """

    def __init__(self, stream: BinaryIO, start: int, end: int | None) -> None:
        self.stream = stream
        self.end = end
        self.at = start
        stream.seek(start)

    @property
    def ends_file(self) -> bool:
        """Whether nothing of the file follows."""
        return self.end is None

    def read(self, size: int) -> bytes:
        """Up to ``size`` bytes; none at the end of the stretch."""
        data = self.stream.read(size if self.end is None else min(size, self.end - self.at))
        self.at += len(data)
        return data

    def readline(self, size: int) -> bytes:
        """A line, its end included, or the first ``size`` bytes of it; nothing at the end of the stretch."""
        data = self.stream.readline(size if self.end is None else min(size, self.end - self.at))
        self.at += len(data)
        return data

    def beyond(self, size: int) -> bytes:
        """Up to ``size`` bytes that follow the stretch; the place in the stream stays."""
        if self.end is None:
            return b""
        self.stream.seek(self.end)
        data = self.stream.read(size)
        self.stream.seek(self.at)
        return data

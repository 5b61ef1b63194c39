"""Request bodies, read piece by piece and never beyond their limit, whether sent plain or as gzip."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator

from fastapi import Request

from api.problems import ProblemError

CLAIM_TYPES = ("application/json", "application/fhir+json", "application/edi-x12", "application/octet-stream")
_GZIP = 31
_STEP = 256 * 1024


async def read_body(request: Request, limit: int, seconds: float) -> bytes:
    """A whole body.

    Args:
        request: whose body.
        limit: bytes after decompression.
        seconds: until its last byte.

    Raises:
        ProblemError: it is too large, late, or not what it says it is.
    """
    try:
        async with asyncio.timeout(seconds):
            return b"".join([piece async for piece in pieces(request, limit)])
    except TimeoutError:
        raise ProblemError("body-timeout", f"The body did not arrive within {seconds:g} seconds.") from None


async def pieces(request: Request, limit: int, idle: float | None = None) -> AsyncIterator[bytes]:
    """A body as it comes, decompressed; ``idle`` is how many seconds may pass without a byte.

    Raises:
        ProblemError: it is too large, late, or not what it says it is.
    """
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("identity", "gzip", ""):
        detail = "Send the body as it is or as gzip."
        raise ProblemError("unsupported-encoding", detail, headers={"Accept-Encoding": "gzip, identity"})
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and (len(announced) > 18 or int(announced) > limit):  # noqa: PLR2004 -- digits of 2**60
        raise too_large(limit)
    unpacked = _Gunzip(limit) if encoding == "gzip" else None
    total = 0
    stream = aiter(request.stream())
    while True:
        try:
            piece = await asyncio.wait_for(anext(stream), idle)
        except StopAsyncIteration:
            break
        except TimeoutError:
            raise ProblemError("body-timeout", f"Nothing arrived for {idle:g} seconds.") from None
        for part in unpacked.feed(piece) if unpacked else (piece,):
            total += len(part)
            if total > limit:
                raise too_large(limit)
            yield part
    if unpacked:
        unpacked.end()


def media_type(request: Request, allowed: tuple[str, ...]) -> str:
    """The media type of a body, without parameters.

    Raises:
        ProblemError: it is not among those allowed.
    """
    found = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if found not in allowed:
        raise ProblemError("unsupported-media-type", f"Send Content-Type {' or '.join(allowed)}.")
    return found


def too_large(limit: int) -> ProblemError:
    """The problem of a body beyond its limit."""
    detail = f"More than {limit} bytes (after decompression). Send large files to /v1/claims/batches."
    return ProblemError("body-too-large", detail, headers={"Connection": "close"})


class _Gunzip:
    """Gzip, member after member, in steps that cannot grow without bound."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.member = zlib.decompressobj(_GZIP)
        self.begun = False

    def feed(self, data: bytes) -> list[bytes]:
        """What comes out of some more bytes; never much more than the limit."""
        out: list[bytes] = []
        total = 0
        try:
            while data and total <= self.limit:
                if self.member.eof:
                    self.member = zlib.decompressobj(_GZIP)
                self.begun = True
                out.append(self.member.decompress(data, _STEP))
                total += len(out[-1])
                data = self.member.unconsumed_tail or self.member.unused_data
        except zlib.error:
            raise ProblemError("bad-request", "Content-Encoding says gzip, but the body is none.") from None
        return out

    def end(self) -> None:
        """The body is at its end: is the gzip too?"""
        if self.begun and not self.member.eof:
            raise ProblemError("bad-request", "The gzip ends too early.")

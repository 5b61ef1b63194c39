"""Bytes to segments, in bounded memory: any bytes at all give segments and findings, never an exception.

The stream is read in blocks. A block is split at its last terminator, and what is left waits for the next one; a
segment that never ends is given up after 64 KiB. Each interchange brings its own delimiters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO, Final

from msgspec import Struct

from engine.intake.reading import IntakeFinding, Spot
from engine.intake.x12.segments import BLANK, Segment, Separators, Text, texts
from engine.intake.x12.separators import (
    Delimiters,
    find_start,
    guess,
    newline_terminates,
    read_isa,
    segment_after_newline,
)

BLOCK: Final = 16384
"""Bytes split at a time: small enough for what is made of them to stay in the processor's cache."""

LIMIT: Final = 65536
"""Bytes after which a segment without terminator is given up."""

SAMPLE: Final = 8192
"""Bytes of an interchange that are looked at to believe or correct its ISA."""

CUT: Final = 1024
"""Characters kept of a segment that never ends."""

_BLANK: Final = BLANK.encode("ascii")
_BOM: Final = b"\xef\xbb\xbf"


class Batch(Struct):
    """Segments that follow each other under one set of separators, and what was wrong with them.

    ``first`` is the index of the first segment, counted from 0 at the first of the file.
    """

    separators: Separators
    texts: list[Text]
    findings: list[IntakeFinding]
    first: int

    @property
    def segments(self) -> list[Segment]:
        """The texts with their places."""
        return [Segment(index, text) for index, text in enumerate(self.texts, self.first)]


def read_batches(stream: BinaryIO) -> Iterator[Batch]:
    """Split ``stream`` into segments.

    Args:
        stream: The file, opened in binary mode; read once, from where it stands.

    Yields:
        Batches in file order. Every finding names the segment it is about (``at.segment``).
    """
    yield from _Tokenizer(stream).batches()


class _Tokenizer:
    """The reading position in one stream."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream
        self.buffer = b""
        self.index = 0
        self.ended = False
        self.separators = Separators()
        self.texts = texts(self.separators)
        self.findings: list[IntakeFinding] = []
        self.wrapped = False

    def batches(self) -> Iterator[Batch]:
        """All batches of the stream."""
        if not self.start():
            yield self.batch([])
            return
        at_isa = self.buffer[:3].upper() == b"ISA"
        while self.buffer or not self.ended:
            if at_isa:
                self.fill(SAMPLE)
                self.adopt(read_isa(self.sample(), self.index))
            self.fill(BLOCK)
            nxt = self.next_isa(3 if at_isa else 0)
            at_isa = nxt >= 0
            if at_isa:
                yield self.batch(self.split(nxt))
                continue
            cut = self.buffer.rfind(self.separators.terminator.encode("latin-1")) + 1
            if cut > 0:
                yield self.batch(self.split(cut))
            elif self.ended:
                yield self.batch(self.tail())
            elif len(self.buffer) >= LIMIT:
                yield self.batch(self.endless())
            else:
                self.fill(len(self.buffer) + BLOCK)
        if self.findings:
            yield self.batch([])

    def fill(self, size: int) -> None:
        """Read on until ``size`` bytes stand in the buffer or the stream ends."""
        if len(self.buffer) >= size or self.ended:
            return
        blocks = [self.buffer]
        have = len(self.buffer)
        while have < size:
            block = self.stream.read(BLOCK)
            if not block:
                self.ended = True
                break
            blocks.append(block)
            have += len(block)
        self.buffer = b"".join(blocks)

    def drop(self, count: int) -> None:
        """Leave ``count`` bytes behind."""
        self.buffer = self.buffer[count:]

    def batch(self, segments: list[Text]) -> Batch:
        """``segments`` with the findings gathered since the last batch."""
        findings, self.findings = self.findings, []
        first = self.index
        self.index += len(segments)
        return Batch(self.separators, segments, findings, first)

    def report(self, rule: str, says: str, fix: str, found: str = "", severity: str = "error", ahead: int = 0) -> None:
        """Note what is wrong at the segment that comes next, or ``ahead`` segments later."""
        self.findings.append(
            IntakeFinding(
                rule=rule,
                says=says,
                fix=fix,
                at=Spot(segment=self.index + ahead),
                found=found,
                severity="warning" if severity == "warning" else "error",
            )
        )

    def start(self) -> bool:
        """Go to the first segment; report what stands before it. False when there is none."""
        junk = 0
        blank = True
        first = True
        while True:
            self.fill(BLOCK)
            if first and self.buffer.startswith(_BOM):
                self.drop(len(_BOM))
            first = False
            found = find_start(self.buffer)
            if found is not None or self.ended:
                break
            keep = min(len(self.buffer), 16)
            blank = blank and not self.buffer.strip(_BLANK)
            junk += len(self.buffer) - keep
            self.drop(len(self.buffer) - keep)
        if found is None:
            self.nothing(blank=blank and not self.buffer.strip(_BLANK))
            return False
        at, is_isa = found
        skipped = self.buffer[:at].strip(_BLANK)
        if skipped or not blank:
            self.report(
                "INT-0001",
                f"{junk + at} bytes stand before the first segment: {_show(skipped[:20])}.",
                "Begin the file with ISA.",
                _show(skipped[:20]),
            )
        self.drop(at)
        if not is_isa:
            self.adopt(guess(self.sample(), 0))
        return True

    def nothing(self, *, blank: bool) -> None:
        """Report a stream without any segment."""
        head = _show(self.buffer[:20])
        if blank:
            self.report("INT-0017", "The file is empty.", "Send the file again.")
        else:
            self.report(
                "INT-0001", f"The file holds no X12 segment; it begins with {head}.", "Send an X12 837 file.", head
            )
        self.buffer = b""

    def sample(self) -> bytes:
        """The head of the buffer up to the next interchange, to look for delimiters in."""
        end = self.buffer.find(b"ISA", 3, SAMPLE)
        while end >= 0 and (self.buffer[end - 1 : end].isalnum() or self.buffer[end + 3 : end + 4].isalnum()):
            end = self.buffer.find(b"ISA", end + 3, SAMPLE)
        return self.buffer[: end if end >= 0 else SAMPLE]

    def adopt(self, delimiters: Delimiters) -> None:
        """Use other delimiters from here on."""
        self.separate(delimiters.separators)
        self.findings.extend(delimiters.findings)

    def separate(self, separators: Separators) -> None:
        """Split by other separators; what was read by the same ones is still known."""
        if separators != self.separators:
            self.separators = separators
            self.texts = texts(separators)

    def next_isa(self, start: int) -> int:
        """Where the next interchange begins in the buffer, or -1: ``ISA`` at the head of a segment or line."""
        buffer = self.buffer
        terminator = self.separators.terminator.encode("latin-1")
        at = buffer.find(b"ISA", start)
        while at >= 0:
            after = buffer[at + 3 : at + 4]
            if after and not after.isalnum() and not after.isspace():
                before = at - 1
                while before >= 0 and buffer[before] in _BLANK:
                    before -= 1
                newline = before < at - 1 and any(sign in b"\r\n" for sign in buffer[before + 1 : at])
                if before < 0 or newline or buffer[before : before + 1] == terminator:
                    return at
            at = buffer.find(b"ISA", at + 3)
        return -1

    def split(self, cut: int) -> list[Text]:
        """Take the segments of ``buffer[:cut]``, which ends where a segment ends."""
        data = self.buffer[:cut]
        terminator = self.separators.terminator
        self.drop(cut)
        if not data.isascii() or (terminator != "\n" and _breaks_lines(data.lstrip(_BLANK), terminator)):
            return self.split_bytes(data)
        pieces = data.decode("ascii").split(terminator)
        return [text for text in map(self.texts.__getitem__, pieces) if text is not None]

    def split_bytes(self, data: bytes) -> list[Text]:
        """As ``split``, for bytes that are not ASCII or have line breaks inside segments."""
        segments: list[Text] = []
        for piece in data.lstrip(_BLANK).split(self.separators.terminator.encode("latin-1")):
            for part in self.unwrap(piece, len(segments)):
                text = self.texts[re.sub(r"(?<=\S)[\r\n]+", "", _decode(part.strip(_BLANK)))]
                if text is not None:
                    segments.append(text)
        return segments

    def unwrap(self, piece: bytes, ahead: int) -> list[bytes]:
        """Cut a piece where a forgotten terminator belongs; report line breaks inside it.

        ``ahead`` segments of the batch stand before it.
        """
        body = piece.strip(_BLANK)
        if b"\n" not in body and b"\r" not in body:
            return [piece]
        breaks = [found.span() for found in segment_after_newline(self.separators.element).finditer(piece)]
        if not breaks:
            if not self.wrapped:
                self.misplaced("INT-0014", "has a line break inside", body, ahead)
                self.wrapped = True
            return [piece]
        self.misplaced("INT-0001", "ends with its line, without a terminator", body, ahead)
        starts = [0] + [end for _, end in breaks]
        ends = [start for start, _ in breaks] + [len(piece)]
        return [piece[start:end] for start, end in zip(starts, ends, strict=True)]

    def misplaced(self, rule: str, what: str, body: bytes, ahead: int) -> None:
        """Report a line break in the segment that comes ``ahead`` segments later."""
        self.report(
            rule,
            f"Segment {_decode(body[:3]).strip()} {what}.",
            f"End each segment with '{self.separators.terminator}' and break no line inside it.",
            _show(body[:20]),
            "error" if rule == "INT-0001" else "warning",
            ahead,
        )

    def endless(self) -> list[Text]:
        """Give up a segment that fills a whole block: read by lines if that helps, else keep its head and skip it."""
        if self.by_lines():
            return self.split(self.buffer.rfind(self.separators.terminator.encode()) + 1)
        self.report(
            "INT-0001",
            f"No segment terminator '{self.separators.terminator}' follows within {LIMIT} bytes; the rest was skipped.",
            "End each segment with the terminator that the ISA declares.",
            _show(self.buffer[:20]),
        )
        text = self.texts[_decode(self.buffer[:CUT])]
        terminator = self.separators.terminator.encode("latin-1")
        self.drop(len(self.buffer))
        while not self.ended:
            self.fill(BLOCK)
            end = self.buffer.find(terminator)
            if end >= 0:
                self.drop(end + 1)
                break
            self.drop(len(self.buffer))
        return [text] if text is not None else []

    def tail(self) -> list[Text]:
        """The last segment, which nothing ends."""
        body = self.buffer.strip(_BLANK)
        if not body:
            self.drop(len(self.buffer))
            return []
        if self.separators.terminator not in "\r\n" and not self.by_lines():
            name = _decode(body[:3])
            self.report(
                "INT-0017",
                f"The file ends inside segment {_show(body[:20])}, without a terminator.",
                "Send the whole file." if name != "IEA" else "End the last segment with the terminator.",
                _show(body[:20]),
                "warning" if name == "IEA" else "error",
            )
        return self.split(len(self.buffer))

    def by_lines(self) -> bool:
        """Take the newline as terminator when the buffer shows that segments end with their lines."""
        separators = self.separators
        if separators.terminator in "\r\n" or not newline_terminates(self.buffer.strip(_BLANK), separators.element):
            return False
        self.report(
            "INT-0001",
            f"The terminator '{separators.terminator}' ends no segment here; segments end with their lines.",
            "Declare the terminator that the file uses in the ISA.",
            separators.terminator,
        )
        line = "\n" if b"\n" in self.buffer else "\r"
        self.separate(Separators(separators.element, separators.component, separators.repetition, line))
        return True


def _breaks_lines(data: bytes, terminator: str) -> bool:
    """Whether a line ends anywhere but right after a terminator."""
    mark = terminator.encode("latin-1")
    return data.count(b"\n") != data.count(mark + b"\n") + data.count(mark + b"\r\n")


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _show(data: bytes) -> str:
    return ascii(_decode(data))

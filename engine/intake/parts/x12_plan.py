"""Where a large X12 file can be cut, and what a reader will know there, without reading all that lies before.

A cut stands before an ISA, an ST, or the HL of a billing provider or subscriber. What is foreseen holds for a file
without surprises; whoever reads the parts compares it with what the part before ended with.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

from msgspec import Struct

from engine.intake.parts.extent import Extent
from engine.intake.parts.x12_reader import RANKS, Ending, Next, PartReader, PartTokenizer
from engine.intake.parts.x12_state import Mark, unpacked
from engine.intake.x12.hierarchy import MOST_DIGITS
from engine.intake.x12.segments import Separators
from engine.intake.x12.separators import read_isa
from engine.intake.x12.tokenizer import SAMPLE

LOOKS = 200
"""HL segments looked at, from the end of a block backwards, for one at which to cut."""

LEVEL_CODES: dict[str, Next] = {"20": "HL20", "22": "HL22"}
GROUPS = ("ISA", "GS", "GE", "IEA")


class Cut(Struct, frozen=True):
    """A place to cut a block: ``at`` bytes into it, and what begins there."""

    at: int
    ending: Ending


class Heads:
    """Finds the first bytes of segments in a block that begins at a segment."""

    def __init__(self, data: bytes, separators: Separators) -> None:
        self.data = data
        self.element = separators.element.encode("latin-1")
        self.terminator = separators.terminator.encode("latin-1")
        first = data.find(self.terminator) + 1
        gap = re.match(rb"[ \t\r\n]*", data[first : first + 8])
        self.lead = self.terminator + (gap[0] if gap else b"")

    def last(self, name: str, start: int, end: int) -> int:
        """The last segment of that name that begins in ``data[start:end]``, or -1."""
        mark = self.lead + name.encode() + self.element
        lead = len(self.lead)
        found = self.data.rfind(mark, max(start - lead, 0), end + len(mark) - lead - 1)
        if found >= 0:
            return found + lead
        return 0 if start == 0 < end and self.data.startswith(mark[lead:]) else -1

    def next(self, name: str, start: int, end: int) -> int:
        """The first segment of that name that begins in ``data[start:end]``, or -1."""
        mark = name.encode() + self.element
        if start == 0 < end and self.data.startswith(mark):
            return 0
        found = self.data.find(self.lead + mark, max(start - len(self.lead), 0), end + len(mark) - 1)
        return -1 if found < 0 else found + len(self.lead)

    def all(self, name: str, start: int, end: int) -> Iterator[int]:
        """Every segment of that name that begins in ``data[start:end]``."""
        at = self.next(name, start, end)
        while at >= 0:
            yield at
            at = self.next(name, at + 1, end)

    def number(self, name: str, start: int, end: int) -> int:
        """How many there are."""
        inside = self.data.count(self.lead + name.encode() + self.element, max(start - len(self.lead), 0), end)
        return inside + (start == 0 and self.data.startswith(name.encode() + self.element))

    def end(self, at: int) -> int:
        """Behind the terminator of the segment that begins there."""
        return self.data.find(self.terminator, at) + 1 or len(self.data)

    def elements(self, at: int) -> list[str]:
        """The elements of the segment that begins there."""
        return self.data[at : self.end(at) - 1].decode("latin-1").split(self.element.decode("latin-1"))


def find_cut(data: bytes, separators: Separators) -> Cut | None:
    """The last place to cut ``data``, which begins where a segment begins; ``None`` when there is none."""
    heads = Heads(data, separators)
    for name in ("ISA", "ST"):
        at = heads.last(name, 1, len(data))
        if at > 0:
            return Cut(at, Ending("envelope", separators))
    end = len(data)
    for _ in range(LOOKS):
        end = heads.last("HL", 1, end)
        if end <= 0:
            break
        if heads.end(end) < len(data) and (code := [*heads.elements(end), "", "", ""][3]) in LEVEL_CODES:
            return Cut(end, Ending(LEVEL_CODES[code], separators))
    return None


def separators_at(data: bytes, state: bytes) -> Separators | None:
    """The separators of a block: of the ISA at its beginning, else those that were in force; ``None`` when unclear."""
    if data[:3].upper() == b"ISA":
        found = read_isa(data[:SAMPLE], 0)
        return None if found.findings else found.separators
    return unpacked(state).mark.separators if state else None


def foresee(data: bytes, state: bytes, start: int, cut: Cut) -> bytes:
    """The state at a cut of ``data``, which begins at ``start`` with ``state``."""
    return _Scout(data[: cut.at], state, start, cut).state()


class _Scout:
    """Reads as much of a block as tells the state at its end; what is passed over is counted."""

    def __init__(self, data: bytes, state: bytes, start: int, cut: Cut) -> None:
        self.data = data
        self.start = start
        self.cut = cut
        self.heads = Heads(data, cut.ending.separators)
        self.reader = PartReader("", state)
        begun = self.reader.begun
        self.index = begun.mark.index if begun else 0
        self.claims = begun.claims if begun else 0
        self.wrapped = begun.mark.wrapped if begun else False
        self.resumed = begun is not None

    def state(self) -> bytes:
        """The state."""
        heads, end = self.heads, len(self.data)
        inside = self.cut.ending.next != "envelope"
        last = heads.last("ST", 0, end) if inside else end
        self.envelope(0, max(last, 0))
        if inside:
            self.levels(max(last, 0), end, fresh=last >= 0)
        index = self.index_at(end)
        for _ in self.reader.close(self.cut.ending.next):
            pass
        self.reader.claims = self.claims + heads.number("CLM", 0, end)
        return self.reader.written(Mark(index, self.reader.separators, self.wrapped)).packed()

    def envelope(self, start: int, end: int) -> None:
        """Groups one by one; of the transactions between them the first and the last."""
        heads = self.heads
        groups = sorted(at for name in GROUPS for at in heads.all(name, start, end))
        at = start
        for group in groups:
            self.transactions(at, group)
            at = heads.end(group)
            self.read(group, at)
        self.transactions(at, end)

    def transactions(self, start: int, end: int) -> None:
        heads = self.heads
        first = heads.next("ST", start, end)
        if self.reader.envelope.in_set:
            trailer = heads.last("SE", start, end if first < 0 else first)
            if trailer >= 0:
                self.read(trailer, heads.end(trailer))
        if first < 0:
            return
        count = heads.number("ST", first, end)
        self.one(first, end)
        if count > 1:
            skipped = count - 2
            self.reader.envelope.transaction += skipped
            self.reader.envelope._inside["GS"] += skipped
            self.one(heads.last("ST", first, end), end)

    def one(self, at: int, end: int) -> None:
        """ST and SE of one transaction."""
        self.read(at, self.heads.end(at))
        trailer = self.heads.next("SE", at, end)
        if trailer >= 0:
            self.read(trailer, self.heads.end(trailer))

    def levels(self, start: int, end: int, *, fresh: bool) -> None:
        """The header of the open transaction, and the billing provider up to the end of the first claim beneath."""
        heads, assembler = self.heads, self.reader.assembler
        provider = self.provider(start, end)
        done = start
        if fresh:
            done = max(heads.next("HL", start, end), start)
            self.read(start, done)
        if self.cut.ending.next == "HL20":
            provider = done if fresh else -1
        if provider >= done:
            self.skip_claims(done, provider, len(assembler.levels))
            assembler._next_level = self.level_number(provider, assembler._next_level)
            done = self.first_claim_end(provider, end)
            self.read(provider, done)
            for _ in self.reader.close(self.cut.ending.next):
                pass
        self.skip_claims(done, end, RANKS[self.cut.ending.next])
        newest = heads.last("HL", start, end)
        if newest >= 0:
            assembler._next_level = self.level_number(newest, assembler._next_level) + 1

    def level_number(self, at: int, otherwise: int) -> int:
        """HL01."""
        number = [*self.heads.elements(at), ""][1]
        return int(number) if number.isascii() and number.isdecimal() and len(number) <= MOST_DIGITS else otherwise

    def provider(self, start: int, end: int) -> int:
        """The last HL of a billing provider, or -1."""
        at = self.heads.last("HL", start, end)
        while at >= 0 and [*self.heads.elements(at), "", "", ""][3] != "20":
            at = self.heads.last("HL", start, at)
        return at

    def first_claim_end(self, start: int, end: int) -> int:
        """Where the first claim behind ``start`` ends."""
        heads = self.heads
        claim = heads.next("CLM", start, end)
        if claim < 0:
            return end
        ends = [at for name in ("HL", "CLM") if (at := heads.next(name, claim + 1, end)) >= 0]
        return min(ends, default=end)

    def skip_claims(self, start: int, end: int, ranks: int) -> None:
        """Count the claims passed over in the levels that stay open."""
        passed = self.heads.number("CLM", start, end) if end > start else 0
        for scope in self.reader.assembler.levels[:ranks]:
            scope.claims += passed

    def read(self, start: int, end: int) -> None:
        """Read a stretch as the real reader does; what it finds is not told."""
        data = self.data[start:end]
        begun = None
        if self.resumed or start > 0:
            begun = Mark(self.index_at(start), self.reader.separators, self.wrapped)
        tokens = PartTokenizer(Extent(io.BytesIO(data), 0, len(data)), begun)
        for _ in self.reader.take(tokens):
            pass
        self.wrapped = tokens.wrapped

    def index_at(self, at: int) -> int:
        """The number of segments before a place."""
        return self.index + self.data.count(self.heads.terminator, 0, at)

"""Reads a part of an X12 file: from a state to a place where a segment of the envelope or a level begins."""

from __future__ import annotations

from typing import BinaryIO, Literal, cast

from msgspec import Struct

from engine.intake.parts.extent import Extent
from engine.intake.parts.x12_state import (
    Mark,
    State,
    envelope_state,
    level_states,
    set_envelope,
    set_levels,
    stand,
    unpacked,
)
from engine.intake.reading import ReadClaim, Reading
from engine.intake.x12.loop_table import load_table
from engine.intake.x12.reader import _Reader
from engine.intake.x12.scope import Scope
from engine.intake.x12.segments import Separators, Text
from engine.intake.x12.tokenizer import _BLANK, SAMPLE, _Tokenizer

Next = Literal["envelope", "HL20", "HL22"]
RANKS = {"HL20": 1, "HL22": 2}


class Ending(Struct, frozen=True, array_like=True):
    """What begins where a part ends, and the separators by which that was seen."""

    next: Next
    separators: Separators


class PartTokenizer(_Tokenizer):
    """Splits a part into segments; ``clean`` turns false when the part does not end where a segment ends."""

    def __init__(self, extent: Extent, mark: Mark | None) -> None:
        super().__init__(cast("BinaryIO", extent))
        self.extent = extent
        self.clean = True
        self.resumed = mark is not None
        if mark is not None:
            self.index, self.wrapped = mark.index, mark.wrapped
            self.separate(mark.separators)

    @property
    def mark(self) -> Mark:
        """Where splitting has come to."""
        return Mark(self.index, self.separators, self.wrapped)

    def start(self) -> bool:
        """A part that goes on has no start to look for."""
        return True if self.resumed else super().start()

    def sample(self) -> bytes:
        """As in the whole file: what follows the part is looked at too."""
        if not self.ended or len(self.buffer) >= SAMPLE:
            return super().sample()
        kept = self.buffer
        self.buffer = kept + self.extent.beyond(SAMPLE - len(kept))
        found = super().sample()
        self.buffer = kept
        return found

    def tail(self) -> list[Text]:
        """Only the file's end can cut a segment off."""
        if not self.extent.ends_file and self.buffer.strip(_BLANK):
            self.clean = False
        return super().tail()


class PartReader(_Reader):
    """Reads one part; ``state`` is that at its end when it has been read.

    ``clean`` turns false when the part does not end where a segment ends: it was cut in the wrong place.

    Args:
        file: the file's name.
        state: where to go on (:meth:`State.packed`); empty at the beginning of the file.
        keep_raw: as of :func:`engine.intake.x12.reader.read_x12`.
    """

    def __init__(self, file: str, state: bytes = b"", *, keep_raw: bool = False) -> None:
        super().__init__(file, keep_raw=keep_raw)
        self.begun = unpacked(state) if state else None
        self.state = b""
        self.clean = True
        self.claims = 0
        if self.begun is not None:
            self.take_up(self.begun)

    def claim(self, scope: Scope) -> ReadClaim:
        """One claim, counted."""
        self.claims += 1
        return super().claim(scope)

    def take_up(self, state: State) -> None:
        """Stand where the state was written down."""
        assembler = self.assembler
        self.claims = state.claims
        self.separators = state.mark.separators
        set_envelope(self.envelope, state.envelope)
        self.claim_type = state.claim_type
        assembler.table = load_table(state.form)
        if state.claim_type is not None:
            assembler.choose = None
        self.checks = self.checks_of(state.claim_type) if state.guided and state.claim_type else None
        assembler.skipping = state.skipping
        assembler._header_told = state.header_told
        assembler._next_level = state.next_level
        set_levels(assembler, state.levels)

    def read_part(self, extent: Extent, ending: Ending | None) -> Reading:
        """The claims and findings of a part, in order; ``ending`` is ``None`` for the rest of the file."""
        tokens = PartTokenizer(extent, self.begun.mark if self.begun else None)
        yield from self.take(tokens)
        if ending is None:
            yield from self.handle_all(self.assembler.end())
            self.envelope.finish(tokens.index)
            yield from self.envelope_findings()
            return
        self.clean = tokens.clean and self.separators == ending.separators
        if self.clean:
            yield from self.close(ending.next)
            self.state = self.written(tokens.mark).packed()

    def take(self, tokens: PartTokenizer) -> Reading:
        """All segments of a part, each finding of the tokenizer where it belongs."""
        for batch in tokens.batches():
            index = batch.first
            if batch.separators != self.separators:
                yield from self.change_separators(batch.separators)
            done = 0
            for finding in batch.findings:
                at = (finding.at.segment or 0) - index + 1
                yield from self.run(batch.texts[done:at], index + done)
                done = max(done, at)
                yield from self.place(finding)
            yield from self.run(batch.texts[done:], index + done)

    def close(self, following: Next) -> Reading:
        """Close what the segment after the part will close."""
        assembler = self.assembler
        if following == "envelope":
            if assembler.levels or assembler.skipping:
                yield from self.handle_all(assembler.end())
        elif assembler.levels:
            yield from self.handle_all(assembler._close_levels(RANKS[following]))
        stand(assembler)

    def written(self, mark: Mark) -> State:
        """What is known here."""
        assembler = self.assembler
        return State(
            mark=mark,
            envelope=envelope_state(self.envelope),
            claims=self.claims,
            form=assembler.table.form,
            claim_type=self.claim_type,
            guided=self.checks is not None,
            skipping=assembler.skipping,
            header_told=bool(assembler.levels) and assembler._header_told,
            next_level=assembler._next_level if assembler.levels else 1,
            levels=level_states(assembler),
        )

"""The X12 837 reader: bytes to claims, one at a time, with what is wrong about each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Final

from msgspec.structs import replace

from engine.claim.model import ClaimType, Source
from engine.intake.line_numbers import told_apart
from engine.intake.reading import IntakeFinding, ReadClaim, Reading
from engine.intake.x12.build_parties import Parties
from engine.intake.x12.checks import GuideChecks
from engine.intake.x12.claim_builder import above_of, build_claim
from engine.intake.x12.envelope import BASE_LENGTH, Envelope, is_supported
from engine.intake.x12.guide import load_guide
from engine.intake.x12.loop_table import LoopTable, forms_by_version, load_table
from engine.intake.x12.loops import Assembler
from engine.intake.x12.scope import Event, Scope, line_number
from engine.intake.x12.segments import Loop, Segment, Separators, Text
from engine.intake.x12.tokenizer import read_batches

DEFAULT_FORM: Final = "professional"
CLAIM_TYPES: Final[dict[str, ClaimType]] = {
    "professional": "professional",
    "institutional": "institutional",
    "dental": "dental",
}

REPEATED: Final = frozenset({"INT-0005", "INT-0011"})
"""Rules of the checks that say again what the assembler says of a segment that fits nowhere."""

IN_EVERY_VERSION: Final = frozenset({"INT-0010"})
"""Rules of the checks that hold for a claim of which no version is known: a value that is not of its type."""

ENVELOPE_ELEMENTS: Final = frozenset({"ST01", "ST03"})
"""Elements that the envelope judges: it accepts each addendum of a version."""


def read_x12(stream: BinaryIO, file: str, *, keep_raw: bool = False) -> Reading:
    """Read the claims of an X12 837 file.

    Each claim leaves as soon as the next one, a level or the end of its transaction set arrives. No content raises.

    Args:
        stream: The file in binary mode.
        file: Its name, for :class:`Source`.
        keep_raw: Whether to give each claim its segments' text, inherited ones included.

    Returns:
        An iterator that gives a :class:`ReadClaim` for each CLM segment, and an :class:`IntakeFinding` for each problem
        outside any claim.
    """
    return _Reader(file, keep_raw=keep_raw).read(stream)


class _Reader:
    """The state of reading one file."""

    def __init__(self, file: str, *, keep_raw: bool) -> None:
        self.file = file
        self.keep_raw = keep_raw
        self.envelope = Envelope()
        self.separators = Separators()
        self.parties = Parties()
        self.assembler = Assembler(load_table(DEFAULT_FORM))
        self.claim_type: ClaimType | None = None
        self.checks: GuideChecks | None = None
        self.known_checks: dict[ClaimType, GuideChecks] = {}
        self.untyped()

    def read(self, stream: BinaryIO) -> Reading:
        """The whole file."""
        end = 0
        for batch in read_batches(stream):
            texts, index = batch.texts, batch.first
            if batch.separators != self.separators:
                yield from self.change_separators(batch.separators)
            done = 0
            for finding in batch.findings:
                at = (finding.at.segment or 0) - index + 1
                yield from self.run(texts[done:at], index + done)
                done = max(done, at)
                yield from self.place(finding)
            yield from self.run(texts[done:] if done else texts, index + done)
            end = index + len(texts)
        yield from self.handle_all(self.assembler.end())
        self.envelope.finish(end)
        yield from self.envelope_findings()

    def run(self, texts: list[Text], index: int) -> Reading:
        """Read some segments, the first of them at ``index``."""
        for event in self.assembler.feed(texts, index):
            if event.kind == "claim" and event.scope is not None:
                yield self.claim(event.scope)
            else:
                yield from self.handle(event)

    def change_separators(self, separators: Separators) -> Reading:
        """Take other separators; what is open was written with the old ones and is closed before."""
        old = self.separators
        if (old.element, old.component) != (separators.element, separators.component):
            yield from self.handle_all(self.assembler.end())
            self.known_checks.clear()
        self.separators = separators

    def place(self, finding: IntakeFinding) -> Reading:
        """Put a finding of the tokenizer on the open claim, or give it out."""
        claim = self.assembler.claim
        if claim is None:
            yield finding
        else:
            claim.findings.append(finding)

    def handle_all(self, events: Iterator[Event]) -> Reading:
        """Handle events in order."""
        for event in events:
            yield from self.handle(event)

    def handle(self, event: Event) -> Reading:
        """Handle one event of the assembler."""
        if event.kind == "claim" and event.scope is not None:
            yield self.claim(event.scope)
        elif event.kind == "header" and event.scope is not None:
            yield from self.header(event.scope)
        elif event.kind == "level" and event.scope is not None:
            self.check_level(event.scope)
            yield from event.scope.findings[event.scope.told :]
        elif event.segment is not None:
            yield from self.envelope_segment(event.segment)

    def envelope_segment(self, segment: Segment) -> Reading:
        """ISA, GS, ST, SE, GE, IEA."""
        name = segment.name
        if name == "TA1":
            return
        if self.assembler.levels or self.assembler.skipping:
            yield from self.handle_all(self.assembler.end())
        self.envelope.take(segment)
        if self.envelope.findings:
            yield from self.envelope_findings()
        if name != "ST":
            return
        if not self.envelope.is_claims:
            self.assembler.skip()
            return
        self.choose(self.envelope.version)
        self.assembler.begin(self.assembler.table, segment)

    def envelope_findings(self) -> Reading:
        """Give out what the envelope found."""
        found, self.envelope.findings = self.envelope.findings, []
        yield from found

    def choose(self, version: str) -> None:
        """Choose form, claim type and guide by the version of the transaction set."""
        form = forms_by_version().get(version[:BASE_LENGTH])
        if form is None:
            self.untyped()
            return
        self.claim_type = CLAIM_TYPES[form.partition("-")[0]]
        self.assembler.table = load_table(form)
        self.assembler.choose = None
        self.checks = self.checks_of(self.claim_type) if is_supported(version) else None

    def checks_of(self, claim_type: ClaimType) -> GuideChecks:
        """The checks against the guide of a claim type, with what the file has shown them so far."""
        if claim_type not in self.known_checks:
            self.known_checks[claim_type] = GuideChecks(load_guide(claim_type), self.separators)
        return self.known_checks[claim_type]

    def untyped(self) -> None:
        """Tell the form of each claim from its CLM05-2: no version says it.

        Of the checks only those of values are made then; what must be there, and where, depends on the version.
        """
        self.claim_type = None
        self.checks = None
        self.assembler.choose = self.table_by_facility

    def table_by_facility(self, segment: Segment) -> LoopTable:
        """The form of a claim without version: institutional when CLM05-2 is A."""
        parts = segment.get(5).split(self.separators.component)
        return load_table("institutional" if len(parts) > 1 and parts[1] == "A" else DEFAULT_FORM)

    def header(self, scope: Scope) -> Reading:
        """The header of a transaction set is complete: take the version that its REF*87 gives (4010), and check it."""
        for text in scope.loop.texts:
            if text.key == "REF*87":
                version = text.get(2).strip().upper()
                if version != self.envelope.version and not is_supported(self.envelope.version):
                    self.choose(self.envelope.claim_version(version))
                    self.assembler.change_table(self.assembler.table)
        self.check_level(scope)
        yield from scope.findings
        scope.told = len(scope.findings)

    def claim(self, scope: Scope) -> ReadClaim:
        """One claim with the findings of its own loops and of those it inherits."""
        levels = self.assembler.levels
        component = self.separators.component
        source = Source(file=self.file, transaction=self.envelope.transaction or None, segment=scope.loop.first)
        above = above_of(levels, self.parties)
        claim = build_claim(scope.loop, above, self.claim_type, source, component, self.parties)
        checks = self.checks_of(claim.claim_type) if self.claim_type is None else self.checks
        if checks is not None:
            self.check_tree(scope, scope.loop, checks)
        findings: list[IntakeFinding] = []
        for level in levels[1:]:
            if not level.checked:
                self.check_level(level)
            level.told = len(level.findings)
            findings += level.findings
        findings += sorted(scope.findings, key=_by_segment) if len(scope.findings) > 1 else scope.findings
        claim, told = told_apart(claim, findings)
        return ReadClaim(claim=claim, findings=told, raw=self.raw(scope, levels) if self.keep_raw else ())

    def check_level(self, scope: Scope) -> None:
        """Check a level's own loops, once."""
        if scope.checked or self.checks is None:
            return
        scope.checked = True
        self.add_findings(scope, scope.loop, self.checks.check(scope.loop))
        for child in scope.loop.children:
            if child.id[:4] in ("1000", "2010"):
                self.add_findings(scope, child, self.checks.check(child))

    def check_tree(self, scope: Scope, loop: Loop, checks: GuideChecks) -> None:
        """Check a loop of a claim and all loops inside it."""
        found = checks.check(loop)
        if found:
            known = self.claim_type is not None
            self.add_findings(scope, loop, [each for each in found if known or each.rule in IN_EVERY_VERSION])
        for child in loop.children:
            self.check_tree(scope, child, checks)

    def add_findings(self, scope: Scope, loop: Loop, found: list[IntakeFinding]) -> None:
        """Add findings of the checks, without what the assembler or the envelope has said already."""
        if not found:
            return
        said = {f.at.segment for f in scope.findings if f.rule == "INT-0005"}
        line = line_number(loop)
        for finding in found:
            if finding.rule in REPEATED and finding.at.segment in said:
                continue
            if finding.at.element in ENVELOPE_ELEMENTS:
                continue
            at = finding.at
            scope.findings.append(
                finding if at.line is not None or line is None else replace(finding, at=replace(at, line=line))
            )

    def raw(self, scope: Scope, levels: list[Scope]) -> tuple[tuple[int, str, str], ...]:
        """Index, loop and text of the segments that the claim is made of."""
        rows: list[tuple[int, str, str]] = []
        for level in levels:
            loops = [level.loop, *(child for child in level.loop.children if child.id[:4] in ("1000", "2010"))]
            rows += [(s.index, loop.id, s.text.body) for loop in loops for s in loop.segments]
        waiting = [scope.loop]
        while waiting:
            loop = waiting.pop()
            rows += [(s.index, loop.id, s.text.body) for s in loop.segments]
            waiting += loop.children
        return tuple(sorted(rows))


def _by_segment(finding: IntakeFinding) -> int:
    return finding.at.segment if finding.at.segment is not None else -1

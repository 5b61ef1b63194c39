"""The X12 277CA report (005010X214): one interchange a file, one transaction set for each 837 transaction set of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date
from typing import BinaryIO

from msgspec import Struct

from engine.claim.model import Claim, Provider
from engine.findings.report import ClaimReport, InputFinding, Tool
from engine.report.ca277_claim import ACCEPT, ORGANIZATION, PERSON, claim_segments, stated
from engine.report.claim_status import refusing, table
from engine.report.tally import Tally
from engine.report.x12_text import COMPONENT, REPETITION, amount, day, segment, set_of, text

VERSION = "005010X214"
MIDNIGHT = "0000"
"""There is no clock here: a report carries the day of receipt and no hour."""

MOST_CONTROL_NUMBERS = 999_999_999


class Totals:
    """Claims and cents, accepted and rejected."""

    def __init__(self) -> None:
        self.accepted = self.rejected = self.accepted_cents = self.rejected_cents = 0

    def add(self, cents: int, *, rejected: bool) -> None:
        """Count a claim."""
        if rejected:
            self.rejected += 1
            self.rejected_cents += cents
        else:
            self.accepted += 1
            self.accepted_cents += cents

    def segments(self, accepted: str, rejected: str) -> Iterator[str]:
        """QTY and AMT, the accepted before the rejected; what there is none of is left out."""
        for qualifier, number in ((accepted, self.accepted), (rejected, self.rejected)):
            if number:
                yield segment("QTY", qualifier, str(number))
        for qualifier, number, cents in (
            ("YU", self.accepted, self.accepted_cents),
            ("YY", self.rejected, self.rejected_cents),
        ):
            if number:
                yield segment("AMT", qualifier, amount(cents))


class Group(Struct):
    """The claims of one billing provider that stand together."""

    provider: Provider
    totals: Totals
    claims: list[tuple[str, ...]]


class Open(Struct):
    """The transaction set that is being read; ``first`` is its first claim."""

    key: tuple[str, int | None]
    first: Claim
    groups: list[Group]
    totals: Totals


class Ca277Report:
    """Writes a transaction set when its 837 is read; the segments of one are held, since its totals come first.

    Args:
        stream: takes the bytes (ASCII).
        received_on: the day of receipt, which stands for every date that a clock would give.
    """

    def __init__(self, stream: BinaryIO, received_on: date) -> None:
        self.stream = stream
        self.received_on = received_on
        self.open: Open | None = None
        self.number = 0
        self.control = ""
        self.sets = 0

    def begin(self, tool: Tool) -> None:
        """Nothing: a 277CA has no place for what made it."""

    def file(self, name: str) -> None:  # noqa: ARG002 -- each claim names its file
        """The interchange of the file before ends."""
        self._close_interchange()

    def claim(self, report: ClaimReport, claim: Claim) -> None:
        """A claim joins the others of its transaction set and billing provider."""
        key = (report.source.file, report.source.transaction)
        if self.open is None or self.open.key != key:
            self._close_set()
            self.open = Open(key, claim, [], Totals())
        groups = self.open.groups
        provider = next((each for each in claim.providers if each.role == "billing"), Provider(role="billing"))
        if not groups or groups[-1].provider != provider:
            groups.append(Group(provider, Totals(), []))
        cents, rejected = max(claim.total_charge_cents or 0, 0), bool(refusing(report))
        for totals in (self.open.totals, groups[-1].totals):
            totals.add(cents, rejected=rejected)
        groups[-1].claims.append(tuple(claim_segments(report, claim, self.received_on)))

    def input_finding(self, finding: InputFinding) -> None:
        """Nothing: a 277CA is about claims; a 999 or TA1 is about files."""

    def end(self, tally: Tally) -> None:  # noqa: ARG002 -- the totals are told by transaction set
        """The last interchange ends."""
        self._close_interchange()
        self.stream.flush()

    def _close_set(self) -> None:
        done, self.open = self.open, None
        if done is None:
            return
        if not self.control:
            self._open_interchange(done)
        self.sets += 1
        number = f"{self.sets:04}"
        self._write(set_of(number, VERSION, self._body(done, f"{self.control}{number}")))

    def _body(self, done: Open, identifier: str) -> Iterator[str]:
        """BHT, the levels of source and receiver with the totals, and below them providers and patients."""
        today, claim = day(self.received_on), done.first
        received = stated(table().received)
        yield segment("BHT", "0085", "08", identifier, today, MIDNIGHT, "TH")
        yield segment("HL", "1", "", "20", "1")
        payer = text(claim.payer.name or claim.receiver_name, 60, "PAYER NOT READ")
        yield segment("NM1", "PR", ORGANIZATION, payer, *("", "", "", ""), "PI", _payer_id(claim))
        yield segment("TRN", "1", identifier)
        yield segment("DTP", "050", "D8", today)
        yield segment("DTP", "009", "D8", today)
        yield segment("HL", "2", "1", "21", "1")
        submitter = text(claim.submitter_name, 60, "SUBMITTER NOT READ")
        yield segment("NM1", "41", ORGANIZATION, submitter, *("", "", "", ""), "46", _submitter_id(claim))
        yield segment("TRN", "2", text(claim.batch_number, 50, "0"))
        whole = amount(done.totals.accepted_cents + done.totals.rejected_cents)
        yield segment("STC", received, today, ACCEPT, whole)
        yield from done.totals.segments("90", "AA")
        level = 2
        for group in done.groups:
            level = parent = level + 1
            yield segment("HL", str(level), "2", "19", "1")
            yield _provider(group.provider)
            yield segment("TRN", "1", "0")
            cents = amount(group.totals.accepted_cents + group.totals.rejected_cents)
            yield segment("STC", received, "", ACCEPT, cents)
            yield from group.totals.segments("QA", "QC")
            for segments in group.claims:
                level += 1
                yield segment("HL", str(level), str(parent), "PT")
                yield from segments

    def _open_interchange(self, first: Open) -> None:
        """ISA and GS, from the payer to the submitter; control numbers count on from one drawn from the content."""
        if not self.number:
            parts = (part for group in first.groups for segments in group.claims for part in segments)
            digest = hashlib.sha256("".join((day(self.received_on), *parts)).encode()).digest()
            self.number = int.from_bytes(digest)
        self.number += 1
        self.control = f"{self.number % MOST_CONTROL_NUMBERS + 1:09}"
        sender, receiver = _payer_id(first.first), _submitter_id(first.first)
        today = day(self.received_on)
        isa = ("00", " " * 10, "00", " " * 10, "ZZ", f"{sender:15.15}", "ZZ", f"{receiver:15.15}", today[2:], MIDNIGHT)
        self._write(segment("ISA", *isa, REPETITION, "00501", self.control, "0", "T", COMPONENT))
        group = (sender[:15].strip(), receiver[:15].strip(), today, MIDNIGHT, str(int(self.control)))
        self._write(segment("GS", "HN", *group, "X", VERSION))

    def _close_interchange(self) -> None:
        self._close_set()
        if self.control:
            self._write(segment("GE", str(self.sets), str(int(self.control))))
            self._write(segment("IEA", "1", self.control))
        self.control, self.sets = "", 0

    def _write(self, written: str) -> None:
        self.stream.write(written.replace("~", "~\n").encode("ascii"))


def _payer_id(claim: Claim) -> str:
    return text(claim.payer.payer_id or claim.receiver_id, 80, "NOTREAD")


def _submitter_id(claim: Claim) -> str:
    return text(claim.submitter_id, 80, "NOTREAD")


def _provider(provider: Provider) -> str:
    """The billing provider, by NPI, else by tax number."""
    person = provider.entity == "person"
    qualifier, number = ("XX", provider.npi) if provider.npi or not provider.tax_id else ("FI", provider.tax_id)
    return segment(
        "NM1",
        "85",
        PERSON if person else ORGANIZATION,
        text(provider.last_name, 60, "NOT READ"),
        text(provider.first_name, 35) if person else "",
        *("", "", ""),
        qualifier,
        text(number, 80, "NOT READ"),
    )

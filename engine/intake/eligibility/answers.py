"""X12 271 (5010 X279, 4010 X092): who was asked about, and the spans of coverage that the payer answered.

Read are the benefits (EB) of the plan as a whole, Part A and Part B, Medicare Advantage contracts, payers that come
first, and hospice and home health episodes, each with its dates. Deductibles, copayments and the benefits of single
service types are passed over. Source: ASC X12N 005010X279 loops 2100A to 2120D; CMS HETS 270/271 Companion Guide.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import BinaryIO

import msgspec

from engine.claim.eligibility import EligibilityAnswer
from engine.intake.eligibility.benefit import Benefit, Dates, Span
from engine.intake.reading import IntakeFinding, Spot
from engine.intake.x12 import convert
from engine.intake.x12.segments import Segment, Separators
from engine.intake.x12.tokenizer import read_batches

_SUBSCRIBER, _DEPENDENT = "22", "23"
_ASKED = "472"


def read_answers(stream: BinaryIO) -> Iterator[EligibilityAnswer | IntakeFinding]:
    """The answers of a file, one a person, and a finding at each segment that cannot be used."""
    reader = _Reader()
    for batch in read_batches(stream):
        yield from batch.findings
        for segment in batch.segments:
            yield from reader.take(segment, batch.separators)
    yield from reader.finish()


class _Person:
    """A person being read: the fields of the answer, the dates of the plan as a whole, the benefits so far."""

    def __init__(self, fields: Mapping[str, object], member_id: str = "") -> None:
        self.fields = dict(fields)
        self.member_id = member_id
        self.dates = Dates()
        self.benefits: list[Benefit] = []
        self.rejected = False


class _Reader:
    """The reading position in one file."""

    def __init__(self) -> None:
        self.skipping = False
        self.transaction: dict[str, object] = {}
        self.person: _Person | None = None
        self.subscriber_id = ""
        self.level = ""
        self.seen = False

    def take(self, segment: Segment, separators: Separators) -> Iterator[EligibilityAnswer | IntakeFinding]:
        """One segment."""
        name = segment.name.upper()
        if name == "ST":
            yield from self.flush()
            self.seen, self.skipping = True, segment.get(1) != "271"
            self.transaction, self.subscriber_id, self.level = {}, "", ""
            if self.skipping:
                yield _finding(segment, f"transaction {segment.get(1)} is no answer (271)", "Send 271 files.")
        elif name in {"SE", "GE", "IEA"}:
            yield from self.flush()
        elif not self.skipping:
            if name == "HL":
                yield from self.flush()
                self.level = segment.get(3)
                if self.level in {_SUBSCRIBER, _DEPENDENT}:
                    self.person = _Person(self.transaction, self.subscriber_id if self.level == _DEPENDENT else "")
            elif self.person is None:
                yield from self.head(segment)
            else:
                yield from self.about(self.person, segment, separators)

    def head(self, segment: Segment) -> Iterator[IntakeFinding]:
        """A segment before the first person: the day of the answer, and who answers."""
        if segment.name == "BHT":
            self.transaction["answered_on"] = convert.day(segment.get(4))
            if self.transaction["answered_on"] is None:
                yield _finding(segment, "BHT04 is no date", "Send the day of the answer as CCYYMMDD.")
        elif segment.name == "NM1" and self.level == "20":
            self.transaction |= {"payer_name": segment.get(3), "payer_id": segment.get(9)}
        elif segment.name == "AAA":
            yield _finding(segment, f"the payer refused the question ({segment.get(3)})", "Ask again.")

    def about(self, person: _Person, segment: Segment, separators: Separators) -> Iterator[IntakeFinding]:
        """A segment about a person."""
        name = segment.name
        benefit = person.benefits[-1] if person.benefits else None
        if name == "EB":
            person.benefits.append(Benefit(segment, separators))
        elif name == "AAA":
            person.rejected = True
            yield _finding(segment, f"the payer did not answer ({segment.get(3)})", "Correct the question, ask again.")
        elif name == "DTP":
            value = convert.period(segment.get(2), segment.get(3))
            if value.day is None or (segment.get(2) == "RD8" and value.end_day is None):
                yield _finding(segment, f"DTP*{segment.get(1)} has no date that can be read", "Send D8 or RD8.")
            elif benefit is not None:
                benefit.dates.add(segment.get(1), value)
            elif segment.get(1) == _ASKED:
                person.fields |= {"asked_from": value.day, "asked_to": value.end_day or value.day}
            else:
                person.dates.add(segment.get(1), value)
        elif benefit is not None:
            benefit.take(segment)
        elif name == "NM1":
            person.fields |= {"last_name": segment.get(3), "first_name": segment.get(4)}
            person.member_id = segment.get(9) or person.member_id
            if self.level == _SUBSCRIBER:
                self.subscriber_id = person.member_id
        elif name == "DMG":
            person.fields["birth_day"] = convert.day(segment.get(2))

    def flush(self) -> Iterator[EligibilityAnswer | IntakeFinding]:
        """The answer about the person that ends here."""
        person, self.person = self.person, None
        if person is None or person.rejected or not person.benefits:
            return
        if not person.member_id:
            yield IntakeFinding(
                rule="INT-0007", says="An answer names no member id (NM109).", fix="Ask with the member id."
            )
            return
        answer = msgspec.convert({"member_id": person.member_id, **person.fields}, EligibilityAnswer)
        asked = _days_meant(answer)
        medicare = any(benefit.insurance in {"MA", "MB"} for benefit in person.benefits)
        periods = [
            period
            for benefit in person.benefits
            if (period := benefit.period(person.dates, asked, medicare=medicare)) is not None
        ]
        yield msgspec.structs.replace(answer, periods=tuple(periods))

    def finish(self) -> Iterator[EligibilityAnswer | IntakeFinding]:
        """The end of the file."""
        yield from self.flush()
        if not self.seen:
            yield IntakeFinding(rule="INT-0017", says="The file holds no transaction.", fix="Send a 271 file.")


def _days_meant(answer: EligibilityAnswer) -> Span:
    """The days that a benefit without dates is about: those asked for, else the day of the answer."""
    return (answer.asked_from or answer.answered_on, answer.asked_to or answer.answered_on)


def _finding(segment: Segment, what: str, fix: str) -> IntakeFinding:
    return IntakeFinding(
        rule="INT-0010",
        says=f"segment {segment.index} {segment.name}: {what}.",
        fix=fix,
        at=Spot(segment=segment.index),
    )

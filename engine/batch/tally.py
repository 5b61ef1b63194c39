"""Counts of a run that can be written down with each packet and added up again."""

from __future__ import annotations

from collections import Counter

from msgspec import Struct
from msgspec.json import decode, encode

from engine.claim.model import Claim
from engine.findings.report import ClaimReport
from engine.report.tally import Tally

COUNTERS = ("verdicts", "severities", "rule_claims", "rule_cents", "not_judged", "remarks")
NUMBERS = ("files", "unusable", "claims", "charge_cents", "cents_at_risk", "input_findings", "poisoned")


class PayerTally(Struct):
    """The claims to one payer."""

    claims: int = 0
    charge_cents: int = 0
    cents_at_risk: int = 0
    verdicts: dict[str, int] = {}


class BatchTally(Tally):
    """As :class:`Tally`, with a line for each payer."""

    def __init__(self) -> None:
        super().__init__()
        self.poisoned = 0
        self.payers: dict[str, PayerTally] = {}

    def add(self, report: ClaimReport, claim: Claim) -> None:
        """Count a claim."""
        super().add(report, claim)
        payer = self.payers.setdefault(report.payer, PayerTally())
        payer.claims += 1
        payer.charge_cents += report.charge_cents or 0
        payer.cents_at_risk += report.cents_at_risk
        payer.verdicts[report.verdict] = payer.verdicts.get(report.verdict, 0) + 1

    def merge(self, packed: bytes) -> None:
        """Add the counts of :meth:`packed`."""
        held = decode(packed, type=_Packed)
        for name in NUMBERS:
            setattr(self, name, getattr(self, name) + held.numbers[name])
        for name in COUNTERS:
            getattr(self, name).update(held.counters[name])
        for slug, more in held.payers.items():
            payer = self.payers.setdefault(slug, PayerTally())
            payer.claims += more.claims
            payer.charge_cents += more.charge_cents
            payer.cents_at_risk += more.cents_at_risk
            payer.verdicts = dict(Counter(payer.verdicts) + Counter(more.verdicts))

    def packed(self) -> bytes:
        """The counts as JSON."""
        numbers = {name: getattr(self, name) for name in NUMBERS}
        counters = {name: dict(getattr(self, name)) for name in COUNTERS}
        return encode(_Packed(numbers, counters, self.payers))


class _Packed(Struct):
    numbers: dict[str, int]
    counters: dict[str, dict[str, int]]
    payers: dict[str, PayerTally]

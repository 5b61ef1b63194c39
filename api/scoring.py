"""One request's documented encounters to their report, under limits."""

from __future__ import annotations

import io
import time

from msgspec import Struct

from api.bench import Bench
from api.checking import Limits, Order, too_slow
from api.problems import ProblemError
from engine import EncounterJson, InputFinding


class Scored(Struct, frozen=True):
    """The report as JSON, and how many encounters it is about."""

    report: bytes
    encounters: int


def score_content(bench: Bench, content: bytes, order: Order, limits: Limits) -> Scored:
    """Score the encounters of a body; the limit on claims is one on encounters.

    Raises:
        ProblemError: it goes beyond a limit.
        UsageError: no such payer.
    """
    deadline = time.monotonic() + limits.seconds
    scorer = bench.scorer(order.received_on, order.payer)
    kept = io.BytesIO()
    writer = EncounterJson(kept)
    writer.begin(scorer.tool())
    writer.file(order.file)
    encounters = 0
    for item in scorer.score_with_encounters(io.BytesIO(content), order.file):
        if isinstance(item, InputFinding):
            writer.input_finding(item)
            continue
        encounters += 1
        if encounters > limits.claims:
            raise ProblemError("too-many-encounters", f"More than {limits.claims} encounters. Send fewer at a time.")
        if time.monotonic() > deadline:
            raise too_slow(limits, "Send fewer encounters at a time.")
        writer.encounter(*item)
    writer.end()
    return Scored(kept.getvalue(), encounters)

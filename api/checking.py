"""One request's claims to its report, under limits."""

from __future__ import annotations

import io
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date

from msgspec import Struct

from api.bench import Bench
from api.formats import JSON, WRITERS
from api.problems import ProblemError
from engine import Claim, InputFinding, JsonReport, ReadClaim, Tally, input_finding, read

History = Callable[[Sequence[Claim]], Sequence[Claim]]
"""Earlier claims of the patients of some claims."""


class Order(Struct, frozen=True, kw_only=True):
    """What a check is asked to do; ``file`` is what the report calls the input (``-`` as on the command line)."""

    received_on: date
    payer: str = ""
    file: str = "-"


class Limits(Struct, frozen=True, kw_only=True):
    """How much one request may ask for."""

    claims: int
    lines: int
    claim_lines: int
    seconds: float


class Checked(Struct, frozen=True, kw_only=True):
    """The report as JSON, the same in the format asked for, and what is counted."""

    report: bytes
    body: bytes
    claims: int
    input_findings: int
    verdicts: Counter[str]
    rules: Counter[str]


def check_content(
    bench: Bench, content: bytes, order: Order, limits: Limits, media_type: str = JSON, history: History | None = None
) -> Checked:
    """Check the claims of a body.

    Raises:
        ProblemError: it goes beyond a limit.
        UsageError: no such payer.
    """
    deadline = time.monotonic() + limits.seconds
    items = read_content(content, order.file, limits, deadline)
    claims = [item.claim for item in items if isinstance(item, ReadClaim)]
    checker = bench.checker(order.received_on, order.payer, None if history is None else history(claims))
    kept, asked = io.BytesIO(), io.BytesIO()
    writers = (
        [JsonReport(kept)]
        if media_type == JSON
        else [
            JsonReport(kept),
            WRITERS[media_type](asked, bench.rulebook, order.received_on),
        ]
    )
    tally = Tally()
    tally.files = 1
    for writer in writers:
        writer.begin(checker.tool())
        writer.file(order.file)
    for item in items:
        if isinstance(item, InputFinding):
            tally.add_input(item)
            for writer in writers:
                writer.input_finding(item)
            continue
        if time.monotonic() > deadline:
            raise too_slow(limits)
        report = checker.check_claim(item)
        tally.add(report, item.claim)
        for writer in writers:
            writer.claim(report, item.claim)
    for writer in writers:
        writer.end(tally)
    return Checked(
        report=kept.getvalue(),
        body=kept.getvalue() if media_type == JSON else asked.getvalue(),
        claims=tally.claims,
        input_findings=tally.input_findings,
        verdicts=tally.verdicts,
        rules=Counter(tally.rule_claims),
    )


def read_content(
    content: bytes, file: str, limits: Limits, deadline: float | None = None
) -> list[ReadClaim | InputFinding]:
    """The claims and the problems outside any claim; without a deadline, the time allowed begins now.

    Raises:
        ProblemError: more claims, lines or time than the limits allow.
    """
    deadline = time.monotonic() + limits.seconds if deadline is None else deadline
    items: list[ReadClaim | InputFinding] = []
    claims = lines = 0
    for item in read(io.BytesIO(content), file):
        if not isinstance(item, ReadClaim):
            items.append(input_finding(item, file))
            continue
        claims += 1
        lines += len(item.claim.lines)
        if claims > limits.claims:
            detail = f"More than {limits.claims} claims. Send large files to /v1/claims/batches."
            raise ProblemError("too-many-claims", detail)
        if because := too_long(item.claim, limits.claim_lines):
            raise ProblemError("too-many-lines", f"Claim {claims} of the body has {because}.")
        if lines > limits.lines:
            raise ProblemError("too-many-lines", f"More than {limits.lines} lines. Send them to /v1/claims/batches.")
        if time.monotonic() > deadline:
            raise too_slow(limits)
        items.append(item)
    return items


def too_long(claim: Claim, lines: int) -> str:
    """What would make the check of a claim take minutes, or the empty string.

    A check cannot be interrupted inside a claim.
    """
    return f"more than {lines} lines" if len(claim.lines) > lines else ""


def too_slow(limits: Limits, instead: str = "Send large files to /v1/claims/batches.") -> ProblemError:
    """The problem of a request whose work takes too long."""
    return ProblemError("takes-too-long", f"Checking took more than {limits.seconds:g} seconds. {instead}")

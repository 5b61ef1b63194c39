"""Works batches off, between the requests of the same process: a short slice of claims a turn."""

from __future__ import annotations

import asyncio
import io
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from datetime import date

from msgspec import Struct
from sqlalchemy.exc import SQLAlchemyError
from structlog import get_logger

from api.bench import Bench
from api.benches import Benches
from api.checking import Limits, too_long
from api.metrics import Metrics
from api.problems import ProblemError
from api.store import batches as store
from api.store.batches import Batch
from api.store.database import Database
from api.store.sealing import SealError
from api.turns import Turns, aside
from engine import (
    Checker,
    CleanclaimError,
    InputFinding,
    NdjsonReport,
    ReadClaim,
    Tally,
    input_finding,
    not_checked,
    read,
)

SLICE_CLAIMS = 50
SLICE_SECONDS = 0.2
IDLE_SECONDS = 0.5
TROUBLE_SECONDS = 2.0


class TooLongError(Exception):
    """A claim whose check would take minutes; its name stands in the claim's report."""


class Slice(Struct, frozen=True, kw_only=True):
    """What one turn brought: lines for some claims, and whether that was the end of the input."""

    lines: bytes
    claims: int
    last: bool
    verdicts: Counter[str]
    rules: Counter[str]


class Batching:
    """The batch worker of one process.

    Args:
        database: the store.
        benches: a batch keeps the rules that were in force when it was accepted.
        turns: shared with the requests.
        metrics: told what was found.
        limits: of single claims.
        lease_seconds: how long a batch stays with a worker that is not heard of.
    """

    def __init__(
        self, database: Database, benches: Benches, turns: Turns, metrics: Metrics, limits: Limits, lease_seconds: float
    ) -> None:
        self.worker = uuid.uuid4().hex
        self._database = database
        self._benches = benches
        self._turns = turns
        self._metrics = metrics
        self._lease = lease_seconds
        self._claim_lines = limits.claim_lines
        self._stopping = asyncio.Event()
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """There is work."""
        self._wake.set()

    def stop(self) -> None:
        """Finish the slice at hand, give the batch back, and end."""
        self._stopping.set()
        self._wake.set()

    async def run(self) -> None:
        """Work until told to stop; trouble with the store is waited out."""
        while not self._stopping.is_set():
            pause = IDLE_SECONDS
            try:
                batch = await aside(store.lease_batch, self._database, self.worker, self._lease)
                if batch is not None:
                    await self._work(batch)
                    continue
            except SQLAlchemyError as error:
                get_logger().warning("batch_waits_for_store", cause=type(error).__name__)
                pause = TROUBLE_SECONDS
            await self._sleep(pause)

    async def _sleep(self, seconds: float) -> None:
        self._wake.clear()
        if not self._stopping.is_set():
            try:
                await asyncio.wait_for(self._wake.wait(), seconds)
            except TimeoutError:
                return

    async def _work(self, batch: Batch) -> None:
        log = get_logger().bind(batch=batch.id)
        if batch.tries > store.TRIES:
            problem = f"a worker ended {store.TRIES} times after claim {batch.claims}; the claims before are done"
            await self._fail(batch, problem)
            return
        log.info("batch_leased", claims_done=batch.claims, tries=batch.tries)
        try:
            await self._slices(batch)
        except SQLAlchemyError:
            raise
        except SealError as error:
            await self._fail(batch, str(error))
        except CleanclaimError as error:
            await self._fail(batch, error.message)
        except ProblemError as error:
            await self._fail(batch, error.detail)
        except Exception:
            log.exception("batch_fault")
            await self._fail(batch, "the service failed; its log names the batch")

    async def _slices(self, batch: Batch) -> None:
        """Check what is left, unless the service ends or the batch belongs to another worker by now."""
        bench = await self._benches.of(batch.ruleset)
        work = Work(self._database, bench, batch, self._claim_lines)
        number, claims = batch.pieces, batch.claims
        while True:
            if self._stopping.is_set():
                await aside(store.release_batch, self._database, batch.id, self.worker)
                return
            found = await self._turns.take_anyhow(work.slice)
            piece = store.Piece(
                number=number, first_claim=claims, claims=found.claims, lines=found.lines, last=found.last
            )
            if not await aside(store.commit_piece, self._database, batch, self.worker, piece, self._lease):
                get_logger().warning("batch_lease_lost", batch=batch.id)
                return
            number, claims = number + bool(found.lines), claims + found.claims
            self._metrics.count_claims(found.verdicts, found.rules)
            if found.last:
                self._metrics.batches.labels("done").inc()
                get_logger().info("batch_done", batch=batch.id, claims=claims)
                return

    async def _fail(self, batch: Batch, problem: str) -> None:
        if await aside(store.fail_batch, self._database, batch, self.worker, problem):
            self._metrics.batches.labels("failed").inc()
            get_logger().warning("batch_failed", batch=batch.id)


class Work:
    """A batch being read, from its beginning since X12 can be read no other way; claims done before are passed over."""

    def __init__(self, database: Database, bench: Bench, batch: Batch, claim_lines: int) -> None:
        setting = batch.setting
        self.file = setting.file
        self.checker: Checker = bench.checker(date.fromisoformat(setting.received_on), setting.payer)
        stream = io.BufferedReader(_Parts(store.parts(database, batch.id)), 256 * 1024)
        self.items = iter(read(stream, self.file))
        self.before = batch.claims
        self.claim_lines = claim_lines
        self.problems: list[InputFinding] = []

    def slice(self) -> Slice:
        """Some more claims: as many as fit into a moment."""
        lines = io.BytesIO()
        writer, tally = NdjsonReport(lines), Tally()
        until = time.monotonic() + SLICE_SECONDS
        last = False
        while tally.claims < SLICE_CLAIMS and time.monotonic() < until:
            item = next(self.items, None)
            if item is None:
                last = True
                for problem in self.problems:
                    writer.input_finding(problem)
                writer.end(tally)
                break
            if not isinstance(item, ReadClaim):
                self.problems.append(input_finding(item, self.file))
            elif self.before:
                self.before -= 1
            else:
                long = too_long(item.claim, self.claim_lines)
                report = not_checked(item.claim, TooLongError()) if long else self.checker.check_claim(item)
                tally.add(report, item.claim)
                writer.claim(report, item.claim)
        return Slice(
            lines=lines.getvalue(),
            claims=tally.claims,
            last=last,
            verdicts=tally.verdicts,
            rules=Counter(tally.rule_claims),
        )


class _Parts(io.RawIOBase):
    """Parts of an upload as one stream."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        super().__init__()
        self._parts = parts
        self._left = memoryview(b"")

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # narrower than WriteableBuffer
        """The next bytes; none at the end."""
        while not self._left:
            part = next(self._parts, None)
            if part is None:
                return 0
            self._left = memoryview(part)
        size = min(len(buffer), len(self._left))
        buffer[:size] = self._left[:size]
        self._left = self._left[size:]
        return size

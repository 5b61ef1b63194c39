"""The same work on Apache Spark: units go out as rows, packets come back as rows, in waves and in order.

Executors run :func:`engine.batch.work.check_unit`, as worker processes do. Rules of one's own, tables and history are
shipped once to each executor; a checker is made once in each of its Python processes.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

import msgspec
from msgspec import Struct

from engine.batch.grounds import Grounds, grounds
from engine.batch.pool import Pool
from engine.batch.tables import Format, arrow
from engine.batch.unit import Packet, Unit
from engine.batch.work import NOTES, check_unit
from engine.check import Checker
from engine.errors import CleanclaimError, EngineError, UsageError

WAVES = 4
"""Units of one wave, for each core."""

CRASH = "Python worker exited unexpectedly"
"""What Spark says when the process that ran our code was ended."""

SCHEMA = "number long, packet binary, failure string"

_checkers: dict[bytes, Checker] = {}
"""The checker of this process: making one takes seconds, and a process is used for many units."""


class ShippedSource(Protocol):
    """Makes a checker, on any machine."""

    def make(self) -> Checker:
        """The checker."""
        ...

    def folders(self) -> tuple[Path, ...]:
        """What it reads besides the rules that are shipped."""
        ...

    def moved(self, places: dict[Path, Path]) -> ShippedSource:
        """The same with its folders elsewhere."""
        ...


class SparkRunner:
    """Checks units on Spark.

    Args:
        source: makes the checker on each executor.
        chosen: the format of the packets.
        master: the address of the cluster; ``local[2]`` is this machine.
        told: called with the claims checked so far, after each wave.

    Raises:
        UsageError: pyspark or pyarrow is not installed, or there is no Java.
    """

    def __init__(self, source: ShippedSource, chosen: Format, master: str, told: Callable[[int], None]) -> None:
        arrow()
        self.source, self.chosen, self.told = source, chosen, told
        self.session = _session(master)
        self.context = self.session.sparkContext
        if master.startswith("local"):
            self.context.pythonExec = sys.executable  # on a cluster PYSPARK_PYTHON names it, as of any Spark program
        self.given_up = 0
        self.shipped = _ship(self.context, source.folders())
        self.checked = 0
        self.own: Grounds | None = None

    def grounds(self) -> Grounds:
        """What this machine checks with; executors must have the same."""
        if self.own is None:
            self.own = grounds(self.source.make())
        return self.own

    def close(self) -> None:
        """End the session."""
        self.session.stop()

    def run(self, units: Iterator[Unit]) -> Iterator[tuple[Unit, Packet]]:
        """The packets of all units, in order; while one wave is written, the next is worked on.

        Raises:
            UsageError: an executor has other rules or tables.
            CleanclaimError: as of :func:`check_unit`.
        """
        width = WAVES * self.context.defaultParallelism
        with ThreadPoolExecutor(1) as thread:
            wave = list(islice(units, width))
            begun = thread.submit(self.wave, wave) if wave else None
            while begun is not None:
                following = list(islice(units, width))
                rows = begun.result()
                done, begun = wave, thread.submit(self.wave, following) if following else None
                wave = following
                yield from self.packets(done, rows)

    def wave(self, units: list[Unit]) -> Any:  # noqa: ANN401 -- a data frame, kept on the executors' disks
        """Work on some units; ``None`` when a claim ended the process that checked it.

        Raises:
            EngineError: Spark gave up for any other reason.
        """
        from pyspark import StorageLevel  # noqa: PLC0415 -- an extra
        from pyspark.errors import PySparkException  # noqa: PLC0415

        rows = [(number, bytearray(msgspec.msgpack.encode(unit))) for number, unit in enumerate(units)]
        spread = self.context.parallelize(rows, len(rows))
        frame = self.session.createDataFrame(spread, "number long, unit binary")
        work = _Work(self.source, self.shipped, self.chosen, msgspec.json.encode(self.grounds()))
        done = frame.mapInArrow(work, SCHEMA).persist(StorageLevel.DISK_ONLY)
        try:
            done.count()
        except (PySparkException, _java_error()) as error:
            done.unpersist()
            if CRASH not in str(error):
                raise EngineError(f"Spark gave up: {_first_cause(str(error))}", hint="see its log") from error
            self.given_up += 1
            return None
        return done

    def packets(self, units: list[Unit], rows: Any) -> Iterator[tuple[Unit, Packet]]:  # noqa: ANN401 -- a data frame
        """The packets of one wave. One that a claim ended is done again here, where the claim can be set aside."""
        if rows is None:
            pool = Pool(self.source, self.chosen, 1, lambda _: None)
            try:
                yield from pool.run(iter(units))
            finally:
                pool.close()
            return
        for row in rows.toLocalIterator(prefetchPartitions=True):
            if row.failure:
                raise UsageError(row.failure)
            packet = _decode(bytes(row.packet))
            self.checked += msgspec.json.decode(packet.tally)["numbers"]["claims"]
            yield units[row.number], packet
            self.told(self.checked)
        rows.unpersist()


class _Work(Struct, frozen=True):
    """What an executor does with its rows."""

    source: ShippedSource
    shipped: dict[str, str]
    chosen: Format
    grounds: bytes

    def __call__(self, batches: Iterator[Any]) -> Iterator[Any]:
        pa, _ = arrow()
        for batch in batches:
            for number, packed in zip(batch["number"].to_pylist(), batch["unit"].to_pylist(), strict=True):
                for packet, failure in self.rows(packed):
                    yield pa.RecordBatch.from_pydict(
                        {
                            "number": pa.array([number], pa.int64()),
                            "packet": pa.array([packet], pa.binary()),
                            "failure": pa.array([failure], pa.string()),
                        }
                    )

    def rows(self, packed: bytes) -> Iterator[tuple[bytes | None, str]]:
        """The packets of one unit, or why there are none."""
        try:
            unit = msgspec.msgpack.decode(packed, type=Unit)
            for packet in check_unit(self.checker(), unit, self.chosen, [0] * NOTES):
                yield msgspec.msgpack.encode(packet), ""
        except CleanclaimError as error:
            yield None, str(error)
        except OSError as error:
            yield None, f"{error.filename or 'input'}: {error.strerror or error} (on an executor)"

    def checker(self) -> Checker:
        """The checker of this process.

        Raises:
            UsageError: it has other rules or tables than the machine that asks.
        """
        found = _checkers.get(self.grounds)
        if found is None:
            from pyspark import SparkFiles  # noqa: PLC0415 -- an extra

            places = {Path(path): Path(SparkFiles.get(name)) for path, name in self.shipped.items()}
            found = self.source.moved(places).make()
            if msgspec.json.encode(grounds(found)) != self.grounds:
                raise UsageError(
                    "an executor has other rules or another version of cleanclaim", hint="install the same there"
                )
            _checkers[self.grounds] = found
        return found


_decode = msgspec.msgpack.Decoder(Packet).decode


def _ship(context: Any, paths: tuple[Path, ...]) -> dict[str, str]:  # noqa: ANN401 -- a Spark context
    """Send files and folders to every executor; their names there. Spark wants names that differ."""
    names: dict[str, str] = {}
    for path in paths:
        if path.name in names.values():
            raise UsageError(f"two folders are called {path.name}", hint="Spark needs different names: rename one")
        context.addFile(str(path.resolve()), recursive=path.is_dir())
        names[str(path)] = path.name
    return names


def _session(master: str) -> Any:  # noqa: ANN401 -- pyspark is an extra, its types are not at hand
    try:
        from pyspark.errors import PySparkException  # noqa: PLC0415
        from pyspark.sql import SparkSession  # noqa: PLC0415
    except ImportError as error:
        raise UsageError("pyspark is not installed", hint="pip install 'cleanclaim[spark]'") from error
    builder = SparkSession.builder.appName("cleanclaim batch").master(master)
    builder = builder.config("spark.ui.showConsoleProgress", "false").config("spark.ui.enabled", "false")
    builder = builder.config("spark.task.maxFailures", "2").config("spark.sql.execution.arrow.maxRecordsPerBatch", "1")
    try:
        session = builder.getOrCreate()
    except (PySparkException, RuntimeError, OSError) as error:
        raise UsageError(f"Spark does not start: {error}", hint="Java 17 or 21 must be installed") from error
    session.sparkContext.setLogLevel("ERROR")
    return session


def _first_cause(text: str) -> str:
    """The line of a Java trace that says most."""
    found = [line.strip() for line in text.splitlines() if "Error:" in line or "Exception:" in line]
    return found[-1] if found else text[:200]


def _java_error() -> type[Exception]:
    from py4j.protocol import Py4JJavaError  # noqa: PLC0415 -- comes with pyspark

    error: type[Exception] = Py4JJavaError
    return error

"""What is counted for Prometheus. Labels hold routes, statuses, rule ids and pack digests: nothing of a claim."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""Where the workers of one service add up: the name is the library's, ``cleanclaim serve`` sets it."""

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """The counters of one process; with several workers any of them answers for all."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "cleanclaim_requests", "Requests.", ["method", "route", "status"], registry=self.registry
        )
        self.latency = Histogram(
            "cleanclaim_request_seconds", "Time to the last byte.", ["route"], buckets=_SECONDS, registry=self.registry
        )
        self.claims = Counter("cleanclaim_claims", "Claims checked.", ["verdict"], registry=self.registry)
        self.findings = Counter("cleanclaim_findings", "Findings.", ["rule"], registry=self.registry)
        self.reloads = Counter("cleanclaim_reloads", "Reloads of the packs.", ["outcome"], registry=self.registry)
        self.batches = Counter("cleanclaim_batches", "Batches that ended.", ["state"], registry=self.registry)
        self.packs = Gauge(
            "cleanclaim_pack_workers",
            "Workers that run a pack in this version.",
            ["pack", "digest"],
            registry=self.registry,
            multiprocess_mode="livesum",
        )
        self._stated: set[tuple[str, str]] = set()

    def count_claims(self, verdicts: Mapping[str, int], rules: Mapping[str, int]) -> None:
        """Claims by verdict and findings by rule."""
        for verdict, number in verdicts.items():
            self.claims.labels(verdict).inc(number)
        for rule, number in rules.items():
            self.findings.labels(rule).inc(number)

    def state_packs(self, packs: Iterable[tuple[str, str]]) -> None:
        """The packs that this worker runs now."""
        now = set(packs)
        for pack, digest in self._stated - now:
            self.packs.labels(pack, digest).set(0)
        for pack, digest in now:
            self.packs.labels(pack, digest).set(1)
        self._stated |= now

    def text(self) -> bytes:
        """The page that Prometheus reads."""
        if folder := os.environ.get(FOLDER):
            forget_the_dead(Path(folder))
            together = CollectorRegistry()
            MultiProcessCollector(together, path=folder)  # type: ignore[no-untyped-call]  # the library has no types
            return generate_latest(together)
        return generate_latest(self.registry)


def forget_the_dead(folder: Path) -> None:
    """Workers that are no more are not counted as running a pack."""
    for path in folder.glob("gauge_live*.db"):
        found = re.search(r"_(\d+)\.db$", path.name)
        if found and not _lives(int(found[1])):
            mark_process_dead(int(found[1]), str(folder))  # type: ignore[no-untyped-call]


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True

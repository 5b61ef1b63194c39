"""A batch under the small rulebook of tests/cli, in this process or as a program that can be killed.

Run: python -m tests.batch.small HOME OUT FORMAT JOBS FILE…
"""

import os
import signal
import sys
import time
from datetime import date
from pathlib import Path

from msgspec import Struct

from engine.backends.durable import compile_durable
from engine.batch.checkpoint import Checkpoint
from engine.batch.grounds import grounds
from engine.batch.plan import Input
from engine.batch.pool import Pool
from engine.batch.run import Job, run
from engine.batch.work import NOTES, check_unit
from engine.check import Checker
from engine.reference.catalog import Tables
from engine.rulebook.load import load_rulebook

ROOT = Path(__file__).parents[2]
RECEIVED_ON = date(2026, 4, 15)
SIZE = 8_000


class Deadly(Checker):
    """Ends its process at claims whose id begins with KILL, once at ONCE; fails on FAULT; waits at SLOW."""

    home = Path()

    def check_claim(self, item):
        name = item.claim.patient_control_number
        if name.startswith("KILL"):
            os.kill(os.getpid(), signal.SIGKILL)
        if name.startswith("ONCE") and not (self.home / name).exists():
            (self.home / name).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        if name.startswith("SLOW"):
            time.sleep(0.01)
        return super().check_claim(item)

    def examine(self, claim):
        if claim.patient_control_number.startswith("FAULT"):
            raise ZeroDivisionError
        return super().examine(claim)


class Source(Struct, frozen=True):
    """Makes the checker; ``home`` has the folders ``rules`` and ``tables``."""

    home: Path

    def make(self):
        checker = Deadly(
            load_rulebook(shipped=self.home / "rules"),
            Tables.load([self.home / "tables"]),
            compile_durable,
            engine="durable",
            received_on=RECEIVED_ON,
        )
        checker.home = self.home
        return checker

    def folders(self):
        return (self.home,)

    def moved(self, places):
        return Source(places[self.home])


class InThisProcess:
    """A runner without processes, where they are not what is tested."""

    def __init__(self, checker, chosen):
        self.checker, self.chosen = checker, chosen

    def grounds(self):
        return grounds(self.checker)

    def run(self, units):
        for unit in units:
            for packet in check_unit(self.checker, unit, self.chosen, [0] * NOTES):
                yield unit, packet


def inputs(files):
    return tuple(Input(str(path), Path(path).name, Path(path).stat().st_size) for path in files)


def job(out, files, chosen="ndjson", options=None, size=SIZE):
    return Job(inputs=inputs(files), out=Path(out), options=options or {"received_on": "x"}, chosen=chosen, size=size)


def run_batch(home, out, files, chosen="ndjson", jobs=0, options=None, size=SIZE, runner=None):
    """The counts of a whole run; with ``jobs`` 0 in this process."""
    checkpoint = Checkpoint(Path(out))
    checkpoint.lock()
    if runner is None and jobs == 0:
        runner = InThisProcess(Source(Path(home)).make(), chosen)
    on = runner or Pool(Source(Path(home)), chosen, jobs, lambda _: None)
    try:
        return run(job(out, files, chosen, options, size), checkpoint, on, lambda _: None)
    finally:
        checkpoint.close()
        if runner is None:
            on.close()


if __name__ == "__main__":
    home, out, chosen, jobs, *files = sys.argv[1:]
    tally = run_batch(home, out, files, chosen, int(jobs))
    print("claims", tally.claims)  # noqa: T201

"""Kills a batch, or single workers of it, at random moments with SIGKILL until it ends; compares with one left alone.

Run: python -m tests.batch.trials [TRIALS] [SEED]     (default 100)
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow.parquet as pq

from tests.batch.small import ROOT, run_batch

MOST_KILLS = 6


def children(process):
    """The process ids of the workers of a batch (its children but for the resource tracker)."""
    found = []
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        for child in task.read_text().split():
            command = Path(f"/proc/{child}/cmdline").read_bytes()
            if b"spawn_main" in command:
                found.append(int(child))
    return found


def content(out, chosen):
    """What a run has written, but for the journal."""
    if chosen == "ndjson":
        return {name: (out / f"{name}.ndjson").read_bytes() for name in ("claims", "problems")}
    return {name: pq.read_table(out / name).to_pylist() for name in ("claims", "findings", "problems")}


def trial(home, out, files, chosen, rnd, expected):
    """One batch killed at random moments and gone on with; the number of kills (all, of single workers)."""
    whole = workers = 0
    while True:
        command = [sys.executable, "-m", "tests.batch.small", str(home), str(out), chosen, "2", *map(str, files)]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            kill_all = whole < MOST_KILLS and rnd.random() < 0.9
            early = rnd.random() < 0.1
            written = (out / "journal.ndjson").stat().st_size if (out / "journal.ndjson").exists() else 0
            deadline = None
            while process.poll() is None and not (kill_all and deadline and time.monotonic() > deadline):
                time.sleep(rnd.uniform(0, 0.1))
                # half of the kills come right after something was written, half at any moment of the work
                journal = out / "journal.ndjson"
                if deadline is None and (early or (journal.exists() and journal.stat().st_size > written)):
                    deadline = time.monotonic() + rnd.choice([0, rnd.uniform(0, 1.0)])
                if workers < MOST_KILLS and rnd.random() < 0.05 and (alive := children(process.pid)):
                    try:
                        os.kill(rnd.choice(alive), signal.SIGKILL)
                        workers += 1
                    except ProcessLookupError:
                        pass
            if process.poll() is None:
                os.kill(process.pid, signal.SIGKILL)
                process.wait()
                whole += 1
                continue
            said = process.stderr.read().decode()
        assert process.returncode == 0, said
        assert content(out, chosen) == expected, f"differs after {whole} kills and {workers} of workers"
        assert not list((out / "poisoned").iterdir())
        return whole, workers


def trials(home, files, count, seed, say=print):
    """Trials in both formats; the kills of all of them."""
    rnd = random.Random(seed)
    totals = [0, 0]
    with tempfile.TemporaryDirectory() as folder:
        expected = {}
        for chosen in ("ndjson", "parquet"):
            run_batch(home, Path(folder) / chosen, files, chosen)
            expected[chosen] = content(Path(folder) / chosen, chosen)
        rows = len(expected["parquet"]["claims"])
        for number in range(count):
            chosen = ("ndjson", "parquet")[number % 2]
            kills = trial(home, Path(folder) / f"trial-{number}", files, chosen, rnd, expected[chosen])
            totals = [a + b for a, b in zip(totals, kills, strict=True)]
    say(f"{count} trials of {rows} claims: {totals[0]} kills of a run, {totals[1]} of workers; lost or doubled: 0")
    return totals


def main():
    from tests.batch.conftest import write_claims
    from tests.cli.small import small_rulebook, small_tables

    count, seed = (
        (int(word) for word in [*sys.argv[1:], "100", "1"][:2]) if len(sys.argv) < 3 else map(int, sys.argv[1:3])
    )
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        small_rulebook(home)
        small_tables(home)
        trials(home, write_claims(home, 60, "SLOW"), count, seed)


if __name__ == "__main__":
    main()

"""The whole check, bytes to report, over many claims in one process: claims a second and memory as it goes.

Run: python tests/bench/bench_check.py [CLAIMS]     (default 20,000; made by ../shared/corpus/tools/make_million.py)
The peer in the same run is reading alone (bytes to claims, checked against the guide).
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from engine.backends.durable import compile_durable
from engine.check import Checker
from engine.intake.sniff import read
from engine.reference.catalog import Tables
from engine.rulebook.load import load_rulebook

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
STEPS = 10
MEGABYTE = 1 << 20


def resident() -> float:
    """Resident memory now, in MB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / MEGABYTE


def run(files: list[Path], work: Callable[[Path], Iterator[object]], label: str, claims: int) -> float:
    """Claims a second of one stage, memory printed at each tenth."""
    done = 0
    began = time.perf_counter()
    marks = []
    for path in files:
        for _ in work(path):
            done += 1
            if done % (claims // STEPS) == 0:
                marks.append(f"{resident():.0f}")
    rate = done / (time.perf_counter() - began)
    print(f"{label:22} {done:>9,} claims {rate:>9,.0f} claims/s   MB: {' '.join(marks)}")  # noqa: T201
    return rate


def main() -> None:
    """Print one row a stage and the ratio."""
    claims = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    if not CORPUS.is_dir():
        print(f"skipped: the shared corpus is not here: {CORPUS}")  # noqa: T201
        return
    with tempfile.TemporaryDirectory() as folder:
        script, baselines = (
            CORPUS / "tools" / "make_million.py",
            CORPUS / "labelled" / "mutants" / "mutants_837.jsonl.gz",
        )
        subprocess.run(
            [sys.executable, str(script), str(claims), folder, str(baselines)], check=True, capture_output=True
        )
        files = sorted(Path(folder).iterdir())
        checker = Checker(
            load_rulebook(), Tables.load(), compile_durable, engine="durable", received_on=date(2026, 1, 15)
        )

        def reading(path: Path) -> Iterator[object]:
            with path.open("rb") as stream:
                yield from read(stream, path.name)

        def checking(path: Path) -> Iterator[object]:
            with path.open("rb") as stream:
                yield from checker.check(stream, path.name)

        read_rate = run(files, reading, "read", claims)
        check_rate = run(files, checking, "check (durable)", claims)
        print(f"check / read = {check_rate / read_rate:.2f}")  # noqa: T201


if __name__ == "__main__":
    main()

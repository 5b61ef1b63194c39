# ruff: noqa: T201 -- a bench prints
"""Both engines, bytes to findings, beside reading alone: claims a second, peak memory, and how time grows.

Run: python tests/bench/bench_engines.py [--claims 10000] [--tables DIR] [--cms DIR] [--scaling]

The claims are those of ../shared/corpus/tools/make_million.py. ``--cms`` is a folder of publishers' files (see
``make_cms_files.py`` beside ../shared/refdata); they are imported first. Each row is a process of its own, so that its
memory is its own; times are of the processor. ``--scaling``: 1, 10 and 100 times the claims (of which there are then so
many at most), 1 and 10 times the rules, 1 to 450 lines a claim.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import partial
from pathlib import Path

from msgspec.structs import replace

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
sys.path.insert(0, str(ROOT))

from engine.backends.compiled import compile_compiled  # noqa: E402
from engine.backends.durable import compile_durable  # noqa: E402
from engine.check import Checker  # noqa: E402
from engine.claim.model import Claim  # noqa: E402
from engine.intake.reading import ReadClaim  # noqa: E402
from engine.intake.sniff import read  # noqa: E402
from engine.reference.catalog import Tables  # noqa: E402
from engine.reference.importing import import_file  # noqa: E402
from engine.rulebook.book import Rulebook  # noqa: E402
from engine.rulebook.load import load_rulebook  # noqa: E402
from tests.bench.many_rules import many_rules  # noqa: E402

RECEIVED_ON = date(2026, 1, 15)
WARM = 300
BACK_ENDS = {"durable": compile_durable, "compiled": compile_compiled}
LINES = (1, 6, 50, 150, 450)
Runner = Callable[[Path], Iterator[object]]


def make(count: int, folder: Path) -> list[Path]:
    """Files with so many claims."""
    tool, baselines = SHARED / "corpus/tools/make_million.py", SHARED / "corpus/labelled/mutants/mutants_837.jsonl.gz"
    subprocess.run([sys.executable, tool, str(count), folder, baselines], check=True, stdout=subprocess.DEVNULL)
    return sorted(folder.glob("*.x12"))


def bring_in(files: Path, folder: Path) -> Path:
    """Import the publishers' files."""
    for path in sorted(files.iterdir()):
        list(import_file(path, folder))
    return folder


def checker(engine: str, tables: Path | None, rules: int = 1) -> Checker:
    """A checker with all packs, ``rules`` times over."""
    book: Rulebook = many_rules(load_rulebook(), rules)
    return Checker(
        book, Tables.load([tables] if tables else []), BACK_ENDS[engine], engine=engine, received_on=RECEIVED_ON
    )


def reading(path: Path) -> Iterator[object]:
    """Bytes to claims alone."""
    with path.open("rb") as stream:
        yield from read(stream, path.name)


def checking(checked_by: Checker, path: Path) -> Iterator[object]:
    """Bytes to findings."""
    with path.open("rb") as stream:
        yield from checked_by.check(stream, path.name)


RUNNERS: dict[str, Callable[[Path | None], Runner]] = {
    "read": lambda _: reading,
    "compiled": lambda tables: partial(checking, checker("compiled", tables)),
    "durable": lambda tables: partial(checking, checker("durable", tables)),
}
"""What is measured, by name; each gets the tables and gives what turns a file into one item a claim."""


def timed(run: Runner, files: Iterable[Path]) -> dict[str, float]:
    """Claims, processor seconds and peak memory (MB) of a run over files, after a short one that is not counted."""
    files = list(files)
    for number, _ in enumerate(run(files[0])):
        if number == WARM:
            break
    began = time.process_time()
    claims = sum(1 for path in files for _ in run(path))
    seconds = time.process_time() - began
    return {"claims": claims, "seconds": seconds, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def row(name: str, folder: Path, tables: Path | None) -> dict[str, float]:
    """One runner in a process of its own."""
    command = [sys.executable, __file__, "--row", name, "--folder", folder, *(["--tables", tables] if tables else [])]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def table(folder: Path, tables: Path | None) -> None:
    """A row a runner; the ratio is to reading alone."""
    print(f"{'':12}{'claims':>9}{'claims/s':>10}{'µs/claim':>10}{'ratio':>7}{'peak MB':>9}")
    floor = 0.0
    for name in RUNNERS:
        found = row(name, folder, tables)
        each = found["seconds"] / found["claims"]
        floor = floor or each
        speed = f"{found['claims']:>9,.0f}{1 / each:>10,.0f}{each * 1e6:>10.0f}{each / floor:>7.2f}"
        print(f"{name:12}{speed}{found['peak']:>9.0f}")


def check_time(checked_by: Checker, claims: list[ReadClaim], times: int = 3) -> float:
    """Microseconds a claim, claim to report, the best of some runs."""
    best = float("inf")
    for _ in range(times):
        began = time.process_time()
        for claim in claims:
            checked_by.check_claim(claim)
        best = min(best, (time.process_time() - began) / len(claims))
    return best * 1e6


def scaling(folder: Path, tables: Path | None) -> None:
    """One and ten times the rules, then lines a claim; the reader left out."""
    claims = [
        item for path in sorted(folder.glob("*.x12"))[:1] for item in reading(path) if isinstance(item, ReadClaim)
    ]
    for engine in BACK_ENDS:
        few = claims[: 1000 if engine == "compiled" else 300]
        times = []
        for rules in (1, 10):
            checked_by = checker(engine, tables, rules)
            check_time(checked_by, few, 1)
            times.append(check_time(checked_by, few))
            count = len(checked_by.examiner("professional").rules)
            growth = f"{times[-1]:,.0f} µs a claim ({times[-1] / times[0]:.2f})"
            print(f"{engine}: rules x{rules} ({count:,}): {growth}", flush=True)
    longest = max((item.claim for item in claims), key=lambda claim: len(claim.lines))
    for engine in BACK_ENDS:
        checked_by = checker(engine, tables)
        for lines in LINES:
            found = ReadClaim(claim=with_lines(longest, lines))
            check_time(checked_by, [found], 1)
            spent = check_time(checked_by, [found] * 2)
            print(f"{engine}: {lines} lines: {spent / 1e3:,.2f} ms a claim, {spent / lines:,.0f} µs a line", flush=True)


def with_lines(claim: Claim, count: int) -> Claim:
    """A claim with so many lines: those it has, over and over, a day later each time."""
    lines = [replace(claim.lines[n % len(claim.lines)], number=n + 1) for n in range(count)]
    return replace(claim, lines=tuple(lines))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--claims", type=int, default=10_000)
    parser.add_argument("--tables", type=Path)
    parser.add_argument("--cms", type=Path)
    parser.add_argument("--scaling", action="store_true")
    parser.add_argument("--row", choices=RUNNERS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.row:
        print(json.dumps(timed(RUNNERS[given.row](given.tables), sorted(given.folder.glob("*.x12")))))
        return
    if not SHARED.is_dir():
        sys.exit(f"skipped: the shared corpus is not here: {SHARED}")
    with tempfile.TemporaryDirectory() as scratch:
        tables = given.tables
        if given.cms:
            tables = bring_in(given.cms, Path(scratch) / "tables")
        for times in (1, 10, 100) if given.scaling else (1,):
            folder = Path(scratch) / f"x{times}"
            count = given.claims * times // (100 if given.scaling else 1)
            make(max(count, WARM), folder)
            table(folder, tables)
        if given.scaling:
            scaling(folder, tables)


if __name__ == "__main__":
    main()

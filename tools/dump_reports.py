"""Writes the report of every claim of a corpus as a line of JSON: to see that a change leaves all reports as they were.

Run: python tools/dump_reports.py OUT [--engine durable|compiled] [--corpus DIR] [--tables DIR] [--claims N]

The claims are those of ../shared/corpus, its labelled mutants and the claims of this repository; ``--claims`` stops
after so many. Run it before and after a change, or with both engines, and compare the two files with ``cmp``.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import sys
import time
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from itertools import islice
from pathlib import Path

import msgspec

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from engine.backends.durable import compile_durable  # noqa: E402
from engine.check import Checker  # noqa: E402
from engine.reference.catalog import Tables  # noqa: E402
from engine.rulebook.load import load_rulebook  # noqa: E402

SHARED = ROOT.parent / "shared" / "corpus"
RECEIVED_ON = (date(2026, 4, 15), date(2024, 8, 1))


def inputs(corpus: Path) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of every file with claims, and of every labelled mutant."""
    for folder in ("tests/corpus/quiet", "tests/claims", "examples/claims", "examples"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".json", ".837", ".x12", ".edi", ".txt"):
                yield path.relative_to(ROOT).as_posix(), path.read_bytes()
    for path in sorted(corpus.glob("x12/*/*")) + sorted(corpus.glob("fhir/*/*.json")):
        yield path.relative_to(corpus).as_posix(), path.read_bytes()
    for path in sorted(corpus.glob("labelled/mutants/*.jsonl.gz")):
        with gzip.open(path, "rt") as lines:
            for number, line in enumerate(lines):
                yield f"{path.name}:{number}", json.loads(line)["x12"].encode()


def main() -> int:
    """Write the file; print how many reports it holds and their digest."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--engine", default="durable")
    parser.add_argument("--corpus", type=Path, default=SHARED)
    parser.add_argument("--tables", type=Path)
    parser.add_argument("--claims", type=int)
    given = parser.parse_args()
    compile_rules = compile_durable
    if given.engine == "compiled":
        from engine.backends.compiled import compile_compiled as compile_rules  # noqa: PLC0415 -- older versions lack it
    rulebook, tables = load_rulebook(), Tables.load([given.tables] if given.tables else [])
    checkers = [
        Checker(rulebook, tables, compile_rules, engine=given.engine, received_on=day, history=history)
        for day, history in zip(RECEIVED_ON, (None, []), strict=True)
    ]
    began, digest, encode = time.perf_counter(), hashlib.sha256(), msgspec.json.Encoder(order="deterministic").encode
    reports = (
        (name, report) for name, data in inputs(given.corpus) for one in checkers for report in one.check(BytesIO(data), name)
    )
    count = 0
    with given.out.open("wb") as out:
        for count, (name, report) in enumerate(islice(reports, given.claims), start=1):
            line = encode([name, type(report).__name__, report]) + b"\n"
            digest.update(line)
            out.write(line)
    print(f"{count} reports, sha256 {digest.hexdigest()}, {time.perf_counter() - began:.0f} s")
    return 0 if count else 1


if __name__ == "__main__":
    sys.exit(main())

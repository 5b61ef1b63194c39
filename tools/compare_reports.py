"""Reports of every claim of a corpus: the same from both engines, and the same before and after a change?

Run: python tools/compare_reports.py [--corpus DIR] [--tables DIR] [--out FILE]

Every claim is checked twice with each engine: received on two days, with and without a history. Reports that
differ between the engines are named and make the exit status 1. ``--out`` keeps the reports of durable_rules, a JSON
line each: write one before a change and one after it, and compare the files with ``cmp``. They do not name the engine.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import time
from collections import Counter
from datetime import date
from io import BytesIO
from pathlib import Path

import msgspec

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from engine.backends.compiled import compile_compiled  # noqa: E402
from engine.backends.durable import compile_durable  # noqa: E402
from engine.check import Checker  # noqa: E402
from engine.findings.report import ClaimReport  # noqa: E402
from engine.reference.catalog import Tables  # noqa: E402
from engine.rulebook.load import load_rulebook  # noqa: E402
from tests.corpus.files import SHARED, own_files, shared_files  # noqa: E402

SETTINGS = ((date(2026, 4, 15), None), (date(2024, 8, 1), ()))


def main() -> int:
    """Compare; print how many reports there are, what they hold, and their digest."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=SHARED)
    parser.add_argument("--tables", type=Path)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    rulebook, tables = load_rulebook(), Tables.load([given.tables] if given.tables else [])
    pairs = [
        [
            Checker(rulebook, tables, compile_rules, engine=name, received_on=day, history=history)
            for name, compile_rules in (("durable", compile_durable), ("compiled", compile_compiled))
        ]
        for day, history in SETTINGS
    ]
    began, digest, encode = time.perf_counter(), hashlib.sha256(), msgspec.json.Encoder(order="deterministic").encode
    counts: Counter[str] = Counter()
    out = given.out.open("wb") if given.out else None
    for name, data in [*own_files(), *shared_files(given.corpus)]:
        for durable, compiled in pairs:
            reports = [list(checker.check(BytesIO(data), name)) for checker in (durable, compiled)]
            for one, other in zip(*reports, strict=True):
                counts["reports"] += 1
                if isinstance(one, ClaimReport):
                    counts["findings"] += len(one.findings)
                    counts["rules judged"] += one.coverage.evaluated
                    counts["rules not evaluated"] += len(one.coverage.not_evaluated)
                line = encode([name, type(one).__name__, one]) + b"\n"
                if line != encode([name, type(other).__name__, other]) + b"\n":
                    counts["differ"] += 1
                    print(f"differs: {name}, report {counts['reports']}")
                digest.update(line)
                if out:
                    out.write(line)
    if out:
        out.close()
    keys = ("reports", "findings", "rules judged", "rules not evaluated", "differ")
    said = ", ".join(f"{counts[key]:,} {key}" for key in keys)
    print(f"{said}; sha256 {digest.hexdigest()}, {time.perf_counter() - began:.0f} s")
    return 1 if counts["differ"] or not counts["reports"] else 0


if __name__ == "__main__":
    sys.exit(main())

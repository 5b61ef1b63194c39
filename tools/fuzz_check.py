"""Damages claim files at random and checks them: nothing may raise, nothing may take long.

Run: python tools/fuzz_check.py [VARIANTS] [SEED] [FILE …]      (default 20,000 variants of the files in examples/ and
../shared/corpus)
"""

from __future__ import annotations

import io
import random
import sys
import time
from collections import Counter
from datetime import date
from pathlib import Path

from engine.backends.durable import compile_durable
from engine.check import Checker
from engine.findings.report import ClaimReport
from engine.reference.catalog import Tables
from engine.rulebook.load import load_rulebook

LARGEST = 60_000
SLOW_SECONDS = 5.0
ODD = (
    b"~",
    b"*",
    b":",
    b"^",
    b"\n",
    b"\x00",
    b"\xff\xfe",
    b"ISA",
    b"CLM*",
    b"LX*",
    b"HL*",
    b"ST*837*",
    b"SE*",
    b"{",
    b'"',
    b"9" * 400,
)


def damage(data: bytes, rnd: random.Random) -> bytes:
    """One to six cuts, insertions, changes, repetitions or swaps."""
    for _ in range(rnd.randint(1, 6)):
        at = rnd.randrange(len(data) + 1)
        end = min(len(data), at + rnd.choice((1, 1, 2, 5, 40, 400)))
        kind = rnd.randrange(6)
        if kind == 0:
            data = data[:at] + data[end:]
        elif kind == 1:
            data = data[:at] + rnd.choice(ODD) + data[at:]
        elif kind == 2:  # noqa: PLR2004 -- the kinds are numbered
            data = data[:at] + bytes(rnd.randrange(256) for _ in range(end - at)) + data[end:]
        elif kind == 3:  # noqa: PLR2004
            data = data[:at] + data[at:end] * 3 + data[end:]
        elif kind == 4:  # noqa: PLR2004
            data = data[:at]
        else:
            other = rnd.randrange(len(data) + 1)
            data = data[:at] + data[other : other + 60] + data[end:]
        if not data:
            return b""
    return data


def main(arguments: list[str]) -> int:
    """Run the fuzz; 1 when something raised or was slow."""
    count = int(arguments[0]) if arguments else 20_000
    seed = int(arguments[1]) if len(arguments) > 1 else 1
    root = Path(__file__).parents[1]
    files = [Path(name) for name in arguments[2:]] or [
        path
        for folder in (
            root / "examples",
            root.parent / "shared" / "corpus" / "x12",
            root.parent / "shared" / "corpus" / "fhir" / "Claim",
        )
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.stat().st_size < LARGEST
    ]
    rnd = random.Random(seed)  # noqa: S311 -- repeatable damage, no secret
    sources = [path.read_bytes() for path in files]
    checker = Checker(load_rulebook(), Tables.load(), compile_durable, engine="durable", received_on=date(2026, 4, 15))
    seen: Counter[str] = Counter()
    slowest = 0.0
    for number in range(count):
        which = rnd.randrange(len(sources))
        data = damage(sources[which], rnd)
        began = time.perf_counter()
        try:
            for item in checker.check(io.BytesIO(data), "fuzz"):
                kind = "claims" if isinstance(item, ClaimReport) else "input findings"
                seen[kind] += 1
                if isinstance(item, ClaimReport) and any(f.rule == "INT-0020" for f in item.findings):
                    seen["not checked (INT-0020)"] += 1
                    Path(f"fuzz-{number}.bin").write_bytes(data)
        except Exception as error:  # noqa: BLE001 -- what the fuzz looks for
            seen[f"raised {type(error).__name__}: {error}"[:200]] += 1
            Path(f"fuzz-{number}.bin").write_bytes(data)
        spent = time.perf_counter() - began
        slowest = max(slowest, spent)
        seen["slow"] += spent > SLOW_SECONDS
    print(f"{count} variants of {len(files)} files, seed {seed}: slowest {slowest:.2f} s; {dict(seen)}")
    return int(any(key.startswith(("raised", "not checked")) for key in seen) or bool(seen["slow"]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

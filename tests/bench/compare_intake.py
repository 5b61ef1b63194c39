# ruff: noqa: T201 - a bench prints
"""How long a claim takes to read, by the code of several trees in turn on the same bytes.

usage: compare_intake.py FILE CLAIMS PASSES OLD NEW ...     (folders with `engine` in them)

The processes take turns. Of each stretch of ten claims the least time over all passes counts, so that what else runs on
the machine is left out: it does not strike the same stretch each time. The first third, in which a reader learns what
the file says again and again, is left out too.
"""

from __future__ import annotations

import subprocess
import sys

STRETCH = 10
WORKER = f"""
import io, sys, time
sys.path.insert(0, sys.argv[1])
from engine.intake.x12.reader import read_x12
sets = open(sys.argv[2], "rb").read().split(b"~\\nSE*")
data = b"~\\nSE*".join(sets[: int(sys.argv[3]) + 1])
least = {{}}
for _ in sys.stdin:
    began = time.perf_counter()
    for count, _ in enumerate(read_x12(io.BytesIO(data), "bench"), 1):
        if count % {STRETCH} == 0:
            now = time.perf_counter()
            least[count] = min(now - began, least.get(count, 1e9))
            began = time.perf_counter()
    kept = [spent for count, spent in least.items() if count > max(least) / 3]
    print(sum(kept) / len(kept) / {STRETCH} * 1e6, flush=True)
"""


def main() -> None:
    file, claims, passes, *trees = sys.argv[1:]
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", WORKER, tree, file, claims], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for tree in trees
    ]
    micros: dict[str, float] = {}
    for _ in range(int(passes)):
        for tree, worker in zip(trees, workers, strict=True):
            assert worker.stdin is not None
            assert worker.stdout is not None
            print(file=worker.stdin, flush=True)
            micros[tree] = float(worker.stdout.readline())
    for worker in workers:
        worker.communicate()
    print(f"{'µs/claim':>10}{'ratio':>8}")
    for tree, value in micros.items():
        print(f"{value:>10.1f}{micros[trees[0]] / value:>8.2f}  {tree}")


if __name__ == "__main__":
    main()

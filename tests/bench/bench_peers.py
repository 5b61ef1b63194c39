# ruff: noqa: T201 -- it prints: that is its output
"""Our engines and the batch beside their peers: one command, one run, the same claims, bytes to findings.

Run: python tests/bench/bench_peers.py [--claims 100000] [--seconds 60] [--tables DIR] [--write]

Claims are made by ../shared/corpus/tools/make_million.py, tables at full size by ../shared/refdata/make_cms_files.py
(imported once; --tables keeps or reuses them). Each contestant has a process of its own and at most --seconds of work;
the batch does all claims. --write replaces docs/benchmarks.md. Peers come with the extras bench, test and batch.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

SHARED = ROOT.parent / "shared"
PAGE = ROOT / "docs" / "benchmarks.md"
KILOBYTE = 1024
PER_FILE = 500
BASE = "durable"


def make_claims(count, folder):
    """``count`` professional claims in files of 500."""
    script, base = SHARED / "corpus/tools/make_million.py", SHARED / "corpus/labelled/mutants/mutants_837.jsonl.gz"
    command = [sys.executable, str(script), str(count), str(folder), str(base), str(PER_FILE)]
    subprocess.run(command, check=True, capture_output=True)


def make_tables(folder):
    """The publishers' tables at full size."""
    from engine.reference.importing import import_file

    if (folder / "catalogue.json").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as made:
        subprocess.run([sys.executable, SHARED / "refdata/make_cms_files.py", made], check=True, capture_output=True)
        for path in sorted(Path(made).iterdir()):
            list(import_file(path, folder))


def one(name, claims, tables, seconds):
    """One contestant in this process; prints what was measured as JSON."""
    from tests.bench.peers import CONTESTANTS, Course, library_version

    began = time.perf_counter()
    run = CONTESTANTS[name](Course(tuple(sorted(claims.iterdir())), tables))
    next(run)
    ready, used = time.perf_counter(), time.process_time()
    done = 0
    for done in run:  # noqa: B007 -- the last number counts
        if time.perf_counter() - ready > seconds:
            break
    spent, used = time.perf_counter() - ready, time.process_time() - used
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    measured = {
        "claims": done,
        "seconds": spent,
        "cpu": used,
        "start": ready - began,
        "peak": int(peak.split()[1]) / KILOBYTE,
    }
    print(json.dumps({**measured, "library": library_version(name)}))


def alone(name, claims, tables, seconds):
    """One contestant, in a process of its own."""
    command = [sys.executable, __file__, "--one", name, "--folder", claims, "--tables", tables]
    done = subprocess.run(
        [*map(str, command), "--seconds", str(seconds)], capture_output=True, text=True, check=False, cwd=ROOT
    )
    if done.returncode:
        return {"absent": (done.stderr.strip().splitlines() or ["no word"])[-1]}
    return json.loads(done.stdout.splitlines()[-1])


def batch(jobs, engine, claims, tables):
    """The batch with some processes, to Parquet: its own time from start to end, proportional memory of all of it."""
    with tempfile.TemporaryDirectory() as out:
        command = [sys.executable, "-m", "engine.cli", "batch", claims, "--out", f"{out}/out", "--jobs", jobs]
        command += ["--engine", engine, "--tables", tables, "--received-on", "2026-01-15", "--fail-on", "never"]
        began, used = time.perf_counter(), children_cpu()
        with subprocess.Popen([*map(str, command)], cwd=ROOT, stdout=subprocess.DEVNULL) as process:
            peak = [0.0]
            watch = threading.Thread(target=weigh, args=(process, peak))
            watch.start()
            status = process.wait()
            watch.join()
        spent, used = time.perf_counter() - began, children_cpu() - used
        if status:
            return {"absent": f"ended with status {status}"}
        summary = json.loads((Path(out) / "out" / "summary.json").read_text())
    return {"claims": summary["claims"], "seconds": spent, "cpu": used, "start": 0.0, "peak": peak[0], "library": ""}


def children_cpu():
    """CPU seconds of the processes that have ended below this one."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def weigh(process, peak):
    """The highest sum of proportional set sizes of a process and its children, MB."""
    while process.poll() is None:
        total = 0
        for found in [process.pid, *descendants(process.pid)]:
            try:
                lines = Path(f"/proc/{found}/smaps_rollup").read_text().splitlines()
                total += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
            except (OSError, StopIteration):
                continue
        peak[0] = max(peak[0], total / KILOBYTE)
        time.sleep(0.2)


def descendants(process):
    """The ids of all processes below one."""
    try:
        words = [(task / "children").read_text() for task in Path(f"/proc/{process}/task").iterdir()]
    except OSError:
        return []
    found = [int(word) for word in " ".join(words).split()]
    return [*found, *(deeper for child in found for deeper in descendants(child))]


def row(label, what, measured, base):
    """A line of the table."""
    if "absent" in measured:
        return f"| {label} | {what} | | | | | | {measured['absent']} |"
    rate = measured["claims"] / measured["seconds"]
    ratio = f"{rate / base:.2f}" if base else ""
    return (
        f"| {label} | {what} | {rate:,.0f} | {ratio} | "
        f"{measured['claims'] / measured['cpu']:,.0f} | {measured['peak']:,.0f} | {measured['start']:.1f} | "
        f"{measured['claims']:,} claims in {measured['seconds']:.1f} s {measured['library']} |"
    )


def compare(given, claims, tables, say):
    """Every contestant; the lines of the table."""
    from engine.cli.options import Engine
    from tests.bench.peers import CONTESTANTS

    results = {}
    for name in CONTESTANTS:
        results[name, 1] = alone(name, claims, tables, given.seconds)
        say(name, results[name, 1])
    for name in Engine:
        if "absent" in results[name.value, 1]:
            continue
        for jobs in (1, 2):
            results[f"batch, {name.value}", jobs] = batch(jobs, name.value, claims, tables)
            say(f"batch {name.value} {jobs}", results[f"batch, {name.value}", jobs])
    found = results[BASE, 1]
    base = found["claims"] / found["seconds"] if "absent" not in found else 0
    return [row(label, jobs, measured, base) for (label, jobs), measured in results.items()]


def page(given, lines, load):
    """docs/benchmarks.md."""
    command = f"python tests/bench/bench_peers.py --claims {given.claims} --seconds {given.seconds:.0f} --write"
    return f"""# Benchmarks

Bytes to findings, all packs, reference tables at full size, one run:

```console
$ {command}
```

{time.strftime("%Y-%m-%d")}, {os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}.
The load average before the run was {load:.1f}: above 0.5, others were at work, all rates are too low, and claims per
CPU second tell more.

Claims are synthetic professional claims of about 1 kB, in X12 files of {PER_FILE}. Each contestant has a process of its
own and at most {given.seconds:.0f} s. The batch does all {given.claims:,} claims and writes Parquet; its time includes
starting its processes. *Ratio* is the rate against `{BASE}` in one process. *Peak* is the highest resident memory; for
the batch the proportional memory of all its processes together.

| what | processes | claims/s | ratio | claims per CPU second | peak, MB | start, s | measured |
|---|---|---|---|---|---|---|---|
{chr(10).join(lines)}

- *parse only* splits bytes into segments and elements and does nothing with them: no check can be faster.
- *read* is our reader: claims, held against the implementation guides. pyx12 does what lies nearest to that; it knows
  no edits.
- *CLIPS* is the whole check with CLIPS in the place of the engine: our conditions, translated, over the same facts.
- *ValidEDI* checks structure and about sixty rules.
- *claim-validator* reads claims as JSON, which was written before its clock ran, and its pipeline object is made once;
  it has eight validators.
- A line without figures says why there are none.
"""


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--claims", type=int, default=100_000)
    arguments.add_argument("--seconds", type=float, default=60)
    arguments.add_argument("--tables", type=Path)
    arguments.add_argument("--write", action="store_true")
    arguments.add_argument("--one", help=argparse.SUPPRESS)
    arguments.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.one:
        one(given.one, given.folder, given.tables, given.seconds)
        return
    if not SHARED.is_dir():
        print(f"skipped: claims and tables are made from {SHARED}, which is not here")
        return
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        claims, tables = Path(folder) / "claims", given.tables or Path(folder) / "tables"
        make_claims(given.claims, claims)
        make_tables(tables)
        lines = compare(given, claims, tables, lambda *words: print(*words, flush=True))
    text = page(given, lines, load)
    print(text)
    if given.write:
        PAGE.write_text(text)


if __name__ == "__main__":
    main()

# ruff: noqa: T201 -- it prints: that is its output
"""The reference tables as they are used: import, open, memory, pairs of a claim, validity of a diagnosis.

Run: python tests/bench/bench_tables.py [--files cms-files] [--claims 10000]

The files are those of ``make_cms_files.py``. Import and look-ups run in processes of their own. A claim has ten lines
of different procedures, so 90 ordered pairs; it is looked up once, so nothing is warm but the pages of the file. The
dict is given the same keys and answers with the same rows.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import permutations
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

DAY = 20400  # 2025-11-08
CODES = ("mue-practitioner", "hcpcs", "pprrvu", "add-on")
PAIRS = "ptp-practitioner"


def memory():
    """Resident memory of this process and its highest, MB."""
    words = dict(line.split(":") for line in Path("/proc/self/status").read_text().splitlines())
    return [int(words[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM")]


def bring_in(files, folder):
    """Import every file."""
    from engine.reference.importing import import_file

    rows, bad, began = 0, 0, time.perf_counter()
    print(f"{'file':52}{'table':18}{'edition':12}{'rows':>10}{'bad':>5}{'rows/s':>10}")
    for path in sorted(files.iterdir()):
        for done in import_file(path, folder):
            rate = done.rows / done.seconds if done.seconds else 0
            print(
                f"{path.name:52}{done.table:18}{done.edition:12}{done.rows:>10,}{done.bad_rows:>5}{rate:>10,.0f}",
                flush=True,
            )
            rows, bad = rows + done.rows, bad + done.bad_rows
    spent = time.perf_counter() - began
    print(json.dumps({"rows": rows, "bad": bad, "seconds": spent, "highest": memory()[1]}))


def median_us(spent):
    return statistics.median(spent) * 1e6


def look_up(folder, claims):
    """Open everything and ask."""
    from engine.reference import icd10cm, mce
    from engine.reference.catalog import Tables

    found = {"imports": memory()[0]}
    began = time.perf_counter()
    tables = Tables.load([folder])
    found["load_ms"] = (time.perf_counter() - began) * 1e3
    imported = [name for name in tables.names() if name not in ("icd10cm", "mce-dx", "mce-sg", "icd10cm-partners")]
    for name in imported:
        tables.rows(name, "", DAY)
    found["open_ms"] = (time.perf_counter() - began) * 1e3
    found["opened"] = memory()[0]
    codes = sorted({key[:5] for key in tables.keys_from(PAIRS, "", DAY)})
    found["before"] = memory()[0]
    chance = random.Random(1)
    pairs, singles, hits = [], [], 0
    for _ in range(claims):
        of_claim = chance.sample(codes, 10)
        began = time.perf_counter()
        hits += len(tables.rows_many(PAIRS, [f"{one}|{two}" for one, two in permutations(of_claim, 2)], DAY))
        pairs.append(time.perf_counter() - began)
        began = time.perf_counter()
        for name in CODES:
            for code in of_claim:
                tables.rows_on(name, code, DAY)
        singles.append(time.perf_counter() - began)
    found |= {"pairs_us": median_us(pairs), "singles_us": median_us(singles) / 40, "hits": hits / claims}
    found["used"] = memory()[0]
    began = time.perf_counter()
    icd10cm.standing(tables, "I10", DAY - 100)  # before the imported year: the extract that ships
    found["icd_first_ms"] = (time.perf_counter() - began) * 1e3
    known = list(tables.keys_from("icd10cm", "", DAY))
    asked = [(chance.choice(known), DAY - chance.randrange(3600)) for _ in range(20_000)]
    standings = []
    for code, day in asked:
        began = time.perf_counter()
        icd10cm.standing(tables, code, day)
        standings.append(time.perf_counter() - began)
    found["icd_us"] = median_us(standings)
    mce.flags(tables, "I10", DAY)
    mce.procedure_standing(tables, "0016070", DAY)
    found["everything"] = memory()[0]
    print(json.dumps(found))


def plain(folder, claims):
    """The pairs from a dict."""
    from engine.reference.catalog import Tables

    tables = Tables.load([folder])
    keys = tables.keys_from(PAIRS, "", DAY)
    held = dict(tables.rows_many(PAIRS, keys, DAY))
    codes = sorted({key[:5] for key in keys})
    chance = random.Random(1)
    spent = []
    for _ in range(claims):
        of_claim = chance.sample(codes, 10)
        began = time.perf_counter()
        _ = {key: held[key] for one, two in permutations(of_claim, 2) if (key := f"{one}|{two}") in held}
        spent.append(time.perf_counter() - began)
    print(json.dumps({"dict_us": median_us(spent), "resident": memory()[0]}))


def run(what, *arguments):
    command = [sys.executable, __file__, "--run", what, *map(str, arguments)]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    for line in out[:-1]:
        print(line)
    return json.loads(out[-1])


def main(files, claims):
    folder = Path(tempfile.mkdtemp(prefix="bench-tables-"))
    try:
        got = run("import", files, folder, claims)
        size = sum(path.stat().st_size for path in folder.iterdir()) / 1e6
        seen = run("look-up", files, folder, claims)
        other = run("dict", files, folder, claims)
    finally:
        shutil.rmtree(folder)
    rate = got["rows"] / got["seconds"]
    aims = {"opening": 100, "memory": 150, "pairs": 100}
    print(f"""
import                    {got["rows"]:,} rows ({got["bad"]} bad) in {got["seconds"]:.1f} s: {rate:,.0f} rows/s
import, highest memory    {got["highest"]:.0f} MB
folder                    {size:.0f} MB
Tables.load               {seen["load_ms"]:.1f} ms
load and open all         {seen["open_ms"]:.1f} ms                      (aim {aims["opening"]} ms)
resident, Python alone    {seen["imports"]:.0f} MB
resident, all opened      {seen["opened"]:.0f} MB                       (aim {aims["memory"]} MB)
resident, {claims:,} claims   {seen["used"] - seen["before"] + seen["opened"]:.0f} MB
resident, ICD and MCE too {seen["everything"]:.0f} MB                   (and the extracts that ship)
90 pairs, store           {seen["pairs_us"]:.1f} us, {seen["hits"]:.2f} edits found a claim  (aim {aims["pairs"]} us)
90 pairs, dict            {other["dict_us"]:.1f} us, resident {other["resident"]:.0f} MB
one code, one table       {seen["singles_us"]:.2f} us (MUE, HCPCS, fees, add-on)
ICD standing              {seen["icd_us"]:.2f} us; the first one reads the extract: {seen["icd_first_ms"]:.0f} ms""")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=Path, default=Path("cms-files"))
    parser.add_argument("--claims", type=int, default=10_000)
    parser.add_argument("--run", nargs=4, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.run:
        what, files, folder, claims = asked.run
        job = {
            "import": lambda: bring_in(Path(files), Path(folder)),
            "look-up": lambda: look_up(Path(folder), int(claims)),
            "dict": lambda: plain(Path(folder), int(claims)),
        }
        job[what]()
    else:
        main(asked.files, asked.claims)

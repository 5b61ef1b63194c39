# ruff: noqa: T201 -- it prints: that is its output
"""Stores for reference tables side by side, on the same rows: what docs/adr/0006-table-store.md rests on.

Run: python tests/bench/bench_stores.py [--files cms-files] [--claims 10000]

The files are those of ``make_cms_files.py`` (PTP, MUE, HCPCS, fee schedule, add-on: 3.08 million rows). A store whose
library is not installed is left out with a message: ``pip install duckdb numpy pyarrow``.

Every store keeps the same thing: a key, and the row's content as a number (contents repeat, so they are kept once and
apart). Sorting is not measured, since every store is given the same sorted list. Each store is opened in a process of
its own; a claim asks for its 90 ordered pairs at once and for its ten codes in each of four further tables.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from itertools import permutations
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

PAIRS = "ptp-practitioner"
CODES = ("mue-practitioner", "hcpcs", "pprrvu", "add-on")
TABLES = (PAIRS, "ptp-outpatient", *CODES, "mue-outpatient", "mue-dme")


class Plain:
    """A Python dict: what everything is measured against. It is loaded from a file of lines."""

    name = "dict"
    needs = ()

    def build(self, path, rows):
        path.write_text("".join(f"{key}\t{value}\n" for key, value in rows), "utf-8")

    def open(self, path):
        with path.open(encoding="utf-8") as file:
            return {key: int(value) for key, value in (line.rstrip("\n").split("\t") for line in file)}

    def many(self, opened, keys):
        return [opened.get(key) for key in keys]


class Sqlite:
    """One query a batch; the file is opened immutable and memory-mapped."""

    name = "sqlite, one query"
    needs = ()

    def build(self, path, rows):
        with sqlite3.connect(path, isolation_level=None) as db:
            db.execute("PRAGMA journal_mode=off")
            db.execute("PRAGMA synchronous=off")
            db.execute("CREATE TABLE rows (key TEXT PRIMARY KEY, value INTEGER) WITHOUT ROWID")
            db.execute("BEGIN")
            db.executemany("INSERT INTO rows VALUES (?, ?)", rows)
            db.execute("COMMIT")
        db.close()

    def open(self, path):
        db = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
        db.execute(f"PRAGMA mmap_size={1 << 30}")
        return db

    def many(self, opened, keys):
        query = f"SELECT key, value FROM rows WHERE key IN ({','.join('?' * len(keys))})"  # noqa: S608 -- marks only
        return opened.execute(query, keys).fetchall()


class SqliteEach(Sqlite):
    """One query a key."""

    name = "sqlite, one query a key"

    def many(self, opened, keys):
        run = opened.execute
        return [run("SELECT value FROM rows WHERE key=?", (key,)).fetchone() for key in keys]


class Lmdb:
    """Appended in order; opened read-only without a lock, which a file that never changes does not need."""

    name = "lmdb, a get a key"
    needs = ("lmdb",)

    def build(self, path, rows):
        import lmdb

        size = 1 << 30
        with (
            lmdb.open(str(path), subdir=False, map_size=size, lock=False, sync=False, writemap=True) as db,
            db.begin(write=True, buffers=True) as txn,
        ):
            put = txn.put
            for key, value in rows:
                put(key.encode(), value.to_bytes(4, "little"), append=True)
            used = (txn.stat()["leaf_pages"] + 100) * 4096
        with path.open("r+b") as file:  # writemap leaves the whole map as a sparse file
            file.truncate(max(used, lmdb_used(path)))

    def open(self, path):
        import lmdb

        return lmdb.open(str(path), subdir=False, readonly=True, lock=False, readahead=False).begin(buffers=True)

    def many(self, opened, keys):
        get = opened.get
        return [get(key.encode()) for key in keys]


def lmdb_used(path):
    import lmdb

    with lmdb.open(str(path), subdir=False, readonly=True, lock=False) as db:
        return (db.info()["last_pgno"] + 1) * db.stat()["psize"]


class LmdbBatch(Lmdb):
    """One call a batch."""

    name = "lmdb, getmulti"

    def open(self, path):
        return super().open(path).cursor()

    def many(self, opened, keys):
        return opened.getmulti([key.encode() for key in keys])


class Numpy:
    """Two sorted arrays in files of their own, memory-mapped, binary search."""

    name = "numpy sorted arrays"
    needs = ("numpy",)

    def build(self, path, rows):
        import numpy as np

        path.mkdir()
        np.save(path / "keys.npy", np.array([key.encode() for key, _ in rows], dtype="S11"))
        np.save(path / "values.npy", np.array([value for _, value in rows], dtype="<u4"))

    def open(self, path):
        import numpy as np

        return tuple(np.load(path / f"{name}.npy", mmap_mode="r") for name in ("keys", "values"))

    def many(self, opened, keys):
        import numpy as np

        held, values = opened
        asked = np.array([key.encode() for key in keys], dtype="S11")
        at = held.searchsorted(asked)
        at[at == len(held)] = 0
        return values[at[held[at] == asked]].tolist()


class Arrow(Numpy):
    """The same arrays in an Arrow file (Arrow has no binary search of its own; numpy searches its buffers)."""

    name = "arrow file, numpy search"
    needs = ("numpy", "pyarrow")

    def build(self, path, rows):
        import pyarrow as pa

        keys = pa.array([key.encode().ljust(11, b"\0") for key, _ in rows], pa.binary(11))
        table = pa.table({"key": keys, "value": pa.array([value for _, value in rows], pa.uint32())})
        with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table)

    def open(self, path):
        import numpy as np
        import pyarrow as pa

        table = pa.ipc.open_file(pa.memory_map(str(path))).read_all().combine_chunks()
        keys, values = (column.chunk(0) for column in table.columns)
        held = np.frombuffer(keys.buffers()[1], "S11", len(keys))
        return held, np.frombuffer(values.buffers()[1], "<u4", len(values))


class Duck:
    """A table with a primary key; one query a batch. Fewer claims: a query takes milliseconds."""

    name = "duckdb, one query"
    most_claims = 200
    needs = ("duckdb", "pyarrow")

    def build(self, path, rows):
        import duckdb
        import pyarrow as pa

        table = pa.table({"key": [key for key, _ in rows], "value": pa.array([value for _, value in rows], pa.int32())})
        with duckdb.connect(str(path)) as db:
            db.register("given", table)
            db.execute("CREATE TABLE rows (key VARCHAR PRIMARY KEY, value INTEGER)")
            db.execute("INSERT INTO rows SELECT * FROM given")

    def open(self, path):
        import duckdb

        return duckdb.connect(str(path), read_only=True)

    def many(self, opened, keys):
        return opened.execute("SELECT key, value FROM rows WHERE key IN (SELECT unnest(?))", [keys]).fetchall()


STORES = (Plain(), SqliteEach(), Sqlite(), Lmdb(), LmdbBatch(), Numpy(), Arrow(), Duck())


def read_tables(folder):
    """Sorted keys with the number of what stands under them, by table."""
    from engine.reference.importers.detect import detect
    from engine.reference.importers.format import Parsed

    tables = {}
    for path in sorted(folder.iterdir()):
        for found in detect(path):
            if found.detected.table in TABLES:
                by_key = tables.setdefault(found.detected.table, {})
                with found.open() as stream:
                    for row in found.format.rows(stream, found.detected):
                        if isinstance(row, Parsed):
                            by_key.setdefault(row.key, []).append((row.values, row.first_day, row.last_day))
    contents = {}
    return {
        table: [(key, contents.setdefault(tuple(by_key[key]), len(contents))) for key in sorted(by_key)]
        for table, by_key in tables.items()
    }


def resident():
    """Resident and private memory of this process, MB."""
    words = dict(line.split(":") for line in Path("/proc/self/smaps_rollup").read_text().splitlines()[1:])
    kib = {name: int(value.split()[0]) for name, value in words.items()}
    return kib["Rss"] / 1024, (kib["Private_Clean"] + kib["Private_Dirty"]) / 1024


def measure(name, folder, claims):
    """In a process of its own: open everything, look up the claims; prints JSON."""
    store = next(each for each in STORES if each.name == name)
    for module in store.needs:
        __import__(module)
    bare = resident()[0]
    begin = time.perf_counter()
    opened = {table: store.open(folder / table) for table in TABLES}
    opened_ms = (time.perf_counter() - begin) * 1e3
    after_open = resident()[0]
    codes = json.loads((folder / "codes.json").read_text())
    chance = random.Random(1)
    spent = []
    for _ in range(min(claims, getattr(store, "most_claims", claims))):
        of_claim = chance.sample(codes, 10)
        keys = [f"{one}|{two}" for one, two in permutations(of_claim, 2)]
        begin = time.perf_counter()
        store.many(opened[PAIRS], keys)
        spent.append(time.perf_counter() - begin)
        for table in CODES:
            store.many(opened[table], of_claim)
    rss, private = resident()
    print(json.dumps([bare, opened_ms, after_open, rss, statistics.median(spent) * 1e6, private]))
    sys.stdout.flush()
    sys.stdin.read()  # stay until the other process has measured too


def start(name, folder, claims):
    command = [sys.executable, __file__, "--measure", name, "--built", str(folder), "--claims", str(claims)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def compare(files, claims):
    tables = read_tables(files)
    total = sum(len(rows) for rows in tables.values())
    codes = sorted({key.split("|")[0] for key, _ in tables[PAIRS]})
    print(f"{total:,} keys in {len(tables)} tables; {claims:,} claims of ten lines\n")
    print(
        f"{'store':26}{'build rows/s':>14}{'files MB':>10}{'import MB':>11}{'open ms':>9}{'RSS opened':>12}"
        f"{'RSS used':>10}{'90 pairs us':>13}{'private MB of 2nd process':>27}"
    )
    for store in STORES:
        missing = [module for module in store.needs if find_spec(module) is None]
        if missing:
            print(f"{store.name:26}left out: {' and '.join(missing)} not installed")
            continue
        folder = Path(tempfile.mkdtemp(prefix="bench-stores-"))
        try:
            begin = time.perf_counter()
            for table, rows in tables.items():
                store.build(folder / table, rows)
            rate = total / (time.perf_counter() - begin)
            size = sum(path.stat().st_blocks * 512 for path in folder.rglob("*") if path.is_file()) / 1e6
            (folder / "codes.json").write_text(json.dumps(codes))
            both = []
            first = start(store.name, folder, claims)
            both.append(json.loads(first.stdout.readline()))
            second = start(store.name, folder, claims)  # while the first still holds everything
            both.append(json.loads(second.stdout.readline()))
            for each in (first, second):
                each.communicate()
            bare, opened, after_open, used, pairs, _ = both[0]
            print(
                f"{store.name:26}{rate:>14,.0f}{size:>10.1f}{bare:>11.1f}{opened:>9.1f}{after_open:>12.1f}"
                f"{used:>10.1f}{pairs:>13.1f}{both[1][5]:>27.1f}"
            )
        finally:
            shutil.rmtree(folder)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=Path, default=Path("cms-files"))
    parser.add_argument("--claims", type=int, default=10_000)
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    parser.add_argument("--built", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.measure:
        measure(asked.measure, asked.built, asked.claims)
    else:
        compare(asked.files, asked.claims)

"""Load on loopback: one-claim checks at 1, 8 and 32 clients, then 8 clients during 50 reloads.

    .venv/bin/python -m tests.bench.api.load [requests at each number of clients] [reloads]

Every answer is held against what the command line prints under the packs that the answer names. The clients run on the
same machine as the service and take their share of it.
"""

from __future__ import annotations

import contextlib
import http.client
import itertools
import re
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

from tests.bench.api.served import RECEIVED_ON, ROOT, TABLES, X12, Served, served

CLAIM = (ROOT / "api" / "examples" / "claim.837").read_bytes()
PATH = f"/v1/claims/check?received_on={RECEIVED_ON}"


def site_pack(home: Path, version: str) -> None:
    """A site's pack of one rule, in one of its versions."""
    folder = home / "site" / "ward"
    (folder / "units").mkdir(parents=True, exist_ok=True)
    (folder / "pack.yaml").write_text(f"pack: ward\ntitle: Ward\nowner: trial\nversion: {version}\nprefix: WRD\n")
    rule = (ROOT / "api" / "examples" / "draft.yaml").read_text()
    rule = re.sub(r"name: .*", "name: draws", rule, count=1).replace("status: draft", "status: stable")
    rule = rule.replace("BIL-9901", "WRD-0001").replace("more_than: 1", "less_than: 1")
    rule = rule.replace("bills {line.units} units", f"bills {{line.units}} units ({version})")
    (folder / "units" / "draws.yaml").write_text(rule)
    test = (ROOT / "api" / "examples" / "draft.test.yaml").read_text().replace("BIL-9901", "WRD-0001")
    test = test.replace("units: 2", "units: 0").replace("bills 2 units", f"bills 0 units ({version})")
    (folder / "units" / "draws.test.yaml").write_text(test)


def wanted_of(one: Served, site: Path, version: str) -> tuple[bytes, bytes]:
    """What the command line prints under a version of the site's pack, and the digest of that pack."""
    site_pack(site, version)
    words = ("check", "-", "--format", "json", "--received-on", RECEIVED_ON, "--tables", str(TABLES))
    printed = one.command(*words, "--rules", str(site / "site"), content=CLAIM).stdout
    return re.search(rb'"name":"ward","version":"[^"]*","digest":"(\w+)"', printed)[1], printed


class Clients:
    """Some clients, each with its connection, sending the same claim over and over."""

    def __init__(self, one: Served, wanted: dict[bytes, bytes]) -> None:
        self.one, self.wanted = one, wanted
        self.times: list[float] = []
        self.wrong: list[str] = []
        self.seen: set[bytes] = set()

    def run(self, clients: int, requests: int | None, stop: threading.Event) -> float:
        """Send so many requests in all, or until told to stop; the seconds it took."""
        numbers = itertools.count() if requests is None else iter(range(requests))
        lock = threading.Lock()

        def client() -> None:
            connection = http.client.HTTPConnection("127.0.0.1", self.one.port, timeout=120)
            while not stop.is_set():
                with lock:
                    if next(numbers, None) is None:
                        break
                began = time.perf_counter()
                connection.request("POST", PATH, CLAIM, X12)
                answer = connection.getresponse()
                content = answer.read()
                self.times.append(time.perf_counter() - began)
                self.judge(answer.status, content)
            connection.close()

        threads = [threading.Thread(target=client) for _ in range(clients)]
        began = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return time.perf_counter() - began

    def judge(self, status: int, content: bytes) -> None:
        """Is it the answer of the packs that it names?"""
        found = re.search(rb'"name":"ward","version":"[^"]*","digest":"(\w+)"', content)
        if status != 200 or found is None or content != self.wanted.get(found[1]):
            self.wrong.append(f"{status} {content[:200]!r}")
        else:
            self.seen.add(found[1])

    def report(self, name: str, seconds: float) -> None:
        """One line."""
        cuts = statistics.quantiles(self.times, n=100)
        print(
            f"{name:34} {len(self.times):6} requests  {len(self.times) / seconds:7.1f} a second   "
            f"p50 {cuts[49] * 1000:7.1f}  p95 {cuts[94] * 1000:7.1f}  p99 {cuts[98] * 1000:7.1f} ms   "
            f"{len(self.wrong)} wrong, {len(self.seen)} versions seen",
            flush=True,
        )
        for wrong in self.wrong[:3]:
            print("   ", wrong)


def main() -> None:
    requests = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    reloads = int(sys.argv[2]) if len(sys.argv) > 2 else 50
    never = threading.Event()
    with tempfile.TemporaryDirectory(prefix="cleanclaim-site-") as folder, contextlib.ExitStack() as stack:
        site = Path(folder)
        site_pack(site, "1.0.0")
        one = stack.enter_context(served(CLEANCLAIM_RULES=str(site / "site")))
        wanted = dict([wanted_of(one, site, "2.0.0"), wanted_of(one, site, "1.0.0")])
        for clients in (1, 8, 32):
            Clients(one, wanted).run(clients, 50, never)  # the first checks open the tables
            measured = Clients(one, wanted)
            measured.report(f"{clients} clients", measured.run(clients, requests, never))
        during = Clients(one, wanted)
        stop = threading.Event()
        thread = threading.Thread(target=lambda: setattr(during, "seconds", during.run(8, None, stop)))
        thread.start()
        began = time.monotonic()
        statuses = []
        for number in range(reloads):
            site_pack(site, ("2.0.0", "1.0.0")[number % 2])
            connection = http.client.HTTPConnection("127.0.0.1", one.port, timeout=300)
            connection.request("POST", "/v1/packs/reload")
            statuses.append(connection.getresponse().status)
            connection.close()
        taken = time.monotonic() - began
        stop.set()
        thread.join()
        during.report(f"8 clients during {reloads} reloads", during.seconds)
        print(f"reloads: {statuses.count(200)} of {reloads} took effect, {taken / reloads:.1f} s each")
        print(one.command("audit", "verify").stdout.decode().strip())


if __name__ == "__main__":
    main()

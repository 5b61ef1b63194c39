"""Hostile bodies: what does the service answer, and does it live?

    .venv/bin/python -m tests.bench.api.hostile [bodies] [seed]

Fuzzed X12 and JSON, deep nesting, huge numbers, gzip that grows, wrong encodings and types, on every route that takes a
body. Only success and documented refusals count as right; a worker that ends counts as wrong.
"""

from __future__ import annotations

import collections
import gzip
import http.client
import json
import random
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from tests.bench.api.served import ROOT, Served, served

OFFICE = (ROOT / "examples" / "office-visit.837").read_bytes()
CLAIM = (ROOT / "api" / "examples" / "claim.json").read_bytes()
FHIR = (ROOT / "examples" / "claim.fhir.json").read_bytes()
DRAFT = (ROOT / "api" / "examples" / "draft.yaml").read_text()
BOMB = gzip.compress(bytes(80 * 1024 * 1024), 9)
ROUTES = ("/v1/claims/check",) * 6 + ("/v1/claims/history", "/v1/rules/lint", "/v1/rules/try", "/v1/claims/batches")
FINE = {200, 201, 202, 400, 406, 413, 415, 422}


def fuzzed(chance: random.Random, content: bytes) -> bytes:
    """A few bytes changed, taken out, doubled or cut off."""
    changed = bytearray(content)
    for _ in range(chance.randint(1, 20)):
        place = chance.randrange(len(changed))
        match chance.randrange(5):
            case 0:
                changed[place] = chance.randrange(256)
            case 1:
                del changed[place : place + chance.randint(1, 40)]
            case 2:
                changed[place:place] = changed[place : place + chance.randint(1, 400)]
            case 3:
                changed[place:place] = chance.choice([b"~", b"*", b":", b"\x00", b"\xff\xfe", b'"', b"{", "é".encode()])
            case _:
                del changed[place:]
        if not changed:
            changed = bytearray(b"I")
    return bytes(changed)


def huge_numbers(chance: random.Random) -> bytes:
    claim = json.loads(CLAIM)
    value = chance.choice(["9" * 400, "1e400", "-1e400", "1E-999", "NaN", "Infinity", "0x10", "1" + "0" * 5000, "-0"])
    text = json.dumps(claim)
    return text.replace(chance.choice(["14500", "16000", "1500"]), value).encode()


def deep(chance: random.Random) -> bytes:
    depth = chance.choice([100, 1000, 10_000, 200_000])
    opened = chance.choice(['{"a":', "[", '{"claim_type":[', '{"resourceType":{"a":'])
    return (opened * depth).encode() + b"1" + (b"}" if "{" in opened else b"]") * chance.choice([0, depth])


def long_texts(chance: random.Random) -> bytes:
    claim = json.loads(CLAIM)
    claim["subscriber"]["last_name"] = (
        chance.choice(["x", "\u0000", "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"), "🧨"]) * 70_000
    )
    claim["lines"] = claim["lines"] * chance.choice([1, 50, 600])
    return json.dumps(claim).encode()


KINDS: dict[str, Callable[[random.Random], tuple[bytes, dict[str, str]]]] = {
    "fuzzed X12": lambda c: (fuzzed(c, OFFICE), {"Content-Type": "application/edi-x12"}),
    "fuzzed JSON": lambda c: (fuzzed(c, CLAIM), {"Content-Type": "application/json"}),
    "fuzzed FHIR": lambda c: (fuzzed(c, FHIR), {"Content-Type": "application/fhir+json"}),
    "fuzzed draft": lambda c: (
        json.dumps({"rule": fuzzed(c, DRAFT.encode()).decode("latin-1"), "claims": OFFICE.decode()}).encode(),
        {"Content-Type": "application/json"},
    ),
    "deep": lambda c: (deep(c), {"Content-Type": "application/json"}),
    "huge numbers": lambda c: (huge_numbers(c), {"Content-Type": "application/json"}),
    "long texts": lambda c: (long_texts(c), {"Content-Type": "application/json"}),
    "noise": lambda c: (c.randbytes(c.choice([0, 1, 100, 70_000])), {"Content-Type": "application/octet-stream"}),
    "wrong type": lambda c: (OFFICE, {"Content-Type": c.choice(["text/plain", "image/png", "a/b;c", "\t"])}),
    "wrong encoding": lambda c: (
        OFFICE,
        {"Content-Type": "application/edi-x12", "Content-Encoding": c.choice(["br", "gzip", "gzip,gzip", "x"])},
    ),
    "UTF-16 and others": lambda c: (
        CLAIM.decode().encode(c.choice(["utf-16", "utf-32", "utf-16-le", "cp037"])),
        {"Content-Type": "application/json"},
    ),
    "zip bomb": lambda _: (BOMB, {"Content-Type": "application/edi-x12", "Content-Encoding": "gzip"}),
    "broken gzip": lambda c: (
        fuzzed(c, gzip.compress(OFFICE)),
        {"Content-Type": "application/edi-x12", "Content-Encoding": "gzip"},
    ),
}
RARE = {"zip bomb": 0.1, "deep": 0.5, "long texts": 0.3}


def memory(one: Served) -> int:
    """The most memory that a worker has held, in MiB."""
    peaks = [0]
    for worker in one.workers():
        status = Path(f"/proc/{worker}/status").read_text(encoding="ascii").splitlines()
        peaks += [int(line.split()[1]) // 1024 for line in status if line.startswith("VmHWM")]
    return max(peaks)


def main() -> int:
    bodies = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    chance = random.Random(seed)
    names = chance.choices(list(KINDS), weights=[RARE.get(kind, 1) for kind in KINDS], k=bodies)
    seen: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    wrong: list[str] = []
    lock = threading.Lock()
    with served(CLEANCLAIM_MAX_BATCH_BYTES="2000000") as one:
        workers = one.workers()
        numbers = iter(range(bodies))
        slowest = 0.0

        def client() -> None:
            nonlocal slowest
            connection = http.client.HTTPConnection("127.0.0.1", one.port, timeout=180)
            while True:
                with lock:
                    number = next(numbers, None)
                if number is None:
                    return
                mine = random.Random(f"{seed} {number}")
                content, headers = KINDS[names[number]](mine)
                route = mine.choice(ROUTES)
                began = time.monotonic()
                try:
                    connection.request("POST", route, content, headers)
                    answer = connection.getresponse()
                    said = answer.read()
                    outcome = str(answer.status)
                    if answer.status not in FINE or (answer.status >= 400 and b"urn:cleanclaim:problem:" not in said):
                        wrong.append(f"{number} {names[number]} {route}: {answer.status} {said[:200]!r}")
                except (BrokenPipeError, ConnectionResetError, http.client.HTTPException) as error:
                    # a refusal on the way ends the connection: the client may still be sending
                    outcome = type(error).__name__
                    if len(content) < 1_000_000 and names[number] != "zip bomb":
                        wrong.append(f"{number} {names[number]} {route}: {outcome}")
                    connection.close()
                    connection = http.client.HTTPConnection("127.0.0.1", one.port, timeout=180)
                slowest = max(slowest, time.monotonic() - began)
                seen[names[number]][outcome] += 1

        began = time.monotonic()
        threads = [threading.Thread(target=client) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for kind, outcomes in seen.items():
            print(f"{kind:18} {dict(sorted(outcomes.items()))}")
        print(
            f"{bodies} bodies in {time.monotonic() - began:.0f} s, the slowest {slowest:.1f} s; "
            f"most memory of a worker {memory(one)} MiB"
        )
        if one.workers() != workers:
            wrong.append(f"workers {workers} became {one.workers()}")
        answer = http.client.HTTPConnection("127.0.0.1", one.port, timeout=60)
        answer.request(
            "POST", "/v1/claims/check?received_on=2026-04-15", OFFICE, {"Content-Type": "application/edi-x12"}
        )
        if answer.getresponse().read() != one.printed(OFFICE):
            wrong.append("a sound claim afterwards is not answered as before")
        print(one.command("audit", "verify").stdout.decode().strip())
    print(f"wrong: {len(wrong)}")
    for text in wrong[:20]:
        print("  ", text)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

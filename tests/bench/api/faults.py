"""Faults: a worker killed in the middle of a batch, a full disk, a store that goes and comes back, broken packs.

    .venv/bin/python -m tests.bench.api.faults

Each trial says what the callers saw and what was lost; a loss makes the exit status 1.
"""

from __future__ import annotations

import collections
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import httpx2

from tests.api.postgresql import throwaway_server
from tests.bench.api.served import RECEIVED_ON, ROOT, X12, Served, served

OFFICE = (ROOT / "examples" / "office-visit.837").read_bytes()
PATH = f"/v1/claims/check?received_on={RECEIVED_ON}"
LOST: list[str] = []


def said(trial: str, text: str) -> None:
    print(f"{trial:12} {text}", flush=True)


def must(trial: str, holds: bool, text: str) -> None:
    """A thing that has to hold."""
    said(trial, f"{'yes' if holds else 'NO'}: {text}")
    if not holds:
        LOST.append(f"{trial}: {text}")


def post(one: Served, path: str, content: bytes = b"", seconds: float = 60) -> str:
    """The status of a request, or the kind of failure to connect."""
    try:
        return str(httpx2.post(one.url + path, content=content, headers=X12, timeout=seconds).status_code)
    except httpx2.HTTPError as error:
        return type(error).__name__


def until_ended(one: Served, batch_id: str, seconds: float = 300) -> dict[str, object]:
    """The state of a batch when it has ended."""
    end = time.monotonic() + seconds
    state: dict[str, object] = {"state": "unknown"}
    while time.monotonic() < end:
        try:
            state = httpx2.get(f"{one.url}/v1/claims/batches/{batch_id}", timeout=30).json()
        except httpx2.HTTPError:
            time.sleep(0.2)
            continue
        if state.get("state") in ("done", "failed"):
            break
        time.sleep(0.2)
    return state


def killed_workers(copies: int = 100, kills: int = 4) -> None:
    """kill -9 of whichever workers there are, again and again, while a batch runs; then of the whole service."""
    trial = "kill -9"
    with served() as one:
        content = OFFICE * copies
        wanted = one.printed(content, "ndjson")
        answer = httpx2.post(f"{one.url}/v1/claims/batches?received_on={RECEIVED_ON}", content=content, headers=X12)
        batch_id = answer.json()["id"]
        progress = []
        for number in range(kills):
            done = 0
            end = time.monotonic() + 300
            while time.monotonic() < end:
                state = state_of(one, batch_id)
                done = state.get("claims_done", 0)
                if state.get("state") == "done" or done >= (number + 1) * 4 * copies // (kills + 2):
                    break
                time.sleep(0.02)
            progress.append(done)
            victims = one.workers()
            for victim in victims:
                os.kill(victim, signal.SIGKILL)
            said(trial, f"killed workers {victims} with {done} claims of {4 * copies} done")
        one.process.kill()
        one.process.wait()
        for worker in one.workers():
            os.kill(worker, signal.SIGKILL)
        said(trial, "killed the whole service and started it again")
        one.start()
        state = until_ended(one, batch_id)
        results = httpx2.get(f"{one.url}/v1/claims/batches/{batch_id}/results", timeout=60).content
        must(
            trial, state["state"] == "done" and state["claims_done"] == 4 * copies, f"the batch ended: {state['state']}"
        )
        must(trial, results == wanted, f"its {results.count(b'claim_type')} claims are the command line's, none twice")
        must(trial, progress[0] < 4 * copies, "it was killed in the middle")
        verified = one.command("audit", "verify")
        must(trial, verified.returncode == 0, verified.stdout.decode().strip())


def state_of(one: Served, batch_id: str) -> dict:
    try:
        return httpx2.get(f"{one.url}/v1/claims/batches/{batch_id}", timeout=10).json()
    except httpx2.HTTPError:
        return {}


def killed_while_checking(seconds: float = 12) -> None:
    """Workers die under requests: callers see broken connections, then go on; no answer is wrong."""
    trial = "kill -9 load"
    with served() as one:
        wanted = one.printed(OFFICE)
        seen: collections.Counter[str] = collections.Counter()
        stop = threading.Event()

        def client() -> None:
            while not stop.is_set():
                try:
                    answer = httpx2.post(one.url + PATH, content=OFFICE, headers=X12, timeout=60)
                except httpx2.HTTPError as error:
                    seen[type(error).__name__] += 1
                    time.sleep(0.05)
                    continue
                seen[f"{answer.status_code} {'right' if answer.content == wanted else 'WRONG'}"] += 1

        threads = [threading.Thread(target=client) for _ in range(4)]
        for thread in threads:
            thread.start()
        for _ in range(3):
            time.sleep(seconds / 4)
            if workers := one.workers():
                os.kill(workers[0], signal.SIGKILL)
        time.sleep(seconds / 4)
        stop.set()
        for thread in threads:
            thread.join()
        must(trial, not [kind for kind in seen if "WRONG" in kind], f"callers saw {dict(seen)}")
        end = time.monotonic() + 90
        while len(one.workers()) < 2 and time.monotonic() < end:
            time.sleep(0.2)
        must(trial, len(one.workers()) == 2, "the dead workers were replaced")


def full_disk() -> None:
    """The store lies on a small file system that fills up; then there is room again."""
    trial = "full disk"
    mount = Path(tempfile.mkdtemp(prefix="cleanclaim-small-"))
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(mount)], check=False, capture_output=True
    )
    if made.returncode:
        said(trial, f"not tried: no small file system can be mounted ({made.stderr.decode().strip()})")
        return
    try:
        with served(CLEANCLAIM_DATABASE_URL=f"sqlite:///{mount}/store.sqlite3") as one:
            before = [post(one, PATH, OFFICE) for _ in range(3)]
            filler = mount / "filler"
            filler.write_bytes(b"x" * max(0, shutil.disk_usage(mount).free - 4096))
            during = collections.Counter(post(one, PATH, OFFICE) for _ in range(6))
            batch = post(one, f"/v1/claims/batches?received_on={RECEIVED_ON}", OFFICE * 50)
            said(trial, f"before {before}; full: checks {dict(during)}, a batch {batch}")
            must(
                trial, set(during) <= {"503", "200"} and "503" in during, "callers of a full store see 503, not a crash"
            )
            must(trial, batch == "503", "a batch that cannot be kept is not accepted")
            must(trial, len(one.workers()) == 2, "both workers live")
            filler.unlink()
            after = [post(one, PATH, OFFICE) for _ in range(3)]
            must(trial, after == ["200"] * 3, f"with room again: {after}")
            verified = one.command("audit", "verify")
            must(trial, verified.returncode == 0, verified.stdout.decode().strip())
    finally:
        subprocess.run(["umount", "-l", str(mount)], check=False)
        mount.rmdir()


def store_gone() -> None:
    """PostgreSQL ends as in a crash while a batch runs, and comes back."""
    trial = "store gone"
    with throwaway_server() as server, served(CLEANCLAIM_DATABASE_URL=server.url) as one:
        content = OFFICE * 60
        wanted = one.printed(content, "ndjson")
        answer = httpx2.post(
            f"{one.url}/v1/claims/batches?received_on={RECEIVED_ON}", content=content, headers=X12, timeout=60
        )
        batch_id = answer.json()["id"]
        while state_of(one, batch_id).get("claims_done", 0) < 40:
            time.sleep(0.05)
        server.stop()
        during = collections.Counter(post(one, PATH, OFFICE) for _ in range(4))
        ready = httpx2.get(f"{one.url}/readyz", timeout=60).status_code
        alive = httpx2.get(f"{one.url}/healthz", timeout=60).status_code
        said(trial, f"while it was gone: checks {dict(during)}, readyz {ready}, healthz {alive}")
        must(trial, set(during) == {"503"} and ready == 503 and alive == 200, "503 for callers, not ready, but alive")
        for worker in one.workers()[:1]:
            os.kill(worker, signal.SIGKILL)
        time.sleep(5)
        server.start()
        end = time.monotonic() + 60
        while httpx2.get(f"{one.url}/readyz", timeout=60).status_code != 200 and time.monotonic() < end:
            time.sleep(0.2)
        after = [post(one, PATH, OFFICE) for _ in range(3)]
        must(trial, after == ["200"] * 3, f"when it was back: {after}")
        state = until_ended(one, batch_id)
        results = httpx2.get(f"{one.url}/v1/claims/batches/{batch_id}/results", timeout=60).content
        must(trial, state["state"] == "done" and results == wanted, f"the batch is {state['state']} and whole")
        must(trial, one.process.poll() is None, "the service never ended")
        verified = one.command("audit", "verify")
        must(trial, verified.returncode == 0, verified.stdout.decode().strip())


def broken_packs() -> None:
    """A reload of packs with mistakes."""
    trial = "broken pack"
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder) / "site" / "ward"
        site.mkdir(parents=True)
        (site / "pack.yaml").write_text("pack: ward\ntitle: Ward\nowner: trial\nversion: 1.0.0\nprefix: WRD\n")
        with served(CLEANCLAIM_RULES=str(site.parent)) as one:
            before = httpx2.post(one.url + PATH, content=OFFICE, headers=X12, timeout=60)
            for name, text in (("bad.yaml", "id: ["), ("bad.yaml", "id: WRD-0001\n"), ("pack.yaml", "\xff")):
                (site / name).write_text(text, encoding="latin-1")
                answer = httpx2.post(f"{one.url}/v1/packs/reload", timeout=120)
                said(trial, f"{name} {text!r}: {answer.status_code} {answer.json()['errors'][0]}")
                must(trial, answer.status_code == 422, "it was refused")
            after = [httpx2.post(one.url + PATH, content=OFFICE, headers=X12, timeout=60).content for _ in range(6)]
            must(trial, set(after) == {before.content}, "the working packs go on, the answers are the same bytes")
            one.workers() and os.kill(one.workers()[0], signal.SIGKILL)
            time.sleep(1)
            end = time.monotonic() + 60
            while len(one.workers()) < 2 and time.monotonic() < end:
                time.sleep(0.2)
            later = [post(one, PATH, OFFICE) for _ in range(12)]
            must(
                trial, set(later) <= {"200", "503"}, f"a worker replaced meanwhile takes the working packs too: {later}"
            )


def main() -> int:
    chosen = sys.argv[1:] or ["killed_workers", "killed_while_checking", "full_disk", "store_gone", "broken_packs"]
    for name in chosen:
        began = time.monotonic()
        globals()[name]()
        said(name, f"{time.monotonic() - began:.0f} s")
    print("lost: " + ("nothing" if not LOST else "; ".join(LOST)))
    return 1 if LOST else 0


if __name__ == "__main__":
    sys.exit(main())

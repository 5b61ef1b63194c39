"""The real thing, once: ``cleanclaim serve`` with two workers, both killed in the middle of a batch."""

import os
import signal
import time

import httpx2
import pytest

from tests.bench.api.served import RECEIVED_ON, ROOT, X12, served

OFFICE = (ROOT / "examples" / "office-visit.837").read_bytes()


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_workers_that_are_killed_lose_nothing_and_the_service_ends_in_good_order():
    with served() as one:
        checked = httpx2.post(f"{one.url}/v1/claims/check?received_on={RECEIVED_ON}", content=OFFICE, headers=X12)
        assert checked.content == one.printed(OFFICE)
        content = OFFICE * 40
        url = f"{one.url}/v1/claims/batches"
        batch_id = httpx2.post(f"{url}?received_on={RECEIVED_ON}", content=content, headers=X12).json()["id"]
        workers = one.workers()
        assert len(workers) == 2
        while (done := httpx2.get(f"{url}/{batch_id}", timeout=60).json()["claims_done"]) == 0:
            time.sleep(0.01)
        for worker in workers:
            os.kill(worker, signal.SIGKILL)
        assert done < 160
        state = {}
        while state.get("state") != "done":
            time.sleep(0.2)
            try:
                state = httpx2.get(f"{url}/{batch_id}", timeout=60).json()
            except httpx2.TransportError:
                continue
            assert state["state"] != "failed", state
        results = httpx2.get(f"{url}/{batch_id}/results", timeout=60).content
        assert results == one.printed(content, "ndjson")
        assert not set(one.workers()) & set(workers)
        assert one.command("audit", "verify").returncode == 0
        metrics = httpx2.get(f"{one.url}/metrics", timeout=60).text
        assert 'cleanclaim_pack_workers{digest="' in metrics
        assert one.stop() < 60
        assert one.process.returncode == 0
        assert "TESTA" not in (one.home / "log").read_text()

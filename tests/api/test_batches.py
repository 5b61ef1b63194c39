"""Batches: durable before 202, worked off once and in order, whatever happens to a worker."""

import asyncio
import gzip
import json

import pytest
from sqlalchemy import update

from api.batching import Batching
from api.benches import Benches
from api.checking import Limits
from api.metrics import Metrics
from api.store import batches
from api.store.audit import entries
from api.store.tables import batches as table
from api.turns import Turns
from tests.api.requests import send_batch, until_ended
from tests.cli.small import CLEAN

LIMITS = Limits(claims=10, lines=100, claim_lines=100, seconds=60)


def many(office, copies):
    """An interchange after another: so many times four claims."""
    return office * copies


@pytest.fixture
def small_slices(monkeypatch):
    monkeypatch.setattr("api.batching.SLICE_CLAIMS", 3)
    monkeypatch.setattr("api.batching.SLICE_SECONDS", 60)


def test_results_are_those_of_the_command_line(started, printed, database_url, office):
    client = started(database_url=database_url)
    content = many(office, 5) + b"\nJUNK*1~"
    answer = send_batch(client, content)
    assert answer.status_code == 202
    assert answer.headers["location"] == f"/v1/claims/batches/{answer.json()['id']}"
    state = until_ended(client, answer.json()["id"])
    assert (state["state"], state["claims_done"], state["problem"]) == ("done", 20, "")
    assert state["bytes"] == len(content)
    results = client.get(state["results"])
    assert results.headers["content-type"] == "application/x-ndjson"
    assert results.headers["cleanclaim-batch-state"] == "done"
    assert results.content == printed(content, "--format", "ndjson")
    assert b"input_findings" in results.content.splitlines()[-1]


@pytest.mark.usefixtures("small_slices")
def test_results_are_read_on_from_where_one_was(started, printed, office):
    client = started()
    batch_id = send_batch(client, many(office, 5)).json()["id"]
    until_ended(client, batch_id)
    whole = client.get(f"/v1/claims/batches/{batch_id}/results")
    pieces = int(whole.headers["cleanclaim-pieces"])
    assert pieces == 7  # 20 claims in slices of three
    rest = client.get(f"/v1/claims/batches/{batch_id}/results", params={"after": 2}).content
    assert whole.content.endswith(rest)
    assert rest.count(b"\n") == 14
    assert client.get(f"/v1/claims/batches/{batch_id}/results", params={"after": pieces}).content == b""
    assert whole.content == printed(many(office, 5), "--format", "ndjson")


def test_gzip_is_taken(client, office):
    answer = client.post(
        "/v1/claims/batches",
        content=gzip.compress(many(office, 3)),
        headers={"Content-Type": "application/edi-x12", "Content-Encoding": "gzip"},
    )
    assert until_ended(client, answer.json()["id"])["claims_done"] == 12


def test_without_a_content_key_there_are_no_batches(started, office):
    answer = send_batch(started(content_key=""), office)
    assert answer.status_code == 409
    assert "CLEANCLAIM_CONTENT_KEY" in answer.json()["detail"]


def test_an_upload_that_is_too_large_leaves_nothing(started, store, office):
    client = started(max_batch_bytes=20_000)
    assert send_batch(client, many(office, 20)).status_code == 413
    with store().reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM batches").scalar() == 0
        assert connection.exec_driver_sql("SELECT count(*) FROM batch_parts").scalar() == 0


def test_a_claim_that_would_take_minutes_is_reported_as_not_checked(client):
    claim = json.loads(CLEAN.read_text())
    claims = [claim, claim | {"lines": claim["lines"] * 1001}, claim]
    batch_id = send_batch(client, json.dumps(claims).encode()).json()["id"]
    assert until_ended(client, batch_id)["claims_done"] == 3
    lines = client.get(f"/v1/claims/batches/{batch_id}/results").text.splitlines()
    verdicts = [json.loads(line)["verdict"] for line in lines]
    assert verdicts[1] == "review"
    assert verdicts[0] == verdicts[2] != "review"
    assert "TooLongError" in lines[1]


def test_an_unknown_payer_is_said_at_once(client, office):
    assert send_batch(client, office, payer="nobody").status_code == 404


def test_uploads_of_several_parts(started, printed, monkeypatch, office):
    monkeypatch.setattr("api.routes.batches.PART_BYTES", 1000)
    client = started()
    content = many(office, 3)
    batch_id = send_batch(client, content).json()["id"]
    until_ended(client, batch_id)
    assert client.get(f"/v1/claims/batches/{batch_id}/results").content == printed(content, "--format", "ndjson")


def test_a_batch_keeps_the_rules_it_was_accepted_under(started, rules, printed, monkeypatch, office):
    monkeypatch.setattr(Batching, "run", lambda _self: asyncio.sleep(0))
    client = started()
    wanted = printed(office, "--format", "ndjson")
    packs = client.get("/v1/packs").json()["packs"]
    batch_id = send_batch(client, office).json()["id"]
    path = next(rules.rglob("units-not-positive.yaml"))
    path.write_text(path.read_text().replace("bills {line.units}", "has {line.units}"))
    assert client.post("/v1/packs/reload").json()["packs"] != packs
    monkeypatch.undo()
    monkeypatch.setattr("api.ruleset.shipped_rules", lambda: rules)
    worker = started(again=True)
    state = until_ended(worker, batch_id)
    assert state["packs"] == packs
    assert worker.get(state["results"]).content == wanted


class TestWorkers:
    """Two workers by hand, and what becomes of a batch between them."""

    @pytest.fixture
    def idle(self, started, monkeypatch):
        """A service that accepts batches and leaves them to the test."""
        monkeypatch.setattr("api.service.Batching.run", lambda _self: asyncio.sleep(0))
        return started

    def worker(self, database, settings):
        turns = Turns(10)
        chosen = settings()
        benches = Benches(database, turns, Metrics(), (), chosen.table_folders)
        return Batching(database, benches, turns, Metrics(), LIMITS, 60)

    def let_the_lease_end(self, database):
        with database.writing() as connection:
            connection.execute(update(table).values(leased_until=0))

    def work(self, worker, batch, stop_after=None):
        """Work on a leased batch; after so many slices the worker is gone without a word."""
        taken = 0

        async def slices():
            nonlocal taken
            take = worker._turns.take_anyhow

            async def counted(work, *arguments, **options):
                nonlocal taken
                if getattr(work, "__name__", "") == "slice":
                    taken += 1
                    if stop_after is not None and taken > stop_after:
                        raise KeyboardInterrupt
                return await take(work, *arguments, **options)

            worker._turns.take_anyhow = counted
            await worker._work(batch)

        try:
            asyncio.run(slices())
        except KeyboardInterrupt:
            return

    @pytest.mark.usefixtures("small_slices")
    def test_another_worker_goes_on_where_one_died(self, idle, store, settings, printed, database_url, office):
        client = idle(database_url=database_url)
        content = many(office, 5)
        batch_id = send_batch(client, content).json()["id"]
        database = store(database_url=database_url)
        first, second = self.worker(database, settings), self.worker(database, settings)
        self.work(first, batches.lease_batch(database, first.worker, 60), stop_after=3)
        half = client.get(f"/v1/claims/batches/{batch_id}").json()
        assert (half["state"], half["claims_done"]) == ("running", 9)
        assert client.get(half["results"]).content == b"".join(
            printed(content, "--format", "ndjson").splitlines(keepends=True)[:9]
        )
        assert batches.lease_batch(database, second.worker, 60) is None  # not yet
        self.let_the_lease_end(database)
        self.work(second, batches.lease_batch(database, second.worker, 60))
        assert until_ended(client, batch_id)["claims_done"] == 20
        assert client.get(half["results"]).content == printed(content, "--format", "ndjson")

    @pytest.mark.usefixtures("small_slices")
    def test_a_worker_believed_dead_adds_nothing(self, idle, store, settings, printed, database_url, office):
        client = idle(database_url=database_url)
        batch_id = send_batch(client, many(office, 3)).json()["id"]
        database = store(database_url=database_url)
        first, second = self.worker(database, settings), self.worker(database, settings)
        early = batches.lease_batch(database, first.worker, 60)
        self.let_the_lease_end(database)
        self.work(second, batches.lease_batch(database, second.worker, 60))
        self.work(first, early)  # it wakes up and still thinks that the batch is its own
        results = client.get(f"/v1/claims/batches/{batch_id}/results").content
        assert results == printed(many(office, 3), "--format", "ndjson")
        ended = [entry.action for entry in entries(database) if entry.subject == f"batch:{batch_id}"]
        assert ended == ["batch.accepted", "batch.done"]

    def test_of_two_only_one_gets_the_lease(self, idle, store, database_url, office):
        client = idle(database_url=database_url)
        send_batch(client, office)
        database = store(database_url=database_url)
        found = [batches.lease_batch(database, f"worker {number}", 60) for number in range(5)]
        assert [one is not None for one in found] == [True, False, False, False, False]

    @pytest.mark.usefixtures("small_slices")
    def test_a_claim_that_ends_the_worker_each_time_ends_the_batch(self, idle, store, settings, office):
        client = idle()
        batch_id = send_batch(client, many(office, 3)).json()["id"]
        database = store()
        for _ in range(batches.TRIES + 1):
            worker = self.worker(database, settings)
            batch = batches.lease_batch(database, worker.worker, 60)
            self.work(worker, batch, stop_after=1 if batch.tries == 1 and not batch.claims else 0)
            self.let_the_lease_end(database)
        worker = self.worker(database, settings)
        self.work(worker, batches.lease_batch(database, worker.worker, 60))
        state = until_ended(client, batch_id)
        assert state["state"] == "failed"
        assert state["claims_done"] == 3
        assert state["problem"] == "a worker ended 3 times after claim 3; the claims before are done"
        assert client.get(state["results"]).content.count(b"\n") == 3

    def test_a_worker_that_is_told_to_stop_gives_the_batch_back(self, idle, store, settings, office):
        send_batch(idle(), office)
        database = store()
        worker = self.worker(database, settings)
        batch = batches.lease_batch(database, worker.worker, 60)
        worker.stop()
        self.work(worker, batch)
        again = batches.lease_batch(database, "another", 60)
        assert again is not None
        assert again.tries == 1

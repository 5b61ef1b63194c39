"""Reloading packs: sound ones replace, broken ones do not, and everybody comes to the new ones."""

import threading
import time

import pytest

from api.turns import Turns
from tests.api.requests import check, packs_in


def edit(rules, old="bills {line.units}", new="has {line.units}"):
    path = next(rules.rglob("units-not-positive.yaml"))
    path.write_text(path.read_text().replace(old, new))
    twin = path.with_name("units-not-positive.test.yaml")
    twin.write_text(twin.read_text().replace(old.partition(" ")[0], new.partition(" ")[0]))


def test_a_reload_puts_the_new_rules_in_force(client, rules, office):
    before = check(client, office)
    edit(rules)
    answer = client.post("/v1/packs/reload")
    assert answer.status_code == 200
    assert answer.json()["generation"] == 2
    assert packs_in(answer) == answer.json()["packs"]
    after = check(client, office)
    assert packs_in(after) == answer.json()["packs"] != packs_in(before)
    assert b"bills 0 units" in before.content
    assert b"has 0 units" in after.content


@pytest.mark.parametrize(
    "broken",
    [
        lambda rules: edit(rules, "{line.units}", "{line.unitz}"),
        lambda rules: next(rules.rglob("units-not-positive.yaml")).write_text("id: ["),
        lambda rules: (rules / "billing" / "pack.yaml").unlink(),
        lambda rules: next(rules.rglob("payer.yaml")).write_bytes(b"\xff\xfe\x00"),
        lambda rules: next(rules.rglob("units-not-positive.test.yaml")).unlink(),
        lambda rules: (rules / "rule.schema.json").write_text("{"),
    ],
)
def test_broken_packs_never_replace_working_ones(client, rules, office, broken):
    before = check(client, office)
    broken(rules)
    answer = client.post("/v1/packs/reload")
    assert answer.status_code == 422
    assert answer.json()["type"] == "urn:cleanclaim:problem:packs-broken"
    assert answer.json()["errors"][0]["says"]
    assert packs_in(answer) == packs_in(before)
    after = check(client, office)
    assert after.content == before.content


def test_what_is_wrong_is_said_with_its_place(client, rules):
    edit(rules, "{line.units}", "{line.unitz}")
    errors = client.post("/v1/packs/reload").json()["errors"]
    assert errors[0]["at"].startswith("rules/billing/lines/units-not-positive.yaml:")
    assert "unitz" in errors[0]["says"]


def test_a_broken_table_never_replaces_a_working_one(client, settings, office):
    before = check(client, office)
    (settings().tables / "mue-practitioner.yaml").write_text("edition: [")
    assert client.post("/v1/packs/reload").status_code == 422
    assert check(client, office).content == before.content


def test_every_worker_comes_to_the_new_packs(started, rules, office):
    one = started()
    others = [started(again=True) for _ in range(2)]
    edit(rules)
    wanted = one.post("/v1/packs/reload").json()["packs"]
    end = time.monotonic() + 20
    for other in others:
        while packs_in(check(other, office)) != wanted:
            assert time.monotonic() < end, "a worker stayed behind"
            time.sleep(0.05)
        assert b"has 0 units" in check(other, office).content


def test_a_worker_that_starts_later_takes_what_is_in_force_not_what_lies_on_disk(started, rules, office):
    one = started()
    next(rules.rglob("units-not-positive.yaml")).write_text("id: [")  # an edit that nobody has put in force
    late = started(again=True)
    assert check(late, office).content == check(one, office).content


def test_a_request_in_flight_keeps_the_rules_it_began_with(client, rules, monkeypatch, office):
    before = check(client, office)
    began, go_on = threading.Event(), threading.Event()
    take = Turns.take

    async def slowly(self, work, *arguments, **options):
        began.set()
        while not go_on.is_set():
            await __import__("asyncio").sleep(0.01)
        return await take(self, work, *arguments, **options)

    monkeypatch.setattr(Turns, "take", slowly)
    answers = []
    thread = threading.Thread(target=lambda: answers.append(check(client, office)))
    thread.start()
    assert began.wait(10)
    edit(rules)
    assert client.post("/v1/packs/reload").status_code == 200
    go_on.set()
    thread.join(20)
    assert answers[0].content == before.content
    assert packs_in(answers[0]) == packs_in(before)
    assert packs_in(check(client, office)) != packs_in(before)


def test_metrics_say_which_packs_run(client, rules):
    edit(rules)
    digests = {pack["name"]: pack["digest"] for pack in client.get("/v1/packs").json()["packs"]}
    client.post("/v1/packs/reload")
    text = client.get("/metrics").text
    assert f'cleanclaim_pack_workers{{digest="{digests["billing"]}",pack="billing"}} 0.0' in text
    assert f'cleanclaim_pack_workers{{digest="{digests["coding"]}",pack="coding"}} 1.0' in text
    assert 'cleanclaim_reloads_total{outcome="in_force"} 1.0' in text

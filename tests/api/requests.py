"""Requests that many tests make."""

import re
import time

from tests.cli.small import RECEIVED_ON


def check(client, content, *, accept="application/json", headers=None, media_type="application/edi-x12", **options):
    """Check claims on the day of receipt of the command line's tests."""
    return client.post(
        "/v1/claims/check",
        params={"received_on": RECEIVED_ON, **options},
        content=content,
        headers={"Content-Type": media_type, "Accept": accept, **(headers or {})},
    )


def send_batch(client, content, **options):
    """Upload a batch."""
    return client.post(
        "/v1/claims/batches",
        params={"received_on": RECEIVED_ON, **options},
        content=content,
        headers={"Content-Type": "application/edi-x12"},
    )


def until_ended(client, batch_id, seconds=30, headers=None):
    """The state of a batch when it has ended."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        state = client.get(f"/v1/claims/batches/{batch_id}", headers=headers or {}).json()
        if state["state"] in ("done", "failed"):
            return state
        time.sleep(0.02)
    raise AssertionError(state)


def packs_in(answer):
    """The packs that an answer's header names."""
    form = re.compile(r"([^=]+)=([^;]+);sha256=([0-9a-f]{64})")
    found = [form.fullmatch(part).groups() for part in answer.headers["cleanclaim-packs"].split(", ")]
    return [{"name": name, "version": version, "digest": digest} for name, version, digest in found]

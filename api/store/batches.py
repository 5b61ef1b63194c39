"""Batches: sealed uploads, the lease under which a worker reads them, and their results in order.

A batch is ``receiving``, ``accepted``, ``running``, ``done`` or ``failed``. A piece of results is written in one
transaction with the batch's progress and only by the holder of the lease, so a worker that dies, or that is believed
dead, neither loses a claim nor adds one twice.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from msgspec import Struct, json
from sqlalchemy import Row, and_, delete, insert, or_, select, update

from api.store import audit
from api.store.checks import DAY, Setting
from api.store.database import Database, now
from api.store.tables import batch_parts, batch_results, batches

TRIES = 3
"""How often a worker may end at the same claim before the batch is given up."""


class Batch(Struct, frozen=True, kw_only=True):
    """One batch. ``claims`` and ``pieces`` are what is done; ``tries`` counts leases since the last progress."""

    id: str
    at: int
    actor: str
    state: str
    setting: Setting
    ruleset: str
    bytes: int
    claims: int
    pieces: int
    tries: int
    problem: str
    ended_at: int | None


def begin_batch(database: Database, *, actor: str, setting: Setting, ruleset: str) -> str:
    """A batch whose upload begins; without the rest of it, it is gone after a day."""
    batch_id, at = uuid.uuid4().hex, now()
    with database.writing() as connection:
        connection.execute(
            insert(batches).values(
                id=batch_id,
                at=at,
                actor=actor,
                state="receiving",
                setting=json.encode(setting).decode(),
                ruleset=ruleset,
                bytes=0,
                claims=0,
                pieces=0,
                tries=0,
                problem="",
                leased_by="",
                leased_until=0,
                expires_at=at + DAY,
            )
        )
    return batch_id


def add_part(database: Database, batch_id: str, number: int, content: bytes) -> None:
    """The next bytes of the upload."""
    sealed = database.seal_up(content, f"batch {batch_id} part {number}")
    with database.writing() as connection:
        connection.execute(insert(batch_parts).values(batch=batch_id, number=number, content=sealed))


def accept_batch(database: Database, batch_id: str, *, size: int, actor: str, retention_days: int) -> None:
    """The upload is whole: from here on the batch is not lost."""
    with database.writing() as connection:
        connection.execute(
            update(batches)
            .where(batches.c.id == batch_id)
            .values(state="accepted", bytes=size, expires_at=now() + retention_days * DAY)
        )
        audit.append(database, connection, actor, "batch.accepted", f"batch:{batch_id}", bytes=size)


def drop_batch(database: Database, batch_id: str) -> None:
    """Forget an upload that was not accepted."""
    with database.writing() as connection:
        connection.execute(delete(batches).where(batches.c.id == batch_id, batches.c.state == "receiving"))


def find_batch(database: Database, batch_id: str) -> Batch | None:
    """A batch that was accepted and has not expired."""
    with database.reading() as connection:
        found = connection.execute(
            select(batches).where(
                batches.c.id == batch_id, batches.c.state != "receiving", batches.c.expires_at > now()
            )
        ).first()
    return _batch(found) if found else None


def lease_batch(database: Database, worker: str, seconds: float) -> Batch | None:
    """The oldest batch that waits, or whose worker was not heard of; it belongs to ``worker`` for some seconds."""
    at = now()
    free = and_(
        or_(batches.c.state == "accepted", batches.c.state == "running"),
        batches.c.leased_until <= at,
        batches.c.expires_at > at,
    )
    with database.reading() as connection:  # most of the time there is none, and that is found without a lock
        candidate = connection.execute(select(batches.c.id).where(free).order_by(batches.c.at).limit(1)).scalar()
    if candidate is None:
        return None
    with database.writing() as connection:
        row = connection.execute(
            update(batches)
            .where(batches.c.id == candidate, free)
            .values(state="running", leased_by=worker, leased_until=at + int(seconds * 1000), tries=batches.c.tries + 1)
            .returning(*batches.c)
        ).first()
    return _batch(row) if row else None


class Piece(Struct, frozen=True, kw_only=True):
    """Lines of the report for some claims: piece ``number`` begins with claim ``first_claim`` (from 0)."""

    number: int
    first_claim: int
    claims: int
    lines: bytes
    last: bool


def commit_piece(database: Database, batch: Batch, worker: str, piece: Piece, seconds: float) -> bool:
    """Keep a piece and extend the lease; with the last piece the batch is done.

    False when the batch belongs to another worker by now: then nothing was kept.
    """
    at = now()
    mine = and_(batches.c.id == batch.id, batches.c.leased_by == worker, batches.c.pieces == piece.number)
    values: dict[str, object] = {"leased_until": at + int(seconds * 1000)}
    if piece.lines:
        values |= {"claims": piece.first_claim + piece.claims, "pieces": piece.number + 1, "tries": 0}
    if piece.last:
        values |= {"state": "done", "leased_by": "", "leased_until": 0, "ended_at": at}
    with database.writing() as connection:
        if not connection.execute(update(batches).where(mine).values(**values)).rowcount:
            return False
        if piece.lines:
            sealed = database.seal_up(piece.lines, f"batch {batch.id} result {piece.number}")
            row = {"number": piece.number, "first_claim": piece.first_claim, "content": sealed}
            connection.execute(insert(batch_results).values(batch=batch.id, **row))
        if piece.last:
            connection.execute(delete(batch_parts).where(batch_parts.c.batch == batch.id))
            claims = piece.first_claim + piece.claims
            audit.append(database, connection, batch.actor, "batch.done", f"batch:{batch.id}", claims=claims)
    return True


def fail_batch(database: Database, batch: Batch, worker: str, problem: str) -> bool:
    """Give a batch up because of ``problem`` (which holds no claim content); what is done can still be read."""
    with database.writing() as connection:
        ended = connection.execute(
            update(batches)
            .where(batches.c.id == batch.id, batches.c.leased_by == worker)
            .values(state="failed", problem=problem, leased_by="", leased_until=0, ended_at=now())
        )
        if ended.rowcount:
            connection.execute(delete(batch_parts).where(batch_parts.c.batch == batch.id))
            audit.append(database, connection, batch.actor, "batch.failed", f"batch:{batch.id}")
        return bool(ended.rowcount)


def release_batch(database: Database, batch_id: str, worker: str) -> None:
    """Give a batch back, for another worker to go on at once; that was no failure of the batch."""
    with database.writing() as connection:
        connection.execute(
            update(batches)
            .where(batches.c.id == batch_id, batches.c.leased_by == worker)
            .values(leased_by="", leased_until=0, tries=0)
        )


def parts(database: Database, batch_id: str) -> Iterator[bytes]:
    """The uploaded bytes, in order, one part in memory at a time."""
    number = 0
    while True:
        with database.reading() as connection:
            sealed = connection.execute(
                select(batch_parts.c.content).where(batch_parts.c.batch == batch_id, batch_parts.c.number == number)
            ).scalar()
        if sealed is None:
            return
        yield database.unseal(sealed, f"batch {batch_id} part {number}")
        number += 1


def result_pieces(database: Database, batch_id: str, after: int, until: int) -> Iterator[bytes]:
    """The lines of the results, from piece ``after`` up to (not with) piece ``until``."""
    for number in range(after, until):
        with database.reading() as connection:
            sealed = connection.execute(
                select(batch_results.c.content).where(
                    batch_results.c.batch == batch_id, batch_results.c.number == number
                )
            ).scalar_one()
        yield database.unseal(sealed, f"batch {batch_id} result {number}")


def purge_batches(database: Database) -> int:
    """Delete what has expired; how many."""
    with database.writing() as connection:
        return connection.execute(delete(batches).where(batches.c.expires_at <= now())).rowcount


def _batch(row: Row[tuple[object, ...]]) -> Batch:
    values = row._mapping  # noqa: SLF001 -- SQLAlchemy's public name for it
    chosen = {name: values[name] for name in Batch.__struct_fields__ if name != "setting"}
    return Batch(setting=json.decode(values["setting"], type=Setting), **chosen)

"""Earlier claims, kept for rules that look back. Sealed; whose they are is kept as a keyed hash only."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from msgspec import json
from sqlalchemy import func, insert, select

from api.store import audit
from api.store.database import Database, now
from api.store.tables import history, history_keys
from engine import Claim, patient_keys


def add_history(database: Database, claims: Sequence[Claim], actor: str) -> int:
    """Keep claims as history; how many (a claim whose patient cannot be told is of no use and left out).

    Raises:
        SealError: there is no content key.
    """
    at, kept = now(), 0
    with database.writing() as connection:
        database.lock_chain(connection)
        number = connection.execute(select(func.coalesce(func.max(history.c.number), 0))).scalar_one()
        for claim in claims:
            keys = {blind for key in _texts(claim) for blind in database.blind(key)[:1]}
            if not keys:
                continue
            kept += 1
            claim_id = uuid.uuid4().hex
            sealed = database.seal_up(json.encode(claim), f"history {claim_id}")
            connection.execute(insert(history).values(id=claim_id, number=number + kept, at=at, content=sealed))
            connection.execute(insert(history_keys), [{"key": key, "history": claim_id} for key in sorted(keys)])
        audit.append(database, connection, actor, "history.added", claims=kept)
    return kept


def newest_history(database: Database) -> int:
    """The number of the newest claim of the history."""
    with database.reading() as connection:
        return int(connection.execute(select(func.coalesce(func.max(history.c.number), 0))).scalar_one())


def earlier_claims(database: Database, claims: Sequence[Claim], until: int) -> list[Claim]:
    """The kept claims of the patients of some claims, up to a number, in the order they were kept.

    Raises:
        SealError: there is no content key.
    """
    wanted = sorted({blind for claim in claims for key in _texts(claim) for blind in database.blind(key)})
    found: dict[int, Claim] = {}
    with database.reading() as connection:
        for start in range(0, len(wanted), 500):
            rows = connection.execute(
                select(history)
                .join(history_keys, history_keys.c.history == history.c.id)
                .where(history_keys.c.key.in_(wanted[start : start + 500]), history.c.number <= until)
            )
            for row in rows:
                if row.number not in found:
                    found[row.number] = json.decode(database.unseal(row.content, f"history {row.id}"), type=Claim)
    return [found[number] for number in sorted(found)]


def _texts(claim: Claim) -> list[str]:
    return [json.encode([str(part) for part in key]).decode() for key in patient_keys(claim)]

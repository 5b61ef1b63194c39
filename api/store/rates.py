"""How many requests a caller made this minute, counted in the store so that all workers count together."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite

from api.store.database import Database, now
from api.store.tables import rates

MINUTE = 60_000


def count_request(database: Database, who: str) -> tuple[int, int]:
    """Count a request; how many it makes this minute, and in how many seconds the next minute begins."""
    at = now()
    minute = at // MINUTE
    upsert: Any = sqlite.insert if database.is_sqlite else postgresql.insert
    statement = upsert(rates).values(who=who, minute=minute, requests=1)
    statement = statement.on_conflict_do_update(
        index_elements=[rates.c.who, rates.c.minute], set_={"requests": rates.c.requests + 1}
    ).returning(rates.c.requests)
    with database.writing() as connection:
        made = connection.execute(statement).scalar_one()
        if made == 1:
            connection.execute(delete(rates).where(rates.c.minute < minute - 1))
    return int(made), 60 - at % MINUTE // 1000

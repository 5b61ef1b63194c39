"""Rule folders in the store, and which of them are in force."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.dialects import postgresql, sqlite

from api.ruleset import Ruleset, packs_text
from api.store import audit
from api.store.database import Database, now
from api.store.tables import generations, rulesets
from engine import Rulebook


def put_in_force(database: Database, ruleset: Ruleset, rulebook: Rulebook, actor: str) -> int:
    """Keep rule folders and let them be in force from now on; the number of the generation that begins."""
    upsert: Any = sqlite.insert if database.is_sqlite else postgresql.insert
    with database.writing() as connection:
        before = connection.execute(select(generations).order_by(generations.c.number.desc()).limit(1)).first()
        connection.execute(
            upsert(rulesets)
            .values(digest=ruleset.digest, packs=packs_text(rulebook), content=ruleset.content, created_at=now())
            .on_conflict_do_nothing()
        )
        made = connection.execute(insert(generations).values(ruleset=ruleset.digest, at=now()))
        number = int(made.inserted_primary_key[0])  # type: ignore[index]  # an insert of one row has one
        detail = {"generation": number, "before": before.ruleset if before else ""}
        audit.append(database, connection, actor, "packs.in_force", f"ruleset:{ruleset.digest}", **detail)
    return number


def in_force(database: Database) -> tuple[int, str] | None:
    """The number and ruleset of the generation in force, or ``None`` before the first."""
    with database.reading() as connection:
        row = connection.execute(
            select(generations.c.number, generations.c.ruleset).order_by(generations.c.number.desc()).limit(1)
        ).first()
    return (row.number, row.ruleset) if row else None


def find_ruleset(database: Database, digest: str) -> Ruleset | None:
    """Kept rule folders."""
    with database.reading() as connection:
        row = connection.execute(select(rulesets.c.content).where(rulesets.c.digest == digest)).first()
    return Ruleset(digest=digest, content=row.content) if row else None

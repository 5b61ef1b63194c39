"""Saved checks: the report, and with a content key the claims, so that a check can be explained later."""

from __future__ import annotations

import uuid

from msgspec import Struct, json
from sqlalchemy import delete, insert, select

from api.store import audit
from api.store.database import Database, now
from api.store.tables import checks

DAY = 86_400_000


class Setting(Struct, frozen=True, kw_only=True):
    """What a check or batch ran under, beside its ruleset.

    ``history`` is the number of the newest earlier claim that was looked at; ``None`` when none were asked for.
    """

    received_on: str
    payer: str
    file: str
    packs: list[dict[str, str]]
    tables: str
    history: int | None = None


class Check(Struct, frozen=True, kw_only=True):
    """One saved check."""

    id: str
    at: int
    actor: str
    setting: Setting
    ruleset: str
    claims: int
    content: bytes | None
    report: bytes


def save_check(  # noqa: PLR0913 -- one value a column
    database: Database,
    *,
    actor: str,
    setting: Setting,
    ruleset: str,
    claims: int,
    content: bytes,
    report: bytes,
    retention_days: int,
) -> str:
    """Keep a check and note it in the audit log, both or neither; returns its id."""
    check_id, at, seal = uuid.uuid4().hex, now(), database.seal
    with database.writing() as connection:
        connection.execute(
            insert(checks).values(
                id=check_id,
                at=at,
                actor=actor,
                setting=json.encode(setting).decode(),
                ruleset=ruleset,
                claims=claims,
                content=seal.close(content, f"check {check_id} content") if seal else None,
                report=seal.close(report, f"check {check_id} report") if seal else report,
                sealed=seal is not None,
                expires_at=at + retention_days * DAY,
            )
        )
        audit.append(database, connection, actor, "claims.checked", f"check:{check_id}", claims=claims, ruleset=ruleset)
    return check_id


def note_score(database: Database, *, actor: str, encounters: int, ruleset: str) -> None:
    """Note in the audit log that encounters were scored; nothing else of them is kept."""
    with database.writing() as connection:
        audit.append(database, connection, actor, "encounters.scored", encounters=encounters, ruleset=ruleset)


def find_check(database: Database, check_id: str) -> Check | None:
    """A saved check that has not expired.

    Raises:
        SealError: it was sealed with a key that is not given any more.
    """
    with database.reading() as connection:
        row = connection.execute(select(checks).where(checks.c.id == check_id, checks.c.expires_at > now())).first()
    if row is None:
        return None
    return Check(
        id=row.id,
        at=row.at,
        actor=row.actor,
        setting=json.decode(row.setting, type=Setting),
        ruleset=row.ruleset,
        claims=row.claims,
        content=database.unseal(row.content, f"check {check_id} content") if row.content is not None else None,
        report=database.unseal(row.report, f"check {check_id} report") if row.sealed else row.report,
    )


def purge_checks(database: Database) -> int:
    """Delete what has expired; how many."""
    with database.writing() as connection:
        return connection.execute(delete(checks).where(checks.c.expires_at <= now())).rowcount

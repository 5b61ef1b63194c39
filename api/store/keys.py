"""API keys as the store knows them: an id, a name, scopes and an argon2 hash; the key itself is shown once."""

from __future__ import annotations

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from msgspec import Struct
from sqlalchemy import func, insert, select, update

from api.store import audit
from api.store.database import Database, now
from api.store.tables import keys

PREFIX = "cck"
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""OWASP's least for argon2id: the secret has 256 random bits, so more would only slow the service down."""


class Key(Struct, frozen=True):
    """One key, without its secret."""

    id: str
    name: str
    hash: str
    scopes: str
    created_at: int
    expires_at: int | None
    revoked_at: int | None


def create_key(database: Database, name: str, scopes: tuple[str, ...], expires_at: int | None, actor: str) -> str:
    """Make a key and return it: nobody can read it again."""
    key_id, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    with database.writing() as connection:
        connection.execute(
            insert(keys).values(
                id=key_id,
                name=name,
                hash=_HASHER.hash(secret),
                scopes=" ".join(scopes),
                created_at=now(),
                expires_at=expires_at,
            )
        )
        audit.append(database, connection, actor, "key.created", f"key:{key_id}", name=name, scopes=list(scopes))
    return f"{PREFIX}_{key_id}_{secret}"


def revoke_key(database: Database, key_id: str, actor: str) -> bool:
    """End a key; false when there is none of that id that still works."""
    with database.writing() as connection:
        found = connection.execute(
            update(keys).where(keys.c.id == key_id, keys.c.revoked_at.is_(None)).values(revoked_at=now())
        )
        if found.rowcount:
            audit.append(database, connection, actor, "key.revoked", f"key:{key_id}")
        return bool(found.rowcount)


def list_keys(database: Database) -> list[Key]:
    """All keys, the oldest first."""
    with database.reading() as connection:
        return [Key(*row) for row in connection.execute(select(keys).order_by(keys.c.created_at, keys.c.id))]


def find_key(database: Database, key_id: str) -> Key | None:
    """The key of an id."""
    with database.reading() as connection:
        row = connection.execute(select(keys).where(keys.c.id == key_id)).first()
    return Key(*row) if row else None


def any_key(database: Database) -> bool:
    """Whether a key was ever made: from then on nobody gets in without one, also when all are revoked."""
    with database.reading() as connection:
        return bool(connection.execute(select(func.count()).select_from(keys)).scalar_one())


def fits(key: Key, secret: str) -> bool:
    """Whether a secret is that of a key."""
    try:
        return _HASHER.verify(key.hash, secret)
    except (VerificationError, InvalidHashError):
        return False

"""The connection to the store, and what the two databases need to be told."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text

from api.store.sealing import Seal, SealError

BUSY_SECONDS = 15
_MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 0x636C6561  # the bytes of "clea", as PostgreSQL's advisory locks are numbers


def now() -> int:
    """Milliseconds since 1970-01-01 UTC."""
    return time.time_ns() // 1_000_000


class Database:
    """One store. ``seal`` is ``None`` without a content key: then no claim content is kept.

    Args:
        url: SQLAlchemy's; SQLite or PostgreSQL.
        seal: encrypts claim content.
    """

    def __init__(self, url: str, seal: Seal | None = None) -> None:
        self.url = url
        self.seal = seal
        parsed = make_url(url)
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        if self.is_sqlite and parsed.database:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.engine: Engine = _sqlite(url) if self.is_sqlite else _postgresql(url)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection for look-ups."""
        with self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that commits at the end; on SQLite it takes the write lock at once and never has to give up."""
        with self.engine.connect() as connection:
            if self.is_sqlite:
                connection.info["immediate"] = True
            with connection.begin():
                yield connection

    def seal_up(self, content: bytes, place: str) -> bytes:
        """Seal claim content.

        Raises:
            SealError: there is no content key, so content must not be kept.
        """
        if self.seal is None:
            raise SealError("claim content is not kept without CLEANCLAIM_CONTENT_KEY")
        return self.seal.close(content, place)

    def unseal(self, sealed: bytes, place: str) -> bytes:
        """Open sealed bytes.

        Raises:
            SealError: without the key that sealed them.
        """
        if self.seal is None:
            raise SealError("sealed, but CLEANCLAIM_CONTENT_KEY is not set")
        return self.seal.open(sealed, place)

    def blind(self, text: str) -> list[str]:
        """Keyed hashes of a text, the first one for writing.

        Raises:
            SealError: there is no content key.
        """
        if self.seal is None:
            raise SealError("claim content is not kept without CLEANCLAIM_CONTENT_KEY")
        return self.seal.blind(text)

    def lock_chain(self, connection: Connection) -> None:
        """From here to the end of the transaction nobody else appends to the audit log."""
        if not self.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})

    def reachable(self) -> None:
        """Ask the simplest question; raises what the driver raises when the store is gone."""
        with self.reading() as connection:
            connection.execute(text("SELECT 1 FROM audit LIMIT 1"))

    def migrate(self) -> None:
        """Bring the tables up to this version, from nothing or from any earlier one."""
        with self.writing() as connection:
            self.lock_chain(connection)  # of several that start at once, one migrates
            command.upgrade(migration_config(connection), "head")

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def migration_config(connection: Connection) -> Config:
    """Alembic, told where the migrations are and over which connection to make them."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _postgresql(url: str) -> Engine:
    return create_engine(
        url, pool_pre_ping=True, pool_size=8, max_overflow=8, pool_timeout=10, connect_args={"connect_timeout": 5}
    )


def _sqlite(url: str) -> Engine:
    engine = create_engine(url, pool_size=8, max_overflow=8, pool_timeout=10, connect_args={"timeout": BUSY_SECONDS})

    @event.listens_for(engine, "connect")
    def _opened(connection: sqlite3.Connection, _record: Any) -> None:  # noqa: ANN401 -- SQLAlchemy's
        connection.isolation_level = None  # BEGIN is ours, see below
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        immediate = connection.info.pop("immediate", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return engine

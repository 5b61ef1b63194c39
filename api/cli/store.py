"""The store, for a command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from api.service import open_store
from api.settings import Settings
from api.store.database import Database


@contextmanager
def store() -> Iterator[Database]:
    """The store of the settings in the environment, with its tables up to date."""
    database = open_store(Settings())
    try:
        database.migrate()
        yield database
    finally:
        database.close()

"""Everything that one process of the service holds, and its beginning and end."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.exc import SQLAlchemyError
from structlog import get_logger

from api.auth.authenticator import Authenticator
from api.batching import Batching
from api.bench import Bench
from api.benches import Benches
from api.checking import Limits
from api.metrics import Metrics
from api.settings import Settings
from api.store.batches import purge_batches
from api.store.checks import purge_checks
from api.store.database import Database
from api.store.sealing import Seal
from api.turns import Turns, aside
from engine import CleanclaimError, CodeSearch

_PURGE_SECONDS = 600


class Service:
    """The parts of the service, put together from its settings."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.database = open_store(settings)
        self.metrics = Metrics()
        self.turns = Turns(settings.max_waiting)
        self.benches = Benches(self.database, self.turns, self.metrics, settings.rules, settings.table_folders)
        self.authenticator = Authenticator(settings, self.database)
        self.limits = Limits(
            claims=settings.max_claims,
            lines=settings.max_lines,
            claim_lines=settings.max_claim_lines,
            seconds=settings.max_seconds,
        )
        self.batching = Batching(
            self.database, self.benches, self.turns, self.metrics, self.limits, settings.lease_seconds
        )
        self._searches: dict[tuple[str, str], CodeSearch] = {}
        self._searching = threading.Lock()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """From the first pack loaded to the last slice given back."""
        with contextlib.suppress(SQLAlchemyError, CleanclaimError):  # else the follower goes on trying
            await self.benches.follow()
        tasks = [asyncio.create_task(work) for work in (self.batching.run(), self._follow(), self._purge())]
        try:
            yield
        finally:
            self.batching.stop()
            for task in tasks[1:]:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self.turns.close()
            self.database.close()

    def search(self, bench: Bench, system: str) -> CodeSearch:
        """The search of a code set in the tables of a bench.

        Raises:
            TableError: the table is not loaded.
        """
        with self._searching:
            key = (bench.tables_digest, system)
            if key not in self._searches:
                folder = self.settings.cache_folder / "search"
                self._searches = {kept: one for kept, one in self._searches.items() if kept[0] == key[0]}
                self._searches[key] = CodeSearch(bench.tables, system, folder)  # type: ignore[arg-type]  # the route's enum
            return self._searches[key]

    async def _follow(self) -> None:
        while True:
            await asyncio.sleep(self.settings.reload_seconds)
            try:
                await self.benches.follow()
            except (SQLAlchemyError, CleanclaimError) as error:
                get_logger().warning("follow_failed", cause=type(error).__name__)

    async def _purge(self) -> None:
        while True:
            try:
                await aside(purge_checks, self.database)
                await aside(purge_batches, self.database)
            except SQLAlchemyError as error:
                get_logger().warning("purge_failed", cause=type(error).__name__)
            await asyncio.sleep(_PURGE_SECONDS)


def open_store(settings: Settings) -> Database:
    """The store of some settings.

    Raises:
        ValueError: a content key is malformed.
    """
    keys = settings.content_keys
    return Database(settings.store_url, Seal(keys) if keys else None)

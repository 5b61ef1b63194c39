"""Which bench is in force, how it is replaced, and the benches of earlier rules for batches and explanations."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from pathlib import Path

from structlog import get_logger

from api.bench import Bench, build_bench
from api.metrics import Metrics
from api.problems import ProblemError
from api.ruleset import Ruleset, pack_folders
from api.store.database import Database
from api.store.packs import find_ruleset, in_force, put_in_force
from api.turns import Turns, aside
from engine import CleanclaimError, RulebookError

_EARLIER = 2


class Benches:
    """The bench of this process; all processes of a service follow the generations in the store.

    Args:
        database: the store.
        turns: compiling waits for its turn, as checking does.
        metrics: told what is in force.
        site: the site's rule folders.
        tables: the folders of imported tables.
    """

    def __init__(
        self, database: Database, turns: Turns, metrics: Metrics, site: tuple[Path, ...], tables: list[Path]
    ) -> None:
        self._database = database
        self._turns = turns
        self._metrics = metrics
        self._site = site
        self._tables = tables
        self._current: Bench | None = None
        self._earlier: OrderedDict[str, Bench] = OrderedDict()
        self._changing = asyncio.Lock()
        self.generation = 0

    @property
    def loaded(self) -> bool:
        """Whether there is a bench."""
        return self._current is not None

    @property
    def current(self) -> Bench:
        """The bench in force.

        Raises:
            ProblemError: none is loaded yet.
        """
        if self._current is None:
            raise ProblemError("not-ready", "Packs are being loaded.", headers={"Retry-After": "2"})
        return self._current

    async def reload(self, actor: str) -> Bench:
        """Load packs and tables from disk beside those in force, and put them in force when they are sound.

        Raises:
            RulebookError: mistakes in the rule files; nothing has changed.
            CleanclaimError: a table cannot be read, or a rule does not fit; nothing has changed.
            OSError: a file cannot be read; nothing has changed.
        ValueError: a schema is not JSON; nothing has changed.
        """
        async with self._changing:
            try:
                ruleset = await aside(pack_folders, self._site)
                bench = await self._build(ruleset)
            except Exception:
                self._metrics.reloads.labels("refused").inc()
                raise
            number = await aside(put_in_force, self._database, ruleset, bench.rulebook, actor)
            self._metrics.reloads.labels("in_force").inc()
            self._swap(number, bench)
            return bench

    async def follow(self) -> None:
        """Come to the generation in force, when that is not this one's already."""
        found = await aside(in_force, self._database)
        if found is None or found[0] == self.generation:
            return
        async with self._changing:
            number, digest = found
            if number <= self.generation:
                return
            ruleset = await aside(find_ruleset, self._database, digest)
            if ruleset is not None:
                self._swap(number, await self._build(ruleset))

    async def of(self, digest: str) -> Bench:
        """The bench of a ruleset: the one in force, an earlier one, or one built from what the store kept.

        Raises:
            ProblemError: the store does not have it any more.
        """
        if self._current is not None and self._current.ruleset == digest:
            return self._current
        if digest in self._earlier:
            self._earlier.move_to_end(digest)
            return self._earlier[digest]
        ruleset = await aside(find_ruleset, self._database, digest)
        if ruleset is None:
            raise ProblemError("rules-changed", "The store does not hold those rules.")
        bench = await self._build(ruleset)
        self._keep(bench)
        return bench

    async def _build(self, ruleset: Ruleset) -> Bench:
        bench = await aside(build_bench, ruleset, self._tables)
        await self._turns.take_anyhow(bench.warm)
        return bench

    def _swap(self, number: int, bench: Bench) -> None:
        if self._current is not None:
            self._keep(self._current)
        self._current, self.generation = bench, number
        self._metrics.state_packs((pack["name"], pack["digest"]) for pack in bench.packs)
        get_logger().info("packs_in_force", generation=number, ruleset=bench.ruleset)

    def _keep(self, bench: Bench) -> None:
        self._earlier[bench.ruleset] = bench
        while len(self._earlier) > _EARLIER:
            self._earlier.popitem(last=False)


def mistakes_of(error: CleanclaimError | OSError | ValueError) -> list[dict[str, str]]:
    """What is wrong with rule files or tables, for an answer."""
    if isinstance(error, RulebookError):
        return [{"at": one.location, "says": one.message, "hint": one.hint} for one in error.mistakes]
    if isinstance(error, CleanclaimError):
        return [{"at": error.location, "says": error.message, "hint": error.hint}]
    if isinstance(error, OSError):
        return [{"at": Path(str(error.filename or "")).name, "says": (error.strerror or "cannot be read").lower()}]
    return [{"at": "", "says": f"a file beside the packs is damaged: {error}"}]

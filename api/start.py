"""What is done once before workers start, and how each worker starts."""

from __future__ import annotations

from contextlib import closing, suppress
from typing import Final, Literal

from fastapi import FastAPI

from api.app import create_app
from api.bench import build_bench
from api.logs import configure_logs
from api.ruleset import pack_folders
from api.service import open_store
from api.settings import Settings
from api.store import audit
from api.store.database import now
from api.store.keys import list_keys
from api.store.packs import in_force, put_in_force
from engine import CodeSearch, TableError, Tables, UsageError

SEARCHED: Final[tuple[Literal["icd10cm", "hcpcs"], ...]] = ("icd10cm", "hcpcs")


def prepare(settings: Settings, actor: str = "serve") -> None:
    """Bring the store up to date and put the packs on disk in force.

    Raises:
        UsageError: the address is not loopback, and nobody could prove who they are.
        RulebookError: the packs on disk have mistakes.
        CleanclaimError: a table cannot be read, or a rule does not fit.
        ValueError: a content key is malformed.
    """
    with closing(open_store(settings)) as database:
        database.migrate()
        usable = [
            key
            for key in list_keys(database)
            if key.revoked_at is None and (key.expires_at is None or key.expires_at > now())
        ]
        if not settings.loopback and not (usable or settings.oidc_issuer):
            raise UsageError(
                f"{settings.host} can be reached from other machines, and there is no API key and no token issuer",
                hint="cleanclaim keys create NAME --scope check, or set CLEANCLAIM_OIDC_ISSUER",
            )
        if settings.oidc_issuer and not settings.oidc_audience:
            raise UsageError("CLEANCLAIM_OIDC_AUDIENCE is not set", hint="name the audience that tokens are issued for")
        ruleset = pack_folders(settings.rules)
        found = in_force(database)
        bench = build_bench(ruleset, settings.table_folders)
        bench.warm()
        if found is None or found[1] != ruleset.digest:
            put_in_force(database, ruleset, bench.rulebook, actor)
        with database.writing() as connection:
            audit.append(
                database, connection, actor, "service.started", f"ruleset:{ruleset.digest}", host=settings.host
            )


def prepare_search(settings: Settings) -> None:
    """Build the index of the code search where it is not there yet, so that the first search need not wait for it."""
    tables = Tables.load(settings.table_folders)
    for system in SEARCHED:
        with suppress(TableError):  # the table is not loaded: a search says so
            CodeSearch(tables, system, settings.cache_folder / "search")


def worker() -> FastAPI:
    """The application of one worker process: the settings come from the environment."""
    settings = Settings()
    configure_logs(settings.log_level)
    return create_app(settings)

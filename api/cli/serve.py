"""``cleanclaim serve``."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from api.cli.guard import guarded

_HEALTHY_SECONDS = 60
"""How long a worker may be silent before it is replaced: the rules engine holds the interpreter while it compiles."""


def serve(
    host: Annotated[str | None, typer.Option("--host", help="Address to listen at. [default: 127.0.0.1]")] = None,
    port: Annotated[int | None, typer.Option("--port", help="Port to listen at. [default: 8080]")] = None,
    workers: Annotated[int | None, typer.Option("--workers", help="Worker processes. [default: 2]")] = None,
    rules: Annotated[
        list[Path] | None,
        typer.Option("--rules", metavar="DIR", help="A folder with packs of your own; may be repeated."),
    ] = None,
    tables: Annotated[
        Path | None,
        typer.Option("--tables", metavar="DIR", help="Imported reference tables. [default: the user data folder]"),
    ] = None,
) -> None:
    """Serve the HTTP API. Options win over the environment (CLEANCLAIM_...); docs/api.md lists all settings."""
    given = {
        "HOST": host,
        "PORT": port,
        "WORKERS": workers,
        "RULES": os.pathsep.join(str(folder.absolute()) for folder in rules) if rules else None,
        "TABLES": None if tables is None else tables.absolute(),
    }
    for name, value in given.items():
        if value is not None:
            os.environ[f"CLEANCLAIM_{name}"] = str(value)  # the workers read it
    with guarded(), tempfile.TemporaryDirectory(prefix="cleanclaim-metrics-") as scratch:
        import uvicorn  # noqa: PLC0415 -- see the package's docstring

        os.environ.setdefault(
            "PROMETHEUS_MULTIPROC_DIR", scratch
        )  # before prometheus_client is imported, here and there
        from api.logs import configure_logs  # noqa: PLC0415
        from api.settings import Settings  # noqa: PLC0415
        from api.start import prepare, prepare_search  # noqa: PLC0415

        settings = Settings()
        configure_logs(settings.log_level)
        prepare(settings)
        prepare_search(settings)
        uvicorn.run(
            "api.start:worker",
            factory=True,
            host=settings.host,
            port=settings.port,
            workers=settings.workers,
            access_log=False,
            log_config=None,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=settings.shutdown_seconds,
            timeout_worker_healthcheck=_HEALTHY_SECONDS,
        )

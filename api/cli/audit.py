"""``cleanclaim audit``: the audit log of the service."""

from __future__ import annotations

from typing import Annotated

import typer

from api.cli.guard import guarded

app = typer.Typer(name="audit", help="The audit log of the service.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def root() -> None:
    """The audit log of the service."""


@app.command()
def verify(
    last: Annotated[
        str, typer.Option("--last", metavar="DIGEST", help="A last digest noted earlier: the log must still hold it.")
    ] = "",
) -> None:
    """Verify the chain of the audit log. The exit status is 1 when a row was changed, taken out or put in."""
    with guarded():
        from api.cli.store import store  # noqa: PLC0415
        from api.store.audit import verify as verified  # noqa: PLC0415

        with store() as database:
            found = verified(database, last)
        if found.broken_at is not None:
            typer.echo(f"BROKEN at row {found.broken_at}: {found.because}; {found.rows} rows before it hold")
            raise typer.Exit(1)
        typer.echo(f"{found.rows} rows hold; last digest {found.last}")

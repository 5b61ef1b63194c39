"""The commands, put together."""

from __future__ import annotations

from typing import Annotated

import typer

from engine.cli.lazy import LazyGroup
from engine.version import VERSION

app = typer.Typer(
    name="cleanclaim",
    cls=LazyGroup,
    help="Finds what a payer would reject or deny in a health claim, says why and where, and how to fix it.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"cleanclaim {VERSION}")
        raise typer.Exit


@app.callback()
def root(
    _version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """Finds what a payer would reject or deny in a health claim, says why and where, and how to fix it."""

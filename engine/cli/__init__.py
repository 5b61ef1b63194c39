"""The command line: the only place where the clock and the user's folders are read."""

from __future__ import annotations


def main() -> None:
    """Run the command line; ends the process with the exit status."""
    from engine.cli.app import app  # noqa: PLC0415 -- a library user who imports engine.cli need not load Typer

    app()

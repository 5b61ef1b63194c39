"""Commands that are imported when they are called: the others cost no start."""

# ruff: noqa: ANN401, ARG002 - the signatures are Typer's, which does not export the types of its contexts and commands

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Final

import typer
from typer.core import TyperCommand, TyperGroup

COMMANDS: Final[dict[str, str]] = {
    "check": "Check claims: X12 837P, 837I or 837D, FHIR R4 Claim or Bundle, or native JSON.",
    "explain": "Explain a claim: why it would be denied, why a rule did or did not fire, or what a stage of the check "
    "saw.",
    "batch": "Check files of any size, in several processes or on Spark; a run that was stopped goes on where it was.",
    "codes": "Look a code up.",
    "encounter": "Score documented encounters, before there is a claim.",
    "rules": "The rules: list and show them, test and lint them, write new ones.",
    "tables": "The reference tables.",
}
"""The commands in the order of the help, each with the first sentence of its own."""

GROUPS: Final = frozenset({"codes", "encounter", "rules", "tables"})
"""Those that have commands of their own; their modules hold an ``app``, the others a function of their name."""


@cache
def more_commands() -> dict[str, EntryPoint]:
    """Commands of packages above the engine, which does not know them: they register ``cleanclaim.commands``."""
    return {found.name: found for found in sorted(entry_points(group="cleanclaim.commands"), key=lambda one: one.name)}


class LazyGroup(TyperGroup):
    """The commands of :data:`COMMANDS` and of other packages, loaded by name."""

    def list_commands(self, ctx: Any) -> list[str]:
        """All names."""
        return [*COMMANDS, *more_commands()]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command, with its module."""
        return load(cmd_name) if cmd_name in COMMANDS or cmd_name in more_commands() else None

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """The list in the help, which needs no command's module."""
        limit = formatter.width - 6 - max(map(len, COMMANDS))
        rows = [(name, TyperCommand(name, help=text).get_short_help_str(limit)) for name, text in COMMANDS.items()]
        rows += [(name, load(name).get_short_help_str(limit)) for name in more_commands()]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


def load(name: str) -> Any:
    """Import a command."""
    if name in COMMANDS:
        module: Any = import_module(f"engine.cli.{name}")
        found = module.app if name in GROUPS else getattr(module, name)
    else:
        found = more_commands()[name].load()
    if isinstance(found, typer.Typer):
        return typer.main.get_group(found)
    alone = typer.Typer(name=name, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    alone.command(name)(found)
    return typer.main.get_command(alone)

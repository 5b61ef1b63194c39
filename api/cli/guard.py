"""How these commands end when something is in the way: one line on standard error, exit status 2."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer

from engine import CleanclaimError

UNUSABLE = 2
EXTRA = "pip install 'cleanclaim[api]'"


@contextmanager
def guarded() -> Iterator[None]:
    """Say what is wrong, without a traceback."""
    try:
        yield
    except ModuleNotFoundError as error:
        give_up(f"{error.name} is not installed: {EXTRA}")
    except CleanclaimError as error:
        give_up(str(error))
    except Exception as error:
        if type(error).__module__.startswith(("sqlalchemy", "psycopg", "alembic")):
            give_up(f"the store cannot be used: {type(getattr(error, 'orig', error)).__name__}")
        if type(error).__name__ == "ValidationError":
            give_up(f"the settings do not fit: {error}")
        if isinstance(error, ValueError | OSError):
            give_up(str(error))
        raise


def give_up(message: str) -> NoReturn:
    """End with status 2."""
    typer.echo(f"cleanclaim: {message}", err=True)
    raise typer.Exit(UNUSABLE)

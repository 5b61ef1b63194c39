"""``cleanclaim keys``: who may use the service."""

from __future__ import annotations

import getpass
import time
from datetime import UTC, datetime
from typing import Annotated

import typer

from api.cli.guard import give_up, guarded

app = typer.Typer(name="keys", help="API keys of the service.", no_args_is_help=True, rich_markup_mode=None)
_DAY = 86_400_000


@app.command()
def create(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Whose key it is, for the list.")],
    scope: Annotated[
        list[str],
        typer.Option("--scope", help="What it may do: check, rules:read, rules:write, audit; may be repeated."),
    ],
    days: Annotated[int | None, typer.Option("--days", min=1, help="It ends after so many days.")] = None,
) -> None:
    """Make a key and print it. It is kept as a hash: nobody can print it again."""
    with guarded():
        from api.auth.caller import EVERY_SCOPE  # noqa: PLC0415
        from api.cli.store import store  # noqa: PLC0415
        from api.store.keys import create_key  # noqa: PLC0415

        for one in scope:
            if one not in EVERY_SCOPE:
                give_up(f"unknown scope {one} (one of {', '.join(sorted(EVERY_SCOPE))})")
        ends = None if days is None else time.time_ns() // 1_000_000 + days * _DAY
        with store() as database:
            typer.echo(create_key(database, name, tuple(dict.fromkeys(scope)), ends, _actor()))


@app.command("list")
def list_() -> None:
    """List the keys."""
    with guarded():
        from api.cli.store import store  # noqa: PLC0415
        from api.store.database import now  # noqa: PLC0415
        from api.store.keys import list_keys  # noqa: PLC0415

        with store() as database:
            for key in list_keys(database):
                state = "revoked" if key.revoked_at else "works"
                if key.expires_at and not key.revoked_at:
                    state = f"{'expired' if key.expires_at <= now() else 'works'} until {_day(key.expires_at)}"
                typer.echo(f"{key.id}  {_day(key.created_at)}  {state:24}  {key.scopes:36}  {key.name}")


@app.command()
def revoke(key_id: Annotated[str, typer.Argument(metavar="ID", help="The id in the list.")]) -> None:
    """End a key. It does not work from the next request on."""
    with guarded():
        from api.cli.store import store  # noqa: PLC0415
        from api.store.keys import revoke_key  # noqa: PLC0415

        with store() as database:
            if not revoke_key(database, key_id, _actor()):
                give_up(f"no key {key_id} that works (cleanclaim keys list)")
            typer.echo(f"revoked {key_id}")


def _actor() -> str:
    return f"cli:{getpass.getuser()}"


def _day(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, tz=UTC).date().isoformat()

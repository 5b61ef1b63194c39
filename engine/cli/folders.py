"""Where the imported tables lie."""

from __future__ import annotations

from pathlib import Path

import platformdirs


def table_folders(given: Path | None) -> list[Path]:
    """The folder of imported tables: the one given, else the user's when it exists."""
    if given is not None:
        return [given]
    users = users_tables()
    return [users] if users.is_dir() else []


def users_tables() -> Path:
    """The folder of imported tables when none is given; it need not exist."""
    return platformdirs.user_data_path("cleanclaim") / "tables"

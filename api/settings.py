"""The settings of the service: environment variables ``CLEANCLAIM_…``, checked once when it starts."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import os
from pathlib import Path
from typing import Annotated, Any

import platformdirs
from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

KEY_BYTES = 32
MIB = 1024 * 1024


class Settings(BaseSettings):
    """One value a name; ``docs/api.md`` lists them with what they are for.

    Args:
        content_key: base64 of 32 bytes, or several with commas between: the first encrypts, all of them decrypt.
        content_key_file: a file that holds the same, for secrets that are mounted.
        lease_seconds: how long a batch stays with a worker that is not heard of.
        reload_seconds: how often a worker looks whether the packs were reloaded.
    """

    model_config = SettingsConfigDict(env_prefix="CLEANCLAIM_", frozen=True, extra="ignore")

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    workers: int = Field(default=2, ge=1, le=64)
    database_url: str = ""
    rules: Annotated[tuple[Path, ...], NoDecode] = ()
    tables: Path | None = None
    cache: Path | None = None

    content_key: SecretStr = SecretStr("")
    content_key_file: Path | None = None
    require_auth: bool = False
    oidc_issuer: str = ""
    oidc_audience: str = ""
    oidc_jwks_url: str = ""
    oidc_scope_claim: str = "scope"
    oidc_leeway_seconds: int = Field(default=30, ge=0, le=600)
    rate_per_minute: int = Field(default=600, ge=0)

    max_body_bytes: int = Field(default=10 * MIB, ge=1024)
    max_batch_bytes: int = Field(default=1024 * MIB, ge=1024)
    max_claims: int = Field(default=1000, ge=1)
    max_lines: int = Field(default=20_000, ge=1)
    max_claim_lines: int = Field(default=1000, ge=1)
    max_seconds: float = Field(default=30, gt=0)
    max_waiting: int = Field(default=64, ge=1)
    body_seconds: float = Field(default=60, gt=0)

    retention_days: int = Field(default=30, ge=1)
    lease_seconds: float = Field(default=60, gt=0)
    reload_seconds: float = Field(default=1, gt=0)
    shutdown_seconds: int = Field(default=30, ge=1)
    log_level: str = "info"

    @field_validator("rules", mode="before")
    @classmethod
    def _folders(cls, value: Any) -> Any:  # noqa: ANN401 -- pydantic hands over what it was given
        """Several folders stand in one variable as on ``PATH``."""
        return tuple(Path(part) for part in value.split(os.pathsep) if part) if isinstance(value, str) else value

    @property
    def store_url(self) -> str:
        """The store's address for SQLAlchemy: a SQLite file in the user's data folder when none is given."""
        if self.database_url:
            return self.database_url.replace("postgresql://", "postgresql+psycopg://", 1)
        return f"sqlite:///{platformdirs.user_data_path('cleanclaim') / 'service.sqlite3'}"

    @property
    def cache_folder(self) -> Path:
        """Where indexes of code searches are kept."""
        return self.cache or platformdirs.user_cache_path("cleanclaim")

    @property
    def table_folders(self) -> list[Path]:
        """The folder of imported tables: the one given, else the user's when it exists, as the command line has it."""
        if self.tables is not None:
            return [self.tables]
        users = platformdirs.user_data_path("cleanclaim") / "tables"
        return [users] if users.is_dir() else []

    @property
    def content_keys(self) -> tuple[bytes, ...]:
        """The keys that claim content is encrypted with; none means that content is not kept.

        Raises:
            ValueError: a key is not 32 bytes in base64.
        """
        text = self.content_key.get_secret_value()
        if not text and self.content_key_file is not None:
            text = self.content_key_file.read_text(encoding="ascii")
        return tuple(_key(part.strip()) for part in text.split(",") if part.strip())

    @property
    def loopback(self) -> bool:
        """Whether the address can be reached from this machine alone."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


def _key(text: str) -> bytes:
    try:
        key = base64.b64decode(text.translate(str.maketrans("-_", "+/")), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise ValueError("CLEANCLAIM_CONTENT_KEY holds base64 of 32 bytes: openssl rand -base64 32")
    return key

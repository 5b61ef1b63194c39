"""The caller of a request, and the scopes there are."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class Scope(StrEnum):
    """What a key or token may do."""

    check = "check"
    rules_read = "rules:read"
    rules_write = "rules:write"
    audit = "audit"


class Caller(Struct, frozen=True, kw_only=True):
    """Who calls: ``key:ID``, ``token:SUBJECT``, or ``open`` on a service without keys."""

    actor: str
    scopes: frozenset[str]

    @property
    def is_open(self) -> bool:
        """Whether the service runs without keys."""
        return self.actor == OPEN


OPEN = "open"
EVERY_SCOPE = frozenset(str(scope) for scope in Scope)

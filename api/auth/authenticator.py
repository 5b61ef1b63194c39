"""From the headers of a request to its caller."""

from __future__ import annotations

import hashlib
import time
from collections import OrderedDict
from urllib.parse import urlsplit

from starlette.datastructures import Headers

from api.auth.caller import EVERY_SCOPE, OPEN, Caller
from api.auth.tokens import Tokens, unauthenticated
from api.problems import ProblemError
from api.settings import Settings
from api.store.database import Database, now
from api.store.keys import PREFIX, Key, any_key, find_key, fits
from api.store.rates import count_request

_REMEMBERED = 1024
_SECONDS = 300.0
_LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")


class Authenticator:
    """Knows callers by API key or bearer token; on loopback, without either, lets all of the machine in.

    A key's secret is verified with argon2 once in five minutes; that it still stands is asked at every request.
    """

    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings = settings
        self._database = database
        self._tokens = Tokens(settings) if settings.oidc_issuer else None
        self._verified: OrderedDict[bytes, float] = OrderedDict()

    def runs_open(self) -> bool:
        """Whether everybody on this machine may do everything."""
        settings = self._settings
        return settings.loopback and not (settings.require_auth or settings.oidc_issuer or any_key(self._database))

    def caller(self, headers: Headers) -> Caller:
        """Who calls.

        Raises:
            ProblemError: nobody that is known.
        """
        credential = self._credential(headers)
        if credential.startswith(f"{PREFIX}_"):
            return self._of_key(credential)
        if credential and self._tokens is not None:
            return self._tokens.caller(credential)
        if credential:
            raise unauthenticated("That is no key of this service.")
        if self.runs_open():
            self._refuse_other_sites(headers)
            return Caller(actor=OPEN, scopes=EVERY_SCOPE)
        raise unauthenticated("Send Authorization: Bearer with an API key (cleanclaim keys create) or a token.")

    def limit(self, caller: Caller) -> None:
        """Count the request.

        Raises:
            ProblemError: too many this minute.
        """
        most = self._settings.rate_per_minute
        if caller.is_open or not most:
            return
        made, seconds = count_request(self._database, caller.actor)
        if made > most:
            detail = f"{most} requests a minute are allowed."
            raise ProblemError("rate-limited", detail, headers={"Retry-After": str(seconds)})

    def _credential(self, headers: Headers) -> str:
        scheme, _, value = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return value.strip()
        if scheme:
            raise unauthenticated("Of Authorization schemes only Bearer is taken.")
        return headers.get("x-api-key", "").strip()

    def _of_key(self, credential: str) -> Caller:
        _, key_id, secret = (*credential.split("_", 2), "", "")[:3]
        key = find_key(self._database, key_id)
        if key is None or not self._fits(key, secret):
            raise unauthenticated("That is no key of this service.")
        if key.revoked_at is not None:
            raise unauthenticated("The key was revoked.")
        if key.expires_at is not None and key.expires_at <= now():
            raise unauthenticated("The key has expired.")
        return Caller(actor=f"key:{key.id}", scopes=frozenset(key.scopes.split()))

    def _fits(self, key: Key, secret: str) -> bool:
        proof = hashlib.sha256(f"{key.hash} {secret}".encode()).digest()
        if self._verified.get(proof, 0.0) > time.monotonic():
            return True
        if not fits(key, secret):
            return False
        self._verified[proof] = time.monotonic() + _SECONDS
        while len(self._verified) > _REMEMBERED:
            self._verified.popitem(last=False)
        return True

    def _refuse_other_sites(self, headers: Headers) -> None:
        """A page in a browser must not use an open service: neither by its address nor by a name of its own."""
        host = urlsplit(f"//{headers.get('host', '')}").hostname
        origin = headers.get("origin")
        if host not in _LOCAL_NAMES or (origin is not None and urlsplit(origin).hostname not in _LOCAL_NAMES):
            raise ProblemError(
                "forbidden", "Without keys only programs on this machine are served, under its own name."
            )

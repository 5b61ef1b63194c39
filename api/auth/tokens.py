"""Bearer tokens of an OpenID Connect issuer, verified against the keys that it publishes."""

from __future__ import annotations

import json
import threading
import urllib.request

import jwt
from jwt import PyJWKClient

from api.auth.caller import EVERY_SCOPE, Caller
from api.problems import ProblemError
from api.settings import Settings

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
"""Asymmetric ones only: with a symmetric one, the published key would be the secret."""

_SECONDS = 5
_LONGEST = 8192


class Tokens:
    """Verifies tokens. The issuer is asked for its keys when first needed and when a token names one not seen yet."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client: PyJWKClient | None = None
        self._lock = threading.Lock()

    def caller(self, token: str) -> Caller:
        """The caller that a token is of.

        Raises:
            ProblemError: the token is not good, or the issuer does not answer.
        """
        settings = self._settings
        if len(token) > _LONGEST:
            raise unauthenticated("The token is too long.")
        try:
            claims = jwt.decode(
                token,
                self._keys().get_signing_key_from_jwt(token).key,
                algorithms=ALGORITHMS,
                issuer=settings.oidc_issuer,
                audience=settings.oidc_audience,
                leeway=settings.oidc_leeway_seconds,
                options={"require": ["exp", "iat", "iss", "aud", "sub"]},
            )
        except jwt.ExpiredSignatureError:
            raise unauthenticated("The token has expired.") from None
        except jwt.PyJWKClientConnectionError:
            detail = "The issuer does not answer, so the token cannot be verified."
            raise ProblemError("not-ready", detail, headers={"Retry-After": "5"}) from None
        except (jwt.PyJWTError, ValueError) as error:
            raise unauthenticated(f"The token is not accepted: {type(error).__name__}.") from None
        granted = claims.get(settings.oidc_scope_claim, "")
        scopes = granted.split() if isinstance(granted, str) else [str(one) for one in granted or ()]
        return Caller(actor=f"token:{claims['sub']}"[:200], scopes=EVERY_SCOPE.intersection(scopes))

    def _keys(self) -> PyJWKClient:
        with self._lock:
            if self._client is None:
                address = self._settings.oidc_jwks_url or self._discovered()
                self._client = PyJWKClient(address, cache_keys=True, lifespan=600, timeout=_SECONDS)
            return self._client

    def _discovered(self) -> str:
        address = f"{self._settings.oidc_issuer.rstrip('/')}/.well-known/openid-configuration"
        try:
            with urllib.request.urlopen(address, timeout=_SECONDS) as answer:  # noqa: S310 -- settings check the scheme
                return str(json.load(answer)["jwks_uri"])
        except (OSError, ValueError, KeyError) as error:
            raise jwt.PyJWKClientConnectionError(type(error).__name__) from None


def unauthenticated(detail: str) -> ProblemError:
    """The problem of a caller who is not known."""
    return ProblemError("unauthenticated", detail, headers={"WWW-Authenticate": 'Bearer realm="cleanclaim"'})

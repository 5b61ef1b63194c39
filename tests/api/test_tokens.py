"""Bearer tokens: which are good, and which are not."""

import base64
import hmac
import json
import socket

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from api.auth.tokens import Tokens
from api.problems import ProblemError
from api.settings import Settings
from tests.api.issuer import Issuer, new_key


@pytest.fixture(scope="module")
def issuer():
    with Issuer() as one:
        yield one


@pytest.fixture
def tokens(issuer):
    return Tokens(Settings(oidc_issuer=issuer.url, oidc_audience="cleanclaim"))


def packed(content):
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def test_a_good_token(tokens, issuer):
    caller = tokens.caller(issuer.token(scope="check rules:read email"))
    assert caller.actor == "token:dana"
    assert caller.scopes == {"check", "rules:read"}


def test_scopes_as_a_list_in_another_claim(issuer):
    tokens = Tokens(Settings(oidc_issuer=issuer.url, oidc_audience="cleanclaim", oidc_scope_claim="roles"))
    assert tokens.caller(issuer.token(roles=["audit", 7])).scopes == {"audit"}
    assert tokens.caller(issuer.token()).scopes == frozenset()


@pytest.mark.parametrize(
    "changes",
    [
        {"seconds": -60},
        {"aud": "another"},
        {"aud": None},
        {"iss": "http://127.0.0.1:1"},
        {"iss": None},
        {"sub": None},
        {"exp": None},
        {"iat": None},
        {"nbf": 4_000_000_000},
    ],
)
def test_tokens_that_are_not_good(tokens, issuer, changes):
    with pytest.raises(ProblemError) as error:
        tokens.caller(issuer.token(**changes))
    assert error.value.kind == "unauthenticated"


def test_a_token_signed_by_somebody_else(tokens, issuer):
    with pytest.raises(ProblemError):
        tokens.caller(issuer.token(key=new_key()))


def test_the_published_key_is_no_shared_secret(tokens, issuer):
    public = issuer.keys["one"].public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    body = issuer.token().split(".")[1]
    signed = f"{packed(json.dumps({'alg': 'HS256', 'kid': 'one'}).encode())}.{body}"
    forged = f"{signed}.{packed(hmac.digest(public, signed.encode(), 'sha256'))}"
    with pytest.raises(ProblemError) as error:
        tokens.caller(forged)
    assert "InvalidAlgorithmError" in error.value.detail


def test_a_token_without_a_signature(tokens, issuer):
    head, body, _ = issuer.token().split(".")
    none = packed(json.dumps({"alg": "none", "kid": "one"}).encode())
    for forged in (f"{none}.{body}.", f"{head}.{body}.", "a.b.c", "x" * 9000, "é.é.é"):
        with pytest.raises(ProblemError) as error:
            tokens.caller(forged)
        assert error.value.kind == "unauthenticated"


def test_a_new_key_of_the_issuer_is_fetched(tokens, issuer):
    tokens.caller(issuer.token())
    issuer.keys["two"] = new_key()
    tokens._client.cooldown_duration = 0  # the library waits 30 s before it asks again for a key that it does not know
    assert tokens.caller(issuer.token(kid="two")).actor == "token:dana"


def test_keys_are_not_fetched_for_every_token(tokens, issuer):
    tokens.caller(issuer.token())
    before = issuer.asked
    for _ in range(5):
        tokens.caller(issuer.token())
    assert issuer.asked == before


def test_an_issuer_that_does_not_answer_is_no_refusal_of_the_token():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    tokens = Tokens(Settings(oidc_issuer=f"http://127.0.0.1:{port}", oidc_audience="cleanclaim"))
    with pytest.raises(ProblemError) as error:
        tokens.caller(jwt.encode({"sub": "x"}, "x" * 32, headers={"kid": "one"}))
    assert error.value.kind == "not-ready"

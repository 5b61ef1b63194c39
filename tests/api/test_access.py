"""Who may do what: every route against every kind of caller. A route that is not in the matrix fails the test."""

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.auth.caller import EVERY_SCOPE
from api.examples import LINT_BODY, TRY_BODY, value
from api.start import prepare
from api.store.database import now
from api.store.keys import create_key, revoke_key
from tests.api.conftest import KEY, Settings
from tests.api.issuer import Issuer
from tests.cli.small import OFFICE, RECEIVED_ON, small_rulebook, small_tables

X12 = {"content": OFFICE.read_bytes(), "headers": {"Content-Type": "application/edi-x12"}}
NOWHERE = "0" * 32


def example(body):
    return body["content"]["application/json"]["examples"]["draft"]["value"]


MATRIX = {
    ("POST", "/v1/claims/check"): ("check", {**X12, "params": {"received_on": RECEIVED_ON}}, 200),
    ("POST", "/v1/claims/history"): ("check", X12, 201),
    ("POST", "/v1/claims/batches"): ("check", X12, 202),
    ("GET", "/v1/claims/batches/{batch_id}"): ("check", {}, 404),
    ("GET", "/v1/claims/batches/{batch_id}/results"): ("check", {}, 404),
    ("GET", "/v1/checks/{check_id}"): ("check", {}, 404),
    ("GET", "/v1/checks/{check_id}/explain"): ("check", {}, 404),
    ("POST", "/v1/encounters/score"): ("check", {"json": value("encounter.json")}, 200),
    ("GET", "/v1/rules"): ("rules:read", {}, 200),
    ("GET", "/v1/rules/{rule_id}"): ("rules:read", {}, 200),
    ("POST", "/v1/rules/lint"): ("rules:read", {"json": example(LINT_BODY)}, 200),
    ("POST", "/v1/rules/try"): ("rules:read", {"json": example(TRY_BODY)}, 200),
    ("GET", "/v1/packs"): ("rules:read", {}, 200),
    ("POST", "/v1/packs/reload"): ("rules:write", {}, 200),
    ("GET", "/v1/tables"): ("rules:read", {}, 200),
    ("GET", "/v1/codes/search"): ("rules:read", {"params": {"q": "I10", "system": "hcpcs"}}, 409),
    ("GET", "/v1/codes/{system}/{code}"): ("rules:read", {}, 404),
    ("GET", "/v1/audit"): ("audit", {}, 200),
    ("GET", "/metrics"): ("audit", {}, 200),
    ("GET", "/healthz"): ("", {}, 200),
    ("GET", "/readyz"): ("", {}, 200),
}
"""Route: the scope it needs, a request, and what the right caller gets."""

IDS = {"batch_id": NOWHERE, "check_id": NOWHERE, "rule_id": "BIL-0001", "system": "hcpcs", "code": "Z9999"}
CALLERS = ("no key", "unknown key", "wrong scope", "right scope", "revoked", "expired key", "expired token", "token")


@pytest.fixture(scope="module")
def issuer():
    with Issuer() as one:
        yield one


@pytest.fixture(scope="module")
def guarded(tmp_path_factory, issuer):
    """One service with keys and an issuer; its rules and tables are the small ones."""
    home = tmp_path_factory.mktemp("guarded")
    with pytest.MonkeyPatch.context() as patch:
        folder = small_rulebook(home)
        for module in ("api.ruleset", "engine.authoring.draft", "engine.authoring.corpus.load"):
            patch.setattr(f"{module}.shipped_rules", lambda: folder)
        settings = Settings(
            database_url=f"sqlite:///{home}/store.sqlite3",
            tables=small_tables(home),
            cache=home,
            content_key=KEY,
            rate_per_minute=0,
            oidc_issuer=issuer.url,
            oidc_audience="cleanclaim",
        )
        prepare(settings)
        with TestClient(create_app(settings), base_url="http://127.0.0.1") as client:
            yield client


@pytest.fixture(scope="module")
def keys(guarded):
    """Credentials by caller and scope, made once: argon2 takes its time."""
    database = guarded.app.state.service.database
    made = {}

    def credential(caller, scope):
        scopes = EVERY_SCOPE - {scope} if caller == "wrong scope" else {scope or "check"}
        name = (caller, *sorted(scopes))
        if name not in made:
            ends = now() - 1 if caller == "expired key" else None
            made[name] = create_key(database, caller, tuple(sorted(scopes)), ends, "test")
            if caller == "revoked":
                assert revoke_key(database, made[name].split("_")[1], "test")
        return made[name]

    return credential


def headers_for(caller, scope, keys, issuer):
    if caller == "no key":
        return {}
    if caller == "unknown key":
        return {"Authorization": "Bearer cck_000000000000_nothing"}
    if caller.endswith("token"):
        token = issuer.token(scope=scope, seconds=-3600 if caller == "expired token" else 3600)
        return {"Authorization": f"Bearer {token}"}
    return {"Authorization": f"Bearer {keys(caller, scope)}"}


def routes(app):
    return {(method.upper(), path) for path, methods in app.openapi()["paths"].items() for method in methods}


def test_the_matrix_has_every_route(guarded):
    assert routes(guarded.app) == set(MATRIX)


@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize("route", MATRIX, ids=" ".join)
def test_route_and_caller(guarded, issuer, keys, route, caller):
    method, path = route
    scope, request, right = MATRIX[route]
    if not scope or caller in ("right scope", "token"):
        wanted = right
    elif caller == "wrong scope":
        wanted = 403
    else:
        wanted = 401
    headers = {**request.get("headers", {}), **headers_for(caller, scope, keys, issuer)}
    answer = guarded.request(method, path.format(**IDS), **{**request, "headers": headers})
    assert answer.status_code == wanted, answer.text
    if wanted == 401:
        assert answer.headers["www-authenticate"].startswith("Bearer")
    if wanted in (401, 403):
        assert "packs" not in answer.json()


def test_a_key_is_taken_in_its_own_header(guarded, keys):
    key = keys("right scope", "rules:read")
    assert guarded.get("/v1/packs", headers={"X-API-Key": key}).status_code == 200
    assert guarded.get("/v1/packs", headers={"X-API-Key": key[:-1]}).status_code == 401
    assert guarded.get("/v1/packs", headers={"Authorization": f"Basic {key}"}).status_code == 401


def test_a_key_that_is_revoked_stops_at_the_next_request(guarded):
    database = guarded.app.state.service.database
    key = create_key(database, "soon gone", ("rules:read",), None, "test")
    headers = {"Authorization": f"Bearer {key}"}
    assert guarded.get("/v1/packs", headers=headers).status_code == 200
    revoke_key(database, key.split("_")[1], "test")
    answer = guarded.get("/v1/packs", headers=headers)
    assert answer.status_code == 401
    assert answer.json()["detail"] == "The key was revoked."


def test_one_caller_does_not_see_anothers_checks_and_batches(guarded, keys):
    mine = {"Authorization": f"Bearer {keys('right scope', 'check')}"}
    other = {"Authorization": f"Bearer {create_key(guarded.app.state.service.database, 'x', ('check',), None, 'test')}"}
    content = {"Content-Type": "application/edi-x12"}
    check_id = guarded.post("/v1/claims/check", content=X12["content"], headers=mine | content).headers[
        "cleanclaim-check"
    ]
    batch = guarded.post("/v1/claims/batches", content=X12["content"], headers=mine | content).json()
    for path in (f"/v1/checks/{check_id}", f"/v1/claims/batches/{batch['id']}", batch["results"]):
        assert guarded.get(path, headers=mine).status_code == 200
        assert guarded.get(path, headers=other).status_code == 404

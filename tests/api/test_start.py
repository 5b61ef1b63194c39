"""Starting, and the commands ``keys`` and ``audit``."""

import pytest
from typer.testing import CliRunner

from api.start import prepare
from api.store.database import Database, now
from api.store.keys import create_key, revoke_key
from engine.cli.app import app as command_line
from engine.errors import RulebookError, UsageError
from tests.api.conftest import KEY


class TestRefusals:
    def test_another_address_than_loopback_needs_authentication(self, settings):
        with pytest.raises(UsageError, match="can be reached from other machines"):
            prepare(settings(host="0.0.0.0"))  # noqa: S104 -- that is the point

    def test_a_key_that_works_is_enough_and_one_that_does_not_is_not(self, settings):
        chosen = settings(host="10.1.2.3")
        database = Database(chosen.store_url)
        database.migrate()
        create_key(database, "old", ("check",), now() - 1, "test")
        key = create_key(database, "revoked", ("check",), None, "test")
        revoke_key(database, key.split("_")[1], "test")
        with pytest.raises(UsageError):
            prepare(chosen)
        create_key(database, "good", ("check",), None, "test")
        prepare(chosen)

    def test_an_issuer_is_enough_when_the_audience_is_said(self, settings):
        with pytest.raises(UsageError, match="AUDIENCE"):
            prepare(settings(host="10.1.2.3", oidc_issuer="https://issuer.example"))
        prepare(settings(host="10.1.2.3", oidc_issuer="https://issuer.example", oidc_audience="cleanclaim"))

    def test_broken_packs_keep_it_from_starting(self, settings, rules):
        next(rules.rglob("pack.yaml")).write_text("pack: [")
        with pytest.raises(RulebookError):
            prepare(settings())


@pytest.fixture
def run(settings, monkeypatch):
    chosen = settings()
    monkeypatch.setenv("CLEANCLAIM_DATABASE_URL", chosen.database_url)
    monkeypatch.setenv("CLEANCLAIM_CONTENT_KEY", KEY)
    for name in ("CLEANCLAIM_HOST", "PROMETHEUS_MULTIPROC_DIR"):  # serve sets them for its workers
        monkeypatch.setenv(name, "127.0.0.1")
    return lambda *words: CliRunner().invoke(command_line, [str(word) for word in words])


class TestCommands:
    def test_keys(self, run):
        made = run("keys", "create", "front desk", "--scope", "check", "--scope", "rules:read", "--days", 30)
        assert made.exit_code == 0
        key_id = made.stdout.split("_")[1]
        listed = run("keys", "list").stdout
        assert key_id in listed
        assert "check rules:read" in listed
        assert "front desk" in listed
        assert made.stdout.strip().split("_", 2)[2] not in listed
        assert run("keys", "revoke", key_id).exit_code == 0
        assert "revoked" in run("keys", "list").stdout
        again = run("keys", "revoke", key_id)
        assert again.exit_code == 2
        assert f"no key {key_id} that works" in again.stderr

    def test_an_unknown_scope(self, run):
        result = run("keys", "create", "x", "--scope", "everything")
        assert result.exit_code == 2
        assert "unknown scope everything (one of audit, check, rules:read, rules:write)" in result.stderr

    def test_the_audit_log_is_verified(self, run, settings):
        run("keys", "create", "x", "--scope", "check")
        result = run("audit", "verify")
        assert result.exit_code == 0
        assert result.stdout.startswith("1 rows hold; last digest ")
        digest = result.stdout.split()[-1]
        assert run("audit", "verify", "--last", digest).exit_code == 0
        assert run("audit", "verify", "--last", "0" * 64).exit_code == 1
        database = Database(settings().store_url)
        with database.writing() as connection:
            connection.exec_driver_sql("DROP TRIGGER audit_no_update")
            connection.exec_driver_sql("UPDATE audit SET actor = 'nobody'")
        broken = run("audit", "verify")
        assert broken.exit_code == 1
        assert broken.stdout.startswith("BROKEN at row 1: its digest is not that of its values")

    def test_serve_says_why_it_does_not_start(self, run, monkeypatch):
        result = run("serve", "--host", "192.0.2.1")
        assert result.exit_code == 2
        assert "cleanclaim keys create" in result.stderr
        monkeypatch.setenv("CLEANCLAIM_CONTENT_KEY", "short")
        result = run("serve")
        assert result.exit_code == 2
        assert "openssl rand -base64 32" in result.stderr
        monkeypatch.setenv("CLEANCLAIM_PORT", "many")
        assert "settings do not fit" in run("serve").stderr

    def test_without_the_extra_the_commands_say_how_to_get_it(self, run, monkeypatch):
        monkeypatch.setitem(__import__("sys").modules, "uvicorn", None)
        result = run("serve")
        assert result.exit_code == 2
        assert "pip install 'cleanclaim[api]'" in result.stderr

"""The service in this process, on a small rulebook, with its store in SQLite or in a real PostgreSQL."""

import base64
import uuid
from contextlib import ExitStack, closing

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import create_engine, text
from typer.testing import CliRunner

from api.app import create_app
from api.logs import configure_logs
from api.service import open_store
from api.settings import Settings
from api.start import prepare
from engine.cli.app import app as command_line
from tests.api.postgresql import programs, system_user, throwaway_server
from tests.cli.small import OFFICE, RECEIVED_ON, small_rulebook, small_tables

KEY = base64.b64encode(bytes(range(32))).decode()


@pytest.fixture(autouse=True)
def _logs():
    """As ``cleanclaim serve`` logs."""
    configure_logs("info")


@pytest.fixture(scope="session")
def postgresql():
    """One server for the session."""
    if programs() is None:
        pytest.skip(
            "PostgreSQL's programs are not here (apt-get install postgresql): its side of the store is not tested"
        )
    if system_user() is None:
        pytest.skip("PostgreSQL does not run as root, and there is no user postgres or nobody: not tested")
    with throwaway_server() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request, tmp_path):
    """An empty store in each of the databases."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/store.sqlite3"
        return
    server = request.getfixturevalue("postgresql")
    name = f"t{uuid.uuid4().hex}"
    admin = create_engine(server.url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield server.url.replace("/postgres", f"/{name}")
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture
def rules(tmp_path, monkeypatch):
    folder = small_rulebook(tmp_path)
    for module in ("api.ruleset", "engine.authoring.draft", "engine.authoring.corpus.load", "engine.rulebook.load"):
        monkeypatch.setattr(f"{module}.shipped_rules", lambda: folder)
    return folder


@pytest.fixture
def settings(rules, tmp_path, monkeypatch):  # noqa: ARG001 -- the rules must be in place
    """Makes settings; a content key is given unless told otherwise."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    tables = small_tables(tmp_path)

    def make(**changes):
        values = {
            "database_url": f"sqlite:///{tmp_path}/service.sqlite3",
            "tables": tables,
            "cache": tmp_path / "cache",
            "content_key": KEY,
            "reload_seconds": 0.05,
        }
        return Settings(**values | changes)

    return make


@pytest.fixture
def started(settings):
    """Starts the service with some settings; several are several workers on one store."""
    with ExitStack() as stack:

        def start(again=False, **changes):
            chosen = settings(**changes)
            if not again:
                prepare(chosen)
            return stack.enter_context(TestClient(create_app(chosen), base_url="http://127.0.0.1:8080"))

        yield start


@pytest.fixture
def client(started):
    return started()


@pytest.fixture
def store(settings):
    """Opens the store of some settings, beside the service."""
    with ExitStack() as stack:

        def open_it(**changes):
            return stack.enter_context(closing(open_store(settings(**changes))))

        yield open_it


@pytest.fixture
def printed(settings):
    """What the command line prints for a file on standard input."""

    def run(content, *options, command="check"):
        words = [command, "-", "--received-on", RECEIVED_ON, "--tables", str(settings().tables), *options]
        return CliRunner().invoke(command_line, words, input=content).stdout_bytes

    return run


@pytest.fixture
def office():
    return OFFICE.read_bytes()

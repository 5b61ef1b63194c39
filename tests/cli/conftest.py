import os

import pytest
from typer.testing import CliRunner

from engine.cli.app import app
from tests.cli.small import RECEIVED_ON, small_rulebook, small_tables


@pytest.fixture
def tables(tmp_path):
    return small_tables(tmp_path)


@pytest.fixture
def rules(tmp_path, monkeypatch):
    folder = small_rulebook(tmp_path)
    monkeypatch.setattr("engine.rulebook.load.shipped_rules", lambda: folder)
    return folder


@pytest.fixture
def run(rules, tables, tmp_path, monkeypatch):  # noqa: ARG001 -- the rules must be in place
    """Runs a command under the small rulebook; no table of the user's folder comes in."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    for name in ("COLUMNS", "FORCE_COLOR", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)

    def invoke(*arguments, stdin=None, dated=True):
        words = [os.fspath(argument) for argument in arguments]
        if dated and words[0] in ("check", "explain"):
            words += ["--received-on", RECEIVED_ON, "--tables", str(tables)]
        return CliRunner().invoke(app, words, input=stdin, catch_exceptions=False)

    return invoke

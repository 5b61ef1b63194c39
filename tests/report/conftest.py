from datetime import date

import pytest

from engine.backends.durable import compile_durable
from engine.check import Checker
from engine.reference.catalog import Tables
from engine.rulebook.load import load_rulebook
from tests.cli.small import EXAMPLES, small_rulebook, small_tables

RECEIVED_ON = date(2026, 4, 15)


@pytest.fixture(scope="module")
def checker(tmp_path_factory):
    """The small rulebook, which no change of the shipped rules changes."""
    home = tmp_path_factory.mktemp("small")
    rulebook = load_rulebook(shipped=small_rulebook(home))
    tables = Tables.load([small_tables(home)])
    return Checker(rulebook, tables, compile_durable, engine="durable", received_on=RECEIVED_ON)


@pytest.fixture(scope="module")
def shipped():
    """The shipped rules, with the tables of the examples."""
    return Checker(
        load_rulebook(), Tables.load([EXAMPLES / "tables"]), compile_durable, engine="durable", received_on=RECEIVED_ON
    )

"""Text reports, byte for byte: a review shows what a change does to what people read.

After a change that is meant: ``GOLDEN=write pytest tests/report/test_golden.py``, then read the difference.
"""

import os
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from engine.cli.app import app
from tests.cli.small import DAMAGED, OFFICE, ROOT, small_rulebook, small_tables

GOLDEN = Path(__file__).parents[1] / "golden"
CASES = {
    "check-office-visit.txt": ["check", OFFICE],
    "check-damaged.txt": ["check", DAMAGED],
    "check-verbose.txt": ["check", OFFICE, "--verbose", "--payer", "_base"],
    "explain-claim.txt": ["explain", OFFICE, "--claim", "OV-1002"],
    "explain-passed.txt": ["explain", OFFICE, "--claim", "OV-1001", "--rule", "PAY-0001"],
    "rules-show.txt": ["rules", "show", "COD-0003"],
}


@pytest.mark.parametrize("name", CASES)
def test_the_text_is_as_it_was_read(name, tmp_path, monkeypatch):
    rules, tables = small_rulebook(tmp_path), small_tables(tmp_path)
    monkeypatch.setattr("engine.rulebook.load.shipped_rules", lambda: rules)
    monkeypatch.chdir(ROOT)
    for variable in ("COLUMNS", "FORCE_COLOR", "NO_COLOR"):
        monkeypatch.delenv(variable, raising=False)
    command, *rest = CASES[name]
    words = [command, *(str(w.relative_to(ROOT)) if isinstance(w, Path) else w for w in rest)]
    words += ["--received-on", "2026-04-15", "--tables", str(tables)] if command != "rules" else []
    output = CliRunner().invoke(app, words, catch_exceptions=False).stdout
    text = re.sub(r"\([0-9a-f]{8}\)", "(digest)", re.sub(r"cleanclaim \d+\.\d+\.\d+", "cleanclaim VERSION", output))
    path = GOLDEN / name
    if os.environ.get("GOLDEN") == "write":
        path.write_text(text)
    assert text == path.read_text()

"""The whole rule packs give the same reports with both engines: findings, coverage, score, everything."""

from __future__ import annotations

import io
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from engine.backends.compiled import compile_compiled
from engine.backends.durable import compile_durable
from engine.check import Checker
from engine.findings.report import ClaimReport
from engine.reference.catalog import Tables
from engine.rulebook.load import load_rulebook
from tests.corpus.files import SHARED, own_files, shared_files

EVERY = 200  # of the labelled mutants, so that the test stays short; tools/compare_reports.py takes all of them
TABLES = Path(__file__).parents[1] / "tables"


@cache
def checkers(history: bool):
    rulebook, tables = load_rulebook(), Tables.load([TABLES])
    setting = {"engine": "either", "received_on": date(2026, 4, 15), "history": () if history else None}
    return [
        Checker(rulebook, tables, compile_rules, **setting) for compile_rules in (compile_durable, compile_compiled)
    ]


def reports_of(files, history):
    for name, data in files:
        durable, compiled = (list(one.check(io.BytesIO(data), name)) for one in checkers(history))
        assert compiled == durable, name
        yield from (report for report in durable if isinstance(report, ClaimReport))


@pytest.mark.timeout(600)
def test_on_the_claims_of_this_repository():
    files = list(own_files())
    reports = [*reports_of(files[::2], history=False), *reports_of(files[1::2], history=True)]
    assert len(reports) > 70
    assert sum(len(report.findings) for report in reports) > 50
    assert sum(len(report.coverage.not_evaluated) for report in reports) > 1000
    durable, compiled = checkers(history=False)
    assert durable.tool() == compiled.tool()


@pytest.mark.corpus
@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared corpus is kept outside the repository (../shared/corpus)")
def test_on_the_shared_corpus():
    reports = list(reports_of(shared_files(every=EVERY), history=False))
    assert len(reports) > 200
    assert sum(len(report.findings) for report in reports) > 300

"""What must hold of every check: no bytes make it raise, it is repeatable, and findings follow their lines."""

from __future__ import annotations

import io
import random
from datetime import date
from functools import lru_cache
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs

from engine.backends.durable import compile_durable
from engine.check import Checker
from engine.claim.model import Claim
from engine.findings.report import ClaimReport
from engine.intake.reading import ReadClaim
from engine.intake.sniff import read
from engine.reference.catalog import Tables
from engine.rulebook.load import load_rulebook
from tools.fuzz_check import damage

ROOT = Path(__file__).parents[2]
FILES = sorted(path for path in (ROOT / "examples").iterdir() if path.suffix in (".837", ".json"))


@lru_cache(maxsize=1)
def checker() -> Checker:
    tables = Tables.load([ROOT / "examples" / "tables"])
    return Checker(load_rulebook(), tables, compile_durable, engine="durable", received_on=date(2026, 4, 15))


@lru_cache(maxsize=1)
def claims() -> tuple[Claim, ...]:
    found = []
    for path in FILES:
        with path.open("rb") as stream:
            found += [item.claim for item in read(stream, path.name) if isinstance(item, ReadClaim)]
    return tuple(found)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(FILES), st.integers(0, 2**32))
def test_no_damaged_file_makes_a_check_raise(path: Path, seed: int) -> None:
    data = damage(path.read_bytes(), random.Random(seed))
    reports = [item for item in checker().check(io.BytesIO(data), path.name) if isinstance(item, ClaimReport)]
    assert not [f for report in reports for f in report.findings if f.rule == "INT-0020"]


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_make_a_check_raise(data: bytes) -> None:
    assert isinstance(list(checker().check(io.BytesIO(data), "bytes")), list)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_two_runs_give_the_same_bytes(path: Path) -> None:
    first, second = (msgspec.json.encode(list(checker().check(io.BytesIO(path.read_bytes()), path.name))) for _ in "ab")
    assert first == second


def places(report: ClaimReport) -> list[tuple[str, int | None, str]]:
    return sorted((f.rule, f.at.line, f.at.field) for f in report.findings if f.pack != "intake")


@pytest.mark.parametrize("number", range(len(claims())))
def test_findings_follow_renumbered_lines(number: int) -> None:
    claim = claims()[number]
    moved = {line.number: line.number + 40 for line in claim.lines}
    lines = tuple(structs.replace(line, number=moved[line.number]) for line in claim.lines)
    before = checker().check_claim(ReadClaim(claim=claim))
    after = checker().check_claim(ReadClaim(claim=structs.replace(claim, lines=lines)))
    expected = sorted((rule, moved.get(line, line) if line else line, field) for rule, line, field in places(before))
    assert places(after) == expected


@pytest.mark.parametrize("number", range(len(claims())))
def test_the_order_of_lines_moves_no_finding(number: int) -> None:
    claim = claims()[number]
    before = checker().check_claim(ReadClaim(claim=claim))
    after = checker().check_claim(ReadClaim(claim=structs.replace(claim, lines=claim.lines[::-1])))
    assert {(rule, field) for rule, _, field in places(after)} == {(rule, field) for rule, _, field in places(before)}
    assert after.verdict == before.verdict

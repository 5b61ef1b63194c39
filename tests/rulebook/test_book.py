"""What a loaded rulebook answers: needs, payers, parameters by date, changes, scope."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from engine.rulebook.book import Rulebook, override_on, values_on
from engine.rulebook.values import day_number

Load = Callable[[], Rulebook]

ACME = """
payer: acme
title: Acme
kind: commercial
identifiers: {payer_id: ["12345"], filing_indicator: [CI]}
parameters:
  limit_days:
    values:
      - {from: 2021-01-01, to: 2021-12-31, value: 60, because: contract}
      - {from: 2023-01-01, value: 90, because: amendment}
rules:
  TST-0001: {severity: warning, because: agreed, until: 2024-06-30}
"""
PLAN = """
payer: acme-plan
title: Acme Plan
inherits: acme
identifiers: {payer_id: ["12345"], claim_types: [dental]}
rules:
  TST-0001: {off: true, because: not for this plan}
"""


@pytest.fixture
def book(rules: Path, load: Load) -> Rulebook:
    for slug, text in (("acme", ACME), ("acme-plan", PLAN)):
        (rules / "payers" / slug).mkdir()
        (rules / "payers" / slug / "payer.yaml").write_text(text)
    return load()


def test_needs_are_what_rules_test_and_print(book: Rulebook) -> None:
    needs = book.needs(book.rules)
    assert needs["line"].fields == ("number", "units")
    assert needs["payer"].fields == ("name",)
    assert set(needs) == {"line", "payer"}


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"payer_id": "12345"}, "acme"),
        ({"payer_id": "12345", "claim_type": "dental"}, "acme-plan"),
        ({"payer_id": "00000", "filing_indicator": "CI"}, "acme"),
        ({"filing_indicator": "ZZ"}, "_base"),
        ({"slug": "acme-plan", "payer_id": "00000"}, "acme-plan"),
        ({}, "_base"),
    ],
)
def test_the_payer_of_a_claim(book: Rulebook, asked: dict[str, str], expected: str) -> None:
    assert book.payer_for(**asked).slug == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("payer", "day", "expected"),
    [
        ("acme", "2020-12-31", None),
        ("acme", "2021-01-01", 60),
        ("acme", "2021-12-31", 60),
        ("acme", "2022-01-01", None),
        ("acme", "2023-01-01", 90),
        ("acme-plan", "2023-01-01", 90),
        ("_base", "2023-01-01", 30),
    ],
)
def test_parameters_by_date_and_inheritance(book: Rulebook, payer: str, day: str, expected: int | None) -> None:
    value = values_on(book.payers[payer], day_number(day)).get("limit_days")
    assert (value.values[0] if value else None) == expected


def test_where_an_inherited_value_is_from(book: Rulebook) -> None:
    value = values_on(book.payers["acme-plan"], day_number("2023-01-01"))["limit_days"]
    assert (value.payer, value.because) == ("acme", "amendment")


def test_changes_end_and_the_nearest_wins(book: Rulebook) -> None:
    change = override_on(book.payers["acme"], "TST-0001", day_number("2024-06-30"))
    assert change is not None
    assert (change.severity, change.off) == ("warning", False)
    assert override_on(book.payers["acme"], "TST-0001", day_number("2024-07-01")) is None
    plan = override_on(book.payers["acme-plan"], "TST-0001", day_number("2024-07-01"))
    assert plan is not None
    assert plan.off


def test_digests_follow_the_bytes(book: Rulebook, rules: Path, load: Load) -> None:
    path = rules / "testing" / "topic" / "first.yaml"
    path.write_text(path.read_text().replace("Because.", "Because!"))
    again = load()
    before, after = ({p.name: p.digest for p in b.packs} for b in (book, again))
    assert before["testing"] != after["testing"]


def test_a_site_pack_is_loaded_beside_the_shipped(rules: Path, tmp_path: Path) -> None:
    from engine.rulebook.load import load_rulebook

    site = tmp_path / "mine"
    (site / "topic").mkdir(parents=True)
    (site / "pack.yaml").write_text("pack: mine\ntitle: M\nowner: o\nversion: 1.0.0\nprefix: MIN\n")
    for name in ("first.yaml", "first.test.yaml"):
        text = (
            (rules / "testing" / "topic" / name).read_text().replace("TST-", "MIN-").replace("at_most: 0", "at_most: 1")
        )
        (site / "topic" / name).write_text(text)
    book = load_rulebook([site], shipped=rules)
    assert [rule.id for rule in book.rules] == ["MIN-0001", "TST-0001"]
    assert [pack.name for pack in book.packs] == ["testing", "mine"]

"""X12 texts to values."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.intake.x12.convert import Period, cents, day, diagnosis_code, period, quantity, whole


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("100", 10000),
        ("100.", 10000),
        ("100.5", 10050),
        ("100.05", 10005),
        (".5", 50),
        ("0", 0),
        ("-3.10", -310),
        ("9999999999.99", 999999999999),
        ("99999999999.99", None),
        ("1.005", None),
        ("1.000", None),
        ("", None),
        (".", None),
        ("-", None),
        ("+1", None),
        ("1,000", None),
        ("1e3", None),
        ("NaN", None),
        (" 1", None),
        ("1 ", None),
        ("١٢", None),
        ("1_0", None),
        ("--1", None),
        ("9" * 5000, None),
    ],
)
def test_cents(text: str, value: int | None):
    assert cents(text) == value


@given(st.integers(-(10**11), 10**11))
def test_cents_round_trip(amount: int):
    assert cents(f"{Decimal(amount).scaleb(-2):f}") == amount


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", Decimal(1)),
        ("1.50", Decimal("1.50")),
        (".25", Decimal("0.25")),
        ("-1", Decimal(-1)),
        ("1e3", None),
        ("Infinity", None),
        ("", None),
        ("1" * 13, None),
    ],
)
def test_quantity(text: str, value: Decimal | None):
    assert quantity(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("20240229", date(2024, 2, 29)),
        ("20230229", None),
        ("20241301", None),
        ("2024-1-1", None),
        ("240101", None),
        ("00000101", None),
        ("", None),
        ("٢٠٢٤٠١٠١", None),
    ],
)
def test_day(text: str, value: date | None):
    assert day(text) == value


@pytest.mark.parametrize(
    ("form", "text", "value"),
    [
        ("D8", "20260102", Period(date(2026, 1, 2))),
        ("RD8", "20260102-20260105", Period(date(2026, 1, 2), date(2026, 1, 5))),
        ("RD8", "20260102", Period(date(2026, 1, 2))),
        ("DT", "202601021430", Period(date(2026, 1, 2), None, "1430")),
        ("TM", "0905", Period(None, None, "0905")),
        ("TM", "2460", Period()),
        ("", "20260102", Period()),
        ("D8", "2026010", Period()),
    ],
)
def test_period(form: str, text: str, value: Period):
    assert period(form, text) == value


def test_small_ones():
    assert diagnosis_code(" m25.561 ") == "M25561"
    assert [whole(text) for text in ("1", "012", "", "A", "-1", "9" * 10)] == [1, 12, None, None, None, None]


@given(st.text(max_size=20))
def test_no_text_raises(text: str):
    cents(text), quantity(text), day(text), whole(text), diagnosis_code(text)
    for form in ("D8", "RD8", "DT", "TM", text):
        period(form, text)

from datetime import date

import pytest

from engine.claim.model import Adjustment, ClaimCode, InpatientProcedure, LineAdjudication, OtherPayer, Payer
from tests.facts.helpers import fact, facts, inpatient, line, minimal, number

DAY = date(2026, 3, 9)


@pytest.mark.parametrize(
    ("code", "ok"),
    [
        (ClaimCode(family="condition", code="02"), True),
        (ClaimCode(family="condition", code="2"), False),
        (ClaimCode(family="condition", code=""), False),
        (ClaimCode(family="occurrence", code="11", day=DAY), True),
        (ClaimCode(family="occurrence", code="11"), False),
        (ClaimCode(family="occurrence_span", code="74", day=DAY, end_day=DAY), True),
        (ClaimCode(family="occurrence_span", code="74", day=DAY), False),
        (ClaimCode(family="value", code="80", amount_cents=0), True),
        (ClaimCode(family="value", code="80"), False),
        (ClaimCode(family="treatment", code="A01"), True),
    ],
)
def test_shape_of_a_claim_code(code, ok):
    assert fact(inpatient(codes=(code,)), "claim_code")["shape_ok"] is ok


def test_duplicate_claim_codes():
    codes = (
        ClaimCode(family="condition", code="45"),
        ClaimCode(family="occurrence", code="45", day=DAY),
        ClaimCode(family="condition", code="45"),
        ClaimCode(family="occurrence", code="45", day=date(2026, 3, 10)),
        ClaimCode(family="occurrence", code="45", day=DAY),
        ClaimCode(family="drg", code="195"),
    )
    assert [f["duplicate"] for f in facts(inpatient(codes=codes), "claim_code")] == [False, False, True, False, True]


@pytest.mark.parametrize(
    ("family", "end", "ok"),
    [
        ("occurrence_span", DAY, True),
        ("occurrence_span", date(2026, 3, 8), False),
        ("occurrence_span", None, None),
        ("occurrence", date(2026, 3, 8), None),
    ],
)
def test_span_of_a_claim_code(family, end, ok):
    code = ClaimCode(family=family, code="74", day=DAY, end_day=end)
    assert fact(inpatient(codes=(code,)), "claim_code").get("span_ok") is ok


@pytest.mark.parametrize(
    ("day", "ok"),
    [
        (date(2026, 3, 5), False),
        (date(2026, 3, 6), True),
        (date(2026, 3, 12), True),
        (date(2026, 3, 13), False),
        (None, None),
    ],
)
def test_day_of_an_inpatient_procedure(day, ok):
    claim = inpatient(procedures=(InpatientProcedure(position=1, code="0DTJ4ZZ", day=day),))
    values = fact(claim, "inpatient_procedure")
    assert (values.get("day_ok"), values["status_on_day"]) == (ok, "valid")


def test_the_money_of_another_payer_balances():
    other = OtherPayer(
        sequence_code="P",
        payer=Payer(payer_id="A"),
        paid_cents=8000,
        adjustments=(Adjustment(group="CO", reason="45", amount_cents=1500),),
        adjudication_day=DAY,
    )
    decision = LineAdjudication(
        payer_id="A", paid_cents=8000, adjustments=(Adjustment(group="PR", reason="1", amount_cents=5000),)
    )
    claim = minimal(other_payers=(other,), lines=(line(1, charge_cents=14500, adjudications=(decision,)),))
    values = fact(claim, "other_payer")
    assert [values[f] for f in ("claim_adjustment_cents", "line_adjustment_cents", "difference_cents")] == [
        1500,
        5000,
        0,
    ]
    assert (values["sequence"], values["adjudication_day"]) == ("primary", number("2026-03-09"))
    decided = fact(claim, "line_adjudication")
    assert (decided["adjustment_cents"], decided["difference_cents"], decided["line_number"]) == (5000, 1500, 1)
    assert [(a["line_number"], a["group"], a["reason"], a["payer_id"]) for a in facts(claim, "adjustment")] == [
        (0, "CO", "45", "A"),
        (1, "PR", "1", "A"),
    ]


def test_a_payer_that_has_not_decided_has_no_difference():
    values = fact(minimal(other_payers=(OtherPayer(payer=Payer(payer_id="A")),)), "other_payer")
    assert {"difference_cents", "claim_adjustment_cents", "line_adjustment_cents", "paid_cents"}.isdisjoint(values)


def test_parameters_and_payer():
    claim = minimal()
    assert facts(claim, "param", timely_filing_days=90) == [{"name": "timely_filing_days", "value": 90}]
    assert fact(claim, "payer", payer="medicare", kind="medicare") == {
        "slug": "medicare",
        "name": "Payer",
        "kind": "medicare",
    }


def test_history():
    earlier = minimal(patient_control_number="OLD1", lines=(line(4, day="2026-01-05", modifiers=("25",)),))
    assert facts(minimal(), "prior_line") == []
    assert facts(minimal(), "prior_line", history=[]) == []
    values = fact(minimal(), "prior_line", history=[earlier])
    assert (values["claim_id"], values["prior_line_number"], values["procedure"]) == ("OLD1", 4, "99213")
    assert (values["service_day"], values["modifiers_text"]) == (number("2026-01-05"), "25")
    assert values["provider_unit"] == "1234567893/207Q00000X"
    assert values["line_key"] == fact(earlier, "line")["line_key"]

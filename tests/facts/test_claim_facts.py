from datetime import date
from decimal import Decimal

import pytest
from msgspec.structs import replace

from engine.claim.model import (
    Adjustment,
    ClaimCode,
    Condition,
    Diagnosis,
    LineAdjudication,
    Note,
    OtherPayer,
    Payer,
    Provider,
)
from tests.facts.helpers import fact, inpatient, line, minimal, number


def claim_fact(claim, **context):
    return fact(claim, "claim", **context)


@pytest.mark.parametrize(
    ("kind", "code", "word"),
    [
        ("professional", "1", "original"),
        ("professional", "6", "corrected"),
        ("professional", "7", "replacement"),
        ("professional", "8", "void"),
        ("professional", "2", "other"),
        ("dental", "7", "replacement"),
        ("institutional", "0", "nonpay"),
        ("institutional", "1", "original"),
        ("institutional", "2", "interim_first"),
        ("institutional", "3", "interim_continuing"),
        ("institutional", "4", "interim_last"),
        ("institutional", "5", "late_charge"),
        ("institutional", "6", "corrected"),
        ("institutional", "7", "replacement"),
        ("institutional", "8", "void"),
        ("institutional", "9", "other"),
        ("institutional", "G", "other"),
        ("professional", "", None),
    ],
)
def test_frequency(kind, code, word):
    assert claim_fact(minimal(kind, frequency_code=code)).get("frequency") == word


@pytest.mark.parametrize(
    ("code", "frequency", "bill_type", "kind", "is_inpatient"),
    [
        ("11", "1", "111", "inpatient_hospital", True),
        ("011", "1", "111", "inpatient_hospital", True),
        ("12", "1", "121", "inpatient_part_b", False),
        ("13", "7", "137", "outpatient_hospital", False),
        ("18", "1", "181", "swing_bed", True),
        ("21", "1", "211", "snf", True),
        ("41", "1", "411", "inpatient_hospital", True),
        ("23", "1", "231", "snf_part_b", False),
        ("34", "9", "349", "home_health", False),
        ("71", "1", "711", "rhc", False),
        ("82", "1", "821", "hospice", False),
        ("85", "1", "851", "cah_outpatient", False),
        ("89", "1", "891", "other", False),
        ("", "1", None, None, None),
    ],
)
def test_type_of_bill(code, frequency, bill_type, kind, is_inpatient):
    values = claim_fact(minimal("institutional", facility_code=code, frequency_code=frequency))
    assert (values.get("bill_type"), values.get("facility_kind")) == (bill_type, kind)
    assert values.get("inpatient") is is_inpatient
    assert "place_of_service" not in values


@pytest.mark.parametrize(("place", "expected"), [("21", True), ("51", True), ("61", True), ("22", False), ("", None)])
def test_inpatient_by_place(place, expected):
    values = claim_fact(minimal(facility_code=place))
    assert values.get("inpatient") is expected
    assert values.get("place_of_service") == (place or None)
    assert "bill_type" not in values


@pytest.mark.parametrize(
    ("member", "shape", "bad_letter"),
    [
        ("1EG4TE5MK73", "mbi", False),
        ("1EG4TE5MK7O", "other", True),
        ("1SG4TE5MK73", "other", True),
        ("1EG4-TE5-MK73", "other", False),
        ("0EG4TE5MK73", "other", False),
        ("1EG4TE5MK7", "other", False),
        ("123456789A", "hicn", False),
        ("123456789C1", "hicn", False),
        ("WA123456", "hicn", False),
        ("123456789", "ssn_like", False),
        ("123-45-6789", "ssn_like", False),
        ("ACM123456789", "other", False),
        ("", "empty", None),
    ],
)
def test_member_id_shape(member, shape, bad_letter):
    claim = minimal()
    values = claim_fact(replace(claim, subscriber=replace(claim.subscriber, member_id=member)))
    assert values["subscriber_id_shape"] == shape
    assert values.get("mbi_bad_letter") is bad_letter


def test_every_letter_that_an_mbi_never_holds_is_refused():
    claim = minimal()
    for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ":
        for place in (1, 2, 4, 5, 7, 8):
            member = "1EG4TE5MK73"
            member = member[:place] + letter + member[place + 1 :]
            values = claim_fact(replace(claim, subscriber=replace(claim.subscriber, member_id=member)))
            assert (values["subscriber_id_shape"] == "mbi") is (letter not in "SLOIBZ"), member
            assert values["mbi_bad_letter"] is (letter in "SLOIBZ"), member


@pytest.mark.parametrize(
    ("code", "word"), [("18", "self"), ("01", "spouse"), ("19", "child"), ("53", "other"), ("G8", "other"), ("", None)]
)
def test_relationship(code, word):
    claim = minimal()
    claim = replace(
        claim, patient=replace(claim.patient, relationship=""), subscriber=replace(claim.subscriber, relationship=code)
    )
    assert claim_fact(claim).get("relationship") == word


def test_the_patients_own_relationship_comes_first():
    claim = minimal()
    claim = replace(claim, patient=replace(claim.patient, relationship="19", is_subscriber=False))
    values = claim_fact(claim)
    assert (values["relationship"], values["patient_differs_from_subscriber"]) == ("child", True)


@pytest.mark.parametrize(
    ("code", "word"),
    [("P", "primary"), ("S", "secondary"), ("T", "tertiary"), ("A", "other"), ("U", "other"), ("", None)],
)
def test_payer_sequence(code, word):
    claim = minimal()
    assert (
        claim_fact(replace(claim, subscriber=replace(claim.subscriber, sequence_code=code))).get("payer_sequence")
        == word
    )


def test_accidents_of_a_professional_claim():
    values = claim_fact(minimal(related_causes=("AA", "EM"), accident_day=date(2026, 3, 1), accident_state="IL"))
    assert [values[f"{name}"] for name in ("employment_related", "auto_accident", "other_accident")] == [
        True,
        True,
        False,
    ]
    assert values["accident_day"] == number("2026-03-01")


def test_accidents_of_an_institutional_claim():
    codes = (
        ClaimCode(family="occurrence", code="05", day=date(2026, 3, 2)),
        ClaimCode(family="occurrence", code="11", day=date(2026, 1, 1)),
        ClaimCode(family="condition", code="02"),
    )
    values = claim_fact(minimal("institutional", codes=codes))
    assert [values[f"{name}"] for name in ("employment_related", "auto_accident", "other_accident")] == [
        True,
        False,
        True,
    ]
    assert values["accident_day"] == number("2026-03-02")


def test_what_was_not_sent_is_false_or_absent():
    values = claim_fact(minimal())
    for flag in ("employment_related", "auto_accident", "other_accident", "note_present", "homebound"):
        assert values[flag] is False
    for field in (
        "accident_day",
        "onset_day",
        "onset_after_service",
        "patient_paid_over_total",
        "clia_shape_ok",
        "drg",
    ):
        assert field not in values
    assert values["attachment_count"] == 0


@pytest.mark.parametrize(
    ("number_", "ok"), [("05D0642827", True), ("5D0642827", False), ("05E0642827", False), ("05D064282", False)]
)
def test_clia_shape(number_, ok):
    assert claim_fact(minimal(clia_number=number_))["clia_shape_ok"] is ok


def test_charges():
    claim = minimal(total_charge_cents=15000, lines=(line(1, charge_cents=10000), line(2, charge_cents=4000)))
    values = claim_fact(claim)
    assert (values["line_charge_sum_cents"], values["charge_difference_cents"]) == (14000, 1000)
    claim = replace(claim, lines=(line(1, charge_cents=10000), line(2)))
    assert "line_charge_sum_cents" not in claim_fact(claim)
    assert "charge_difference_cents" not in claim_fact(replace(claim, lines=()))


@pytest.mark.parametrize(("paid", "over"), [(14500, False), (14501, True), (None, None)])
def test_patient_paid_over_total(paid, over):
    assert claim_fact(minimal(patient_paid_cents=paid)).get("patient_paid_over_total") is over


def test_what_other_payers_paid():
    others = (
        OtherPayer(
            payer=Payer(payer_id="A"),
            paid_cents=5000,
            adjustments=(Adjustment(group="CO", reason="45", amount_cents=2000),),
        ),
        OtherPayer(payer=Payer(payer_id="B")),
    )
    decision = LineAdjudication(payer_id="A", adjustments=(Adjustment(group="PR", reason="1", amount_cents=300),))
    values = claim_fact(minimal(other_payers=others, lines=(line(1, adjudications=(decision,)),)))
    assert (values["other_payer_count"], values["cob_paid_cents"], values["cob_adjustment_cents"]) == (2, 5000, 2300)
    values = claim_fact(minimal(other_payers=others[1:]))
    assert "cob_paid_cents" not in values
    assert "cob_adjustment_cents" not in values


@pytest.mark.parametrize(("kind", "limit"), [("professional", 12), ("institutional", 25), ("dental", 4)])
def test_more_diagnoses_than_the_form_holds(kind, limit):
    def claim(count):
        return minimal(kind, diagnoses=tuple(Diagnosis(position=n, code="I10") for n in range(1, count + 1)))

    assert claim_fact(claim(limit))["diagnosis_over_limit"] is False
    values = claim_fact(claim(limit + 1))
    assert (values["diagnosis_over_limit"], values["diagnosis_count"]) == (True, limit + 1)


def test_diagnoses_in_words():
    values = claim_fact(inpatient())
    assert (values["principal_diagnosis"], values["admitting_diagnosis"], values["diagnosis_count"]) == (
        "J189",
        "J189",
        2,
    )


@pytest.mark.parametrize(
    ("taxonomy", "supplier"),
    [
        ("291U00000X", True),
        ("332B00000X", True),
        ("3416L0300X", True),
        ("261QA1903X", True),
        ("293D00000X", True),
        ("207Q00000X", False),
        ("", None),
    ],
)
def test_supplier_claim(taxonomy, supplier):
    assert (
        claim_fact(minimal(providers=(Provider(role="billing", taxonomy=taxonomy),))).get("supplier_claim") is supplier
    )


def test_ambulance_pickup():
    pickup = Provider(role="ambulance_pickup")
    assert claim_fact(minimal())["ambulance_pickup_missing"] is True
    assert claim_fact(minimal(providers=(pickup,)))["ambulance_pickup_missing"] is False
    assert claim_fact(minimal(lines=(line(1, "A0428", providers=(pickup,)),)))["ambulance_pickup_missing"] is False
    assert "ambulance_pickup_missing" not in claim_fact(minimal("institutional"))


def test_epsdt_condition_and_notes():
    claim = minimal(
        conditions=(Condition(category="ZZ", applies="Y", codes=("AV", "S2")),), notes=(Note(text="see record"),)
    )
    values = claim_fact(claim)
    assert (values["epsdt_condition"], values["note_present"]) == ("AV S2", True)


def codes(**days):
    numbers = {"covered": "80", "noncovered": "81"}
    return tuple(ClaimCode(family="value", code=numbers[name], amount_cents=value) for name, value in days.items())


@pytest.mark.parametrize(
    ("start", "end", "status", "days"),
    [
        (date(2026, 3, 5), date(2026, 3, 10), "01", 5),
        (date(2026, 3, 5), date(2026, 3, 10), "30", 6),
        (date(2026, 3, 5), date(2026, 3, 5), "01", 1),
        (date(2026, 3, 5), date(2026, 3, 5), "30", 1),
        (date(2026, 3, 5), date(2026, 3, 4), "01", None),
        (None, date(2026, 3, 4), "01", None),
    ],
)
def test_days_of_the_stay(start, end, status, days):
    claim = inpatient(statement_from_day=start, statement_to_day=end, discharge_status=status)
    assert claim_fact(claim).get("stay_days") == days


def test_days_of_a_stay_are_for_inpatients():
    assert "stay_days" not in claim_fact(
        minimal("institutional", statement_from_day=date(2026, 3, 5), statement_to_day=date(2026, 3, 9))
    )


def test_gaps_of_days():
    stay = {"statement_from_day": date(2026, 3, 5), "statement_to_day": date(2026, 3, 10), "discharge_status": "01"}
    rooms = (
        line(1, "", revenue_code="0120", units=4),
        line(2, "", revenue_code="0183", units=9),
        line(3, "", revenue_code="0250", units=9),
    )
    values = claim_fact(inpatient(codes=codes(covered=400, noncovered=200), lines=rooms, **stay))
    assert (values["covered_days"], values["noncovered_days"]) == (4, 2)
    assert (values["stay_days_gap"], values["accommodation_day_gap"]) == (1, -2)
    values = claim_fact(inpatient(codes=(), lines=rooms, **stay))
    assert {"covered_days", "stay_days_gap", "accommodation_day_gap"}.isdisjoint(values)
    assert "covered_days" not in claim_fact(inpatient(codes=codes(covered=450), lines=rooms, **stay))


def test_quantities_that_are_no_numbers_are_absent():
    for text in ("NaN", "Infinity", "1E+30"):
        assert "units" not in fact(minimal(lines=(replace(line(1), units=Decimal(text)),)), "line")

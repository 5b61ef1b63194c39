"""Loops to claims: each value of the samples, and where it stood."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from samples import CLAIM, read, sample, whole

from engine.claim.model import (
    Adjustment,
    Amount,
    Attachment,
    Claim,
    ClaimCode,
    DatedValue,
    Drug,
    InpatientProcedure,
    Note,
    Origin,
    Reference,
    Tooth,
)


def only(name: str) -> Claim:
    claims, _ = read(sample(name))
    assert len(claims) == 1
    return claims[0].claim


@pytest.fixture(scope="module")
def office() -> Claim:
    return only("professional.837")


@pytest.fixture(scope="module")
def second() -> Claim:
    return only("secondary.837")


@pytest.fixture(scope="module")
def stay() -> Claim:
    return only("institutional.837")


@pytest.fixture(scope="module")
def teeth() -> Claim:
    return only("dental.837")


def test_claim_segment(office: Claim):
    assert office.claim_type == "professional"
    assert (office.patient_control_number, office.total_charge_cents) == ("ACCT-1001", 24550)
    assert (office.facility_code, office.facility_qualifier, office.frequency_code) == ("11", "B", "1")
    assert (office.provider_signature, office.assignment, office.benefits_assigned, office.release_of_information) == (
        "Y",
        "A",
        "Y",
        "Y",
    )
    assert (office.related_causes, office.accident_state) == (("AA", "OA"), "TX")


def test_claim_details(office: Claim):
    assert (office.onset_day, office.accident_day, office.last_seen_day) == (
        date(2025, 12, 30),
        date(2025, 12, 29),
        date(2025, 12, 1),
    )
    assert office.attachments == (Attachment(report_type="OZ", transmission="FX", control_number="PW-1"),)
    assert (office.patient_paid_cents, office.amounts) == (2000, (Amount(qualifier="F5", amount_cents=2000),))
    assert (office.prior_authorization, office.clearinghouse_number, office.medical_record_number) == (
        "AUTH99",
        "CLH-1",
        "MRN-5",
    )
    assert [r.qualifier for r in office.references] == ["G1", "D9", "EA"]
    assert office.notes == (Note(qualifier="ADD", text="SEEN AFTER A FALL"),)
    assert office.dates == ()


def test_diagnoses(office: Claim):
    assert [(d.position, d.code, d.role, d.qualifier) for d in office.diagnoses] == [
        (1, "M25561", "principal", "ABK"),
        (2, "E119", "other", "ABF"),
        (3, "I10", "other", "ABF"),
    ]
    index = office.origin.segments["HI*ABK"]
    assert office.diagnoses[2].origin == Origin(loop="2300", segments={"HI*ABF": index}, element=3)


def test_parties(office: Claim):
    assert (office.submitter_name, office.submitter_id) == ("NORTH CLINIC BILLING", "TIN00123")
    assert (office.receiver_name, office.receiver_id) == ("EAST HEALTH PLAN", "EHP01")
    assert (office.payer.name, office.payer.payer_id, office.payer.id_qualifier) == ("EAST HEALTH PLAN", "EHP01", "PI")
    assert [p.role for p in office.providers] == ["billing", "referring", "rendering", "service_facility"]
    billing, _, rendering, facility = office.providers
    assert (billing.npi, billing.taxonomy, billing.tax_id, billing.tax_id_kind) == (
        "1999999984",
        "207Q00000X",
        "741234567",
        "ein",
    )
    assert (billing.entity, billing.contact_name, billing.phone) == ("organization", "BILLING DESK", "5555550102")
    assert billing.address is not None
    assert (billing.address.line_2, billing.address.postal_code) == ("SUITE 2", "787010001")
    assert (rendering.last_name, rendering.first_name, rendering.taxonomy) == ("WOOD", "PETER", "207X00000X")
    assert facility.origin.loop == "2310C"
    assert set(facility.origin.segments) == {"NM1", "N3", "N4"}


def test_patient_is_the_subscriber(office: Claim):
    s, p = office.subscriber, office.patient
    assert (s.member_id, s.relationship, s.group_number, s.group_name, s.filing_indicator, s.sequence_code) == (
        "EHP000123",
        "18",
        "GRP77",
        "NORTH GROUP",
        "CI",
        "P",
    )
    assert p.is_subscriber
    assert (p.last_name, p.first_name, p.birth_day, p.sex, p.relationship) == (
        "RIVERA",
        "MARIA",
        date(1971, 3, 4),
        "female",
        "18",
    )
    assert p.address == s.address
    assert s.origin.loop == "2010BA"
    assert {"SBR", "NM1", "DMG"} <= set(s.origin.segments)
    assert p.origin.segments["DMG"] == s.origin.segments["DMG"]


def test_lines(office: Claim):
    one, two = office.lines
    assert (one.number, one.code_type, one.procedure, one.modifiers, one.description) == (
        1,
        "HC",
        "99213",
        ("25",),
        "OFFICE VISIT",
    )
    assert (one.charge_cents, one.units, one.unit_basis, one.diagnosis_pointers, one.emergency) == (
        12550,
        Decimal(1),
        "UN",
        (1, 2),
        "Y",
    )
    assert (one.service_day, one.service_end_day, one.control_number) == (date(2026, 1, 2), None, "LINE-1")
    assert (two.place_of_service, two.diagnosis_pointers) == ("12", (3,))
    assert (two.service_day, two.service_end_day) == (date(2026, 1, 2), date(2026, 1, 3))
    assert two.drug == Drug(
        ndc="00003049420", qualifier="N4", units=Decimal(2), unit_basis="ML", prescription_number="RX-9"
    )
    assert [(p.role, p.npi, p.origin.loop) for p in two.providers] == [("ordering", "1666666668", "2420E")]
    assert {"LX", "SV1", "DTP*472", "REF*6R", "LIN"} <= set(two.origin.segments)


def test_source_and_origin_point_at_the_file(office: Claim):
    texts = [s.strip() for s in sample("professional.837").decode().split("~")]
    assert office.source.file == "t.837"
    assert office.source.transaction == 1
    assert texts[office.source.segment].startswith("CLM*")
    assert texts[office.origin.segments["REF*G1"]] == "REF*G1*AUTH99"
    assert texts[office.lines[1].origin.segments["SV1"]].startswith("SV1*HC:J3301")
    assert texts[office.providers[0].origin.segments["PRV"]] == "PRV*BI*PXC*207Q00000X"


def test_another_payer(second: Claim):
    assert (second.frequency_code, second.original_reference_number) == ("7", "PAYERCLAIM5")
    (other,) = second.other_payers
    assert (other.sequence_code, other.relationship, other.group_number, other.filing_indicator) == (
        "P",
        "01",
        "OTHERGRP",
        "CI",
    )
    assert (other.paid_cents, other.adjudication_day, other.member_id, other.last_name) == (
        18000,
        date(2026, 1, 8),
        "OTH-55",
        "RIVERA",
    )
    assert (other.payer.name, other.payer.payer_id) == ("OTHER MUTUAL", "OTH01")
    assert other.adjustments == (
        Adjustment(group="PR", reason="1", amount_cents=5000, quantity=Decimal(1)),
        Adjustment(group="PR", reason="2", amount_cents=2000),
    )
    assert (other.benefits_assigned, other.release_of_information, other.remark_codes) == ("Y", "Y", ("MA01", "N130"))
    assert [(p.role, p.other_payer, p.references) for p in other.providers] == [
        ("rendering", 1, (Reference(qualifier="G2", value="PROV7"),))
    ]
    assert second.subscriber.filing_indicator == "MB"


def test_what_the_other_payer_did_with_the_line(second: Claim):
    (done,) = second.lines[0].adjudications
    assert (done.payer_id, done.paid_cents, done.procedure, done.units, done.adjudication_day) == (
        "OTH01",
        18000,
        "99214",
        Decimal(1),
        date(2026, 1, 8),
    )
    assert [(a.group, a.reason, a.amount_cents) for a in done.adjustments] == [
        ("PR", "1", 5000),
        ("PR", "2", 2000),
        ("CO", "45", 5000),
    ]


def test_a_patient_of_its_own(second: Claim):
    p = second.patient
    assert not p.is_subscriber
    assert (p.last_name, p.first_name, p.birth_day, p.relationship) == ("RIVERA", "LENA", date(2001, 9, 11), "19")
    assert (p.death_day, p.weight_pounds, p.pregnant) == (date(2026, 1, 10), Decimal(146), True)
    assert p.origin.loop == "2010CA"
    assert {"PAT", "NM1", "DMG"} <= set(p.origin.segments)
    assert second.subscriber.first_name == "JOSE"


def test_stay(stay: Claim):
    assert stay.claim_type == "institutional"
    assert (stay.facility_code, stay.facility_qualifier, stay.frequency_code) == ("11", "A", "1")
    assert (stay.statement_from_day, stay.statement_to_day) == (date(2026, 1, 10), date(2026, 1, 14))
    assert (stay.admission_day, stay.admission_hour, stay.discharge_hour) == (date(2026, 1, 10), "0830", "1415")
    assert (stay.admission_type, stay.admission_source, stay.discharge_status, stay.drg) == ("1", "7", "01", "871")
    assert stay.accident_state == "TX"
    assert stay.patient_paid_cents is None
    assert [p.role for p in stay.providers] == ["billing", "attending", "operating", "other_operating"]


def test_health_codes(stay: Claim):
    assert [(d.role, d.position, d.code, d.present_on_admission) for d in stay.diagnoses] == [
        ("principal", 1, "A4101", "Y"),
        ("admitting", 1, "R509", ""),
        ("reason_for_visit", 1, "R509", ""),
        ("reason_for_visit", 2, "R079", ""),
        ("external_cause", 1, "W1830XA", "Y"),
        ("other", 2, "N179", "Y"),
        ("other", 3, "I10", "1"),
    ]
    assert [(p.position, p.code, p.qualifier, p.day) for p in stay.procedures] == [
        (1, "02HV33Z", "BBR", date(2026, 1, 11)),
        (2, "5A1D70Z", "BBQ", date(2026, 1, 12)),
        (3, "0BH17EZ", "BBQ", date(2026, 1, 12)),
    ]
    assert all(isinstance(p, InpatientProcedure) for p in stay.procedures)
    bare = [
        ClaimCode(family=c.family, code=c.code, day=c.day, end_day=c.end_day, amount_cents=c.amount_cents)
        for c in stay.codes
    ]
    assert bare == [
        ClaimCode(family="drg", code="871"),
        ClaimCode(family="occurrence_span", code="74", day=date(2026, 1, 12), end_day=date(2026, 1, 13)),
        ClaimCode(family="occurrence", code="11", day=date(2026, 1, 9)),
        ClaimCode(family="occurrence", code="05", day=date(2026, 1, 8)),
        ClaimCode(family="value", code="80", amount_cents=400),
        ClaimCode(family="value", code="01", amount_cents=125050),
        ClaimCode(family="condition", code="C1"),
        ClaimCode(family="condition", code="D9"),
        ClaimCode(family="treatment", code="A1"),
    ]


def test_institutional_lines(stay: Claim):
    room, drug = stay.lines
    assert (room.revenue_code, room.procedure, room.charge_cents, room.unit_basis, room.units) == (
        "0120",
        "",
        1200000,
        "DA",
        Decimal(4),
    )
    assert room.noncovered_charge_cents is None
    assert (drug.code_type, drug.procedure, drug.modifiers, drug.noncovered_charge_cents) == (
        "HC",
        "J2543",
        ("JZ",),
        10025,
    )


def test_dental(teeth: Claim):
    assert teeth.claim_type == "dental"
    assert (teeth.orthodontic_banding_day, teeth.service_day) == (date(2025, 12, 1), date(2026, 1, 3))
    assert [p.role for p in teeth.providers] == ["billing", "rendering", "assistant_surgeon"]
    one, two = teeth.lines
    assert (one.code_type, one.procedure, one.units, one.diagnosis_pointers) == ("AD", "D2392", Decimal(1), (1,))
    assert one.teeth == (Tooth(tooth="3", surfaces=("M", "O")), Tooth(tooth="14"))
    assert two.teeth == (Tooth(area="10"), Tooth(area="20"))
    assert (two.prosthesis, two.place_of_service, two.service_day) == ("I", "11", date(2026, 1, 4))


def line(*segments: str) -> Claim:
    claims, _ = read(whole(claim=["CLM*A1*100***11:B:1*Y*A*Y*Y", "HI*ABK:J020", "LX*1", *segments]))
    return claims[0].claim


def test_line_details():
    got = line(
        "SV1*HC:A0427*100*UN*1***1",
        "PWK*CT*AD",
        "CR1*LB*140**A*DH*12****UNCONSCIOUS",
        "CRC*07*Y*01*05",
        "DTP*472*D8*20260102",
        "DTP*471*D8*20260101",
        "DTP*463*D8*20251201",
        "REF*9F*R1",
        "REF*G1*OTHER**2U:X",
        "REF*G1*MINE",
        "REF*X4*11D0000000",
        "REF*F4*22D0000000",
        "REF*EW*M1",
        "AMT*T*5",
        "CN1*02*10*5*C*1*V",
        "K3*FIXED",
        "NTE*ADD*HELLO",
        "PS1*P1*33.5",
        "HCP*10*80*20*ORG",
    ).lines[0]
    assert got.ambulance is not None
    assert (
        got.ambulance.reason,
        got.ambulance.distance,
        got.ambulance.weight_pounds,
        got.ambulance.stretcher_purpose,
    ) == (
        "A",
        Decimal(12),
        Decimal(140),
        "UNCONSCIOUS",
    )
    assert (got.prior_authorization, got.referral_number, got.clia_number, got.referring_clia_number) == (
        "MINE",
        "R1",
        "11D0000000",
        "22D0000000",
    )
    assert [r.value for r in got.references][:3] == ["R1", "OTHER", "MINE"]
    assert got.prescription_day == date(2026, 1, 1)
    assert got.dates == (DatedValue(qualifier="463", day=date(2025, 12, 1)),)
    assert (got.purchased_service_cents, got.mammography_certification) == (3350, "M1")
    assert got.notes == (Note(qualifier="K3", text="FIXED"), Note(qualifier="ADD", text="HELLO"))
    assert got.conditions[0].codes == ("01", "05")
    assert got.repricing is not None
    assert (got.repricing.allowed_cents, got.repricing.savings_cents) == (8000, 2000)
    assert got.contract is not None
    assert (got.contract.contract_type, got.contract.amount_cents, got.contract.percentage) == ("02", 1000, Decimal(5))


def test_values_that_cannot_be_parsed_are_absent():
    got = line("SV1*HC:99213*1OO*UN*ONE***A:1:X", "DTP*472*D8*20260231")
    assert (got.lines[0].charge_cents, got.lines[0].units, got.lines[0].diagnosis_pointers) == (None, None, (1,))
    assert got.lines[0].service_day is None
    assert got.lines[0].dates == (DatedValue(qualifier="472"),)


def test_the_first_of_two_counts():
    got = line("SV1*HC:1*1*UN*1***1", "REF*6R*A", "REF*6R*B", "DTP*472*D8*20260101", "DTP*472*D8*20260102").lines[0]
    assert (got.control_number, got.service_day) == ("A", date(2026, 1, 1))
    assert [r.value for r in got.references] == ["A", "B"]
    assert got.dates == (DatedValue(qualifier="472", day=date(2026, 1, 2)),)


def test_line_number_is_lx01_or_the_position():
    claims, _ = read(whole("LX*7", "SV1*HC:1*1*UN*1***1", "SV1*HC:2*1*UN*1***1", "LX*X", "SV1*HC:3*1*UN*1***1"))
    assert [item.number for item in claims[0].claim.lines] == [1, 7, 3, 4]


def test_diagnoses_with_faults_keep_their_positions():
    claims, _ = read(whole(claim=["CLM*1*1***11:B:1", "HI*ABK:A*ABF:*ABF:C*XYZ:Q"]))
    claim = claims[0].claim
    assert [(d.position, d.code) for d in claim.diagnoses] == [(1, "A"), (3, "C")]
    assert [(c.family, c.code) for c in claim.codes] == [("XYZ", "Q")]


def test_homebound_and_claim_ambulance():
    claims, _ = read(whole(claim=["CLM*1*1***12:B:1", "CR1*LB*150**A*DH*9", "CRC*07*Y*01", "CRC*75*Y*IH"]))
    assert claims[0].claim.homebound is True
    assert claims[0].claim.ambulance is not None
    assert [c.category for c in claims[0].claim.conditions] == ["07", "75"]


def test_identifiers_of_4010():
    data = whole().replace(b"XX*1999999984", b"24*741234567").replace(b"REF*EI*741234567~\n", b"")
    claims, _ = read(data.replace(b"005010X222A1", b"004010X098A1"))
    billing = claims[0].claim.providers[0]
    assert (billing.npi, billing.tax_id, billing.tax_id_kind) == ("", "741234567", "ein")


def test_sample_claim_is_valid():
    assert len(CLAIM) == 5

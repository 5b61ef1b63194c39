from datetime import date

import pytest
from msgspec.structs import replace

from engine.claim.model import Attachment, Diagnosis, Drug, Note, Provider, Tooth
from engine.facts.derive.line import ndc_shape_ok
from tests.facts.helpers import fact, facts, inpatient, line, minimal, number

BILLING = Provider(role="billing", npi="1234567893", taxonomy="261QP2300X")
RENDERING = Provider(role="rendering", npi="1876543210", taxonomy="207Q00000X")


def line_fact(*lines, number_=1, **changes):
    found = facts(minimal(lines=lines, **changes), "line")
    return next(values for values in found if values["number"] == number_)


@pytest.mark.parametrize(
    ("procedure", "qualifier", "revenue", "kind"),
    [
        ("99213", "HC", "", "cpt"),
        ("0001A", "HC", "", "cpt"),
        ("0002M", "HC", "", "cpt"),
        ("0054T", "HC", "", "category_iii"),
        ("1111F", "HC", "", "category_ii"),
        ("0001U", "HC", "", "pla"),
        ("G0439", "HC", "", "hcpcs"),
        ("D0120", "AD", "", "cdt"),
        ("1AA11", "HP", "", "hipps"),
        ("KBXC1", "HC", "0022", "hipps"),
        ("9921", "HC", "", "malformed"),
        ("9921X", "HC", "", "malformed"),
        ("AB", "HP", "", "malformed"),
        ("ABCDE", "WK", "", None),
        ("", "HC", "", None),
    ],
)
def test_code_type(procedure, qualifier, revenue, kind):
    assert line_fact(line(1, procedure, code_type=qualifier, revenue_code=revenue)).get("code_type") == kind


@pytest.mark.parametrize(
    ("start", "end", "span"),
    [
        ("2026-03-05", "2026-03-05", 1),
        ("2026-03-05", None, 1),
        ("2026-02-27", "2026-03-02", 4),
        ("2026-03-05", "2026-03-04", 0),
        ("2026-03-05", "2026-03-01", -3),
        (None, None, None),
    ],
)
def test_span(start, end, span):
    values = line_fact(line(1, day=start, end=end))
    assert values.get("span_days") == span
    assert values.get("unit_days_gap") == (None if span is None else 1 - span)


def test_units_and_days():
    assert line_fact(line(1, end="2026-03-07", units="2.5"))["unit_days_gap"] == -1
    assert line_fact(line(1, units="2.5"))["units"] == 2500
    assert {"units", "unit_days_gap"}.isdisjoint(line_fact(line(1, units=None)))
    minutes = line_fact(line(1, "00840", units=62, unit_basis="MJ"))
    assert (minutes["anesthesia_minutes"], minutes.get("unit_days_gap")) == (62, None)
    assert "anesthesia_minutes" not in line_fact(line(1, units=62, unit_basis="UN"))


def test_place_of_service_is_the_claims_unless_the_line_has_its_own():
    assert line_fact(line(1))["place_of_service"] == "11"
    assert line_fact(line(1, place_of_service="23"))["place_of_service"] == "23"
    assert "place_of_service" not in fact(minimal("institutional", lines=(line(1),)), "line")


@pytest.mark.parametrize(
    ("place", "day", "facility"),
    [
        ("11", "2026-03-05", False),
        ("22", "2026-03-05", True),
        ("02", "2026-03-05", True),
        ("10", "2026-03-05", False),
        ("10", "2021-12-31", None),
        ("27", "2023-09-30", None),
        ("27", "2023-10-01", False),
        ("28", "2026-03-05", None),
    ],
)
def test_facility_place(place, day, facility):
    assert line_fact(line(1, day=day, place_of_service=place)).get("facility_pos") is facility


def test_service_after_receipt():
    claim = minimal(lines=(line(1, day="2026-03-21"),))
    assert fact(claim, "line", received="2026-03-20")["service_after_receipt"] is True
    assert fact(claim, "line", received="2026-03-21")["service_after_receipt"] is False
    assert "service_after_receipt" not in fact(claim, "line", received=None)


@pytest.mark.parametrize(
    ("start", "end", "outside"),
    [
        ("2026-03-09", "2026-03-12", False),
        ("2026-03-08", None, True),
        ("2026-03-12", "2026-03-13", True),
        (None, None, None),
    ],
)
def test_outside_statement_period(start, end, outside):
    assert fact(inpatient(lines=(line(1, day=start, end=end),)), "line").get("outside_statement_period") is outside
    assert "outside_statement_period" not in line_fact(line(1, day=start, end=end))


@pytest.mark.parametrize(
    ("modifiers", "component"), [((), "global"), (("26",), "26"), (("59", "TC"), "TC"), (("TC", "26"), "TC")]
)
def test_component(modifiers, component):
    values = line_fact(line(1, "93000", modifiers=modifiers))
    assert values["component"] == component
    assert values["modifier_count"] == len(modifiers)
    assert values.get("modifiers_text") == (" ".join(sorted(modifiers)) or None)


def test_pointers():
    one = (Diagnosis(position=1, code="I10", role="principal"), Diagnosis(position=1, code="Z00", role="admitting"))
    good = line_fact(line(1, diagnosis_pointers=(1,)), diagnoses=one)
    assert (good["pointer_out_of_range"], good["pointer_repeated"], good["diagnosis_pointer_count"]) == (
        False,
        False,
        1,
    )
    bad = line_fact(line(1, diagnosis_pointers=(1, 2, 1)), diagnoses=one)
    assert (bad["pointer_out_of_range"], bad["pointer_repeated"], bad["diagnosis_pointer_count"]) == (True, True, 3)
    none = line_fact(line(1), diagnoses=one)
    assert (none["pointer_out_of_range"], none["diagnosis_pointer_count"]) == (False, 0)


def test_who_rendered_the_line():
    other = Provider(role="rendering", npi="1999999992", taxonomy="363LF0000X")
    both = line_fact(line(1, providers=(other,)), providers=(BILLING, RENDERING))
    assert (both["rendering_provider"], both["rendering_kind"]) == ("1999999992", "np_pa_cns")
    claims = line_fact(line(1), providers=(BILLING, RENDERING))
    assert (claims["rendering_provider"], claims["rendering_kind"]) == ("1876543210", "physician")
    billing = line_fact(line(1), providers=(BILLING,))
    assert (billing["rendering_provider"], billing["rendering_kind"]) == ("1234567893", "other")
    nobody = line_fact(line(1), providers=())
    assert {"rendering_provider", "rendering_kind", "provider_unit"}.isdisjoint(nobody)
    nameless = line_fact(line(1), providers=(BILLING, Provider(role="rendering", last_name="CHEN")))
    assert {"rendering_provider", "rendering_kind", "provider_unit"}.isdisjoint(nameless), "billing is no stand-in"


@pytest.mark.parametrize(
    ("taxonomy", "kind"),
    [
        ("207L00000X", "anesthesiologist"),
        ("367500000X", "crna"),
        ("225100000X", "therapist_pt"),
        ("225X00000X", "therapist_ot"),
        ("235Z00000X", "slp"),
        ("111N00000X", "chiropractor"),
        ("291U00000X", "lab"),
        ("332B00000X", "dme_supplier"),
        ("341600000X", "ambulance"),
        ("363A00000X", "np_pa_cns"),
        ("213E00000X", "physician"),
        ("163W00000X", "other"),
    ],
)
def test_kind_of_the_renderer(taxonomy, kind):
    rendering = replace(RENDERING, taxonomy=taxonomy)
    assert line_fact(line(1), providers=(BILLING, rendering))["rendering_kind"] == kind


def test_provider_unit():
    assert line_fact(line(1), providers=(BILLING, RENDERING))["provider_unit"] == "1234567893/207Q00000X"
    bare = replace(RENDERING, taxonomy="")
    assert line_fact(line(1), providers=(BILLING, bare))["provider_unit"] == "1876543210"
    assert line_fact(line(1), providers=(RENDERING,))["provider_unit"] == "1876543210"


def test_numbers_of_the_line_come_before_the_claims():
    claim = {"prior_authorization": "C1", "referral_number": "C2", "clia_number": "05D0642827"}
    own = line_fact(line(1, prior_authorization="L1", referral_number="L2", clia_number="11D0642827"), **claim)
    assert [own[f] for f in ("prior_authorization", "referral_number", "clia_number")] == ["L1", "L2", "11D0642827"]
    claims = line_fact(line(1), **claim)
    assert [claims[f] for f in ("prior_authorization", "referral_number", "clia_number")] == ["C1", "C2", "05D0642827"]


@pytest.mark.parametrize(
    ("ndc", "ok"),
    [
        ("00071015523", True),
        ("N400071015523", True),
        ("00071-0155-23", True),
        ("0071-0155-23", True),
        ("00071-155-23", True),
        ("0007101552", False),
        ("000710155234", False),
        ("0007-10155-23", False),
        ("0007101552A", False),
        ("²0071015523", False),
        ("", None),
    ],
)
def test_ndc_shape(ndc, ok):
    assert ndc_shape_ok(ndc) is ok


def test_drug():
    from decimal import Decimal

    values = line_fact(line(1, "J1100", drug=Drug(ndc="00071015523", units=Decimal("0.25"), unit_basis="ML")))
    assert [values[f] for f in ("ndc", "ndc_units", "ndc_unit_basis", "ndc_shape_ok")] == [
        "00071015523",
        250,
        "ML",
        True,
    ]
    assert {"ndc", "ndc_units", "ndc_unit_basis", "ndc_shape_ok"}.isdisjoint(line_fact(line(1)))


@pytest.mark.parametrize("field", ["emergency", "epsdt", "family_planning"])
def test_indicators_are_false_when_not_sent(field):
    assert line_fact(line(1))[field] is False
    assert line_fact(line(1, **{field: "Y"}))[field] is True
    assert line_fact(line(1, **{field: "N"}))[field] is False


def test_attachments_and_description():
    values = line_fact(line(1, attachments=(Attachment(report_type="CT"),), notes=(Note(text="unlisted repair"),)))
    assert (values["attachment_count"], values["cmn_present"], values["description_present"]) == (1, True, True)
    values = line_fact(line(1, attachments=(Attachment(report_type="OZ"),)))
    assert (values["cmn_present"], values["description_present"]) == (False, False)
    assert line_fact(line(1, description="repair"))["description_present"] is True


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, False),
        ({"place_of_service": "02"}, True),
        ({"place_of_service": "10"}, True),
        ({"modifiers": ("95",)}, True),
        ({"modifiers": ("25", "GT")}, True),
        ({"modifiers": ("25",)}, False),
    ],
)
def test_telehealth(changes, expected):
    assert line_fact(line(1, **changes))["telehealth"] is expected


def test_a_repeated_line_names_the_first():
    same = {"charge_cents": 100, "modifiers": ("59", "RT")}
    lines = (line(1, **same), line(2, "99214"), replace(line(3, **same), modifiers=("RT", "59")), line(4, **same))
    repeats = [values.get("repeats_line") for values in facts(minimal(lines=lines), "line")]
    assert repeats == [None, None, 1, 1]


@pytest.mark.parametrize(
    "change",
    [
        {"modifiers": ("76",)},
        {"units": 2},
        {"charge_cents": 1},
        {"day": "2026-03-06"},
        {"end": "2026-03-06"},
        {"place_of_service": "22"},
        {"providers": (Provider(role="rendering", npi="1999999992"),)},
        {"teeth": (Tooth(tooth="3"),)},
        {"drug": Drug(ndc="00071015523")},
        {"revenue_code": "0510"},
    ],
)
def test_any_difference_makes_another_line(change):
    values = line_fact(line(1), line(2, **change), number_=2)
    assert "repeats_line" not in values


def test_lines_without_a_procedure_repeat_rightly():
    lines = (line(1, "", revenue_code="0250"), line(2, "", revenue_code="0250"))
    found = facts(minimal("institutional", lines=lines), "line")
    assert all("repeats_line" not in values and "line_key" not in values for values in found)


def test_another_line_of_the_day():
    lines = (line(1), line(2, day="2026-03-04", end="2026-03-06"), line(3, day="2026-03-09"), line(4, day=None))
    found = [values.get("any_other_same_day_line") for values in facts(minimal(lines=lines), "line")]
    assert found == [True, True, False, None]


@pytest.mark.parametrize(
    ("code", "side"),
    [
        ("RT", "right"), ("LT", "left"), ("FA", "left"), ("F4", "left"), ("F5", "right"), ("F9", "right"),
        ("TA", "left"), ("T4", "left"), ("T5", "right"), ("E1", "left"), ("E2", "left"), ("E3", "right"),
        ("E4", "right"), ("50", "none"), ("59", "none"),
    ],
)  # fmt: skip
def test_side_of_a_modifier(code, side):
    assert fact(minimal(lines=(line(1, modifiers=(code,)),)), "line_modifier")["side"] == side


def test_modifiers():
    found = facts(minimal(lines=(line(7, modifiers=("25", "5", "25")),)), "line_modifier")
    assert [(f["line_number"], f["position"], f["code"]) for f in found] == [(7, 1, "25"), (7, 2, "5"), (7, 3, "25")]
    assert [f["repeat"] for f in found] == [False, False, True]
    assert [f["shape_ok"] for f in found] == [True, False, True]


def test_noncovered_charge_is_nought_when_not_sent():
    assert fact(minimal("institutional", lines=(line(1),)), "line")["noncovered_charge_cents"] == 0
    assert "noncovered_charge_cents" not in line_fact(line(1))


def test_prosthesis():
    for code, word in (("I", "initial"), ("R", "replacement"), ("", None)):
        claim = minimal("dental", lines=(line(1, "D5110", prosthesis=code),))
        assert fact(claim, "line").get("prosthesis_status") == word


def test_teeth():
    teeth = (Tooth(tooth="3", surfaces=("M", "O")), Tooth(tooth="33", surfaces=("M", "M")), Tooth(area="10"))
    found = facts(minimal("dental", lines=(line(2, "D2392", teeth=teeth),)), "tooth")
    assert [f.get("tooth_ok") for f in found] == [True, False, None]
    assert [f.get("surface_ok") for f in found] == [True, False, None]
    assert [f["surface_count"] for f in found] == [2, 2, 0]
    assert found[0]["surface"] == "MO"
    assert found[2]["area"] == "10"


def test_days_are_whole_numbers():
    assert line_fact(line(1, day="1970-01-02"))["service_day"] == 1
    assert number("2026-03-05") == (date(2026, 3, 5) - date(1970, 1, 1)).days

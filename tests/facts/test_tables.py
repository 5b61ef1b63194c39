import pytest

from engine.claim.model import Diagnosis, Provider
from engine.facts.project import Projector
from engine.reference.catalog import Tables
from engine.reference.memory import with_rows
from tests.facts.helpers import EVERYTHING, SAMPLES, fact, facts, inpatient, line, minimal, number, view

PTP = "table/ptp-practitioner"


def edits(*lines, tables=SAMPLES, kind=PTP, claim="professional", **changes):
    return facts(minimal(claim, lines=lines, **changes), kind, tables=tables)


@pytest.mark.parametrize("order", [("11042", "97597"), ("97597", "11042")])
def test_an_edit_is_found_whatever_the_order_of_the_lines(order):
    (edit,) = edits(*(line(n, code) for n, code in enumerate(order, start=1)))
    assert (edit["column_one"], edit["column_two"], edit["modifier_indicator"]) == ("11042", "97597", "1")
    assert edit["payable_line"] == order.index("11042") + 1
    assert edit["bundled_line"] == order.index("97597") + 1
    assert edit["service_day"] == number("2026-03-05")
    assert edit["same_provider"] is True
    assert "instruction" in edit["rationale"]


def test_the_fact_stands_on_the_bundled_line():
    claim = minimal(lines=(line(1, "11042"), line(2, "97597")))
    (found,) = Projector({PTP: EVERYTHING[PTP]}).facts(view(claim, tables=SAMPLES))
    assert found.line == 2


def test_lines_of_different_days_are_no_pair():
    assert edits(line(1, "11042"), line(2, "97597", day="2026-03-06")) == []
    assert edits(line(1, "11042"), line(2, "97597", day=None)) == []


def test_spans_that_overlap_are_a_pair_on_the_first_common_day():
    (edit,) = edits(
        line(1, "11042", day="2026-03-01", end="2026-03-09"), line(2, "97597", day="2026-03-04", end="2026-03-20")
    )
    assert edit["service_day"] == number("2026-03-04")
    assert edits(line(1, "11042", day="2026-03-01", end="2026-03-03"), line(2, "97597", day="2026-03-04")) == []
    assert edits(line(1, "11042", day="2026-03-09", end="2026-03-01"), line(2, "97597", day="2026-03-05")) == []


def test_every_pair_of_lines_is_a_fact_and_the_same_code_is_none():
    assert len(edits(line(1, "11042"), line(2, "97597"), line(3, "97597"), line(4, "11042"))) == 4
    assert edits(line(1, "11042"), line(2, "11042")) == []


def test_different_providers_are_told_apart():
    other = Provider(role="rendering", npi="1999999992")
    (edit,) = edits(line(1, "11042"), line(2, "97597", providers=(other,)))
    assert edit["same_provider"] is False
    (edit,) = edits(line(1, "11042"), line(2, "97597"), providers=())
    assert "same_provider" not in edit


def test_each_table_is_for_its_claims():
    lines = (line(1, "96372"), line(2, "99211"))
    assert [e["modifier_indicator"] for e in edits(*lines)] == ["0"]
    outpatient = edits(*lines, kind="table/ptp-outpatient", claim="institutional", facility_code="13")
    assert [e["modifier_indicator"] for e in outpatient] == ["1"]
    assert edits(*lines, kind="table/ptp-outpatient") == []
    assert edits(*lines, claim="institutional") == []
    assert edits(*lines, claim="dental") == []
    assert facts(inpatient(lines=lines), "table/ptp-outpatient", tables=SAMPLES) == []


def test_void_and_deleted_edits_never_appear(tmp_path):
    text = "column_one,column_two,modifier_indicator,effective_from,effective_to\n"
    text += "11042,97597,9,20200101,\n93000,93005,1,20200101,20251231\n93000,93010,1,20260306,\n"
    (tmp_path / "ptp-practitioner.csv").write_text(text)
    (tmp_path / "ptp-practitioner.yaml").write_text("edition: A\nfrom: 2020-01-01\n")
    tables = Tables.load([tmp_path])
    lines = [line(n, code) for n, code in enumerate(("11042", "97597", "93000", "93005", "93010"), start=1)]
    assert edits(*lines, tables=tables) == []
    later = [line(n, code, day="2026-03-06") for n, code in enumerate(("93000", "93005", "93010"), start=1)]
    assert [e["column_two"] for e in edits(*later, tables=tables)] == ["93010"]


def test_without_tables_nothing_is_said():
    assert edits(line(1, "11042"), line(2, "97597"), tables=Tables.load()) == []
    values = fact(minimal(lines=(line(1, "99292"),)), "line")
    assert {
        "mue_units",
        "mue_mai",
        "units_over_mue",
        "add_on",
        "add_on_type",
        "primary_present",
        "code_status",
    }.isdisjoint(values)


def test_without_a_day_no_table_is_asked():
    undated = minimal(
        lines=(line(1, "36415", day=None, units=9), line(2, "99292", day=None), line(3, "70553", day=None))
    )
    for values in facts(undated, "line", tables=SAMPLES):
        assert {"mue_units", "add_on", "add_on_type", "primary_present", "units_over_mue"}.isdisjoint(values)
    assert facts(undated, "table/prior-authorization", tables=SAMPLES) == []


def line_fact(*lines, number_=1, claim="professional", **changes):
    found = facts(minimal(claim, lines=lines, **changes), "line", tables=SAMPLES)
    return next(values for values in found if values["number"] == number_)


@pytest.mark.parametrize(
    ("units", "end", "over"),
    [
        (2, None, None),
        (3, None, 1000),
        ("2.5", None, 500),
        (4, "2026-03-06", None),
        (5, "2026-03-06", 500),
        (None, None, None),
    ],
)
def test_units_over_mue(units, end, over):
    values = line_fact(line(1, "36415", units=units, end=end))
    assert (values["mue_units"], values["mue_mai"], values.get("units_over_mue")) == (2000, "3", over)


def test_mue_values_differ_by_setting():
    assert line_fact(line(1, "71046"), claim="institutional", facility_code="13").get("mue_units") is None
    assert line_fact(line(1, "93005"))["mue_units"] == 3000
    assert line_fact(line(1, "93005"), claim="institutional", facility_code="13")["mue_units"] == 5000
    assert "mue_units" not in facts(inpatient(lines=(line(1, "93005"),)), "line", tables=SAMPLES)[0]


def test_minutes_are_not_held_against_units():
    assert "units_over_mue" not in line_fact(line(1, "36415", units=60, unit_basis="MJ"))


def days(*lines, **changes):
    return facts(minimal(lines=lines, **changes), "procedure_day", tables=SAMPLES)


def test_lines_of_one_day_are_added_up():
    (found,) = days(line(1, "93000", units=2, modifiers=("76",)), line(2, "93000", units=2))
    assert [found[f] for f in ("procedure", "units_total", "line_count", "first_line", "last_line")] == [
        "93000",
        4000,
        2,
        1,
        2,
    ]
    assert (found["distinct_modifier_count"], found["units_over_mue"], found["mue_mai"]) == (2, 1000, "3")
    assert found["rendering_provider"] == "1876543210"


def test_days_codes_and_renderers_stand_apart():
    other = Provider(role="rendering", npi="1999999992", taxonomy="363LF0000X")
    found = days(
        line(1, "93000"), line(2, "93000", day="2026-03-06"), line(3, "93005"), line(4, "93000", providers=(other,))
    )
    assert len(found) == 4
    assert all("units_over_mue" not in f for f in found)


def test_a_span_counts_on_each_of_its_days():
    found = days(line(1, "36415", day="2026-03-01", end="2026-03-03", units=6), line(2, "36415", day="2026-03-02"))
    assert [(f["service_day"], f["units_total"], f["line_count"]) for f in found] == [
        (number("2026-03-01"), 2000, 1),
        (number("2026-03-02"), 3000, 2),
    ]
    assert [f.get("units_over_mue") for f in found] == [None, 1000]


def test_a_line_without_units_leaves_the_total_open():
    (found,) = days(line(1, "93000", units=9), line(2, "93000", units=None))
    assert {"units_total", "units_over_mue"}.isdisjoint(found)


def test_mai_1_is_judged_by_line(tmp_path):
    (tmp_path / "mue-practitioner.csv").write_text("procedure,mue_units,mai\n99213,1,1\n")
    (tmp_path / "mue-practitioner.yaml").write_text("edition: A\nfrom: 2020-01-01\n")
    claim = minimal(lines=(line(1), line(2)))
    (found,) = facts(claim, "procedure_day", tables=Tables.load([tmp_path]))
    assert (found["units_total"], found["mue_units"], found.get("units_over_mue")) == (2000, 1000, None)


def test_claim_days():
    found = facts(minimal(lines=(line(1), line(2), line(3, day="2026-03-06"), line(4, day=None))), "claim_day")
    assert [(f["service_day"], f["line_count"]) for f in found] == [
        (number("2026-03-05"), 2),
        (number("2026-03-06"), 1),
    ]


@pytest.mark.parametrize(
    ("lines", "present"),
    [
        ((("99292", "2026-03-05"), ("99291", "2026-03-05")), True),
        ((("99292", "2026-03-05"), ("99291", "2026-03-06")), False),
        ((("99292", "2026-03-05"),), False),
        ((("22614", "2026-03-05"), ("22612", "2026-03-05")), True),
        ((("20701", "2026-03-05"), ("11011", "2026-03-05")), True),
        ((("0054T", "2026-03-05"), ("99213", "2026-03-05")), None),
    ],
)
def test_primary_of_an_add_on(lines, present):
    values = line_fact(*(line(n, code, day=day) for n, (code, day) in enumerate(lines, start=1)))
    assert values["add_on"] is True
    assert values.get("primary_present") is present


def test_add_on_types():
    assert line_fact(line(1, "99292"))["add_on_type"] == "1"
    assert line_fact(line(1, "0054T"))["add_on_type"] == "2"
    assert line_fact(line(1, "20701"))["add_on_type"] == "3"
    plain = line_fact(line(1, "99213"))
    assert plain["add_on"] is False
    assert {"add_on_type", "primary_present"}.isdisjoint(plain)


@pytest.mark.parametrize(
    ("code", "day", "status"),
    [
        ("G0439", "2026-03-05", "valid"),
        ("C9803", "2023-12-31", "valid"),
        ("C9803", "2024-01-01", "retired"),
        ("G2211", "2020-12-31", "not_yet"),
        ("G2211", "2021-01-01", "valid"),
        ("G9999", "2026-03-05", "unknown"),
        ("99213", "2026-03-05", None),
        ("D0120", "2026-03-05", None),
        ("G0439", None, None),
    ],
)
def test_status_of_level_ii_codes(code, day, status):
    assert line_fact(line(1, code, day=day)).get("code_status") == status


def test_prior_authorization_is_the_payers_own_list():
    claim = minimal(lines=(line(1, "70553"), line(2, "99213"), line(3, "15823"), line(4, "27447")))
    kind = "table/prior-authorization"
    assert facts(claim, kind, tables=SAMPLES) == [{"line_number": 1, "procedure": "70553", "payer": "acme-ppo"}]
    assert [f["line_number"] for f in facts(claim, kind, tables=SAMPLES, payer="medicare")] == [3]
    assert facts(claim, kind) == []
    earlier = minimal(lines=(line(1, "27447", day="2025-12-31"), line(2, "70553", day="2023-12-31")))
    assert [f["line_number"] for f in facts(earlier, kind, tables=SAMPLES)] == [1]


FEES = [
    {"procedure": "27447", "modifier": "", "status": "A", "global_days": "090", "pctc": "0"},
    {"procedure": "71046", "modifier": "", "status": "A", "global_days": "XXX", "pctc": "1"},
    {"procedure": "71046", "modifier": "26", "status": "A", "global_days": "XXX", "pctc": "2"},
]
INDICATORS = {"multiple_procedure": "2", "bilateral": "1", "assistant": "2", "cosurgeon": "1", "team": ""}


def with_tables(**rows):
    return with_rows(SAMPLES, {name.replace("_", "-"): found for name, found in rows.items()})


def test_indicators_of_the_fee_schedule():
    tables = with_tables(pprrvu=[row | INDICATORS for row in FEES])
    lines = (line(1, "27447"), line(2, "71046", modifiers=("RT", "26")), line(3, "71046", modifiers=("TC",)), line(4))
    one, two, three, four = facts(minimal(lines=lines), "line", tables=tables)
    assert {name: value for name, value in one.items() if name.endswith("_indicator")} == {
        "status_indicator": "A",
        "pctc_indicator": "0",
        "bilateral_indicator": "1",
        "multiple_procedure_indicator": "2",
        "assistant_indicator": "2",
        "cosurgeon_indicator": "1",
    }
    assert one["global_days"] == "090"
    assert (two["pctc_indicator"], three["pctc_indicator"]) == ("2", "1")
    assert "status_indicator" not in four


def test_a_laboratory_test_has_the_component_indicator_of_its_interpretation():
    fees = [
        {"procedure": "84165", "modifier": "", "status": "X", "global_days": "XXX", "pctc": "9"},
        {"procedure": "84165", "modifier": "26", "status": "A", "global_days": "XXX", "pctc": "6"},
        {"procedure": "36415", "modifier": "", "status": "X", "global_days": "XXX", "pctc": "9"},
    ]
    tables = with_tables(pprrvu=[row | INDICATORS for row in fees])
    lines = (line(1, "84165", modifiers=("TC",)), line(2, "84165", modifiers=("26",)), line(3, "36415"))
    found = facts(minimal(lines=lines), "line", tables=tables)
    assert [each["pctc_indicator"] for each in found] == ["6", "6", "9"]
    assert [each["status_indicator"] for each in found] == ["X", "A", "X"]


def test_poa_exempt_is_silent_on_what_an_older_list_does_not_name(tmp_path):
    def exempt(until):
        (tmp_path / "poa-exempt.csv").write_text("code\nZ3800\n")
        (tmp_path / "poa-exempt.yaml").write_text(f"edition: A\nfrom: 2019-10-01\n{until}")
        claim = inpatient(diagnoses=(diagnosis(1, "Z3800"), diagnosis(2, "I10")))
        return [each.get("poa_exempt") for each in facts(claim, "diagnosis", tables=Tables.load([tmp_path]))]

    assert exempt("") == [True, False]
    assert exempt("to: 2020-09-30\n") == [True, None]
    claim = minimal(diagnoses=(diagnosis(1, "Z3800"),))
    assert "poa_exempt" not in fact(claim, "diagnosis", tables=Tables.load([tmp_path]))


def diagnosis(position, code):
    return Diagnosis(position=position, code=code, role="other" if position > 1 else "principal", qualifier="ABK")


def test_an_unlisted_level_ii_code_is_silent_when_the_file_is_older(tmp_path):
    (tmp_path / "hcpcs.csv").write_text('code,added,terminated,long\nE1399,19960101,,"Equipment, miscellaneous"\n')
    (tmp_path / "hcpcs.yaml").write_text("edition: A\nfrom: 2024-07-01\nto: 2024-09-30\n")
    tables = Tables.load([tmp_path])
    claim = minimal(lines=(line(1, "E1399"), line(2, "E9999"), line(3, "E9999", day="2024-08-01")))
    one, two, three = facts(claim, "line", tables=tables)
    assert (one["code_status"], one["unlisted"]) == ("valid", True)
    assert {"code_status", "unlisted"}.isdisjoint(two)
    assert three["code_status"] == "unknown"


def test_suppliers_have_mue_values_of_their_own():
    tables = with_tables(
        mue_dme=[{"procedure": "E0100", "mue_units": "1", "mai": "3"}],
        mue_practitioner=[
            {"procedure": "E0100", "mue_units": "0", "mai": "1"},
            {"procedure": "A4570", "mue_units": "4", "mai": "1"},
        ],
    )
    lines = (line(1, "E0100"), line(2, "A4570"))

    def units(taxonomy):
        claim = minimal(lines=lines)
        billing = Provider(role="billing", npi="1999999992", taxonomy=taxonomy)
        others = tuple(each for each in claim.providers if each.role != "billing")
        found = facts(minimal(lines=lines, providers=(billing, *others)), "line", tables=tables)
        return [each["mue_units"] for each in found]

    assert units("332B00000X") == [1000, 4000]
    assert units("207Q00000X") == [0, 4000]

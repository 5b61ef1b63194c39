from datetime import date

import pytest
from msgspec.structs import replace

from engine.reference.memory import with_rows
from tests.facts.helpers import SHIPPED, facts, line, minimal, number, view


def fees(**periods):
    columns = ("modifier", "status", "pctc", "multiple_procedure", "bilateral", "assistant", "cosurgeon", "team")
    blank = dict.fromkeys(columns, "")
    return with_rows(
        SHIPPED,
        {"pprrvu": [{**blank, "procedure": f"{code[1:]}", "global_days": days} for code, days in periods.items()]},
    )


FEES = fees(c27447="090", c10140="010", c20610="000", c99213="XXX", c99490="MMM")


def windows(*lines, kind="global_window", history=(), claim="professional"):
    return facts(minimal(claim, lines=lines), kind, tables=FEES, history=list(history))


def old(*lines, **changes):
    return minimal(patient_control_number="OLD1", lines=lines, **changes)


@pytest.mark.parametrize(
    ("surgery", "visit_day", "part"),
    [
        ("27447", "2026-02-27", None),
        ("27447", "2026-02-28", "day_before"),
        ("27447", "2026-03-01", "same_day"),
        ("27447", "2026-03-02", "postop"),
        ("27447", "2026-05-30", "postop"),
        ("27447", "2026-05-31", None),
        ("10140", "2026-02-28", None),
        ("10140", "2026-03-11", "postop"),
        ("10140", "2026-03-12", None),
        ("20610", "2026-03-01", "same_day"),
        ("20610", "2026-03-02", None),
        ("99490", "2026-03-01", None),
    ],
)
def test_the_window_of_a_surgery_on_an_earlier_claim(surgery, visit_day, part):
    found = windows(line(1, day=visit_day), history=[old(line(5, surgery, day="2026-03-01"))])
    assert [f["part"] for f in found] == ([part] if part else [])
    if part:
        (window,) = found
        assert (window["line_number"], window["surgery_line_number"], window["surgery_claim_id"]) == (1, 5, "OLD1")
        assert window["days_after"] == number(visit_day) - number("2026-03-01")
        assert (window["same_claim"], window["same_provider_unit"]) == (False, True)


@pytest.mark.parametrize("order", [1, -1])
def test_a_surgery_of_the_same_claim_whatever_the_order(order):
    lines = (line(1), line(2, "27447"))[::order]
    (window,) = windows(*lines, kind="claim_global_window")
    assert (window["line_number"], window["surgery_procedure"], window["surgery_line_number"]) == (1, "27447", 2)
    assert (window["part"], window["same_claim"], window["global_days"]) == ("same_day", True, "090")
    assert windows(*lines) == windows(*lines, kind="claim_global_window")


def test_the_kind_of_this_claim_does_not_look_back():
    assert windows(line(1), kind="claim_global_window", history=[old(line(1, "27447"))]) == []


def test_two_surgeries_stand_in_each_others_window():
    found = windows(line(1, "27447"), line(2, "10140"))
    assert sorted((f["line_number"], f["surgery_procedure"]) for f in found) == [(1, "10140"), (2, "27447")]


@pytest.mark.parametrize("modifier", ["55", "56", "78"])
def test_care_without_a_package_of_its_own_opens_no_window(modifier):
    assert windows(line(1), line(2, "27447", modifiers=(modifier,))) == []
    (window,) = windows(line(1), line(2, "27447", modifiers=("54", "RT")))
    assert window["surgery_modifiers_text"] == "54 RT"


def test_no_day_no_table_no_facility():
    assert windows(line(1, day=None), line(2, "27447")) == []
    assert windows(line(1), line(2, "27447", day=None)) == []
    assert windows(line(1), line(2, "27447"), claim="institutional") == []
    assert facts(minimal(lines=(line(1), line(2, "27447"))), "claim_global_window", tables=SHIPPED) == []


def test_another_surgeon():
    other = replace(minimal().providers[1], npi="1003000126", taxonomy="207X00000X")
    found = windows(line(1), history=[old(line(1, "27447"), providers=(minimal().providers[0], other))])
    assert [(f["same_provider_unit"], f["same_rendering_provider"], f["same_group"]) for f in found] == [
        (False, False, True)
    ]


def limits(*rows):
    return with_rows(SHIPPED, {"frequency-limit": [{"payer": "acme-ppo", **row} for row in rows]})


MAMMOGRAM = {"procedure": "77067", "benefit": "screening mammogram", "interval_months": "11", "min_age": "40"}
WELLNESS = [
    {"procedure": "G0438", "benefit": "first wellness visit", "lifetime": "Y"},
    {"procedure": "G0438", "benefit": "wellness visit", "interval_months": "11"},
    {"procedure": "G0439", "benefit": "wellness visit", "interval_months": "11"},
]


def checks(*lines, rows=(MAMMOGRAM,), history=(), payer="acme-ppo", **changes):
    claim = minimal(lines=lines, **changes)
    return facts(claim, "frequency_check", tables=limits(*rows), history=list(history), payer=payer)


@pytest.mark.parametrize(("last", "soon"), [("2025-03-31", False), ("2025-04-01", True), ("2025-03-01", False)])
def test_eleven_full_months_after_the_month_of_the_last_service(last, soon):
    (check,) = checks(line(1, "77067", day="2026-03-05"), history=[old(line(1, "77067", day=last))])
    assert check["too_soon"] is soon
    assert check["allowed_from_day"] == number("2026-04-01" if soon else "2026-03-01")
    assert (check["prior_day"], check["prior_procedure"]) == (number(last), "77067")
    assert (check["prior_claim_id"], check["benefit"]) == ("OLD1", "screening mammogram")


def test_a_first_service_is_not_too_soon():
    (check,) = checks(line(1, "77067"))
    assert check == {
        "line_number": 1,
        "procedure": "77067",
        "benefit": "screening mammogram",
        "lifetime": False,
        "too_soon": False,
    }


def test_the_latest_service_counts_and_never_a_later_one():
    days = ["2024-01-02", "2025-06-01", "2025-02-01", "2026-05-01"]
    (check,) = checks(line(1, "77067"), history=[old(*(line(n, "77067", day=day) for n, day in enumerate(days, 1)))])
    assert (check["prior_day"], check["months_since"]) == (number("2025-06-01"), 9)
    assert check["days_since"] == number("2026-03-05") - number("2025-06-01")


def test_an_earlier_line_of_the_same_claim_counts_one_of_the_same_day_does_not():
    found = checks(line(2, "77067", day="2026-03-09"), line(1, "77067"), line(3, "77067"))
    assert [(f["line_number"], f["too_soon"]) for f in found] == [(2, True), (1, False), (3, False)]


def test_procedures_of_one_benefit_count_together_and_lifetime_is_for_ever():
    found = checks(line(1, "G0438"), rows=WELLNESS, history=[old(line(1, "G0439", day="2025-09-01"))])
    assert [(f["benefit"], f["too_soon"]) for f in found] == [("first wellness visit", False), ("wellness visit", True)]
    (first, _) = checks(line(1, "G0438"), rows=WELLNESS, history=[old(line(1, "G0438", day="2013-09-01"))])
    assert (first["too_soon"], first["lifetime"], "allowed_from_day" in first) == (True, True, False)


def test_days_between():
    row = {"procedure": "99454", "benefit": "device", "interval_days": "30"}
    for last, soon in (("2026-02-03", False), ("2026-02-04", True)):
        (check,) = checks(line(1, "99454"), rows=(row,), history=[old(line(1, "99454", day=last))])
        assert check["too_soon"] is soon


def test_a_row_speaks_of_an_age_and_a_sex():
    assert checks(line(1, "77067"), rows=({**MAMMOGRAM, "min_age": "46"},)) == []
    assert len(checks(line(1, "77067"), rows=({**MAMMOGRAM, "min_age": "45", "max_age": "45"},))) == 1
    assert checks(line(1, "77067"), rows=({**MAMMOGRAM, "max_age": "44", "min_age": ""},)) == []
    assert checks(line(1, "77067"), rows=({**MAMMOGRAM, "sex": "male"},)) == []
    unknown = replace(minimal().patient, birth_day=None)
    subscriber = replace(minimal().subscriber, birth_day=None)
    assert checks(line(1, "77067"), patient=unknown, subscriber=subscriber) == []


def test_a_row_is_of_a_payer_or_of_any():
    assert checks(line(1, "77067"), payer="other") == []
    assert len(checks(line(1, "77067"), rows=({**MAMMOGRAM, "payer": "*"},), payer="other")) == 1


def test_the_table_without_history_gives_facts_that_coverage_keeps_back():
    assert facts(minimal(lines=(line(1, "77067", day=None),)), "frequency_check", tables=limits(MAMMOGRAM)) == []
    assert facts(minimal(lines=(line(1, "77067"),)), "frequency_check", tables=SHIPPED) == []


def test_the_day_that_windows_are_judged_on():
    made = view(minimal(lines=(line(1),)), tables=FEES)
    assert made.first_service_day == number(date(2026, 3, 5).isoformat())

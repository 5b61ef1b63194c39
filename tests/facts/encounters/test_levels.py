"""The level engine against tables typed anew and rules stated the other way round.

The oracle knows nothing of ``em-levels.yaml``: it holds its own list of codes, asks of each level whether two elements
reach it, and of each code, from the highest down, whether the minutes are there.
"""

from __future__ import annotations

from datetime import date
from itertools import combinations_with_replacement, product

import pytest

from engine.claim.encounter import DataItem, DocumentedDiagnosis, RiskItem
from engine.facts.encounters.decision import data, problems, risk, two_of_three
from engine.facts.encounters.levels import prolonged, prolonged_units, support, units_of_minutes
from engine.reference.days import EPOCH
from engine.reference.em_levels import family_of, levels

DAY = date(2026, 3, 5).toordinal() - EPOCH
IN_2023 = date(2023, 6, 1).toordinal() - EPOCH
IN_2024 = date(2024, 6, 1).toordinal() - EPOCH

# code, the levels of decision making that it is for, minutes (0: never by time); CPT 2024 and 2025, numbers only
ORACLE = """
office_new: 99202 1 15, 99203 2 30, 99204 3 45, 99205 4 60
office_established: 99211 - 0, 99212 1 10, 99213 2 20, 99214 3 30, 99215 4 40
video_new: 98000 1 15, 98001 2 30, 98002 3 45, 98003 4 60
video_established: 98004 1 10, 98005 2 20, 98006 3 30, 98007 4 40
audio_new: 98008 1 15, 98009 2 30, 98010 3 45, 98011 4 60
audio_established: 98012 1 11, 98013 2 20, 98014 3 30, 98015 4 40
hospital_initial: 99221 12 40, 99222 3 55, 99223 4 75
hospital_subsequent: 99231 12 25, 99232 3 35, 99233 4 50
hospital_one_day: 99234 12 45, 99235 3 70, 99236 4 85
emergency: 99281 - 0, 99282 1 0, 99283 2 0, 99284 3 0, 99285 4 0
office_consultation: 99242 1 20, 99243 2 30, 99244 3 40, 99245 4 55
inpatient_consultation: 99252 1 35, 99253 2 45, 99254 3 60, 99255 4 80
nursing_initial: 99304 12 25, 99305 3 35, 99306 4 50
nursing_subsequent: 99307 1 10, 99308 2 20, 99309 3 30, 99310 4 45
home_new: 99341 1 15, 99342 2 30, 99344 3 60, 99345 4 75
home_established: 99347 1 20, 99348 2 30, 99349 3 40, 99350 4 60
"""
FAMILIES = {
    name: [
        (code, for_levels.strip("-"), int(minutes))
        for code, for_levels, minutes in (c.split() for c in row.split(", "))
    ]
    for name, _, row in (line.partition(": ") for line in ORACLE.strip().splitlines())
}


def oracle_level(elements: tuple[int, int, int]) -> int:
    """The highest level that at least two elements reach."""
    return max(level for level in range(5) if sum(each >= level for each in elements) >= 2)


def oracle_code_by_level(family: list[tuple[str, str, int]], level: int) -> str:
    return next((code for code, for_levels, _ in family if str(level) in for_levels), "")


def oracle_code_by_time(family: list[tuple[str, str, int]], minutes: int) -> str:
    return next((code for code, _, least in reversed(family) if least and minutes >= least), "")


def test_the_table_has_every_family_and_code_of_2026_and_no_other():
    assert set(levels().families) == set(FAMILIES)
    for name, codes in FAMILIES.items():
        assert [code for code, _, _ in codes] == [c.code for c in levels().families[name].codes if c.on(DAY)]


@pytest.mark.parametrize("name", FAMILIES)
def test_every_combination_of_problems_data_risk_time_and_chosen_code(name: str):
    family = FAMILIES[name]
    order = [""] + [code for code, _, _ in family]
    edges = sorted({0, 200, *(m for _, _, least in family for m in (least - 1, least, least + 1) if m > 0)})
    times: list[int | None] = [None, *edges]
    judged = 0
    for elements in product(range(5), range(1, 5), range(1, 5)):
        level = oracle_level(elements)
        assert two_of_three(elements) == level
        mdm = oracle_code_by_level(family, level) if level else ""
        for minutes in times:
            timed = name != "emergency" and minutes is not None
            time = oracle_code_by_time(family, minutes or 0) if timed else None
            best = mdm if time is None or order.index(mdm) >= order.index(time) else time
            for code, for_levels, _ in family:
                found = support(code, DAY, level, minutes)
                assert found is not None
                assert (found.family, found.by_mdm, found.by_time, found.supported) == (name, mdm, time, best)
                distance = order.index(code) - order.index(best)
                assert found.gap == (distance if for_levels else min(distance, 0))
                judged += 1
    assert judged == 80 * len(times) * len(family)


@pytest.mark.parametrize("name", FAMILIES)
def test_one_method_alone(name: str):
    family = FAMILIES[name]
    code = family[-1][0]
    by_time = support(code, DAY, None, 200)
    assert by_time is not None
    assert (by_time.by_mdm, by_time.mdm_gap) == (None, None)
    assert by_time.supported == (None if name == "emergency" else code)
    nothing = support(code, DAY, None, None)
    assert nothing is not None
    assert (nothing.supported, nothing.gap) == (None, None)


@pytest.mark.parametrize("name", [name for name in FAMILIES if name != "emergency"])
def test_a_code_is_called_too_high_only_when_both_methods_are_known(name: str):
    family = FAMILIES[name]
    highest, lowest = family[-1][0], next(code for code, for_levels, _ in family if for_levels)
    short = support(highest, DAY, None, family[0][2] or family[1][2])
    assert short is not None
    assert short.gap is None
    more = support(lowest, DAY, None, 200)
    assert more is not None
    assert (more.gap or 0) < 0
    cut = support(highest, DAY, 1, None, whole=False)
    whole = support(highest, DAY, 1, None)
    assert cut is not None
    assert whole is not None
    assert cut.gap is None
    assert (whole.gap or 0) > 0


PROBLEMS = {
    "self_limited": "minor",
    "stable_chronic": "stable",
    "acute_uncomplicated": "low",
    "stable_acute": "low",
    "acute_uncomplicated_hospital": "low",
    "chronic_exacerbation": "moderate",
    "new_uncertain": "moderate",
    "acute_systemic": "moderate",
    "acute_complicated_injury": "moderate",
    "chronic_severe": "high",
    "life_threat": "high",
}


def oracle_problems(classes: tuple[str, ...]) -> int:
    kinds = [PROBLEMS[each] for each in classes]
    if "high" in kinds:
        return 4
    if "moderate" in kinds or kinds.count("stable") > 1:
        return 3
    if "low" in kinds or "stable" in kinds or len(kinds) > 1:
        return 2
    return len(kinds)


def test_problems_of_up_to_three_in_every_mixture():
    for size in range(4):
        for classes in combinations_with_replacement(PROBLEMS, size):
            found = [DocumentedDiagnosis(complexity=each) for each in classes]  # type: ignore[arg-type]
            assert problems(found, levels().elements).level == oracle_problems(classes), classes


def test_a_problem_that_was_not_addressed_does_not_count():
    found = [
        DocumentedDiagnosis(complexity="life_threat", addressed=False),
        DocumentedDiagnosis(complexity="stable_acute"),
    ]
    assert problems(found, levels().elements).level == 2


def test_every_amount_of_data():
    for notes, results, orders, historian, reading, talk in product(range(4), range(4), range(4), *[(0, 1)] * 3):
        items = [DataItem(kind="external_note", name=f"n{i}") for i in range(notes)]
        items += [DataItem(kind="test_result", name=f"r{i}") for i in range(results)]
        items += [DataItem(kind="test_order", name=f"o{i}") for i in range(orders)]
        items += [DataItem(kind="historian")] * historian
        items += [DataItem(kind="interpretation", name="x")] * reading
        items += [DataItem(kind="discussion")] * talk
        documents = notes + results + orders
        moderate = [documents + historian >= 3, bool(reading), bool(talk)]
        limited = documents >= 2 or historian
        expected = {0: 2 if limited else 1, 1: 3, 2: 4, 3: 4}[sum(moderate)]
        assert data(items, levels().elements).level == expected, (notes, results, orders, historian, reading, talk)


@pytest.mark.parametrize(
    ("items", "level"),
    [
        ([("test_order", "85025", None), ("test_result", "85025", None)], 1),
        ([("external_note", "ward", None), ("external_note", "ward", None)], 1),
        ([("external_note", "ward", None), ("test_order", "ward", None)], 2),
        ([("test_order", "93000", True), ("interpretation", "93000", True)], 1),
        ([("test_order", "71046", None), ("interpretation", "71046", None)], 3),
        ([("test_order", "", None), ("test_order", "", None)], 2),
    ],
)
def test_what_counts_once_or_not_at_all(items: list[tuple[str, str, bool | None]], level: int):
    found = [DataItem(kind=kind, name=name, separately_billed=billed) for kind, name, billed in items]  # type: ignore[arg-type]
    assert data(found, levels().elements).level == level


RISK = {
    1: ["rest"],
    2: ["otc_drug", "therapy_referral", "minor_surgery"],
    3: ["prescription_drug", "minor_surgery_with_risk", "major_surgery", "social_limits"],
    4: [
        "toxicity_monitoring",
        "major_surgery_with_risk",
        "emergency_major_surgery",
        "hospitalization",
        "resuscitation_decision",
        "parenteral_controlled",
    ],
}


def test_risk_is_that_of_the_riskiest_decision():
    level_of = {kind: level for level, kinds in RISK.items() for kind in kinds}
    assert risk([], levels().elements).level == 1
    for one, other in product(level_of, repeat=2):
        found = [RiskItem(kind=one), RiskItem(kind=other)]  # type: ignore[arg-type]
        assert risk(found, levels().elements).level == max(level_of[one], level_of[other])
        undecided = [RiskItem(kind=one, decided=False), RiskItem(kind=other)]  # type: ignore[arg-type]
        assert risk(undecided, levels().elements).level == level_of[other]


@pytest.mark.parametrize(
    ("code", "in_2023", "in_2024"), [("99306", 45, 50), ("99308", 15, 20), ("99305", 35, 35), ("99215", 40, 40)]
)
def test_minutes_are_those_of_the_day(code: str, in_2023: int, in_2024: int):
    for day, least in ((IN_2023, in_2023), (IN_2024, in_2024)):
        short, enough = support(code, day, None, least - 1), support(code, day, None, least)
        assert short is not None
        assert enough is not None
        assert short.time_gap == 1
        assert enough.time_gap == 0


def test_telemedicine_codes_begin_in_2025():
    assert family_of("98001", IN_2024) == ""
    assert family_of("98001", DAY) == "video_new"


# base, day, minute of the first unit by CPT and by Medicare (None: nothing goes with it)
PROLONGED = [
    ("99205", DAY, 75, 89),
    ("99215", DAY, 55, 69),
    ("99245", DAY, 70, None),
    ("99345", DAY, 90, 140),
    ("99350", DAY, 75, 110),
    ("99223", DAY, 90, 90),
    ("99233", DAY, 65, 65),
    ("99236", DAY, 100, 110),
    ("99255", DAY, 95, None),
    ("99306", IN_2023, 60, 95),
    ("99306", IN_2024, 65, 95),
    ("99310", DAY, 60, 85),
    ("98003", DAY, 75, None),
    ("98007", DAY, 55, None),
    ("99214", DAY, None, None),
    ("99285", DAY, None, None),
]


@pytest.mark.parametrize(("base", "day", "cpt", "medicare"), PROLONGED)
def test_prolonged_services_minute_by_minute(base: str, day: int, cpt: int | None, medicare: int | None):
    for scheme, first in ((False, cpt), (True, medicare)):
        for minutes in range(201):
            found = prolonged(base, day, minutes, None, medicare=scheme)
            if first is None:
                assert found is None
                continue
            expected = sum(1 for start in range(first, 400, 15) if start <= minutes)
            assert found is not None
            assert (found.first, found.units) == (first, expected)


def test_the_wider_window_counts_where_medicare_says_so():
    nursing = prolonged("99310", DAY, 60, 85, medicare=True)
    office = prolonged("99215", DAY, 60, 85, medicare=True)
    assert nursing is not None
    assert office is not None
    assert (nursing.units, office.units) == (1, 0)


def test_units_grow_by_whole_quarters_of_an_hour():
    assert [prolonged_units(minutes, 69) for minutes in (68, 69, 83, 84, 99)] == [0, 1, 1, 2, 3]
    table = {
        8: 1,
        22: 1,
        23: 2,
        37: 2,
        38: 3,
        52: 3,
        53: 4,
        67: 4,
        68: 5,
        82: 5,
        83: 6,
        97: 6,
        98: 7,
        112: 7,
        113: 8,
        127: 8,
    }
    assert {minutes: units_of_minutes(minutes) for minutes in table} == table
    assert units_of_minutes(7) == 0

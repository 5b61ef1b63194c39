"""Suggested codes: chosen by what was documented, valid on the day, with what was left open."""

import pytest

from engine.reference.days import read_day
from engine.reference.search.suggest import UNCERTAIN, Documented, suggest

DAY = read_day("2026-03-01")


@pytest.fixture
def ask(search, tables):
    return lambda text, day=DAY, **attributes: suggest(search, tables, Documented(text=text, **attributes), day)


def first(found):
    return found.candidates[0]


def options(candidate, axis):
    return {o.says: o.code for missing in candidate.missing if missing.axis == axis for o in missing.options}


@pytest.mark.parametrize(
    ("text", "attributes", "code"),
    [
        ("pain in the knee", {"laterality": "left"}, "M25562"),
        ("pain in the knee", {"laterality": "right"}, "M25561"),
        ("pain in the knee", {}, "M25569"),
        ("pain in left knee", {}, "M25562"),
        ("systolic heart failure", {"acuity": "acute"}, "I5021"),
        ("systolic heart failure", {"acuity": "acute on chronic"}, "I5023"),
        ("chronic systolic heart failure", {}, "I5022"),
        ("sprain of ankle", {"laterality": "left", "encounter": "initial"}, "S93402A"),
        ("sprain of ankle", {"laterality": "left", "encounter": "subsequent"}, "S93402D"),
        ("sprain of ankle", {"laterality": "left", "encounter": "sequela"}, "S93402S"),
    ],
)
def test_attributes_choose_within_what_the_words_find(ask, text, attributes, code):
    assert first(ask(text, **attributes)).code == code


def test_the_reason_is_told(ask):
    assert first(ask("pain in the knee", laterality="left")).because == (
        "found by its description", "side as documented: left",
    )  # fmt: skip
    other = next(each for each in ask("pain in the knee", laterality="left").candidates if each.code == "M25569")
    assert "leaves the side open, documented left" in other.because


def test_what_the_documentation_leaves_open_is_told(ask):
    assert options(first(ask("pain in the knee")), "side") == {"right": "M25561", "left": "M25562"}
    assert options(first(ask("pain in the knee", laterality="left")), "side") == {}
    failure = first(ask("unspecified systolic heart failure"))
    assert failure.code == "I5020"
    assert set(options(failure, "acuity").values()) == {"I5021", "I5022", "I5023"}
    assert "S93402D" in options(first(ask("sprain of left ankle")), "encounter").values()
    assert "I502" in options(next(c for c in ask("heart failure").candidates if c.code == "I509"), "detail").values()


def test_an_open_side_is_no_open_detail(ask):
    assert options(first(ask("pain in the knee")), "detail") == {}


def test_attributes_alone_find_nothing(ask):
    found = ask("pain in the knee", laterality="left", acuity="acute")
    assert {each.code[:3] for each in found.candidates} <= {
        each.code[:3] for each in ask("pain in the knee").candidates
    } | {"M25"}


@pytest.mark.parametrize(
    "text", ["suspected pneumonia", "rule out pneumonia", "possible pneumonia", "pneumonia vs. flu"]
)
def test_an_uncertain_problem_is_remarked(ask, text):
    assert ask(text).remarks == (UNCERTAIN,)
    assert ask("pneumonia").remarks == ()


def test_every_candidate_is_a_valid_code_on_the_day(ask, tables):
    for text in ("dementia", "broken wrist", "diabetes", "covid"):
        for day in ("2020-02-01", "2026-03-01"):
            found = ask(text, day=read_day(day)).candidates
            assert all(tables.rows_on("icd10cm", each.code, read_day(day)) for each in found), (text, day)
    assert "U071" not in {each.code for each in ask("covid", day=read_day("2020-02-01")).candidates}
    assert "U071" in {each.code for each in ask("covid").candidates}


def test_codes_stand_once_the_best_first_and_the_same_each_time(ask):
    once, again = ask("pain in the knee", laterality="left"), ask("pain in the knee", laterality="left")
    assert once == again
    scores = [each.score for each in once.candidates]
    assert scores == sorted(scores, reverse=True)
    assert len({each.code for each in once.candidates}) == len(once.candidates)


def test_nothing_is_suggested_for_nothing(ask):
    assert ask("qqqq zzzz").candidates == ()

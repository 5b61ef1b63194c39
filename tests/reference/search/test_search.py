"""What coders type, and what they must find."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.errors import TableError
from engine.reference.catalog import Tables
from engine.reference.days import read_day
from engine.reference.memory import with_rows
from engine.reference.search.search import CodeSearch, standing_on
from engine.reference.search.synonyms import synonyms

DAY = read_day("2026-03-01")


def codes(search, text, day=DAY, limit=10):
    return [hit.code for hit in search.search(text, day, limit).hits]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("cholera", "A009"),
        ("type 2 diabetes chronic kidney disease", "E1122"),
        ("chronic kidney disease in type 2 diabetes", "E1122"),
        ("T2DM w/ CKD", "E1122"),
        ("heart attack", "I219"),
        ("HTN", "I10"),
        ("Essential (primary) hypertension", "I10"),
        ("DVT left leg", "I82402"),
        ("hepatitis a", "B159"),
        ("vitamin A deficiency", "E509"),
        ("nose bleed", "R040"),
        ("Kimmelstiel Wilson type 2", "E1121"),
        ("Charcot's joints type 2 diabetes", "E11610"),
    ],
)
def test_words_find_the_code(search, text, code):
    assert codes(search, text)[0] == code


@pytest.mark.parametrize("text", ["essentail hypertension", "esential hypertnsion", "hypertension essental primary"])
def test_slips_and_word_order_are_forgiven(search, text):
    assert codes(search, text)[0] == "I10"


def test_a_mended_word_is_said(search):
    assert search.search("chronic kidny disease", DAY).corrected == (("kidny", "kidney"),)
    assert search.search("chronic kidney disease", DAY).corrected == ()


def test_a_misspelled_abbreviation_word_still_has_its_meaning(search):
    assert "M5126" in codes(search, "slipped disk lumbar") or "M5126" in codes(search, "sliped disc lumbar")


@pytest.mark.parametrize("text", ["E11.22", "e1122", " E11.22 "])
def test_a_code_is_found_alone(search, text):
    assert codes(search, text) == ["E1122"]


def test_the_beginning_of_a_code_lists_what_begins_with_it(search):
    found = codes(search, "E11.2")
    assert found == ["E112", "E1121", "E1122", "E1129"]
    assert codes(search, "E11", limit=3) == ["E11", "E110", "E1100"]


def test_a_full_code_with_a_seventh_character_is_found(search):
    (hit,) = search.search("S52.531D", DAY).hits
    assert (hit.code, hit.others) == ("S52531D", 0)


def test_codes_that_differ_in_the_seventh_character_are_one_line(search):
    hit = search.search("colles fracture right", DAY).hits[0]
    assert (hit.code, hit.others) == ("S52531A", 15)
    assert search.search("colles fracture right sequela", DAY).hits[0].code == "S52531S"


def test_billable_codes_come_before_the_heading_that_says_the_same(search):
    found = codes(search, "gastro-esophageal reflux disease")
    assert found.index("K219") < found.index("K21")


def test_a_heading_can_be_found_and_says_so(search):
    hit = next(hit for hit in search.search("type 2 diabetes mellitus", DAY).hits if hit.code == "E11")
    assert hit.standing == "heading"


def test_codes_not_valid_on_the_day_are_marked_and_come_later(search):
    before = {hit.code: hit for hit in search.search("E11.32", read_day("2016-01-01")).hits}
    assert before["E113219"].standing == "not_yet"
    assert {hit.standing for hit in search.search("E11.32", DAY).hits} == {"heading", "valid"}


def test_an_inclusion_term_says_what_it_matched(search):
    hit = search.search("Kimmelstiel-Wilson disease type 2 diabetes", DAY).hits[0]
    assert hit.matched == "Type 2 diabetes mellitus with Kimmelstiel-Wilson disease"


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "the of",
        "patient",
        "such as",
        '"',
        "' OR 1=1 --",
        "AND NOT *",
        "(",
        "\x00",
        "x" * 5000,
        "é" * 50,
        "word " * 500,
        "\u0663",
    ],
)
def test_nothing_that_is_typed_breaks_it(search, text):
    search.search(text, DAY)


WORDS = sorted(set(synonyms().words) | {"the", "of", "fracture", "E11.2", "qzx", "2"})


@given(st.lists(st.sampled_from(WORDS), max_size=8))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_words_break_it(search, words):
    search.search(" ".join(words), DAY)


def test_hits_are_the_same_every_time(search):
    assert search.search("fracture of wrist", DAY) == search.search("fracture of wrist", DAY)


def test_scores_are_whole_numbers(search):
    assert all(type(hit.score) is int for hit in search.search("asthma", DAY).hits)


def test_a_window_decides_about_the_standing():
    assert standing_on(((10, 20), (30, None)), 15) == "valid"
    assert standing_on(((10, 20), (30, None)), 25) == "ended"
    assert standing_on(((10, 20),), 5) == "not_yet"
    assert standing_on(((10, 20),), None) == "valid"


def hcpcs():
    rows = [
        {"code": "A0021", "added": "1985-01-01", "terminated": "", "short": "Ambulance outside state",
         "long": "Ambulance service, outside state per mile"},
        {"code": "K0001", "added": "1993-01-01", "terminated": "2020-12-31", "short": "Standard wheelchair",
         "long": ""},
    ]  # fmt: skip
    return with_rows(Tables.load(), {"hcpcs": rows})


def test_hcpcs_is_searched_when_it_is_loaded():
    found = CodeSearch(hcpcs(), "hcpcs").search("ambulance per mile", DAY)
    assert [hit.code for hit in found.hits] == ["A0021"]
    (ended,) = CodeSearch(hcpcs(), "hcpcs").search("wheelchar standard", DAY).hits
    assert (ended.code, ended.standing) == ("K0001", "ended")
    assert [hit.code for hit in CodeSearch(hcpcs(), "hcpcs").search("K00", DAY).hits] == ["K0001"]


def test_a_system_without_its_table_says_what_to_do(tables):
    with pytest.raises(TableError, match="table hcpcs is not loaded"):
        CodeSearch(tables, "hcpcs")

"""``cleanclaim codes``."""

import json

import pytest

pytestmark = pytest.mark.usefixtures("cache")


@pytest.fixture
def cache(tmp_path_factory, monkeypatch):
    """One cache for all tests of a process, so that the index is built once."""
    folder = tmp_path_factory.getbasetemp() / "codes-cache"
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder))
    return folder


def search(run, *words):
    return run("codes", "search", *words, "--on", "2026-03-01")


def show(run, *words, on="2026-03-01"):
    return run("codes", "show", *words, "--on", on)


def test_a_search_lists_codes(run, cache):
    result = search(run, "T2DM", "w/", "CKD")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == "E11.22    Type 2 diabetes mellitus with diabetic chronic kidney disease"
    assert list((cache / "cleanclaim" / "search").glob("icd10cm-*.sqlite"))


def test_a_search_says_what_it_mended_and_marks_headings(run):
    lines = search(run, "colera", "--limit", "5").stdout.splitlines()
    assert lines[0] == "Searched for cholera (for colera)"
    assert "A00       Cholera  [heading]" in lines


def test_a_search_as_json(run):
    found = json.loads(search(run, "collar bone fracture", "--format", "json", "--limit", "3").stdout)
    assert found["on"] == "2026-03-01"
    assert len(found["hits"]) == 3
    assert found["hits"][0]["code"].startswith("S42.00")
    assert found["hits"][0]["other_sevenths"] > 0


def test_nothing_found_is_status_one(run):
    result = search(run, "qqqqqqzzz")
    assert (result.exit_code, result.stdout) == (1, "Nothing found.\n")


def test_hcpcs_without_its_table_says_what_to_import(run):
    result = search(run, "wheelchair", "--system", "hcpcs")
    assert result.exit_code == 2
    assert "table hcpcs is not loaded" in result.stderr


def test_nothing_to_search_for_is_refused(run):
    assert search(run, " ").exit_code == 2


def test_a_code_is_shown(run):
    result = show(run, "e11.22")
    assert result.exit_code == 0
    for text in (
        "E11.22  Type 2 diabetes mellitus with diabetic chronic kidney disease",
        "ICD-10-CM, on 2026-03-01: valid, billable",
        "Chapter 4  Endocrine, nutritional and metabolic diseases",
        "      E11.2  Type 2 diabetes mellitus with kidney complications",
        "Excludes1 (never together)",
        "  gestational diabetes (O24.4-) (at E11)",
        "  code to identify stage of chronic kidney disease (N18.1-N18.6)",
        "    insulin (Z79.4)",
        "tabular\nnotes FY2026",
    ):
        assert text in result.stdout


def test_a_heading_shows_what_is_below_it(run):
    text = show(run, "E11.2").stdout
    assert "a heading, not billable: use a longer code" in text
    assert "E11.22    Type 2 diabetes mellitus with diabetic chronic kidney disease\n" in text
    assert "[heading]" in show(run, "E08-E13").stdout


def test_seventh_characters_are_shown(run):
    assert "A  initial encounter for closed fracture  <- this code" in show(run, "S52.531A").stdout
    text = show(run, "S52.531").stdout
    assert "not billable: the 7th character is missing" in text
    assert "S52.531S  Colles' fracture of right radius, sequela" in text


@pytest.mark.parametrize(
    ("code", "on", "text"),
    [
        ("E11.329", "2026-03-01", "no longer valid\nValid 2015-10-01 to 2016-09-30."),
        ("E11.3211", "2016-03-01", "not valid yet\nValid since 2016-10-01."),
        ("O24.011", "2019-01-01", "age: maternity, 12 to 55 years (since 2015-10-01)"),
        ("O24.011", "2026-03-01", "age: maternity, 9 to 64 years (since 2015-10-01)"),
        ("O24.011", "2026-03-01", "sex: female only (not on this day; 2015-10-01 to 2024-09-30)"),
        ("W54.0XXA", "2026-03-01", "external cause of morbidity: not as principal diagnosis"),
        ("F02.80", "2026-03-01", "manifestation code"),
        ("0DTJ4ZZ", "2026-03-01", "ICD-10-PCS, on 2026-03-01: valid, billable"),
    ],
)
def test_days_and_editor_flags(run, code, on, text):
    assert text in show(run, code, on=on).stdout


def test_a_procedure_shows_its_limits_and_what_is_missing(run, tables):
    text = show(run, "85025", "--tables", tables).stdout
    assert "CPT descriptions are licensed by the AMA" in text
    assert "practitioner: 2 units per day, clinical: more with documented necessity" in text
    assert "table pprrvu is not loaded: physician fee schedule relative value file (PPRRVU)" in text
    assert "Import with: cleanclaim tables import FILE" in text


def test_a_procedure_with_the_fee_schedule(run, tables):
    columns = ("status", "global_days", "pctc", "bilateral")
    from engine.reference.importers.columns import PPRRVU

    values = {"status": "A", "global_days": "090", "pctc": "0", "bilateral": "1"}
    row = ",".join(values.get(name, "") for name in PPRRVU)
    (tables / "pprrvu.csv").write_text(f"procedure,{','.join(PPRRVU)}\n27447,{row}\n")
    (tables / "pprrvu.yaml").write_text("edition: sample\nfrom: 2020-01-01\nsource: invented\n")
    text = show(run, "27447", "--tables", tables).stdout
    assert "Global days: 090: one day before to 90 days after the procedure" in text
    assert "Bilateral (50): 1: 150 % for both sides" in text
    (card,) = json.loads(show(run, "27447", "--tables", tables, "--format", "json").stdout)["cards"]
    (fees,) = [each for each in card["tables"] if each["table"] == "pprrvu"]
    assert set(fees["rows"][0]["meanings"]) == set(columns)


def test_an_unknown_code_is_told_the_nearest(run):
    result = show(run, "E11.23")
    assert result.exit_code == 1
    assert "unknown code E11.23; nearest: E11.2" in result.stderr
    assert "E11.22" in result.stderr
    found = json.loads(show(run, "E11.23", "--format", "json").stdout)
    assert (found["cards"], found["nearest"][0]) == ([], "E11.2")


@pytest.mark.parametrize("code", ["", "?", "é", "ZZZ99", "12", "x" * 300])
def test_what_is_no_code_is_unknown(run, code):
    assert show(run, code).exit_code == 1


def test_a_card_as_json(run):
    (card,) = json.loads(show(run, "S52.531A", "--format", "json").stdout)["cards"]
    assert card["valid"] == [{"from": "2015-10-01", "to": None}]
    assert card["above"][-1] == {"node": "S52.531", "title": "Colles' fracture of right radius"}
    assert {"kind", "at", "inherited", "heading", "lines"} == set(card["notes"][0])


def test_a_problem_is_answered_with_codes_reasons_and_what_is_open(run):
    result = run("codes", "suggest", "pain in the knee", "--on", "2026-03-01", "--limit", "1")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "M25.569   Pain in unspecified knee",
        "          found by its description",
        "          Not said, side: right M25.561, left M25.562",
    ]


def test_suggestions_as_json(run):
    result = run("codes", "suggest", "knee pain", "--laterality", "left", "--on", "2026-03-01", "--format", "json")
    answer = json.loads(result.stdout)
    assert (answer["on"], answer["laterality"]) == ("2026-03-01", "left")
    assert answer["candidates"][0]["code"] == "M25.562"
    assert answer["candidates"][0]["because"][-1] == "side as documented: left"


def test_no_suggestion_ends_with_1_and_no_problem_with_2(run):
    assert run("codes", "suggest", "qqqq zzzz").exit_code == 1
    assert run("codes", "suggest", " ").exit_code == 2
    assert run("codes", "suggest", "pain", "--laterality", "up").exit_code == 2

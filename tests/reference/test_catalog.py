from pathlib import Path

import pytest

from engine.errors import TableError
from engine.reference.catalog import Tables
from engine.reference.days import read_day

DAY = read_day("2026-03-05")


def write(folder: Path, name: str, text: str, about: str = "edition: A\nfrom: 2024-01-01\nsource: test\n") -> Path:
    path = folder / f"{name}.csv"
    path.write_text(text, encoding="utf-8")
    path.with_suffix(".yaml").write_text(about, encoding="utf-8")
    return path


def test_a_table_that_is_not_there_says_so():
    assert Tables.load().status("ptp-practitioner", DAY) == "table ptp-practitioner is not loaded"
    assert Tables.load().rows("ptp-practitioner", "11042|97597", DAY) == ()
    assert Tables.load().edition("ptp-practitioner", DAY) is None
    assert Tables.load().keys_from("ptp-practitioner", "1", DAY) == ()


def test_a_day_before_the_oldest_edition_has_no_answer():
    tables = Tables.load()
    day = read_day("2014-05-01")
    assert tables.status("icd10cm", day) == "table icd10cm begins 2015-10-01, after the service day 2014-05-01"
    assert tables.rows("icd10cm", "I10", day) == ()


def test_an_edition_applies_until_the_next_and_the_newest_for_ever(tmp_path):
    write(tmp_path, "list.2024", "code,value\nX,old\n", "edition: Y24\nfrom: 2024-01-01\nto: 2024-12-31\n")
    write(tmp_path, "list.2026", "code,value\nX,new\n", "edition: Y26\nfrom: 2026-01-01\n")
    tables = Tables.load([tmp_path])
    found = {
        day: tables.rows("list", "X", read_day(day)) for day in ("2024-01-01", "2025-06-01", "2026-01-01", "2031-01-01")
    }
    assert [rows[0].values["value"] for rows in found.values()] == ["old", "old", "new", "new"]
    assert tables.status("list", read_day("2023-12-31")) == (
        "table list begins 2024-01-01, after the service day 2023-12-31"
    )
    assert [entry for entry in tables.statement() if entry["name"] == "list"] == [
        {"name": "list", "edition": "Y24", "from": "2024-01-01", "to": "2024-12-31"},
        {"name": "list", "edition": "Y26", "from": "2026-01-01", "to": None},
    ]
    assert tables.edition("list", None).edition == "Y26"


def test_a_later_folder_replaces_an_edition_of_the_same_day(tmp_path):
    for folder, value in (("one", "1"), ("two", "2")):
        (tmp_path / folder).mkdir()
        write(tmp_path / folder, "list", f"code,value\nX,{value}\n")
    tables = Tables.load([tmp_path / "one", tmp_path / "two"])
    assert tables.rows("list", "X")[0].values["value"] == "2"


def test_rows_have_days_of_their_own(tmp_path):
    text = "column_one,column_two,modifier_indicator,effective_from,effective_to\n"
    text += "1,2,1,20240101,20241231\n1,2,0,2025-01-01,\n3,4,1,,99991231\n"
    write(tmp_path, "ptp-practitioner", text)
    tables = Tables.load([tmp_path])
    for day, expected in (("2024-12-31", ["1"]), ("2025-01-01", ["0"])):
        rows = tables.rows_on("ptp-practitioner", "1|2", read_day(day))
        assert [row.values["modifier_indicator"] for row in rows] == expected
    assert len(tables.rows("ptp-practitioner", "1|2", DAY)) == 2
    assert len(tables.rows_on("ptp-practitioner", "3|4", DAY)) == 1
    assert list(tables.keys_from("ptp-practitioner", "1|", DAY)) == ["1|2"]


def test_the_edition_knows_digest_and_rows_once_read(tmp_path):
    write(tmp_path, "list", "code,value\nX,1\nY,2\n")
    tables = Tables.load([tmp_path])
    assert tables.edition("list", DAY).digest == ""
    tables.verify()
    edition = tables.edition("list", DAY)
    assert (edition.rows, len(edition.digest), edition.source) == (2, 64, "test")


@pytest.mark.parametrize(
    ("text", "place", "message", "hint"),
    [
        ("", ":1", "no column names", "first line"),
        ("code,\nX,1\n", ":1", "no column names", "first line"),
        ("code,code\nX,1\n", ":1", "stands twice", "code"),
        ("procedure,mai\n99213,1\n", ":1", "has no column mue_units", "procedure, mue_units, mai"),
        ("procedure,mue_units,mai\n99213,1,1\n99214,2\n", ":3", "2 values under 3 columns", "comma"),
        ("procedure,mue_units,mai\n99213,1,a,b\n", ":2", "4 values under 3 columns", "comma"),
        ('procedure,mue_units,mai\n99213,1,"a\n', ":2", "unexpected end of data", "closed"),
        ("procedure,mue_units,mai,effective_from\n99213,1,1,3/5/24\n", ":2", "'3/5/24' is no date", "YYYY-MM-DD"),
        ("procedure,mue_units,mai,effective_from\n99213,1,1,20240231\n", ":2", "'20240231' is no date", "YYYY-MM-DD"),
    ],
)
def test_a_malformed_file_is_located(tmp_path, text, place, message, hint):
    path = write(tmp_path, "mue-practitioner", text)
    tables = Tables.load([tmp_path])
    with pytest.raises(TableError) as caught:
        tables.rows("mue-practitioner", "99213", DAY)
    assert message in caught.value.message
    assert caught.value.location == f"{path}{place}"
    assert hint in caught.value.hint
    with pytest.raises(TableError):
        tables.verify()


def test_text_that_is_not_utf8_is_located(tmp_path):
    path = write(tmp_path, "list", "code,value\n")
    path.write_bytes(b"code,value\nX,\xff\n")
    with pytest.raises(TableError) as caught:
        Tables.load([tmp_path]).rows("list", "X")
    assert caught.value.location == f"{path}:2"


@pytest.mark.parametrize(
    ("about", "message"),
    [
        ("edition: A\n", "from is missing"),
        ("from: 2024-01-01\n", "edition is missing"),
        ("edition: A\nfrom: soon\n", "soon is no date"),
        ("edition: A\nfrom: '*'\n", "from is open"),
        ("- edition\n", "not a list of names and values"),
        ("edition: [\n", "cannot be read"),
    ],
)
def test_a_description_that_does_not_fit_is_refused(tmp_path, about, message):
    write(tmp_path, "list", "code\n", about)
    with pytest.raises(TableError, match=message) as caught:
        Tables.load([tmp_path])
    assert caught.value.location.endswith("list.yaml")


def test_a_table_without_description_and_an_absent_folder_are_refused(tmp_path):
    (tmp_path / "list.csv").write_text("code\n")
    with pytest.raises(TableError, match="no description"):
        Tables.load([tmp_path])
    with pytest.raises(TableError, match="no such folder"):
        Tables.load([tmp_path / "absent"])


def test_excel_text_is_read(tmp_path):
    path = write(tmp_path, "list", "")
    path.write_bytes('\ufeffcode,value\r\nX,"a, b"\r\n'.encode())
    assert Tables.load([tmp_path]).rows("list", "X")[0].values == {"code": "X", "value": "a, b"}


def test_the_sample_tables_are_well_formed_and_the_same_in_examples():
    root = Path(__file__).parents[2]
    Tables.load([root / "tests" / "tables"]).verify()
    samples = sorted((root / "tests" / "tables").iterdir())
    assert len(samples) == 14
    for path in samples:
        assert path.read_bytes() == (root / "examples" / "tables" / path.name).read_bytes(), path.name

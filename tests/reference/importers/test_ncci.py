"""The three NCCI files."""

import pytest

from engine.errors import TableError
from engine.reference.days import read_day
from engine.reference.importers.detect import detect
from engine.reference.importers.format import Void
from tests.reference.importers.samples import AOC_ROWS, MUE_ROWS, PTP_ROWS, add_on, mue, ptp, zipped


def test_ptp_pairs_keep_their_windows_and_indicator_9_is_void(save, read):
    (got,) = read(save("ptp"))
    assert (got.detected.table, got.detected.edition) == ("ptp-practitioner", "2024Q3")
    assert [row.key for row in got.rows] == ["G0001|G0002", "G0001|G0003", "G0001|G0003"]
    assert [(row.first_day, row.last_day) for row in got.rows[:2]] == [
        (read_day("20200101"), None),
        (read_day("20200101"), read_day("20211231")),
    ]
    assert got.named() == {"modifier_indicator": "1", "rationale": "Misuse of Column Two code"}
    assert got.void == [Void(10, "indicator 9: the edit never applied")]
    assert not got.bad
    assert "American Medical Association" in got.detected.licence
    assert got.detected.page.startswith("https://www.cms.gov/")


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("ccioph-v302r0-f2.TXT", "ptp-outpatient"),
        ("medicare-ncci-2024q3-hospital-ptp-edits.txt", "ptp-outpatient"),
        ("medicare-ncci-2024q3-practitioner-ptp-edits.txt", "ptp-practitioner"),
    ],
)
def test_the_name_tells_which_ptp_table(save, name, table):
    (found,) = detect(save("ptp", name=name))
    assert (found.detected.table, found.detected.edition) == (table, "2024Q3")


def test_a_ptp_file_that_says_nothing_asks_for_its_table(save, read):
    path = save("ptp", name="edits-2024q3.txt")
    with pytest.raises(TableError, match=r"which table.*--table ptp-practitioner or --table ptp-outpatient"):
        detect(path)
    (got,) = read(path, "ptp-outpatient")
    assert got.detected.table == "ptp-outpatient"
    with pytest.raises(TableError, match="not hcpcs"):
        detect(path, "hcpcs")


def test_two_parts_in_a_zip_are_two_files_of_one_table(save, read):
    parts = {"ccipra-v302r0-f1.TXT": ptp(*PTP_ROWS[:2]), "ccipra-v302r0-f2.TXT": ptp(*PTP_ROWS[2:])}
    got = read(save(name="both.zip", data=zipped(parts)))
    assert [(each.detected.table, len(each.rows)) for each in got] == [("ptp-practitioner", 2), ("ptp-practitioner", 1)]


@pytest.mark.parametrize(
    ("row", "because"),
    [
        ("G0001\tG0002\t\t20200101\t*\t1", ""),  # older files have no rationale
        ("G0001\t G0002 \t\t20200101\t*\t1\tx", ""),
        ("G0001\tG0002\t\t2020", "4 cells"),
        ("G0001\tG02\t\t20200101\t*\t1\tx", "no pair"),
        ("G0001\tG0002\t\t20201301\t*\t1\tx", "'20201301' is no date"),
        ("G0001\tG0002\t\t*\t*\t1\tx", "effective"),
        ("G0001\tG0002\t\t20200101\t20191231\t1\tx", "deleted 20191231, effective 20200101"),
        ("G0001\tG0002\t\t20200101\t*\t7\tx", "indicator '7'"),
        ("G0001\tG0002\t\t20200101\t*\t1\tx\0", "NUL"),
        (PTP_ROWS[0], "further up"),
    ],
)
def test_what_is_wrong_with_a_pair(save, read, row, because):
    (got,) = read(save("ptp", ptp(PTP_ROWS[0], row)))
    assert [bad.line for bad in got.bad] == ([8] if because else [])
    assert because in "".join(bad.because for bad in got.bad)
    assert len(got.rows) == (1 if because else 2)


@pytest.mark.parametrize(
    ("service", "table"),
    [
        ("Practitioner Services", "mue-practitioner"),
        ("Outpatient Hospital Services", "mue-outpatient"),
        ("DME Supplier Services", "mue-dme"),
    ],
)
def test_mue_tables_are_told_by_their_header(save, read, service, table):
    (got,) = read(save("mue", mue(*MUE_ROWS, service=service)))
    assert (got.detected.table, got.detected.edition) == (table, "2024Q3")
    assert got.named() == {"mue_units": "1", "mai": "2", "rationale": "CMS Policy"}
    assert not got.bad


def test_mue_without_its_quarter_asks_for_it(save, read):
    path = save("mue", name="mue.csv")
    with pytest.raises(TableError, match="--edition 2024Q3 --from 2024-07-01"):
        detect(path)
    (got,) = read(path, edition="2024Q3", first_day=read_day("2024-07-01"))
    assert (got.detected.edition, got.detected.first_day) == ("2024Q3", read_day("2024-07-01"))
    (got,) = read(path, first_day=read_day("2024-07-01"))
    assert got.detected.edition == "2024-07-01"


@pytest.mark.parametrize(
    ("row", "because"),
    [
        ("G0003,x,1 L,r", "no whole number"),
        ("G0003,1,4 L,r", "begin with 1, 2 or 3"),
        ("G0001,1,1 L,r", "further up"),
        ("G0003,1", "2 cells"),
        ("G3,1,1 L,r", "no procedure"),
    ],
)
def test_what_is_wrong_with_an_mue(save, read, row, because):
    (got,) = read(save("mue", mue(*MUE_ROWS, row)))
    (bad,) = got.bad
    assert bad.line == 9
    assert because in bad.because


def test_add_on_dates_are_year_and_day_and_the_earliest_end_counts(save, read):
    (got,) = read(save("add-on"))
    assert (got.detected.table, got.detected.edition) == ("add-on", "2024Q3")
    assert [(row.key, *row.values) for row in got.rows] == [
        ("G0101", "G0001", "1"), ("G0102", "CCCCC", "2"), ("G0103", "G0002", "3"),
    ]  # fmt: skip
    assert {row.first_day for row in got.rows[:2]} == {read_day("20130401")}
    assert got.rows[2].last_day == read_day("20221231")


def test_what_is_wrong_with_an_add_on_row(save, read):
    rows = (
        ["4", "G0101"],
        ["1", "G0101", "x", "G0001", "", "2013091"],
        ["1", "G0101", "", "G0001", "", "2013999"],
        AOC_ROWS[0],
    )
    (got,) = read(save("add-on", add_on(AOC_ROWS[0], *rows)))
    assert [bad.line for bad in got.bad] == [4, 5, 6, 7]
    assert "YYYYDDD" in got.bad[1].because
    assert "further up" in got.bad[3].because


@pytest.mark.parametrize("sample", ["ptp", "mue", "add-on"])
def test_the_notice_of_another_year_is_doubted(save, sample):
    names = {"ptp": "ccipra-v322r0-f1.TXT", "mue": "X_Eff_07-01-2026.csv", "add-on": "AOC_V2026Q3-MCR.xlsx"}
    with pytest.raises(TableError, match=r"says 2026Q3, the notice inside is of 2023.*wrong year"):
        detect(save(sample, name=names[sample]))

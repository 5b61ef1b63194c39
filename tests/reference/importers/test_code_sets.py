"""HCPCS, fee schedule, ICD-10-CM, taxonomy and POA-exempt files."""

import pytest

from engine.errors import TableError
from engine.reference.days import iso, read_day
from engine.reference.importers.detect import detect
from tests.reference.importers.samples import (
    HCPCS_HEADER,
    HCPCS_ROWS,
    MPFS_2025,
    MPFS_2026,
    POA,
    SAMPLES,
    hcpcs_cells,
    lines,
    mpfs_row,
    order_row,
    workbook,
    zipped,
)


def test_fixed_width_hcpcs_gives_codes_and_modifiers(save, read):
    codes, modifiers = read(save("hcpcs"))
    assert [each.detected.table for each in (codes, modifiers)] == ["hcpcs", "hcpcs-modifiers"]
    assert codes.detected.edition == "2024Q3"
    assert [row.key for row in codes.rows] == ["G0001", "G0002"]
    assert codes.named()["long"] == "An invented service whose name is so long that it goes on in a second record"
    assert codes.rows[1].last_day == read_day("20191231")
    assert codes.named(1)["terminated"] == "20191231"
    assert [row.key for row in modifiers.rows] == ["A1"]
    assert not codes.bad + modifiers.bad


def test_a_continuation_may_break_a_word(save, read):
    rows = (HCPCS_ROWS[1][:11] + "x" * 80 + HCPCS_ROWS[1][91:], HCPCS_ROWS[2])
    (codes, _) = read(save("hcpcs", lines(*rows).encode()))
    assert codes.named()["long"] == "x" * 80 + "in a second record"


def test_table_chooses_among_several(save, read):
    (got,) = read(save("hcpcs"), "hcpcs-modifiers")
    assert got.detected.table == "hcpcs-modifiers"


def test_hcpcs_as_csv_and_as_workbook_are_the_same(save, read):
    text = read(save("hcpcs-csv"))
    rows = [HCPCS_HEADER.split(","), hcpcs_cells("A1", "7", "Invented", 20020701)]
    rows.append(hcpcs_cells("G0001", "3", "Invented, too", "36892"))  # a day as spreadsheets count: 2001-01-01
    book = read(save(name="HCPC2026_OCT_ANWEB.xlsx", data=workbook("Sheet1", rows)))
    assert [(each.detected.table, each.detected.edition) for each in book] == [
        ("hcpcs", "2026Q4"), ("hcpcs-modifiers", "2026Q4"),
    ]  # fmt: skip
    assert [[(row.key, row.first_day) for row in each.rows] for each in text] == [
        [(row.key, row.first_day) for row in each.rows] for each in book
    ]


def test_of_text_and_workbook_in_one_zip_the_text_is_taken(save):
    book = workbook("S", [HCPCS_HEADER.split(","), hcpcs_cells("G0001", "3", "x", 20010101)])
    both = {"HCPC2024_JUL_ANWEB.xlsx": book, "HCPC2024_JUL_ANWEB.txt": SAMPLES["hcpcs"][1], "readme.pdf": b"%PDF"}
    found = detect(save(name="july.zip", data=zipped(both)))
    assert [each.name for each in found] == ["july.zip/HCPC2024_JUL_ANWEB.txt"] * 2


@pytest.mark.parametrize("header", [MPFS_2025, MPFS_2026])
def test_the_fee_schedule_is_read_by_header_name(save, read, header):
    year, pric = ("2025", ()) if header is MPFS_2025 else ("2026", ("1",))
    data = (header + mpfs_row("G0001", pric=pric) + "\n" + mpfs_row("G0001", "26", pric=pric) + "\n").encode()
    (got,) = read(save(name=f"PPRRVU{year}_x.csv", data=data))
    assert got.detected.table == "pprrvu"
    assert got.detected.edition == ("2025Q4" if year == "2025" else "2026Q3")
    named = got.named()
    assert (named["status"], named["global_days"], named["endoscopic_base"]) == ("A", "010", "G0009")
    assert (named["conversion_factor"], named["supervision"], named["imaging_family"]) == ("32.3465", "09", "99")
    assert (named["nonfacility_na"], named["facility_na"], named["bilateral"], named["team"]) == ("", "NA", "1", "0")
    assert got.named(1)["modifier"] == "26"


def test_the_file_of_qualifying_participants_is_another_table(save):
    data = (MPFS_2026 + mpfs_row("G0001", pric=("1",)) + "\n").encode()
    tables = [
        detect(save(name=f"PPRRVU2026_Jul_{kind}.csv", data=data))[0].detected.table for kind in ("nonQPP", "QPP")
    ]
    assert tables == ["pprrvu", "pprrvu-qpp"]


def test_fee_schedule_of_another_year_than_its_name(save):
    with pytest.raises(TableError, match="name is of 2024, its title of 2025"):
        detect(save("mpfs", name="PPRRVU24_OCT.csv"))


def test_a_fee_schedule_without_a_column(save, read):
    with pytest.raises(TableError, match="no column ENDO BASE"):
        read(save("mpfs", SAMPLES["mpfs"][1].replace(b"BASE", b"BASIS")))


def test_order_file_leaves_out_headings(save, read):
    (got,) = read(save("order"))
    assert [(row.key, len(got.void)) for row in got.rows] == [("A000", 1), ("S52521A", 1)]
    assert (got.detected.edition, iso(got.detected.first_day), iso(got.detected.last_day)) == (
        "FY2026", "2025-10-01", "2026-09-30",
    )  # fmt: skip
    assert got.named(1)["description"].endswith("for closed fracture")


def test_the_april_update_begins_in_april(save):
    (found,) = detect(save("order", name="icd10cm-order-April-2026.txt"))
    assert (found.detected.edition, iso(found.detected.first_day)) == ("FY2026-Apr", "2026-04-01")


def test_the_procedure_order_file_is_another_thing(save):
    rows = (order_row(1, "001", 0, "Bypass"), order_row(2, "0016070", 1, "Bypass Cerebral Ventricle"))
    with pytest.raises(TableError, match="no known format"):
        detect(save(name="icd10pcs_order_2026.txt", data=lines(*rows).encode()))


def test_tabular_list_gives_nodes_as_written(save, read):
    (got,) = read(save("tabular"))
    assert [row.key for row in got.rows] == ["1", "A00-A09", "A00", "A00.0"]
    chapter, _, category, code = (got.named(at) for at in range(4))
    assert chapter["excludes2"] == "carrier (Z22.-)\ninfluenza (J00-J22)"
    assert category["seventh_characters"] == "1 right & eye\n2 left eye"
    assert (category["leaf"], code["leaf"]) == ("N", "Y")
    assert (code["parent"], code["section"], code["chapter"]) == ("A00", "A00-A09", "1")
    assert (code["description"], code["inclusion_terms"]) == ("Cholera due to Vibrio cholerae 01", "Classical cholera")
    assert got.detected.edition == "FY2026"


def test_tabular_list_of_another_year_than_its_name(save):
    with pytest.raises(TableError, match="name is of 2024, the file of 2026"):
        detect(save("tabular", name="icd10cm-tabular-2024.xml"))


def test_taxonomy(save, read):
    (got,) = read(save("taxonomy"))
    assert (got.detected.edition, iso(got.detected.first_day)) == ("25.1", "2025-10-01")
    assert got.named()["specialization"] == "Endocrinology, Diabetes & Metabolism"
    assert [row.key for row in got.rows] == ["207RE0101X", "193200000X"]


def test_poa_exempt_as_text_and_as_workbook(save, read):
    (got,) = read(save("poa"))
    assert [row.key for row in got.rows] == ["B91", "E640"]
    assert got.detected.edition == "FY2020"
    rows = [line.split("\t") for line in POA.replace("Order2020", "Order").splitlines()]
    (book,) = read(save(name="POAexemptCodesFY26.xlsx", data=workbook("S", rows)))
    assert [row.key for row in book.rows] == ["B91", "E640"]
    assert book.detected.edition == "FY2026"
    with pytest.raises(TableError, match="name is of 2019, its header of 2020"):
        detect(save("poa", name="POAexemptCodes2019.txt"))

"""``cleanclaim tables import|list|verify``: what the user sees of good, damaged, foreign and hostile files."""

import io
import json
import re
import zipfile

import pytest

from tests.reference.importers.samples import (
    PTP_ROWS,
    SAMPLES,
    TABULAR,
    lines,
    mue,
    order_row,
    ptp,
    write,
    zipped,
)


@pytest.fixture
def home(tmp_path):
    return tmp_path / "imported"


@pytest.fixture
def save(tmp_path):
    def saved(sample="", data=None, name=""):
        official, content = SAMPLES.get(sample, ("", b""))
        return write(tmp_path, name or official, content if data is None else data)

    return saved


def test_the_report_of_an_import(run, save, home):
    result = run("tables", "import", save("ptp"), save("hcpcs"), "--tables", home)
    assert result.exit_code == 0
    out = result.stdout
    assert "ptp-practitioner  2024Q3, 2024-07-01 to 2024-09-30: 3 rows in 0." in out
    assert "part f1; the edition has f1 and 3 rows. Import every part that its publisher offers." in out
    assert "1 row left out that the publisher marks as not in use" in out
    assert "hcpcs  2024Q3, 2024-07-01 to 2024-09-30: 2 rows" in out
    assert "hcpcs-modifiers  2024Q3, 2024-07-01 to 2024-09-30: 1 row in" in out
    assert "ptp-practitioner: CPT codes are copyright American Medical Association." in out
    assert f"in {home}" in out
    assert result.stderr == ""


def test_the_default_is_the_folder_of_the_user(run, save, tmp_path):
    assert run("tables", "import", save("mue")).exit_code == 0
    assert (tmp_path / "home" / "cleanclaim" / "tables" / "catalogue.json").is_file()
    assert "mue-practitioner  2024Q3" in run("tables", "list").stdout
    assert run("tables", "verify").stdout.endswith("all sound\n")


def test_importing_again_says_so(run, save, home):
    path = save("mue")
    run("tables", "import", path, "--tables", home)
    again = run("tables", "import", path, "--tables", home)
    assert "2 rows, already imported, nothing done" in again.stdout
    other = save(data=mue("G0001,7,2 Date,CMS Policy"), name=path.name)
    assert f"replaced {path.name} (2 rows)" in run("tables", "import", other, "--tables", home).stdout


def test_rejected_rows_are_listed_with_line_and_reason(run, save, home):
    rows = [f"G{n:04},1,2 Date,CMS Policy" for n in range(3000)]
    rows[10:12] = ["G0010,many,2 Date,CMS Policy", "G0011,1,Nine,CMS Policy"]
    rows += ["G0001,2,2 Date,CMS Policy"] * 22
    result = run("tables", "import", save(data=mue(*rows), name=SAMPLES["mue"][0]), "--tables", home)
    assert result.exit_code == 0
    assert "24 rows rejected:" in result.stdout
    assert "line 17: MUE value 'many' of G0010 is no whole number" in result.stdout
    assert "G0001 stands further up" in result.stdout
    assert "and 4 rows more" in result.stdout


def test_a_missing_part_is_noticed(run, save, home):
    result = run("tables", "import", save("ptp", name="ccipra-v302r0-f3.TXT"), "--tables", home)
    assert "incomplete  ptp-practitioner 2024Q3: part f1, f2 was not imported" in result.stdout
    verified = run("tables", "verify", "--tables", home)
    assert verified.exit_code == 1
    assert "part f1, f2 of the edition was not imported" in verified.stdout


def test_the_others_are_imported_when_one_is_refused(run, save, home):
    foreign = save(data=b"Dear all,\nMonday.\n", name="letter.txt")
    result = run("tables", "import", foreign, save("mue"), "--tables", home)
    assert result.exit_code == 2
    assert "letter.txt: no known format: it begins with 'Dear all, Monday.'" in result.stderr
    assert "mue-practitioner  2024Q3" in result.stdout


def test_what_the_file_does_not_say_the_options_do(run, save, home):
    path = save(data=SAMPLES["mue"][1], name="mine.csv")
    refused = run("tables", "import", path, "--tables", home)
    assert refused.exit_code == 2
    assert "say --edition 2024Q3 --from 2024-07-01, or keep the publisher's file name" in refused.stderr
    given = run("tables", "import", path, "--edition", "mine", "--from", "2024-08-01", "--tables", home)
    assert "mue-practitioner  mine, 2024-08-01: 2 rows" in given.stdout
    unsure = save(data=ptp(*PTP_ROWS), name="edits.txt")
    dated = ("--edition", "2024Q3", "--from", "2024-07-01", "--tables", home)
    assert "say --table ptp-practitioner or --table ptp-outpatient" in run("tables", "import", unsure, *dated).stderr
    told = run("tables", "import", unsure, "--table", "ptp-outpatient", *dated)
    assert "ptp-outpatient  2024Q3" in told.stdout


def bomb():
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros.txt", b"0" * (64 << 20))
    return data.getvalue()


ENTITY = TABULAR.replace("<ICD10CM.tabular>", '<!DOCTYPE a [<!ENTITY x "y">]>\n<ICD10CM.tabular>', 1)


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("ccipra-v302r0-f1.TXT", b"", "the file is empty (fetch it again from the publisher)"),
        ("ccipra-v302r0-f1.TXT", ptp()[:-20], "no row begins|no rows"),
        ("ccipra-v302r0-f1.TXT", ptp(*PTP_ROWS)[:-30], "1 of 4 rows are bad, nothing was imported: line 10: "),
        ("ccipra-v302r0-f1.TXT", ptp(*PTP_ROWS, *PTP_ROWS), "the same row stands further up"),
        (
            "MCR_MUE_PractitionerServices_Eff_07-01-2031.csv",
            SAMPLES["mue"][1],
            "name says 2031Q3, the notice inside is",
        ),
        ("MCR_MUE_PractitionerServices_Eff_07-01-2024.csv", SAMPLES["mue"][1][:-40], "1 of 2 rows are bad"),
        ("AOC_V2024Q3-MCR.xlsx", SAMPLES["add-on"][1][:-99], "damaged zip"),
        ("PPRRVU2024_Oct.csv", SAMPLES["mpfs"][1], "the file's name is of 2024, its title of 2025"),
        ("icd10cm-order-2026.txt", lines(order_row(1, "A00", 0, "Cholera")).encode(), "there are no rows in it"),
        ("icd10cm-tabular-2019.xml", TABULAR.encode(), "the file's name is of 2019, the file of 2026"),
        ("icd10cm-tabular-2026.xml", TABULAR.encode()[:-60], "no well-formed XML"),
        ("icd10cm-tabular-2026.xml", ENTITY.encode(), "declares a document type, which can hide entities: refused"),
        ("bomb.zip", bomb(), "refused: it unpacks to more than 250 times its size, as a zip bomb does"),
        ("wide.txt", "Column 1\tColumn 2\t".encode("utf-16"), "UTF-16 text"),
        ("old.xls", b"\xd0\xcf\x11\xe0" + bytes(600), "an old Excel workbook"),
        ("random.bin", bytes(range(256)) * 40, "no known format"),
    ],
)
def test_files_that_are_refused(run, save, home, name, data, says):
    result = run("tables", "import", save(data=data, name=name), "--tables", home)
    assert result.exit_code == 2
    assert re.search(says if "|" in says else re.escape(says), result.stderr)
    assert name in result.stderr
    assert "Traceback" not in result.stderr
    assert not list(home.glob("*.sqlite"))


def test_a_zip_cannot_write_outside(run, save, home, tmp_path):
    data = zipped({"../../escaped.csv": "x", "../MCR_MUE_PractitionerServices_Eff_07-01-2024.csv": SAMPLES["mue"][1]})
    result = run("tables", "import", save(data=data, name="mue.zip"), "--tables", home)
    assert result.exit_code == 0
    assert not list(tmp_path.rglob("escaped.csv"))
    assert not (tmp_path.parent / "escaped.csv").exists()
    assert all(path.parent == home for path in tmp_path.rglob("*.sqlite"))


def test_a_hostile_edition_name_stays_in_the_folder(run, save, home, tmp_path):
    path = save("mue")
    result = run("tables", "import", path, "--edition", "../../x/y", "--from", "2024-07-01", "--tables", home)
    assert result.exit_code == 0
    assert [each.parent for each in tmp_path.rglob("*.sqlite")] == [home]


def test_a_file_that_is_not_there(run, home):
    result = run("tables", "import", "absent.zip", "--tables", home)
    assert result.exit_code == 2
    assert "absent.zip: cannot be read: No such file or directory" in result.stderr


def test_a_folder_that_cannot_be_made(run, save, tmp_path):
    taken = tmp_path / "taken"
    taken.write_text("")
    result = run("tables", "import", save("mue"), "--tables", taken)
    assert result.exit_code == 2
    assert "cannot be written" in result.stderr


def test_the_list(run, save, home):
    run("tables", "import", save("mue"), save("taxonomy"), "--tables", home)
    text = run("tables", "list", "--tables", home).stdout
    (row,) = [line.split() for line in text.splitlines() if line.startswith("mue-practitioner  ")]
    assert row[:5] == ["mue-practitioner", "2024Q3", "2024-07-01", "2024-09-30", "2"]
    assert row[6] == SAMPLES["mue"][0]
    found = json.loads(run("tables", "list", "--tables", home, "--format", "json").stdout)
    by_name = {each["name"]: each for each in found["tables"]}
    assert by_name["icd10cm"]["rows"] == 75909
    assert by_name["mue-practitioner"] | {"digest": ""} == {
        "name": "mue-practitioner",
        "edition": "2024Q3",
        "from": "2024-07-01",
        "to": "2024-09-30",
        "rows": 2,
        "digest": "",
        "source": f"CMS NCCI medically unlikely edits, {SAMPLES['mue'][0]}",
        "files": [SAMPLES["mue"][0]],
    }
    assert len(by_name["mue-practitioner"]["digest"]) == 64
    assert by_name["taxonomy"]["to"] is None
    assert found["folders"] == [str(home)]


def test_the_list_says_where_missing_tables_are_published(run):
    text = run("tables", "list").stdout
    assert "ptp-practitioner: https://www.cms.gov/" in text
    assert "CPT codes are copyright American Medical Association." in text
    assert "run: cleanclaim tables import FILE" in text


def test_the_list_says_what_has_ended(run, save, home):
    run("tables", "import", save("mue"), "--tables", home)
    text = run("tables", "list", "--tables", home).stdout
    assert "mue-practitioner 2024Q3  https://www.cms.gov/" in text


def test_a_damaged_edition_is_named(run, save, home):
    run("tables", "import", save("mue"), save("taxonomy"), "--tables", home)
    (path,) = home.glob("mue-*.sqlite")
    data = bytearray(path.read_bytes())
    data[5000] ^= 255
    path.write_bytes(data)
    result = run("tables", "verify", "--tables", home)
    assert result.exit_code == 1
    assert "not sound  mue-practitioner 2024Q3" in result.stdout
    assert f"import {SAMPLES['mue'][0]} again" in " ".join(result.stdout.split())
    assert "1 not sound" in result.stdout
    assert run("tables", "import", save("mue"), "--tables", home).exit_code == 0
    assert run("tables", "verify", "--tables", home).exit_code == 0


def test_a_site_csv_that_is_malformed_is_named(run, home):
    home.mkdir()
    (home / "mue-dme.csv").write_text("procedure,mue_units,mai\nE0100,1\n")
    (home / "mue-dme.yaml").write_text("edition: A\nfrom: 2024-01-01\n")
    result = run("tables", "verify", "--tables", home)
    assert result.exit_code == 1
    assert "2 values under 3 columns" in " ".join(result.stdout.split())  # the path is long, the line may be broken
    listed = run("tables", "list", "--tables", home)
    assert listed.exit_code == 0
    assert "2 values under 3 columns" in " ".join(listed.stderr.split())


def test_verify_without_the_folder(run):
    assert run("tables", "verify", "--tables", "/nowhere").exit_code == 2

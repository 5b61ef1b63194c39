"""What the user sees of damaged and hostile files: what is wrong and what to do, never a traceback."""

import gzip
import io
import lzma
import zipfile

import pytest

from engine.errors import CleanclaimError, InputError, TableError
from engine.reference.importers import bounded, detect, sheets
from engine.reference.importers.open import opened
from tests.reference.importers.samples import (
    AOC_HEADER,
    AOC_ROWS,
    SAMPLES,
    TABULAR,
    TEXTS,
    add_on,
    lines,
    workbook,
    zipped,
)


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_sample_is_read_without_a_bad_row(save, read, sample):
    for got in read(save(sample)):
        assert got.rows
        assert len(got.bad) == (1 if got.detected.table == "coverage-policy" else 0)
        assert got.detected.page.startswith("https://")
        assert got.detected.licence


@pytest.mark.parametrize("sample", SAMPLES)
def test_empty(save, sample):
    with pytest.raises(TableError, match=r"empty.*fetch it again"):
        detect.detect(save(sample, b""))


@pytest.mark.parametrize("sample", TEXTS)
def test_cut_off_in_the_middle_of_the_last_row(save, read, sample):
    data = SAMPLES[sample][1].rstrip(b"\r\n")
    whole = {got.detected.table: got for got in read(save(sample, data))}
    cut = {"hcpcs": 100, "taxonomy": 20, "mpfs": 40, "order": 100, "hcpcs-csv": 250, "ptp": 40, "mue": 42, "poa": 28}[
        sample
    ]
    for got in read(save(sample, data[:-cut])):
        if got.bad:
            break
    else:
        pytest.fail("a row that was cut off went unnoticed")
    assert len(got.bad) == 1
    assert len(got.rows) <= len(whole[got.detected.table].rows)


@pytest.mark.parametrize("sample", ["add-on", "coverage"])
def test_a_zip_cut_off(save, sample):
    with pytest.raises(TableError, match=r"damaged zip.*fetch it again"):
        detect.detect(save(sample, SAMPLES[sample][1][:-200]))


def test_xml_cut_off(save, read):
    with pytest.raises(TableError, match=r"line 13: no well-formed XML: unclosed token.*cut off; fetch it again"):
        read(save("tabular", TABULAR.encode()[:-120]))


@pytest.mark.parametrize("sample", TEXTS)
def test_duplicated_rows_are_bad(save, read, sample):
    data = SAMPLES[sample][1]
    last = data.rstrip(b"\r\n").rpartition(b"\n")[2]
    results = read(save(sample, data + last + b"\r\n"))
    assert any("further up" in bad.because for got in results for bad in got.bad) or sample == "ptp"
    if sample == "ptp":
        assert len(results[0].void) == 2


@pytest.mark.parametrize("sample", TEXTS)
def test_utf_16(save, sample):
    with pytest.raises(TableError, match=r"UTF-16 text \(save it as UTF-8"):
        detect.detect(save(sample, SAMPLES[sample][1].decode("cp1252").encode("utf-16")))


@pytest.mark.parametrize("sample", TEXTS)
@pytest.mark.parametrize(("bytes_", "because"), [(b"\0", "NUL"), (b"\x81\xc3", "neither UTF-8 nor Windows-1252")])
def test_bytes_that_are_no_text_cost_their_row(save, read, sample, bytes_, because):
    data = SAMPLES[sample][1].rstrip(b"\r\n")
    results = read(save(sample, data[:-2] + bytes_ + data[-2:]))
    assert any(because in bad.because for got in results for bad in got.bad)


def test_a_line_that_never_ends(save, read):
    with pytest.raises(TableError, match="a line of more than"):
        read(save("ptp", SAMPLES["ptp"][1] + b"x" * (7 << 20)))


@pytest.mark.parametrize("kind", ["gz", "xz", "zip"])
def test_packed_files_are_opened(save, read, kind):
    name, data = SAMPLES["ptp"]
    packed = {"gz": gzip.compress, "xz": lzma.compress, "zip": lambda each: zipped({name: each})}[kind](data)
    (got,) = read(save(name=f"{name}.{kind}", data=packed))
    assert (got.detected.edition, len(got.rows)) == ("2024Q3", 3)


@pytest.mark.parametrize("kind", ["gz", "xz"])
def test_packed_and_cut_off(save, read, kind):
    packed = {"gz": gzip.compress, "xz": lzma.compress}[kind](SAMPLES["ptp"][1])
    with pytest.raises(TableError, match=r"damaged or cut off.*fetch it again"):
        read(save(name=f"ccipra-v302r0.txt.{kind}", data=packed[:-20]))


def test_a_checksum_that_does_not_fit(save, read):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr(*SAMPLES["ptp"])
    with pytest.raises(TableError, match="damaged or cut off: Bad CRC-32"):
        read(save(name="x.zip", data=data.getvalue().replace(b"G0002", b"G0009")))


def unpack(path):
    for source in opened(path).parts:
        with source.open() as stream:
            while stream.read(1 << 20):
                pass


@pytest.mark.parametrize("kind", ["gz", "xz", "zip", "xlsx"])
def test_bombs(save, kind):
    zeros = b"\0" * (64 << 20)
    if kind == "xlsx":
        members = {"xl/workbook.xml": "<workbook/>", "xl/worksheets/sheet1.xml": zeros}
        packed = zipped(members)
    else:
        packed = {"gz": gzip.compress, "xz": lzma.compress, "zip": lambda each: zipped({"a.txt": each})}[kind](zeros)
    path = save(name=f"bomb.{kind}", data=packed)
    with pytest.raises(TableError, match="250 times its size, as a zip bomb does"):
        unpack(path)


def test_a_zip_that_lies_about_its_sizes(save):
    data = bytearray(zipped({"a.txt": b"\0" * (64 << 20)}))
    honest = (64 << 20).to_bytes(4, "little")
    with pytest.raises(TableError, match=r"damaged|no known format"):
        detect.detect(save(name="liar.zip", data=bytes(data.replace(honest, (10).to_bytes(4, "little")))))


def test_too_much_at_all(monkeypatch):
    monkeypatch.setattr(bounded, "MOST_TOTAL", 1 << 20)
    with pytest.raises(TableError, match="unpacks to more than"):
        bounded.check_growth(2 << 20, 1 << 20, "x")


def test_names_that_climb_are_only_shown(save, tmp_path):
    before = set(tmp_path.parent.iterdir())
    name, data = SAMPLES["ptp"]
    (found,) = detect.detect(save(name="climb.zip", data=zipped({f"../../{name}": data})))
    assert found.name == f"climb.zip/../../{name}"
    assert set(tmp_path.parent.iterdir()) == before
    assert [path.name for path in tmp_path.iterdir()] == ["climb.zip"]


def test_encrypted(save):
    data = bytearray(zipped({"a.txt": b"x" * 100}))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + at] |= 1
    with pytest.raises(TableError, match=r"encrypted zip.*password"):
        detect.detect(save(name="secret.zip", data=bytes(data)))


def test_a_zip_in_a_zip_is_opened_once_not_twice(save, read):
    inner = zipped(dict([SAMPLES["ptp"]]))
    (got,) = read(save(name="outer.zip", data=zipped({"inner.zip": inner})))
    assert len(got.rows) == 3
    with pytest.raises(TableError, match="zips inside a zip inside a zip"):
        detect.detect(save(name="outer.zip", data=zipped({"middle.zip": zipped({"inner.zip": inner})})))


def test_many_members(save):
    with pytest.raises(TableError, match="5,001 members"):
        detect.detect(save(name="many.zip", data=zipped({f"{at}.txt": b"" for at in range(5001)})))


ENTITIES = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>'


def test_entities_in_the_tabular_list(save, read):
    with pytest.raises(TableError, match=r"line 2: the XML declares a document type.*refused"):
        read(save("tabular", TABULAR.replace("<ICD10CM.tabular>", ENTITIES + "<ICD10CM.tabular>").encode()))


def test_entities_in_a_workbook(save):
    with zipfile.ZipFile(io.BytesIO(SAMPLES["add-on"][1])) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["xl/sharedStrings.xml"] = ENTITIES.encode() + members["xl/sharedStrings.xml"]
    with pytest.raises(TableError, match="declares a document type"):
        detect.detect(save("add-on", zipped(members)))


def test_xml_in_no_known_encoding(save, read):
    with pytest.raises(TableError, match="unknown encoding: utf-99"):
        read(save("tabular", TABULAR.replace("utf-8", "utf-99").encode()))


def test_xml_nested_without_end(save, read):
    with pytest.raises(TableError, match="nested deeper"):
        read(save("tabular", b"<ICD10CM.tabular><version>2026</version>" + b"<diag>" * 100_000))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (b'r="A3"', b'r="ZZZ3"', "more than 256 columns"),
        (b'<row r="3">', b'<row r="99999999">', "says that it is row"),
        (b'<row r="3">', b'<row r="1">', "says that it is row"),
        (b'<row r="3">', b'<row r="x">', "says that it is row"),
        (b'<c r="A1" t="s"><v>0<', b'<c r="A1" t="s"><v>77<', "damaged workbook: no text 77"),
    ],
)
def test_workbooks_that_lie(save, old, new, message):
    with zipfile.ZipFile(io.BytesIO(SAMPLES["add-on"][1])) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    assert old in members[sheet]
    members[sheet] = members[sheet].replace(old, new)
    with pytest.raises(TableError, match=message):
        detect.detect(save("add-on", zipped(members)))


def test_a_workbook_is_read_as_openpyxl_reads_it(tmp_path):
    openpyxl = pytest.importorskip("openpyxl", reason="openpyxl is only a second opinion")
    book = openpyxl.Workbook()
    rows = [["a", None, 'b,"c"'], [], [1, 2.5, "line\nbreak"], [None, "0054T", 2013091]]
    for row in rows:
        book.active.append(row)
    book.save(tmp_path / "x.xlsx")
    (sheet,) = sheets.names(lambda: (tmp_path / "x.xlsx").open("rb"), "x")
    with sheets.as_csv(lambda: (tmp_path / "x.xlsx").open("rb"), sheet.part, "x") as stream:
        assert stream.read().decode() == 'a,,"b,""c"""\n\n1,2.5,line break\n,0054T,2013091\n'


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"%PDF-1.7 x", "it begins with '%PDF-1.7 x'"),
        (b"\xd0\xcf\x11\xe0", "old Excel workbook"),
        (b"a,b,c\n1,2,3\n", r"known: NCCI PTP edits <https://www.cms.gov/.*mapping beside it"),
        (b"PK\x05\x06" + b"\0" * 18, "an empty zip"),
        (gzip.compress(b"", mtime=0), "nothing in it"),
    ],
)
def test_unknown_files(save, data, message):
    with pytest.raises(TableError, match=message):
        detect.detect(save(name="x", data=data))


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="cannot be read: No such file"):
        detect.detect(tmp_path / "x")


def test_a_header_alone_is_no_error_and_no_row(save, read):
    (got,) = read(save("add-on", workbook("AOC_V2024Q3-MCR", [list(AOC_HEADER)])))
    assert not got.rows + got.bad


@pytest.mark.parametrize("sample", SAMPLES)
def test_no_change_of_bytes_makes_a_traceback(save, read, sample):
    data = SAMPLES[sample][1]
    for step in range(0, len(data), max(1, len(data) // 60)):
        for changed in (data[:step], data[:step] + b'\xff\0"' + data[step + 3 :]):
            path = save(sample, changed)
            try:
                read(path)
            except CleanclaimError as error:
                assert str(error)  # noqa: PT017 -- whether it raises is what differs
    assert lines("x") == "x\r\n"
    assert add_on(*AOC_ROWS)

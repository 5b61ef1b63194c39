"""What kind of file it is, by its first bytes."""

import codecs
import importlib.util
import io

import pytest

from engine.intake.reading import IntakeFinding, ReadClaim
from engine.intake.sniff import read, sniff

ISA = b"ISA*00*          *00*          *ZZ*S              *ZZ*R              *260305*1200*^*00501*000000001*0*P*:~"


@pytest.mark.parametrize(
    ("head", "dialect"),
    [
        (ISA, "x12"),
        (codecs.BOM_UTF8 + b"\r\n  " + ISA, "x12"),
        (b"GS*HC*S*R*20260305*1200*1*X*005010X222A1~", "x12"),
        (b"ST*837*0001~", "x12"),
        (b"CLM*1*100~", "x12"),
        (b'{"resourceType": "Claim"}', "fhir"),
        (b'{"id": "1", "resourceType" : "Bundle"}', "fhir"),
        (b'[\n {"resourceType": "Claim"}]', "fhir"),
        (codecs.BOM_UTF8 + b'{"resourceType":"Claim"}\n{"resourceType":"Claim"}', "fhir"),
        ('{"resourceType": "Claim"}'.encode("utf-16"), "fhir"),
        (b'{"claim_type": "dental"}', "native"),
        (b'{"claims": []}', "native"),
        (b'[{"patient_control_number": "1"}]', "native"),
        (b"", "empty"),
        (b" \r\n\t", "empty"),
        (codecs.BOM_UTF8, "empty"),
        (b"{}", "unknown"),
        (b'{"name": "package"}', "unknown"),
        (b"PK\x03\x04", "unknown"),
        (b"\xff\xd8\xff\xe0", "unknown"),
        (b"St. Louis", "unknown"),
        (b"<Claim xmlns='http://hl7.org/fhir'/>", "unknown"),
    ],
)
def test_the_dialect_is_told_by_content(head, dialect):
    assert sniff(head) == dialect


@pytest.mark.parametrize("data", [b"", b"\n \n", codecs.BOM_UTF8])
def test_an_empty_file_is_one_finding(data):
    (finding,) = read(io.BytesIO(data), "a")
    assert (finding.rule, finding.says) == ("INT-0017", "The file is empty.")


def test_a_foreign_file_is_shown_by_its_first_printable_characters():
    (finding,) = read(io.BytesIO(b"%PDF-1.7\x00\x01" + b"x" * 100), "a")
    assert finding.rule == "INT-0001"
    assert finding.says == "This is not a claim file: it begins with %PDF-1.7··xxxxxxxxxxxxxx."


def test_json_that_is_no_claim_is_said_to_be_json():
    (finding,) = read(io.BytesIO(b'{"name": "package"}'), "a")
    assert finding.rule == "INT-0001"
    assert "neither resourceType (FHIR) nor claim_type (native)" in finding.says


class Pipe(io.RawIOBase):
    """A stream like standard input: not seekable, and handing over a few bytes at a time."""

    def __init__(self, data: bytes, step: int = 7):
        super().__init__()
        self.data, self.step = io.BytesIO(data), step

    def readable(self):
        return True

    def readinto(self, buffer):
        piece = self.data.read(min(len(buffer), self.step))
        buffer[: len(piece)] = piece
        return len(piece)


@pytest.mark.parametrize("buffered", [True, False])
def test_a_pipe_is_read_to_its_end(buffered):
    line = b'{"claim_type": "dental", "patient_control_number": "%d"}\n'
    data = b"".join(line % number for number in range(3000))
    pipe = io.BufferedReader(Pipe(data, 1000)) if buffered else Pipe(data, 1000)
    found = list(read(pipe, "-"))
    assert [one.claim.patient_control_number for one in found] == [str(number) for number in range(3000)]
    assert all(not one.findings and one.claim.source.file == "-" for one in found)


def test_a_seekable_stream_is_read_from_where_it_stands():
    stream = io.BytesIO(b'skipped{"claim_type": "dental"}')
    stream.seek(len("skipped"))
    (found,) = read(stream, "a")
    assert isinstance(found, ReadClaim)


@pytest.mark.skipif(importlib.util.find_spec("engine.intake.x12.reader") is None, reason="the X12 reader is not here")
def test_x12_goes_to_the_x12_reader():
    found = list(read(Pipe(ISA), "-"))
    assert found
    assert all(isinstance(one, IntakeFinding) for one in found)

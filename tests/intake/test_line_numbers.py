"""Lines that share a number are numbered anew in every dialect, and the finding says where."""

import io
import json

import pytest

from engine.claim.model import Claim, ServiceLine
from engine.intake.line_numbers import told_apart
from engine.intake.reading import ReadClaim
from engine.intake.sniff import read
from tests.cli.small import EXAMPLES


def claims(data):
    return [item for item in read(io.BytesIO(data), "x") if isinstance(item, ReadClaim)]


def test_x12_lines_with_one_number_are_told_apart():
    data = (EXAMPLES / "office-visit.837").read_bytes().replace(b"LX*2~", b"LX*1~").replace(b"LX*3~", b"LX*1~")
    whole = claims((EXAMPLES / "office-visit.837").read_bytes())
    for now, before in zip(claims(data), whole, strict=True):
        assert now.claim == before.claim
        said = [finding for finding in now.findings if finding.rule == "INT-0018"]
        assert bool(said) == (len(before.claim.lines) > 1)
        for finding in said:
            assert finding.at.element == "LX01"
            assert finding.at.segment == before.claim.lines[1].origin.segments["LX"]
            assert (finding.found, finding.expected, finding.at.line) == ("1", "2", 2)


def test_findings_name_the_lines_by_their_new_numbers():
    text = (EXAMPLES / "office-visit.837").read_text()
    head, _, rest = text.partition("CLM*OV-1002")
    rest = rest.replace("LX*1~", "LX*7~", 1).replace("LX*2~", "LX*7~", 1).replace("*70*UN*1*", "*70*UN*1x*", 1)
    [item] = [each for each in claims((head + "CLM*OV-1002" + rest).encode()) if "OV-1002" in str(each.claim)]
    [typed] = [finding for finding in item.findings if finding.rule == "INT-0010"]
    assert item.claim.lines[1].charge_cents == 7000
    assert typed.at.line == 2
    content = json.loads((EXAMPLES / "claim.json").read_text())
    content["lines"] = [{**content["lines"][0], "number": 7}, {**content["lines"][0], "number": 7, "units": "two"}]
    [item] = claims(json.dumps(content).encode())
    assert {(f.rule, f.at.line) for f in item.findings} == {("INT-0016", 2), ("INT-0018", 2)}


@pytest.mark.parametrize("name", ["claim.json", "claim.fhir.json"])
def test_json_lines_with_one_number_are_told_apart(name):
    content = json.loads((EXAMPLES / name).read_text())
    key, number = ("item", "sequence") if "fhir" in name else ("lines", "number")
    lines = content[key]
    content[key] = [{**lines[0], number: 7}, {**lines[0], number: 7}, {**lines[0], number: 8}]
    [item] = claims(json.dumps(content).encode())
    assert [line.number for line in item.claim.lines] == [1, 2, 3]
    [said] = [finding for finding in item.findings if finding.rule == "INT-0018"]
    assert said.at.path.endswith("[1]")
    assert "Line number 7" in said.says


def test_numbers_that_differ_stay_as_they_are():
    claim = Claim(claim_type="professional", lines=(ServiceLine(number=5), ServiceLine(number=9)))
    assert told_apart(claim, ()) == (claim, ())

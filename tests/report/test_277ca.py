"""The 277CA report: pyx12 finds it clean, and it accepts and refuses what a front door would."""

import io
import logging

import pytest
from pyx12.params import params
from pyx12.x12n_document import x12n_document

from engine.reference.code_lists import code_list
from engine.report.ca277 import Ca277Report
from engine.report.claim_status import table
from tests.cli.small import OFFICE
from tests.report.conftest import RECEIVED_ON
from tests.report.writing import CORPUS, FILES, mutants, text_of, written

ROLES_WITH_ENTITY = {"562", "125", "126", "128", "145", "153", "158", "164", "500", "19"}
"""Status codes whose meaning names a party, so that an entity code has to say which."""


def writer(stream):
    return Ca277Report(stream, RECEIVED_ON)


def acknowledgment(checker, *paths):
    return written(checker, writer, *paths)


def segments(text):
    return [part.strip().split("*") for part in text.split("~") if part.strip()]


def of_claim(text, number):
    """The segments of one claim, from its TRN on."""
    found = segments(text)
    start = next(at for at, each in enumerate(found) if each == ["TRN", "2", number])
    end = next(at for at in range(start, len(found)) if found[at][0] in ("HL", "SE"))
    return found[start:end]


def clean(text, tmp_path, caplog):
    path = tmp_path / "ack.277"
    path.write_text(text, "ascii")
    with caplog.at_level(logging.ERROR, "pyx12"):
        return x12n_document(params(), str(path), None, None, None)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_pyx12_finds_acknowledgments_of_the_examples_clean(shipped, path, tmp_path, caplog):
    assert clean(acknowledgment(shipped, path), tmp_path, caplog), caplog.text


@pytest.mark.skipif(not CORPUS.exists(), reason="the shared corpus is not here")
def test_pyx12_finds_acknowledgments_of_mutants_clean(shipped, tmp_path, caplog):
    text = text_of(shipped, writer, mutants(3))
    assert text.count("\nIEA*") > 60
    assert clean(text, tmp_path, caplog), caplog.text


@pytest.mark.parametrize(
    ("old", "new"), [("STC*A2:20", "STC*Q9:20"), ("QTY*90", "QTY*99"), ("SE*", "SE*1"), ("NM1*QC*1*TESTA", "NM1*QC*1*")]
)
def test_pyx12_would_notice(shipped, old, new, tmp_path, caplog):
    text = acknowledgment(shipped, OFFICE)
    assert old in text
    assert not clean(text.replace(old, new), tmp_path, caplog)


def test_an_accepted_claim_has_its_number_charge_and_day(shipped):
    assert of_claim(acknowledgment(shipped, OFFICE), "OV-1001") == [
        ["TRN", "2", "OV-1001"],
        ["STC", "A2:20", "20260415", "WQ", "185"],
        ["DTP", "472", "D8", "20260303"],
    ]


def test_a_rejected_line_refuses_its_claim_and_is_shown(shipped):
    assert of_claim(acknowledgment(shipped, OFFICE), "OV-1002") == [
        ["TRN", "2", "OV-1002"],
        ["STC", "A7:476", "20260415", "U", "275"],
        ["STC", "A7:477", "20260415", "U", "275"],
        ["DTP", "472", "D8", "20260310"],
        ["SVC", "HC:36415", "15", "", "", "", "", "0"],
        ["STC", "A7:476", "20260415", "U", "", "", "", "", "", "", "A7:477"],
        ["REF", "FJ", "4"],
        ["DTP", "472", "D8", "20260310"],
    ]


def test_a_denial_is_accepted_at_the_front_door(checker, tmp_path):
    """OV-1002 without its zero units: what is left is a bundled line, which a payer denies after it took the claim."""
    path = tmp_path / "denied.837"
    text = OFFICE.read_text()
    path.write_text(text.replace("SV1*HC:36415*15*UN*0***3", "SV1*HC:36415*15*UN*1***1"))
    reports = {report.claim_id: report for report in checker.check(io.BytesIO(path.read_bytes()), path.name)}
    assert reports["OV-1002"].verdict == "will_deny"
    assert ["STC", "A2:20", "20260415", "WQ", "275"] in of_claim(acknowledgment(checker, path), "OV-1002")


def test_totals_count_every_claim_once(shipped):
    found = segments(acknowledgment(shipped, OFFICE))
    assert [each[1:] for each in found if each[0] == "QTY"] == [["90", "2"], ["AA", "2"], ["QA", "2"], ["QC", "2"]]
    amounts = [each[1:] for each in found if each[0] == "AMT"]
    assert amounts == [["YU", "330"], ["YY", "500"]] * 2
    assert ["STC", "A1:19:PR", "20260415", "WQ", "830"] in found


def test_the_batch_number_of_the_837_comes_back(shipped):
    found = segments(acknowledgment(shipped, OFFICE))
    receiver = next(at for at, each in enumerate(found) if each[0] == "NM1" and each[1] == "41")
    assert found[receiver + 1] == ["TRN", "2", "BATCH0001"]


def test_there_is_one_acknowledgment_for_each_transaction_set(shipped, tmp_path, caplog):
    head, _, rest = OFFICE.read_text().partition("ST*837*0001")
    body, _, tail = rest.partition("GE*1*")
    again = body.replace("SE*83*0001", "SE*83*0002").replace("BATCH0001", "BATCH0002")
    path = tmp_path / "two.837"
    path.write_text(f"{head}ST*837*0001{body}ST*837*0002{again}GE*2*{tail}")
    text = acknowledgment(shipped, path)
    assert clean(text, tmp_path, caplog), caplog.text
    found = segments(text)
    assert [each[1:] for each in found if each[0] == "ST"] == [
        ["277", "0001", "005010X214"],
        ["277", "0002", "005010X214"],
    ]
    assert [each[2] for each in found if each[:2] == ["TRN", "2"] and each[2].startswith("BATCH")] == [
        "BATCH0001", "BATCH0002",
    ]  # fmt: skip
    assert [each[1] for each in found if each[0] == "GE"] == ["2"]


def test_control_numbers_follow_from_content(shipped, tmp_path):
    path = tmp_path / "office-visit.837"
    path.write_text(OFFICE.read_text().replace("OV-1001", "OV-2001"))
    first, same, other = (segments(acknowledgment(shipped, each))[0][13] for each in (OFFICE, OFFICE, path))
    assert first == same != other


def test_delimiters_and_foreign_letters_of_a_claim_do_no_harm(shipped, tmp_path, caplog):
    path = tmp_path / "evil.json"
    text = (FILES[0].parent / "claim.json").read_text()
    assert '"last_name"' in text
    path.write_text(text.replace('"last_name": "', '"last_name": "Ñ*A~B:C^\\u0007 '))
    written_text = acknowledgment(shipped, path)
    assert clean(written_text, tmp_path, caplog), caplog.text
    assert "NM1*QC*1*N A B C " in written_text


def test_a_claim_that_no_rule_judged_is_only_received(shipped, monkeypatch):
    def fails(*_):
        raise ValueError

    monkeypatch.setattr("engine.check.conclude", fails)
    assert ["STC", "A1:19:PR", "20260415", "WQ", "185"] in of_claim(acknowledgment(shipped, OFFICE), "OV-1001")


def test_a_file_without_a_claim_has_no_acknowledgment(shipped):
    assert text_of(shipped, writer, [("empty", b"")]) == ""


def test_every_status_of_the_table_is_in_the_lists():
    known = table()
    rows = [known.accepted, known.received, known.otherwise, *known.fields.values(), *known.categories.values()]
    assert {row.category for row in rows} <= {"A1", "A2", "A3", "A7", "A8"}
    for row in rows:
        assert code_list("claim-status").says(row.code), row
        assert code_list("claim-status-category").says(row.category), row
        assert bool(row.entity or getattr(row, "role", False)) == (row.code in ROLES_WITH_ENTITY), row
    assert {row.category for row in (*known.fields.values(), *known.categories.values())} <= {"A3", "A7", "A8"}
    assert known.sources

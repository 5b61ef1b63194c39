"""The download of the Medicare Coverage Database."""

import pytest

from engine.errors import TableError
from engine.reference.days import read_day
from engine.reference.importers.detect import detect
from tests.reference.importers.samples import coverage


def test_procedures_name_their_articles_contractors_and_states(save, read):
    policy, _ = read(save("coverage"))
    (row,) = policy.rows
    assert row.key == "G0001"
    assert policy.named() == {
        "article": "A50001", "version": "3", "group": "1", "title": 'Invented "article"', "contractors": "13101 13201",
        "states": "CT NY", "covered_codes": "2", "noncovered_codes": "1",
    }  # fmt: skip
    assert (row.first_day, row.last_day) == (read_day("20260115"), read_day("20260930"))
    assert [bad.because for bad in policy.bad] == [
        "article_x_hcpc_code.csv: article 50009 version 1 is not in article.csv"
    ]
    assert len(policy.void) == 1
    assert (policy.detected.edition, policy.detected.first_day) == ("2026-11-20", read_day("20261120"))


def test_diagnoses_stand_by_article(save, read):
    _, diagnoses = read(save("coverage"))
    assert [(row.key, *row.values) for row in diagnoses.rows] == [
        ("A50001|A1884", "Y", "1", "N"), ("A50001|I10", "Y", "1", "Y"), ("A50001|Z0000", "N", "1", ""),
    ]  # fmt: skip
    assert not diagnoses.bad
    assert len(diagnoses.void) == 1


def test_a_download_without_one_of_its_tables_is_another_thing(save):
    with pytest.raises(TableError, match="no known format"):
        detect(save("coverage", coverage(contractor=None)))


def test_a_table_without_a_column(save, read):
    with pytest.raises(TableError, match=r"article_x_hcpc_code.csv has no column hcpc_code_id"):
        read(save("coverage", coverage(article_x_hcpc_code="article_id,article_version\r\n")))

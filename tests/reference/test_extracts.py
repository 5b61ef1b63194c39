import gzip
import hashlib
import json
from importlib import resources
from pathlib import Path

import pytest

from engine.reference.catalog import Tables
from engine.reference.days import read_day
from tools.build_extracts import DEFAULT, build, tidy

DATA = resources.files("engine.reference") / "data"
DIGESTS = json.loads((DATA / "digests.json").read_text())


@pytest.mark.parametrize("table", sorted(DIGESTS))
def test_a_shipped_extract_is_what_was_recorded(table):
    content = gzip.decompress((DATA / f"{table}.csv.gz").read_bytes())
    assert hashlib.sha256(content).hexdigest() == DIGESTS[table]["sha256"]
    assert content.decode() == tidy(content.decode())
    tables = Tables.load()
    tables.rows(table, "")
    edition = tables.edition(table, None)
    assert (edition.digest, edition.rows) == (DIGESTS[table]["sha256"], DIGESTS[table]["rows"])


@pytest.mark.skipif(not DEFAULT.is_dir(), reason=f"{DEFAULT} is not here")
def test_the_extracts_are_rebuilt_the_same(tmp_path):
    assert build(DEFAULT, tmp_path) == DIGESTS
    for table in DIGESTS:
        assert gzip.decompress((tmp_path / f"{table}.csv.gz").read_bytes()) == gzip.decompress(
            (DATA / f"{table}.csv.gz").read_bytes()
        )


def test_the_first_look_up_reads_the_extract():
    assert Tables.load().rows("icd10cm", "I10", read_day("2026-03-05"))


def test_provenance_names_every_file():
    text = (DATA / "PROVENANCE.md").read_text()
    for name in [*(f"{table}.csv.gz" for table in DIGESTS), *(path.name for path in Path(str(DATA)).glob("*.yaml"))]:
        assert name in text or name == "tables.yaml", name

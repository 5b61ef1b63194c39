"""Where the index is kept, and what happens when it cannot be."""

import gzip
import hashlib
import json
import sqlite3
import threading
from importlib import resources
from pathlib import Path

import pytest

from engine.reference.catalog import Tables
from engine.reference.memory import with_rows
from engine.reference.search import store
from engine.reference.search.search import CodeSearch
from engine.reference.search.store import digest_of, open_index
from tools.build_notes import DEFAULT
from tools.build_search_titles import NAME, build

DATA = resources.files("engine.reference.search") / "data"


@pytest.fixture
def small(tables):
    """HCPCS of one row: its index is built at once."""
    return with_rows(tables, {"hcpcs": [_row("A0021", "Ambulance service")]})


def _row(code, text):
    return {"code": code, "added": "1985-01-01", "terminated": "", "short": "", "long": text}


def test_the_index_is_built_once(search, tables, index_folder, monkeypatch):  # noqa: ARG001 -- the first has been opened
    monkeypatch.setattr(store, "write", None)
    again = CodeSearch(tables, "icd10cm", index_folder)
    assert again.search("cholera").hits[0].code == "A009"


def test_a_folder_that_cannot_be_written_is_done_without(small, tmp_path):
    (tmp_path / "file").write_text("no folder")
    assert CodeSearch(small, "hcpcs", tmp_path / "file" / "search").search("ambulance").hits
    assert CodeSearch(small, "hcpcs", None).search("ambulance").hits


@pytest.mark.parametrize("damage", [b"", b"no database", None])
def test_a_damaged_index_is_built_anew(small, tmp_path, damage):
    open_index(small, "hcpcs", tmp_path).close()
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:3000] if damage is None else damage)
    assert CodeSearch(small, "hcpcs", tmp_path).search("ambulance").hits
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_other_tables_get_another_index_and_the_old_one_goes(small, tmp_path):
    open_index(small, "hcpcs", tmp_path).close()
    before = digest_of(small, "hcpcs")
    folder = tmp_path / "tables"
    folder.mkdir()
    (folder / "hcpcs.csv").write_text("code,added,terminated,short,long\nK0001,1993-01-01,,Wheelchair,Wheelchair\n")
    (folder / "hcpcs.yaml").write_text("edition: b\nfrom: 1980-01-01\nsource: invented\n")
    other = Tables.load([folder])
    assert digest_of(other, "hcpcs") != before
    index = tmp_path / "index"
    open_index(small, "hcpcs", index).close()
    assert CodeSearch(other, "hcpcs", index).search("wheelchair").hits[0].code == "K0001"
    assert len(list(index.iterdir())) == 1


def test_a_changed_table_of_the_same_edition_gets_another_index(tmp_path):
    (tmp_path / "hcpcs.yaml").write_text("edition: b\nfrom: 1980-01-01\nsource: invented\n")
    digests = set()
    for code in ("K0001", "K0002"):
        (tmp_path / "hcpcs.csv").write_text(f"code,added,terminated,short,long\n{code},1993-01-01,,Chair,Chair\n")
        digests.add(digest_of(Tables.load([tmp_path]), "hcpcs"))
    assert len(digests) == 2


def test_threads_may_share_a_search(search):
    wrong = []

    def ask():
        try:
            assert search.search("type 2 diabetes with kidny").hits
        except (AssertionError, sqlite3.Error) as error:
            wrong.append(error)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_the_shipped_titles_are_what_was_recorded():
    content = gzip.decompress((DATA / f"{NAME}.txt.gz").read_bytes())
    about = json.loads((DATA / f"{NAME}.json").read_text())
    assert hashlib.sha256(content).hexdigest() == about["sha256"]
    assert content.count(b"\n") == about["titles"]


@pytest.mark.skipif(not DEFAULT.is_file(), reason=f"{DEFAULT} is not here")
def test_the_titles_are_rebuilt_the_same(tmp_path):
    build(DEFAULT, tmp_path)
    for path in tmp_path.iterdir():
        assert path.read_bytes() == (Path(str(DATA)) / path.name).read_bytes()

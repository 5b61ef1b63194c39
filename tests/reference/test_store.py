"""The store of imported editions: lazy, shared, safe after fork and in threads, and plain about damage."""

import multiprocessing
import os
import threading
from pathlib import Path

import pytest

from engine.errors import TableError
from engine.reference.catalog import Tables
from engine.reference.days import read_day
from engine.reference.folder import CATALOGUE, read_catalogue
from engine.reference.importing import import_file
from engine.reference.memory import with_rows
from engine.reference.store import ImportedStore
from engine.reference.verifying import verify
from tests.reference.importers.samples import mue, ptp, write

DAY = read_day("2024-08-01")
TABLE = "mue-practitioner"
NAME = "MCR_MUE_PractitionerServices_Eff_07-01-2024.csv"


def rows(count):
    return [f"G{n:04},{n % 9},{1 + n % 3} Date,CMS Policy" for n in range(count)]


@pytest.fixture
def folder(tmp_path):
    """Two tables, imported."""
    place = tmp_path / "tables"
    import_file(write(tmp_path, NAME, mue(*rows(2000))), place)
    pairs = [f"G{n:04}\tG9000\t\t20200101\t*\t1\tMisuse" for n in range(1500)]
    import_file(write(tmp_path, "ccipra-v302r0-f1.TXT", ptp(*pairs)), place)
    return place


def entry(folder, table=TABLE):
    return next(each for each in read_catalogue(folder).editions if each.table == table)


def units(tables, code="G0005"):
    return [row.values["mue_units"] for row in tables.rows(TABLE, code, DAY)]


def test_loading_opens_no_store(folder):
    tables = Tables.load([folder])
    files = [path.readlink() for path in Path("/proc/self/fd").iterdir() if path.is_symlink()]
    assert folder not in [path.parent for path in files]
    assert tables.edition(TABLE, DAY).rows == 2000
    assert units(tables) == ["5"]


def test_many_keys_at_once_are_the_same_as_one_by_one(folder):
    tables = Tables.load([folder])
    keys = [f"G{n:04}|G9000" for n in range(0, 3000, 2)]
    found = tables.rows_many("ptp-practitioner", keys, DAY)
    assert list(found) == keys[:750]
    assert all(list(found[key]) == list(tables.rows("ptp-practitioner", key, DAY)) for key in found)
    assert tables.rows_many("ptp-practitioner", [], DAY) == {}
    assert tables.rows_many("ptp-practitioner", keys, read_day("2020-01-01")) == {}
    assert tables.rows_many("absent", keys, DAY) == {}


def test_csv_and_memory_answer_many_alike(tmp_path):
    (tmp_path / "list.csv").write_text("code,value\nX,1\nY,2\nX,3\n")
    (tmp_path / "list.yaml").write_text("edition: A\nfrom: 2020-01-01\n")
    found = Tables.load([tmp_path]).rows_many("list", ["X", "Z"], DAY)
    assert {key: [row.values["value"] for row in rows] for key, rows in found.items()} == {"X": ["1", "3"]}
    given = with_rows(Tables.load(), {"poa-exempt": [{"code": "B91"}]})
    assert list(given.rows_many("poa-exempt", ["B91", "B92"])) == ["B91"]


def test_what_is_remembered_is_bounded(folder):
    store = ImportedStore(folder, entry(folder))
    for n in range(10_000):
        store.rows(f"G{n:04}")
    assert len(store._remembered) <= 4096
    assert store.rows("G0007")[0].values["mue_units"] == "7"


def test_a_forked_process_opens_its_own(folder):
    tables = Tables.load([folder])
    assert units(tables) == ["5"]
    context = multiprocessing.get_context("fork")
    answers = context.Queue()

    def ask(seed):
        answers.put([units(tables, f"G{n:04}") == [str(n % 9)] for n in range(seed, 2000, 3)])

    running = [context.Process(target=ask, args=(seed,)) for seed in range(3)]
    for process in running:
        process.start()
    assert all(all(answers.get(timeout=60)) for _ in running)
    for process in running:
        process.join()
        assert process.exitcode == 0
    assert units(tables, "G0006") == ["6"]


def test_threads_have_their_own_connections(folder):
    tables, wrong = Tables.load([folder]), []

    def ask(seed):
        for code in (f"G{n:04}" for n in range(seed, 2000, 7)):
            row = tables.rows_many(TABLE, [code], DAY)[code][0]
            wrong.extend([code] if row.values["mue_units"] != str(int(code[1:]) % 9) else [])

    threads = [threading.Thread(target=ask, args=(seed,)) for seed in range(7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_an_import_does_not_disturb_who_has_the_edition_open(folder, tmp_path):
    opened, unopened = Tables.load([folder]), Tables.load([folder])
    assert units(opened) == ["5"]
    import_file(write(tmp_path, NAME, mue("G0005,99,2 Date,CMS Policy")), folder)
    assert units(opened, "G0006") == ["6"]
    assert units(unopened) == ["99"]
    assert units(Tables.load([folder])) == ["99"]


def test_a_site_csv_of_the_same_day_goes_first(folder):
    (folder / f"{TABLE}.csv").write_text("procedure,mue_units,mai\nG0005,42,2\n")
    (folder / f"{TABLE}.yaml").write_text("edition: ours\nfrom: 2024-07-01\n")
    assert units(Tables.load([folder])) == ["42"]


@pytest.mark.parametrize(
    ("harm", "message", "verified"),
    [
        (lambda path: path.write_bytes(path.read_bytes()[:-4096]), "damaged: .* bytes where", "bytes where"),
        (lambda path: path.write_bytes(b"x" * path.stat().st_size), "damaged: file is not a database", "its digest is"),
        (lambda path: path.unlink(), "damaged: the file has gone", "cannot be read: No such file"),
        (lambda path: path.write_bytes(b""), "damaged: 0 bytes", "0 bytes where"),
    ],
)
def test_damage_is_named(folder, harm, message, verified):
    path = folder / entry(folder).file
    harm(path)
    tables = Tables.load([folder])
    with pytest.raises(TableError, match=message) as caught:
        units(tables)
    assert caught.value.location == str(path)
    assert "import its source file again" in caught.value.hint
    (bad,) = [each for each in verify([folder]) if each.problem]
    assert (bad.table, bad.edition) == (TABLE, "2024Q3")
    assert verified in bad.problem
    assert f"import {NAME} again" in bad.problem


def test_a_page_in_the_middle_that_was_overwritten(folder):
    path = folder / entry(folder).file
    data = bytearray(path.read_bytes())
    data[4096 * 4 : 4096 * 9] = os.urandom(4096 * 5)
    path.write_bytes(data)
    (bad,) = [each for each in verify([folder]) if each.problem]
    assert "its digest is" in bad.problem
    tables = Tables.load([folder])
    for n in range(2000):  # whatever a damaged page yields, it is our error
        try:
            tables.rows(TABLE, f"G{n:04}", DAY)
        except TableError:
            return
    pytest.fail("random bytes were read as rows")


@pytest.mark.parametrize("text", ["{", "[]", '{"format": 2}', '{"editions": [{"table": "x"}]}', "\xff"])
def test_a_catalogue_that_cannot_be_read(folder, text):
    (folder / CATALOGUE).write_text(text, encoding="latin-1")
    with pytest.raises(TableError) as caught:
        Tables.load([folder])
    assert caught.value.location == str(folder / CATALOGUE)
    assert "import" in caught.value.hint


def test_a_catalogue_cannot_name_files_elsewhere(folder):
    path = folder / CATALOGUE
    path.write_text(path.read_text().replace('"file": "mue-', '"file": "../mue-'))
    with pytest.raises(TableError, match="is no file of an edition"):
        Tables.load([folder])


def test_foreign_files_are_left_alone(folder, tmp_path):
    for name in ("notes.txt", "mine.sqlite", "hcpcs-0123456789abcdef.sqlite"):
        (folder / name).write_text("mine")
    import_file(write(tmp_path, NAME, mue(*rows(50))), folder)
    assert {path.name for path in folder.iterdir()} >= {"notes.txt", "mine.sqlite", "hcpcs-0123456789abcdef.sqlite"}


def test_an_edition_is_known_to_be_current(folder):
    tables = Tables.load([folder])
    assert [tables.is_current(TABLE, read_day(day)) for day in ("2024-06-30", "2024-07-01", "2024-09-30")] == [
        False,
        True,
        True,
    ]
    assert not tables.is_current(TABLE, read_day("2024-10-01"))

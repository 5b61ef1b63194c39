"""Import: all or nothing, once, by one at a time, and never half."""

import hashlib
import multiprocessing
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from engine.errors import InputError, TableError
from engine.reference.catalog import Tables
from engine.reference.days import read_day
from engine.reference.folder import read_catalogue
from engine.reference.importers.detect import Answers
from engine.reference.importing import import_file, missing_parts
from engine.reference.verifying import verify
from tests.reference.importers import samples
from tests.reference.importers.samples import SAMPLES, mue, ptp, write, zipped

ROOT = Path(__file__).parents[2]
DAY = read_day("2024-08-01")


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "tables"


@pytest.fixture
def save(tmp_path):
    def saved(sample="", data=None, name=""):
        official, content = SAMPLES.get(sample, ("", b""))
        place = tmp_path / "files"
        (place / (name or official)).parent.mkdir(parents=True, exist_ok=True)
        return write(place, name or official, content if data is None else data)

    return saved


def many(first, count, of="G"):
    """Rows of PTP edits in the order of their codes."""
    return [f"{of}{n // 100:04}\tG9{n % 100:03}\t\t20200101\t*\t1\tMisuse" for n in range(first, first + count)]


def state(folder):
    """What a reader sees: digests of all files that the catalogue names, and the catalogue."""
    held = read_catalogue(folder)
    return [(each.table, each.edition, each.rows, digest(folder / each.file)) for each in held.editions]


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("sample", [name for name in SAMPLES if name != "coverage"])
def test_every_layout_comes_into_force(sample, save, folder):
    results = import_file(save(sample), folder)
    tables = Tables.load([folder])
    for result in results:
        assert result.rows
        edition = tables.edition(result.table, result.first_day)
        assert (edition.edition, edition.rows) == (result.edition, result.rows)
        keys = tables.keys_from(result.table, "", result.first_day)
        assert sum(len(tables.rows(result.table, key, result.first_day)) for key in keys) == result.rows
        assert list(keys) == sorted(set(keys))
    assert [each.problem for each in verify([folder]) if each.problem] == []


def test_coverage_articles_come_into_two_tables(save, folder):
    rows = ("article_id,article_version,hcpc_code_id,hcpc_code_version,hcpc_code_group", "50001,3,G0001,1,1")
    path = save("coverage", samples.coverage(article_x_hcpc_code=samples.lines(*rows)))
    assert {each.table: each.rows for each in import_file(path, folder)} == {
        "coverage-policy": 1,
        "coverage-diagnosis": 3,
    }
    tables = Tables.load([folder])
    (policy,) = tables.rows("coverage-policy", "G0001")
    (diagnosis,) = tables.rows("coverage-diagnosis", f"{policy.values['article']}|I10")
    assert (diagnosis.values["covered"], policy.values["states"]) == ("Y", "CT NY")


def test_rows_keep_their_order_their_days_and_their_key(save, folder):
    (result,) = import_file(save("ptp"), folder)
    assert (result.table, result.edition, result.rows, result.void) == ("ptp-practitioner", "2024Q3", 3, 1)
    tables = Tables.load([folder])
    first, second = tables.rows("ptp-practitioner", "G0001|G0003", DAY)
    assert first.values == {
        "column_one": "G0001",
        "column_two": "G0003",
        "modifier_indicator": "0",
        "rationale": "Misuse of Column Two code",
    }
    assert (first.first_day, first.last_day) == (read_day("20200101"), read_day("20211231"))
    assert (second.first_day, second.last_day) == (read_day("20230101"), None)
    assert tables.rows_on("ptp-practitioner", "G0001|G0003", DAY) == [second]
    assert dict(tables.rows_many("ptp-practitioner", ["G0001|G0003", "G9|G9"], DAY)).keys() == {"G0001|G0003"}


@pytest.mark.parametrize("seed", range(3))
def test_rows_in_any_order_are_found(seed, save, folder):
    rows = many(0, 500) + [f"G{n:04}\tG9000\t\t20210101\t20220101\t0\tMisuse" for n in range(5)]
    random.Random(seed).shuffle(rows)
    import_file(save(name="ccipra-v302r0-f1.TXT", data=ptp(*rows)), folder)
    tables = Tables.load([folder])
    for row in rows:
        one, two, _, _, _, indicator, _ = row.split("\t")
        found = tables.rows("ptp-practitioner", f"{one}|{two}", DAY)
        expected = [each.split("\t")[5] for each in rows if each.startswith(f"{one}\t{two}\t")]
        assert [each.values["modifier_indicator"] for each in found] == expected
        assert indicator in expected
    assert list(tables.keys_from("ptp-practitioner", "G0004|", DAY)) == [f"G0004|G9{n:03}" for n in range(100)]


def test_the_same_file_again_does_nothing(save, folder):
    path = save("hcpcs")
    assert not any(each.unchanged for each in import_file(path, folder))
    before = {each: each.stat().st_mtime_ns for each in folder.iterdir()}
    again = import_file(path, folder)
    assert all(each.unchanged for each in again)
    assert {each.rows for each in again} == {1, 2}
    assert {each: each.stat().st_mtime_ns for each in folder.iterdir()} == before


def test_a_damaged_edition_is_imported_anew(save, folder):
    path = save("mue")
    import_file(path, folder)
    (entry,) = read_catalogue(folder).editions
    (folder / entry.file).write_bytes(b"x" * entry.size)
    (again,) = import_file(path, folder)
    assert not again.unchanged
    assert Tables.load([folder]).rows("mue-practitioner", "G0001", DAY)[0].values["mue_units"] == "1"


def test_another_file_of_the_edition_replaces_it(save, folder):
    import_file(save("mue"), folder)
    rows = ("G0001,7,2 Date of Service Edit: Policy,CMS Policy",)
    (result,) = import_file(save("mue", mue(*rows)), folder)
    assert result.replaced == "MCR_MUE_PractitionerServices_Eff_07-01-2024.csv (2 rows)"
    assert Tables.load([folder]).rows("mue-practitioner", "G0001", DAY)[0].values["mue_units"] == "7"
    assert len(list(folder.glob("*.sqlite"))) == 1


def test_editions_answer_side_by_side(save, folder):
    for number, quarter in enumerate(("01", "04", "07"), start=1):
        name = f"MCR_MUE_PractitionerServices_Eff_{quarter}-01-2024.csv"
        import_file(save(name=name, data=mue(f"G0001,{number},2 Date of Service Edit: Policy,CMS Policy")), folder)
    tables = Tables.load([folder])
    found = {
        day: [row.values["mue_units"] for row in tables.rows_on("mue-practitioner", "G0001", read_day(day))]
        for day in ("2023-12-31", "2024-01-01", "2024-06-30", "2024-07-01", "2026-01-01")
    }
    assert list(found.values()) == [[], ["1"], ["2"], ["3"], ["3"]]
    assert tables.status("mue-practitioner", read_day("2023-12-31")).startswith("table mue-practitioner begins 2024-01")


def test_one_year_does_not_hide_the_next_that_shipped(save, folder):
    row = samples.order_row(1, "A000", 1, "Cholera")
    import_file(save(name="icd10cm-order-2026.txt", data=(row + "\r\n").encode()), folder)
    tables = Tables.load([folder])
    editions = [tables.edition("icd10cm", read_day(day)).edition for day in ("2025-09-30", "2025-10-01", "2026-10-01")]
    assert editions == ["FY2027", "FY2026", "FY2027"]
    assert tables.edition("icd10cm", read_day("2028-01-01")).edition == "FY2026"


def test_parts_of_an_edition_come_together_in_any_order(save, folder):
    files = [save(name=f"ccipra-v302r0-f{n}.TXT", data=ptp(*many(n * 300, 300))) for n in (1, 2, 3)]
    for path, held, missing in ((files[2], 300, ("f1", "f2")), (files[0], 600, ("f2",)), (files[1], 900, ())):
        (result,) = import_file(path, folder)
        assert (result.held, missing_parts(result.parts), result.replaced) == (held, missing, "")
    tables = Tables.load([folder])
    assert len(tables.keys_from("ptp-practitioner", "", DAY)) == 900
    (again,) = import_file(save(name="ccipra-v302r0-f2.TXT", data=ptp(*many(600, 100))), folder)
    assert (again.held, again.replaced) == (700, "ccipra-v302r0-f2.TXT (300 rows)")
    assert len(Tables.load([folder]).keys_from("ptp-practitioner", "", DAY)) == 700
    assert [each.problem for each in verify([folder]) if each.problem] == []


def test_parts_in_one_zip(save, folder):
    members = {f"ccipra-v302r0-f{n}.TXT": ptp(*many(n * 300, 300)) for n in (1, 2)}
    results = import_file(save(name="practitioner.zip", data=zipped(members)), folder)
    assert [(each.part, each.rows, each.held) for each in results] == [("f1", 300, 600), ("f2", 300, 600)]


def test_a_zip_that_holds_an_edition_twice_is_refused(save, folder):
    members = {f"{n}/MCR_MUE_PractitionerServices_Eff_07-01-2024.csv": SAMPLES["mue"][1] for n in "ab"}
    with pytest.raises(TableError, match="more than once"):
        import_file(save(name="both.zip", data=zipped(members)), folder)
    assert not read_catalogue(folder).editions


def test_a_hundredth_of_bad_rows_is_skipped_more_is_refused(save, folder):
    name, bad = "ccipra-v302r0-f1.TXT", "G0001\tG0002\t\tsoon\t*\t1\tMisuse"
    (result,) = import_file(save(name=name, data=ptp(*many(0, 300), *[f"{bad}{n}" for n in range(3)])), folder)
    assert (result.rows, result.bad_rows) == (300, 3)
    assert (result.bad[0].line, result.bad[0].because) == (307, "'soon' is no date YYYYMMDD")
    before = state(folder)
    with pytest.raises(TableError, match=r"5 of 305 rows are bad, nothing was imported: line 307: 'soon' is no date"):
        import_file(save(name=name, data=ptp(*many(0, 300), *[f"{bad}{n}" for n in range(5)])), folder)
    assert state(folder) == before


def test_of_many_bad_rows_twenty_are_shown(save, folder):
    rows = [*many(0, 5000), *[f"x{n}" for n in range(40)]]
    (result,) = import_file(save(name="ccipra-v302r0-f1.TXT", data=ptp(*rows)), folder)
    assert (result.bad_rows, len(result.bad)) == (40, 20)


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("ccipra-v302r0-f1.TXT", b"", "the file is empty"),
        ("ccipra-v302r0-f1.TXT", ptp(), "no rows|no row begins"),
        ("notes.txt", b"Dear all,\nsee you on Monday.\n", "no known format"),
        ("MCR_MUE_PractitionerServices_Eff_07-01-2031.csv", SAMPLES["mue"][1], "the notice inside is of 2023"),
        ("x.csv", SAMPLES["mue"][1], "neither content nor name says the edition"),
        ("AOC_V2024Q3-MCR.xlsx", SAMPLES["add-on"][1][:-200], "damaged zip"),
    ],
)
def test_what_is_refused_changes_nothing(name, data, message, save, folder):
    import_file(save("mue"), folder)
    before = state(folder)
    with pytest.raises(TableError, match=message):
        import_file(save(name=name, data=data), folder)
    assert state(folder) == before
    assert not list(folder.glob(".import-*"))


def test_what_the_user_says_counts(save, folder):
    path = save(name="mine.csv", data=SAMPLES["mue"][1])
    (result,) = import_file(path, folder, Answers(edition="ours", first_day=DAY))
    assert (result.edition, result.first_day, result.last_day) == ("ours", DAY, None)
    with pytest.raises(InputError):
        import_file(path.with_name("absent"), folder)


def test_a_list_of_ones_own(save, folder):
    path = save(name="acme.csv", data=b"Code,Need\nG0001,yes\nG0002,no\n")
    path.with_suffix(".yaml").write_text(
        'table: acme-list\nedition: "1"\nfrom: 2026-01-01\ncolumns: {Code: procedure, Need: wanted}\n'
    )
    import_file(path, folder)
    (row,) = Tables.load([folder]).rows("acme-list", "G0002")
    assert row.values == {"procedure": "G0002", "wanted": "no"}


# --- crashes, races, full and read-only disks ---

IMPORT = """
import sys
from pathlib import Path
from engine.errors import CleanclaimError
from engine.reference.importing import import_file
print("go", flush=True)
try:
    for name in sys.argv[2:]:
        import_file(Path(name), Path(sys.argv[1]))
except CleanclaimError as error:
    sys.exit(f"{type(error).__name__}: {error}")
"""


def start(folder, *files, **options):
    command = [sys.executable, "-c", IMPORT, folder, *files]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)


@pytest.mark.slow
def test_a_killed_import_leaves_the_earlier_edition(save, folder):
    """Killed at ten random moments: what is in force is always the earlier edition or the later, whole."""
    name = "ccipra-v302r0-f1.TXT"
    first = save(name=name, data=ptp(*many(0, 40_000)))
    other = save(name=f"later/{name}", data=ptp(*many(0, 60_000)))
    import_file(first, folder)
    earlier = state(folder)
    chance = random.Random(5)
    begun = time.perf_counter()
    process = start(folder.with_name("timed"), other)
    process.communicate()
    whole = time.perf_counter() - begun
    seen = set()
    for _ in range(10):
        process = start(folder, other)
        process.stdout.readline()
        time.sleep(chance.uniform(0, whole))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        (now,) = state(folder)
        assert now[2] in (40_000, 60_000)
        seen.add(now[2])
        assert [each.problem for each in verify([folder]) if each.problem] == []
        keys = Tables.load([folder]).keys_from("ptp-practitioner", "", DAY)
        assert len(keys) == now[2]
        if now[2] == 60_000:  # it was done before it was killed: back to the start
            import_file(first, folder)
            assert state(folder) == earlier
    assert 40_000 in seen
    import_file(other, folder)
    assert not list(folder.glob(".import-*"))
    assert len(list(folder.glob("*.sqlite"))) == 1


def test_two_imports_at_once_both_count(save, folder):
    files = [save(name=f"ccipra-v302r0-f{n}.TXT", data=ptp(*many(n * 5000, 5000))) for n in (1, 2, 3, 4)]
    running = [start(folder, path) for path in files]
    for process in running:
        assert process.communicate()[1] == ""
        assert process.returncode == 0
    (entry,) = read_catalogue(folder).editions
    assert (entry.rows, len(entry.parts)) == (20_000, 4)
    assert [each.problem for each in verify([folder]) if each.problem] == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_a_folder_that_may_not_be_written():
    with tempfile.TemporaryDirectory() as home:  # others may not enter pytest's own
        Path(home).chmod(0o755)
        folder = Path(home) / "tables"
        import_file(write(Path(home), *SAMPLES["mue"]), folder)
        before, path = state(folder), write(Path(home), *SAMPLES["hcpcs"])
        context = multiprocessing.get_context("fork")
        said = context.Queue()

        def as_nobody():
            os.setuid(65534)
            try:
                import_file(path, folder)
            except TableError as error:
                Tables.load([folder]).rows("mue-practitioner", "G0001", DAY)
                said.put(str(error))

        process = context.Process(target=as_nobody)
        process.start()
        process.join()
        assert f"{folder}: cannot be written: Permission denied (nothing was imported" in said.get(timeout=10)
        assert state(folder) == before


def test_a_folder_that_is_a_file(save, tmp_path):
    place = tmp_path / "taken"
    place.write_text("")
    with pytest.raises(TableError, match="cannot be written"):
        import_file(save("mue"), place)


def test_a_full_disk(save, folder):
    """A limit on the size of files stands in for a disk without room."""
    import_file(save("mue"), folder)
    before = state(folder)
    path = save(name="ccipra-v302r0-f1.TXT", data=ptp(*many(0, 40_000)))
    limit = 200_000
    process = start(folder, path, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
    text = process.communicate()[1]
    assert f"TableError: {folder}: cannot be written: " in text
    assert state(folder) == before
    assert not list(folder.glob(".import-*"))


def test_memory_stays_bounded(save, folder):
    """Four hundred thousand rows in hostile order: no more than a fixed cache beside what the importer remembers."""
    rows = many(0, 400_000)
    random.Random(1).shuffle(rows)
    path = save(name="ccipra-v302r0-f1.TXT", data=ptp(*rows))
    script = IMPORT + "print(Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0])"
    done = subprocess.run(
        [sys.executable, "-c", script, folder, path], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert int(done.stdout.split()[-1]) < 250 << 10  # KiB
    assert read_catalogue(folder).editions[0].rows == 400_000

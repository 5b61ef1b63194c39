"""A batch that is stopped at any moment goes on without losing or doubling a claim, or says why it cannot."""

import errno
import os
import random

import pytest

from engine.batch.checkpoint import Checkpoint
from engine.errors import InputError, OutputError, UsageError
from tests.batch.small import run_batch
from tests.batch.trials import content, trials


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_killed_runs_and_workers_lose_nothing(home, claims):
    kills, _ = trials(home, claims(25, "SLOW"), 2, seed=random.randrange(1 << 30))
    assert kills


def test_every_line_of_the_journal_is_a_place_to_go_on_from(home, claims, tmp_path):
    files = claims(10)
    out = tmp_path / "whole"
    run_batch(home, out, files)
    expected = content(out, "ndjson")
    journal = (out / "journal.ndjson").read_bytes()
    journal_lines = journal.splitlines(keepends=True)
    assert len(journal_lines) > 4
    for kept in (0, 1, len(journal_lines) // 2, len(journal_lines) - 1):
        torn = b"".join(journal_lines[:kept]) + journal_lines[min(kept, len(journal_lines) - 1)][:30]
        (out / "journal.ndjson").write_bytes(torn)
        run_batch(home, out, files)
        assert content(out, "ndjson") == expected


def test_a_finished_run_is_left_alone(home, claims, tmp_path):
    files = claims(5)
    first = run_batch(home, tmp_path / "out", files)
    before = content(tmp_path / "out", "ndjson")
    second = run_batch(home, tmp_path / "out", files)
    assert content(tmp_path / "out", "ndjson") == before
    assert second.packed() == first.packed()


def stop_after(monkeypatch, calls, error):
    """Writing to disk fails from the n-th time on."""
    done = []
    real = os.fsync

    def fsync(number):
        done.append(number)
        if len(done) > calls:
            raise OSError(error, os.strerror(error))
        real(number)

    monkeypatch.setattr(os, "fsync", fsync)


@pytest.mark.parametrize("chosen", ["ndjson", "parquet"])
@pytest.mark.parametrize("calls", [0, 3, 6])
def test_a_full_disk_is_said_and_gone_on_from(home, claims, tmp_path, monkeypatch, chosen, calls):
    files = claims(8)
    run_batch(home, tmp_path / "whole", files, chosen)
    with monkeypatch.context() as patched:
        stop_after(patched, calls, errno.ENOSPC)
        with pytest.raises(OutputError, match=r"no space left on device.*goes on from here"):
            run_batch(home, tmp_path / "out", files, chosen)
    run_batch(home, tmp_path / "out", files, chosen)
    assert content(tmp_path / "out", chosen) == content(tmp_path / "whole", chosen)


def test_a_folder_that_cannot_be_made_is_said(home, claims, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        run_batch(home, tmp_path / "file" / "out", claims(1))


def test_a_folder_with_other_things_is_refused(home, claims, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "letter.txt").write_text("mine")
    with pytest.raises(OutputError, match="not empty"):
        run_batch(home, tmp_path / "out", claims(1))


def test_two_runs_do_not_write_to_one_folder(tmp_path):
    first, second = Checkpoint(tmp_path / "out"), Checkpoint(tmp_path / "out")
    first.lock()
    with pytest.raises(OutputError, match="another run"):
        second.lock()
    first.close()
    second.lock()
    second.close()


def test_a_changed_input_is_refused(home, claims, tmp_path):
    files = claims(5)
    run_batch(home, tmp_path / "out", files)
    with files[0].open("a") as stream:
        stream.write("\n")
    with pytest.raises(UsageError, match=r"cannot go on: many\.837 changed"):
        run_batch(home, tmp_path / "out", files)
    with pytest.raises(UsageError, match="list of input files changed"):
        run_batch(home, tmp_path / "out", files[1:])


def test_changed_options_are_refused(home, claims, tmp_path):
    files = claims(2)
    run_batch(home, tmp_path / "out", files)
    with pytest.raises(UsageError, match="--received-on was x, now y"):
        run_batch(home, tmp_path / "out", files, options={"received_on": "y"})
    with pytest.raises(UsageError, match="--format was ndjson, now parquet"):
        run_batch(home, tmp_path / "out", files, "parquet")


def test_changed_rules_and_tables_are_refused(claims, tmp_path):
    from tests.cli.small import small_rulebook, small_tables

    home = tmp_path / "home"
    home.mkdir()
    rules, tables = small_rulebook(home), small_tables(home)
    files = claims(2)
    run_batch(home, tmp_path / "out", files)
    rule = rules / "billing" / "lines" / "units-not-positive.yaml"
    rule.write_text(rule.read_text().replace("severity: error", "severity: warning"))
    with pytest.raises(UsageError, match="the rules changed"):
        run_batch(home, tmp_path / "out", files)
    rule.write_text(rule.read_text().replace("severity: warning", "severity: error"))
    table = tables / "mue-practitioner.csv"
    table.write_text(table.read_text() + "99213,1,3,x\n")
    with pytest.raises(UsageError, match="the reference tables changed"):
        run_batch(home, tmp_path / "out", files)


def test_an_input_that_cannot_be_read_is_said_before_anything_is_written(home, claims, tmp_path):
    files = claims(1)
    link = tmp_path / "gone.837"
    link.write_text("x")
    from tests.batch import small

    given = [*files, link]
    job = small.job(tmp_path / "out", given)
    link.unlink()
    checkpoint = Checkpoint(tmp_path / "out")
    checkpoint.lock()
    pool = small.Pool(small.Source(home), "ndjson", 1, lambda _: None)
    with pytest.raises(InputError, match=r"gone\.837: no such file"):
        small.run(job, checkpoint, pool, lambda _: None)
    pool.close()
    checkpoint.close()
    assert not (tmp_path / "out" / "run.json").exists()

"""The command as a process: pipes, signals, what an installed command prints."""

import os
import signal
import subprocess
import sys
import time

import pytest

from engine.version import VERSION
from tests.cli.small import CLEAN, OFFICE, ROOT, small_rulebook

START = """
import sys
import engine.rulebook.load as load
from pathlib import Path
home = Path(sys.argv.pop(1))
load.shipped_rules = lambda: home
from engine.cli import main
main()
"""


@pytest.fixture
def command(tmp_path):
    folder = small_rulebook(tmp_path)
    return [sys.executable, "-c", START, str(folder)]


def _run(command, *arguments, **options):
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run([*command, *arguments], capture_output=True, env=environment, check=False, **options)


def test_a_module_that_runs():
    done = _run([sys.executable, "-m", "engine.cli"], "--version", cwd=ROOT)
    assert (done.returncode, done.stdout.decode()) == (0, f"cleanclaim {VERSION}\n")


def test_a_reader_that_goes_away_is_no_error(command, tmp_path):
    path = tmp_path / "many.ndjson"
    path.write_bytes((CLEAN.read_bytes().replace(b"\n", b"") + b"\n") * 400)
    arguments = ["check", str(path), "--format", "ndjson", "--received-on", "2026-04-15"]
    with subprocess.Popen(
        [*command, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    ) as process:
        process.stdout.readline()
        process.stdout.close()
        errors = process.stderr.read()
        process.wait(60)
    assert errors == b""
    assert process.returncode == 141


def test_an_interrupt_ends_with_130_and_without_a_trace(command):
    with subprocess.Popen(
        [*command, "check", "-", "--format", "ndjson"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    ) as process:
        process.stdin.write((CLEAN.read_bytes().replace(b"\n", b"") + b"\n") * 60)
        process.stdin.flush()
        process.stdout.readline()  # the first claim is out, so the command is at work
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        errors = process.stderr.read()
        process.wait(60)
    assert process.returncode == 130
    assert b"Traceback" not in errors


def test_a_claim_is_reported_before_the_next_is_read(command):
    with subprocess.Popen(
        [*command, "check", "-", "--format", "ndjson", "--received-on", "2026-04-15"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    ) as process:
        line = CLEAN.read_bytes().replace(b"\n", b"") + b"\n"
        process.stdin.write(line * 60)  # more than is read at once
        process.stdin.flush()
        assert b"PCN0001" in process.stdout.readline()
        process.stdin.close()
        assert len(process.stdout.readlines()) == 59


def test_plain_text_without_colour_or_frames(command):
    done = _run(command, "check", str(OFFICE), "--received-on", "2026-04-15")
    text = done.stdout.decode()
    assert "\x1b" not in text
    assert text.isascii()
    assert max(len(line) for line in text.splitlines()) <= 100
    assert not any(line != line.rstrip() for line in text.splitlines())

"""The Containerfile, as far as it can be judged without a container engine: what it promises is written in it."""

import re
from pathlib import Path

LINES = (Path(__file__).parents[2] / "Containerfile").read_text(encoding="utf-8").replace("\\\n", " ").splitlines()


def instructions(name):
    return [line.partition(" ")[2].strip() for line in LINES if line.startswith(f"{name} ")]


def test_it_runs_as_an_ordinary_user_in_its_last_stage():
    last = max(number for number, line in enumerate(LINES) if line.startswith("FROM"))
    users = [line for line in LINES[last:] if line.startswith("USER")]
    assert users == ["USER 10001:10001"]


def test_it_builds_from_the_wheel_and_copies_no_source():
    copies = instructions("COPY")
    assert copies == ["dist/*.whl /wheels/", "--from=build /opt/cleanclaim /opt/cleanclaim"]


def test_what_is_written_lies_on_the_volume():
    assert instructions("VOLUME") == ["/data"]
    environment = " ".join(instructions("ENV"))
    assert re.search(r"CLEANCLAIM_DATABASE_URL=sqlite:////data/", environment)
    assert "CLEANCLAIM_CACHE=/data/" in environment
    assert "PYTHONDONTWRITEBYTECODE=1" in environment


def test_no_secret_is_baked_in():
    assert not [line for line in LINES if "CONTENT_KEY" in line or "PASSWORD" in line.upper()]

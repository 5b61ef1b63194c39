"""Files of every layout, written where a test can change them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from engine.reference.importers.detect import Answers, Found, detect
from engine.reference.importers.format import BadRow, Parsed, Void
from tests.reference.importers.samples import SAMPLES, write


class Result:
    """What an import would see of one table."""

    def __init__(self, found: Found) -> None:
        self.found, self.detected = found, found.detected
        with found.open() as stream:
            read = list(found.format.rows(stream, found.detected))
        self.rows = [row for row in read if isinstance(row, Parsed)]
        self.bad = [row for row in read if isinstance(row, BadRow)]
        self.void = [row for row in read if isinstance(row, Void)]

    def named(self, at: int = 0) -> dict[str, str]:
        return dict(zip(self.found.format.columns, self.rows[at].values, strict=True))


@pytest.fixture
def save(tmp_path: Path) -> Callable[..., Path]:
    """Write a sample, or other bytes under its name or another."""

    def saved(sample: str = "", data: bytes | None = None, name: str = "") -> Path:
        official, content = SAMPLES.get(sample, ("", b""))
        return write(tmp_path, name or official, content if data is None else data)

    return saved


@pytest.fixture
def read() -> Callable[..., list[Result]]:
    def results(path: Path, table: str = "", **answers: object) -> list[Result]:
        return [Result(found) for found in detect(path, table, Answers(**answers))]

    return results

from pathlib import Path

import pytest

from tests.batch.small import ROOT, Source
from tests.cli.small import small_rulebook, small_tables


@pytest.fixture(scope="session")
def home(tmp_path_factory):
    """A folder with the small rulebook and its tables."""
    folder = tmp_path_factory.mktemp("home")
    small_rulebook(folder)
    small_tables(folder)
    return folder


@pytest.fixture(scope="session")
def checker(home):
    return Source(home).make()


@pytest.fixture
def claims(tmp_path):
    """Writes a file of claims of each dialect, some of them damaged."""
    return lambda copies=20, prefix="A": write_claims(tmp_path, copies, prefix)


def write_claims(folder: Path, copies: int, prefix: str) -> list[Path]:
    """Two X12 files to be cut, one of one long transaction, an NDJSON file, and small ones."""
    x12 = (ROOT / "tests" / "cli" / "claims" / "office-visit.837").read_text()
    damaged = (ROOT / "tests" / "cli" / "claims" / "damaged.837").read_text()
    many = folder / "many.837"
    many.write_text("".join(numbered(x12, f"{prefix}{n}") for n in range(copies)))
    mixed = folder / "mixed.837"
    mixed.write_text("".join(numbered(damaged if n % 5 == 0 else x12, f"D{n}") for n in range(copies)))
    lines = (ROOT / "tests" / "claims" / "native" / "three.ndjson").read_text()
    native = folder / "native.ndjson"
    native.write_text(lines * copies + "{\n")
    small = [folder / f"small-{n}.json" for n in range(3)]
    for path in small:
        path.write_text((ROOT / "tests" / "claims" / "professional" / "minimal.json").read_text())
    nothing = folder / "nothing.txt"
    nothing.write_text("not a claim")
    return [many, mixed, *small, native, nothing]


def numbered(text: str, prefix: str) -> str:
    return text.replace("CLM*", f"CLM*{prefix}-")

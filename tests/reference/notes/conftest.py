import csv
import gzip
from pathlib import Path

import pytest

DAY = "20260401"
DATA = Path(__file__).parents[3] / "engine" / "reference" / "data"


@pytest.fixture(scope="session")
def valid_descriptions():
    """The codes valid on 2026-04-01 with their descriptions, from the shipped validity table."""
    with gzip.open(DATA / "icd10cm.csv.gz", "rt", encoding="utf-8") as file:
        return {
            row["code"]: row["description"]
            for row in csv.DictReader(file)
            if row["effective_from"] <= DAY <= (row["effective_to"] or "99999999")
        }


@pytest.fixture(scope="session")
def valid_codes(valid_descriptions):
    """The codes alone."""
    return set(valid_descriptions)

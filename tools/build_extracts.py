"""Writes the reference extracts that ship: engine/reference/data/*.csv.gz and digests.json.

Run it when the reference data folder has a new edition: ``python tools/build_extracts.py [FOLDER]``; the folder is
``../shared/refdata/ship`` unless named.
The same input gives the same bytes. A test compares the shipped files with digests.json.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import sys
from pathlib import Path

TARGET = Path(__file__).parents[1] / "engine" / "reference" / "data"
DEFAULT = Path(__file__).parents[2] / "shared" / "refdata" / "ship"
SOURCES = {
    "icd10cm": "icd10cm/icd10cm_validity_fy2016_fy2027.csv.gz",
    "mce-dx": "mce/mce_i10dx_master.csv.gz",
    "mce-sg": "mce/mce_i10sg_master.csv.gz",
}


def tidy(text: str) -> str:
    """The text with Unix line ends and its rows sorted by code and first day, as the look-up expects them."""
    head, *rows = text.replace("\r\n", "\n").strip("\n").split("\n")
    return "\n".join([head, *sorted(rows)]) + "\n"


def build(source: Path, target: Path) -> dict[str, dict[str, str | int]]:
    """Writes the extracts and returns what ``digests.json`` says: SHA-256 of the text and number of rows, by table."""
    digests: dict[str, dict[str, str | int]] = {}
    for table, name in SOURCES.items():
        content = tidy(gzip.decompress((source / name).read_bytes()).decode("utf-8")).encode("utf-8")
        (target / f"{table}.csv.gz").write_bytes(gzip.compress(content, compresslevel=9, mtime=0))
        digests[table] = {"sha256": hashlib.sha256(content).hexdigest(), "rows": content.count(b"\n") - 1}
    (target / "digests.json").write_text(json.dumps(digests, indent=2) + "\n", encoding="utf-8")
    return digests


def main() -> None:
    """Builds the extracts from the folder named on the command line."""
    source = Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT
    if not source.is_dir():
        sys.exit(f"{source} is not there: name the folder of the reference data")
    for table, about in build(source, TARGET).items():
        print(f"{table}: {about['rows']} rows, sha256 {about['sha256']}")


if __name__ == "__main__":
    main()

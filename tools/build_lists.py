"""Writes the numbers and dates of the long code lists: engine/reference/data/lists/*.csv.gz and digests.json.

Run it when the reference data folder has a new edition: ``python tools/build_lists.py [FOLDER]``; the folder is
``../shared/refdata/source`` unless named. Only numbers and dates are taken: the descriptions in the source belong to
their publishers. The same input gives the same bytes. A test compares the shipped files with digests.json.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

TARGET = Path(__file__).parents[1] / "engine" / "reference" / "data" / "lists"
DEFAULT = Path(__file__).parents[2] / "shared" / "refdata" / "source"
Dated = tuple[str, str, str]


def build(source: Path, target: Path) -> dict[str, dict[str, str | int]]:
    """Writes the files and returns what ``digests.json`` says: SHA-256 of the text and number of rows, by list."""
    digests: dict[str, dict[str, str | int]] = {}
    for name, read in sorted(LISTS.items()):
        rows = sorted(set(read(source)), key=_reading_order)
        content = "".join(",".join(row) + "\n" for row in [("code", "from", "to"), *rows]).encode("utf-8")
        (target / f"{name}.csv.gz").write_bytes(gzip.compress(content, compresslevel=9, mtime=0))
        digests[name] = {"sha256": hashlib.sha256(content).hexdigest(), "rows": len(rows)}
    (target / "digests.json").write_text(json.dumps(digests, indent=2) + "\n", encoding="utf-8")
    return digests


def _adjustments(kind: str, also: str = "") -> Callable[[Path], Iterator[Dated]]:
    def read(source: Path) -> Iterator[Dated]:
        """The dated list; then the numbers of a newer one, which has no dates."""
        dated = {
            row["adj_code"]: (row["adj_code"], row["adj_start_date"], row["adj_end_date"])
            for row in _rows(source / "codes" / "carc_rarc_2024.csv")
            if row["adj_type"] == kind
        }
        yield from dated.values()
        if also:
            yield from ((row["code"], "", "") for row in _rows(source / "codes" / also) if row["code"] not in dated)

    return read


def _numbers(kind: str) -> Callable[[Path], Iterator[Dated]]:
    def read(source: Path) -> Iterator[Dated]:
        rows = _rows(source / "codes" / "x12_code_ids.csv")
        return ((row["code"], "", "") for row in rows if row["codeset"] == kind)

    return read


def _revenue_codes(source: Path) -> Iterator[Dated]:
    rows = _rows(source / "codes" / "revenue_codes.csv")
    return ((row["code"], "", "") for row in rows if row["code"].isdigit() and "NOT USED" not in row["display"].upper())


def _modifiers(source: Path) -> Iterator[Dated]:
    rows = _rows(source / "hcpcs" / "hcpcs_level2_modifiers_2020.csv")
    return ((row["modifier"], _day(row["add_date"]), _day(row["term_date"])) for row in rows)


def _rows(path: Path) -> Iterable[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def _day(text: str) -> str:
    """A day written YYYYMMDD as YYYY-MM-DD; blank stays blank."""
    return f"{text[:4]}-{text[4:6]}-{text[6:]}" if text else ""


def _reading_order(row: Dated) -> tuple[str, int, str]:
    """Letters first, then the number: M2 before M10."""
    parts = re.fullmatch(r"([A-Z]*)(\d*)(.*)", row[0])
    letters, number, rest = parts.groups() if parts else (row[0], "", "")
    return letters, int(number or 0), rest


LISTS: dict[str, Callable[[Path], Iterator[Dated]]] = {
    "carc": _adjustments("CARC", also="carc.csv"),
    "rarc": _adjustments("RARC"),
    "claim-status": _numbers("claim_status"),
    "claim-status-category": _numbers("claim_status_cat"),
    "revenue-code": _revenue_codes,
    "level-ii-modifiers": _modifiers,
}


def main() -> None:
    """Builds the files from the folder named on the command line."""
    source = Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT
    if not source.is_dir():
        sys.exit(f"{source} is not there: name the folder of the reference data")
    for name, about in build(source, TARGET).items():
        print(f"{name}: {about['rows']} rows, sha256 {about['sha256']}")


if __name__ == "__main__":
    main()

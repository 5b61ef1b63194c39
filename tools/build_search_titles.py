"""Writes the titles of headings that ship: engine/reference/search/data/icd10cm-titles.txt.gz and .json.

``python tools/build_search_titles.py [TABULAR]``: TABULAR is the tabular list as published (XML, or XML in .xz or .gz;
default that of April 2026 in ../shared/refdata/ship). Kept are chapters, blocks, categories and all codes that cannot
be reported as they stand; the descriptions of the others are in the table icd10cm. The same input gives the same bytes.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import re
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tools.build_notes import DATA, DEFAULT, EDITION, read

TARGET = DATA.parent / "search" / "data"
NAME = "icd10cm-titles"
_RANGE = re.compile(r" \([A-Z][0-9A][0-9A-Z](?:-[A-Z][0-9A][0-9A-Z])?\)$")


def titles(data: bytes, billable: frozenset[str]) -> Iterator[str]:
    """Lines of name and title, in the order of the list."""
    root = ET.fromstring(data)  # noqa: S314 -- a file of ours
    for element in root.iter():
        if element.tag not in {"chapter", "section", "diag"}:
            continue
        name = (element.get("id") or element.findtext("name") or "").strip().replace(".", "")
        if element.tag == "chapter":
            name = f"chapter {name}"
        if name not in billable or element.tag == "section":
            title = " ".join((element.findtext("desc") or "").split())
            yield f"{name}\t{_RANGE.sub('', title)}"


def build(source: Path, target: Path) -> dict[str, object]:
    """Writes both files to ``target`` and returns what the second one says."""
    table = io.StringIO(gzip.decompress((DATA / "icd10cm.csv.gz").read_bytes()).decode("utf-8"))
    billable = frozenset(row["code"] for row in csv.DictReader(table) if not row["effective_to"])
    lines = list(titles(read(source), billable))
    content = ("\n".join(lines) + "\n").encode("utf-8")
    (target / f"{NAME}.txt.gz").write_bytes(gzip.compress(content, compresslevel=9, mtime=0))
    about: dict[str, object] = {
        "edition": EDITION,
        "source": source.name,
        "sha256": hashlib.sha256(content).hexdigest(),
        "titles": len(lines),
    }
    (target / f"{NAME}.json").write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")
    return about


def main() -> None:
    """Builds from the file named on the command line."""
    source = Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT
    if not source.is_file():
        sys.exit(f"{source} is not there: name the tabular list (XML)")
    print(json.dumps(build(source, TARGET), indent=2))


if __name__ == "__main__":
    main()

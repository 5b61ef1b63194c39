"""Checks every 837 and FHIR claim file of a corpus and counts: files, claims, findings, crashes, claims lost.

Run: python tools/corpus_report.py [CORPUS]     (default ../shared/corpus)

Claims are counted a second time without any of our code: CLM segments, and FHIR resources of type Claim.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from pathlib import Path

from engine.backends.durable import compile_durable
from engine.check import Checker
from engine.findings.report import ClaimReport
from engine.reference.catalog import Tables
from engine.rulebook.load import load_rulebook


def inputs(corpus: Path) -> Iterator[tuple[str, bytes, int]]:
    """Name, bytes, and the number of claims counted independently."""
    for path in sorted((corpus / "x12").glob("837*/*")):
        yield path.parent.name, path.read_bytes(), count_clm(path.read_bytes())
    with gzip.open(corpus / "labelled" / "mutants" / "mutants_837.jsonl.gz", "rt") as lines:
        for line in lines:
            data = json.loads(line)["x12"].encode()
            yield "labelled mutants", data, count_clm(data)
    for folder in ("fhir/Claim", "fhir/bundles"):
        for path in sorted((corpus / folder).glob("*.json")):
            yield folder, path.read_bytes(), count_resources(json.loads(path.read_bytes()))


def count_clm(data: bytes) -> int:
    """Segments named CLM: at the start of the text or after what may end a segment, and before what may end a name."""
    return len(re.findall(rb"(?:^|[~\n\r'|!>_])\s*CLM[^0-9A-Za-z]", data))


def count_resources(value: object) -> int:
    """FHIR resources of type Claim, at any depth."""
    if isinstance(value, dict):
        return (value.get("resourceType") == "Claim") + sum(count_resources(v) for v in value.values())
    return sum(count_resources(v) for v in value) if isinstance(value, list) else 0


def main(arguments: list[str]) -> int:
    """Print one row a folder; 1 when something crashed or a claim was lost or invented."""
    corpus = Path(arguments[0]) if arguments else Path(__file__).parents[2] / "shared" / "corpus"
    checker = Checker(load_rulebook(), Tables.load(), compile_durable, engine="durable", received_on=date(2026, 4, 15))
    rows: dict[str, Counter[str]] = {}
    began = time.perf_counter()
    for folder, data, expected in inputs(corpus):
        row = rows.setdefault(folder, Counter())
        row["files"] += 1
        row["counted"] += expected
        try:
            reports = list(checker.check(BytesIO(data), folder))
        except Exception as error:  # noqa: BLE001 -- what the report looks for
            row["crashes"] += 1
            print(f"{folder}: {type(error).__name__}: {error}")
            continue
        claims = [item for item in reports if isinstance(item, ClaimReport)]
        row["claims"] += len(claims)
        row["files that differ"] += len(claims) != expected
        row["INT on claims"] += sum(f.rule.startswith("INT") for claim in claims for f in claim.findings)
        row["INT outside"] += len(reports) - len(claims)
        row["rule findings"] += sum(not f.rule.startswith("INT") for claim in claims for f in claim.findings)
        row["not checked"] += sum(f.rule == "INT-0020" for claim in claims for f in claim.findings)
    names = (
        "files",
        "counted",
        "claims",
        "files that differ",
        "crashes",
        "not checked",
        "INT on claims",
        "INT outside",
        "rule findings",
    )
    print(f"{'':18}" + "".join(f"{name:>19}" for name in names))
    for folder, row in rows.items():
        print(f"{folder:18}" + "".join(f"{row[name]:>19,}" for name in names))
    print(f"{time.perf_counter() - began:.1f} s")
    return int(any(row["files that differ"] or row["crashes"] or row["not checked"] for row in rows.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

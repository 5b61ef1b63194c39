"""The claim files there are: those of this repository, and the shared corpus beside it."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "corpus"
SUFFIXES = (".json", ".ndjson", ".837", ".x12", ".edi", ".txt")


def own_files() -> Iterator[tuple[str, bytes]]:
    """Name and bytes of the claim files of this repository."""
    for folder in ("tests/corpus/quiet", "tests/claims", "examples"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in SUFFIXES:
                yield path.relative_to(ROOT).as_posix(), path.read_bytes()


def shared_files(corpus: Path = SHARED, every: int = 1) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of the files of the shared corpus; of the labelled mutants each of some number."""
    for path in sorted((*corpus.glob("x12/*/*"), *corpus.glob("fhir/*/*.json"), *corpus.glob("json_claims/*.json"))):
        yield path.relative_to(corpus).as_posix(), path.read_bytes()
    for path in sorted(corpus.glob("labelled/mutants/*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for number, line in enumerate(lines):
                if number % every == 0:
                    yield f"{path.name}:{number}", json.loads(line)["x12"].encode()

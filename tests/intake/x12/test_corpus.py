"""Public 837 files: every CLM gives one claim, whatever is wrong with the file."""

from __future__ import annotations

import gzip
import io
import json
import re
from pathlib import Path

import pytest
from samples import CORPUS, read

from engine.intake.reading import ReadClaim
from engine.intake.x12.reader import read_x12

pytestmark = pytest.mark.skipif(not CORPUS.exists(), reason=f"the shared corpus is not here: {CORPUS}")

FILES = sorted(path for form in ("837P", "837I", "837I-4010") for path in (CORPUS / "x12" / form).glob("*"))
MUTANTS = CORPUS / "labelled" / "mutants" / "mutants_837.jsonl.gz"


def count_clm(data: bytes) -> int:
    """CLM segments, counted with nothing but a regular expression: after a terminator or at the head of a line."""
    text = re.sub(rb"\s*[\r\n]\s*", b"\n", data)
    return len(re.findall(rb"(?:^|[^A-Za-z0-9 ])CLM[^A-Za-z0-9\s]", text))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name[:60])
def test_each_clm_is_a_claim(path: Path):
    data = path.read_bytes()
    claims, _ = read(data)
    assert len(claims) == count_clm(data)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name[:60])
def test_positions_point_at_the_segments(path: Path):
    data = path.read_bytes()
    for item in read(data, keep_raw=True)[0]:
        texts = {index: text for index, _, text in item.raw}
        assert texts[item.claim.source.segment].startswith("CLM")
        for line in item.claim.lines:
            assert {texts[index].split("*")[0].split("|")[0].upper()[:3] for index in line.origin.segments.values()}


def test_each_mutant_gives_its_claims():
    if not MUTANTS.exists():
        pytest.skip(f"no mutants: {MUTANTS}")
    with gzip.open(MUTANTS, "rt") as lines:
        for text in lines:
            mutant = json.loads(text)
            data = mutant["x12"].encode()
            found = sum(isinstance(item, ReadClaim) for item in read_x12(io.BytesIO(data), mutant["id"]))
            assert found == count_clm(data), mutant["id"]


@pytest.mark.parametrize("kind", ["270", "271", "277", "278", "835", "997", "999"])
def test_other_transactions_give_no_claims(kind: str):
    for path in (CORPUS / "x12").glob(f"{kind}*/*"):
        claims, findings = read(path.read_bytes())
        assert claims == []
        assert findings

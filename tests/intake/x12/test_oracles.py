"""Other readers' opinions of the same files: oxedi for segments, x12sdk for the values of claims.

Where they differ from ours, or are not asked, the reason is one of these:

- Files that our tokenizer reports (ISA that is not 106 characters, a wrong ISA16, a forgotten terminator, a wrapped
  line) are left out: ours repairs them, oxedi splits them as they stand, x12sdk refuses them.
- Files that the other reader refuses are left out: x12sdk validates while it reads and takes 5010 professional and
  institutional claims only. The last test says how many it does take, so that the comparison cannot become empty.
- x12sdk reads three files to no transaction at all (an ISA padded wrongly, a group without its version); that counts
  as refused.
- oxedi's segment without a name (``*IC*DAVID…``) has no identifier and is left out on both sides; ours keeps it in its
  loop. The blank text after the last terminator is a segment for oxedi, and none for us.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from samples import CORPUS, SAMPLES, read

from engine.claim.model import Claim
from engine.intake.x12.tokenizer import read_batches

FILES = [
    *sorted(SAMPLES.glob("*.837")),
    *sorted(path for form in ("837P", "837I") for path in (CORPUS / "x12" / form).glob("*")),
]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name[:60])
def test_segments_against_oxedi(path: Path):
    oxedi = pytest.importorskip("oxedi")
    with path.open("rb") as stream:
        batches = list(read_batches(stream))
    if any(batch.findings for batch in batches) or len({batch.separators for batch in batches}) != 1:
        pytest.skip("not one well-formed kind of interchange; see the docstring")
    try:
        document = oxedi.parse(path.read_bytes()).document
    except Exception as error:  # noqa: BLE001 - whatever it raises, it did not read the file
        pytest.skip(f"oxedi does not read it: {error}")
    mark, component = batches[0].separators.element, batches[0].separators.component.encode()
    theirs = [document[at] for at in range(len(document))]
    expected = [
        mark.join([s.id.decode(), *(_flat(element, component) for element in s.elements)]).strip()
        for s in theirs
        if s.id.strip()
    ]
    ours = [text.body for batch in batches for text in batch.texts if text.name]
    assert [text.rstrip(mark) for text in ours] == [text.rstrip(mark) for text in expected]


def _flat(element: bytes | list[bytes], component: bytes) -> str:
    return (element if isinstance(element, bytes) else component.join(element)).decode("latin-1")


def sdk_claims(path: Path) -> list[object] | None:
    """The claims x12sdk reads, or None where it refuses the file."""
    io = pytest.importorskip("x12sdk.io")
    try:
        with io.X12ModelReader(str(path)) as models:
            return [claim for model in models.models() for claim in model.claims()] or None
    except Exception:  # noqa: BLE001 - whatever it raises, it did not read the file
        return None


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name[:60])
def test_values_against_x12sdk(path: Path):
    theirs = sdk_claims(path)
    if theirs is None:
        pytest.skip("x12sdk refuses the file; see the docstring")
    claims, _ = read(path.read_bytes())
    assert len(claims) == len(theirs)
    for ours, other in zip(claims, theirs, strict=True):
        compare(ours.claim, other)


def compare(claim: Claim, other) -> None:
    assert claim.patient_control_number == other.patient_control_number
    assert claim.total_charge_cents == Decimal(other.charge) * 100
    assert claim.subscriber.member_id == (other.member_id or "")
    assert claim.payer.name == (other.payer_name or "")
    assert (claim.patient.last_name, claim.patient.first_name) == tuple(name or "" for name in other.patient_name)
    assert claim.patient.is_subscriber == (not other.is_dependent)
    assert (claim.patient.relationship or None) == (_code(other.relationship) or None)
    billing = claim.providers[0]
    assert (billing.role, billing.last_name) == ("billing", other.billing_provider_name)
    assert billing.npi == (other.billing_provider_npi or "")
    assert len(claim.lines) == len(other.service_lines)
    for line, loop in zip(claim.lines, other.service_lines, strict=True):
        segment = getattr(loop, "sv1_segment", None) or loop.sv2_segment
        amount = getattr(segment, "line_item_charge_amount", None)
        if amount is not None:
            assert line.charge_cents == Decimal(amount) * 100
        quantity = getattr(segment, "service_unit_count", None)
        if quantity is not None:
            assert line.units == Decimal(quantity)


def _code(value) -> str:
    return getattr(value, "value", value) or ""


def test_x12sdk_takes_enough_files():
    pytest.importorskip("x12sdk.io")
    if not CORPUS.exists():
        pytest.skip(f"the shared corpus is not here: {CORPUS}")
    assert sum(sdk_claims(path) is not None for path in FILES) >= 20

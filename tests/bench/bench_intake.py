# ruff: noqa: T201 - a bench prints
"""How many claims a second the X12 reader reads, beside oxedi, x12sdk and pyx12 on the same bytes in the same run.

usage: bench_intake.py [CLAIMS=20000]

The claims are made by ../shared/corpus/tools/make_million.py from the public 837P baselines. Ratios are to "to claims,
checked", which is what `read_x12` does. x12sdk and pyx12 read a hundredth of the claims, being slow. Time is the
processor's, so that what else runs on the machine counts less.
"""

from __future__ import annotations

import io
import logging
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]
CORPUS = ROOT.parent / "shared" / "corpus"
sys.path.insert(0, str(ROOT))

from engine.intake.reading import ReadClaim  # noqa: E402
from engine.intake.x12 import reader  # noqa: E402
from engine.intake.x12.loop_table import load_table  # noqa: E402
from engine.intake.x12.loops import Assembler  # noqa: E402
from engine.intake.x12.tokenizer import read_batches  # noqa: E402


def make(count: int, folder: Path) -> bytes:
    """One stream of ``count`` claims."""
    tool = CORPUS / "tools" / "make_million.py"
    baselines = CORPUS / "labelled" / "mutants" / "mutants_837.jsonl.gz"
    subprocess.run(
        [sys.executable, str(tool), str(count), str(folder), str(baselines)], check=True, stdout=subprocess.DEVNULL
    )
    return b"".join(path.read_bytes() for path in sorted(folder.glob("*.x12")))


def to_segments(data: bytes) -> int:
    return sum(sum(text.name == "CLM" for text in batch.texts) for batch in read_batches(io.BytesIO(data)))


def to_loops(data: bytes) -> int:
    table = load_table("professional")
    assembler = Assembler(table)
    claims = index = 0
    for batch in read_batches(io.BytesIO(data)):
        index += len(batch.texts)
        for event in assembler.feed(batch.texts, index - len(batch.texts)):
            claims += event.kind == "claim"
            if event.segment is not None and event.segment.name == "ST":
                assembler.begin(table, event.segment)
            elif event.segment is not None:
                claims += sum(inner.kind == "claim" for inner in assembler.end())
    return claims


def to_claims(data: bytes) -> int:
    return sum(isinstance(item, ReadClaim) for item in reader.read_x12(io.BytesIO(data), "bench"))


def to_claims_unchecked(data: bytes) -> int:
    supported = reader.is_supported
    reader.is_supported = lambda _: False  # type: ignore[assignment]
    try:
        return to_claims(data)
    finally:
        reader.is_supported = supported


def with_oxedi(data: bytes) -> int:
    import oxedi

    document = oxedi.parse(data).document
    return sum(document[at].id == b"CLM" for at in range(len(document)))


def with_pyx12(data: bytes) -> int:
    import pyx12.params
    import pyx12.x12n_document

    logging.disable(logging.CRITICAL)
    for part in data.split(b"ISA*")[1:]:
        source = io.StringIO("ISA*" + part.decode())
        pyx12.x12n_document.x12n_document(pyx12.params.params(), source, None, None, None)
    logging.disable(logging.NOTSET)
    return data.count(b"~\nCLM*")


def with_x12sdk(data: bytes) -> int:
    import x12sdk.io

    with tempfile.NamedTemporaryFile(suffix=".x12") as file:
        file.write(data)
        file.flush()
        with x12sdk.io.X12ModelReader(file.name) as models:
            return sum(len(list(model.claims())) for model in models.models())


def rate(run: Callable[[bytes], int], data: bytes, times: int = 3) -> float:
    """Claims a second, the best of some runs."""
    best = 0.0
    for _ in range(times):
        started = time.process_time()
        claims = run(data)
        best = max(best, claims / (time.process_time() - started))
    return best


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    if not CORPUS.exists():
        sys.exit(f"the shared corpus is not here: {CORPUS}")
    with tempfile.TemporaryDirectory() as folder:
        data = make(count, Path(folder) / "all")
        few = make(max(50, count // 100), Path(folder) / "few")
    rows: list[tuple[str, float]] = [
        ("to segments", rate(to_segments, data)),
        ("to loops", rate(to_loops, data)),
        ("to claims", rate(to_claims_unchecked, data)),
        ("to claims, checked", rate(to_claims, data)),
    ]
    peers = (
        ("oxedi (parse)", with_oxedi, data, 2),
        ("x12sdk (models)", with_x12sdk, few, 1),
        ("pyx12 (validate)", with_pyx12, few, 1),
    )
    for name, run, size, times in peers:
        try:
            rows.append((name, rate(run, size, times)))
        except Exception as error:  # noqa: BLE001 - a peer that is absent or fails has no row
            print(f"{name}: {type(error).__name__}: {error}")
    own = dict(rows)["to claims, checked"]
    print(f"{count} claims, {len(data) / 1e6:.1f} MB, one process")
    print(f"{'':22}{'claims/s':>12}{'µs/claim':>12}{'ratio':>9}")
    for name, value in rows:
        print(f"{name:22}{value:>12,.0f}{1e6 / value:>12.1f}{value / own:>9.2f}")


if __name__ == "__main__":
    main()

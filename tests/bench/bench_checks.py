"""How long the structural checks take for a claim: ``python tests/bench/bench_checks.py``."""

import gzip
import io
import json
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from engine.intake.x12.checks import check_loop  # noqa: E402
from engine.intake.x12.guide import load_guide  # noqa: E402
from engine.intake.x12.loop_table import load_table  # noqa: E402
from engine.intake.x12.loops import Assembler  # noqa: E402
from engine.intake.x12.segments import Loop  # noqa: E402
from engine.intake.x12.tokenizer import read_batches  # noqa: E402

MUTANTS = ROOT.parent / "shared" / "corpus" / "labelled" / "mutants" / "mutants_837.jsonl.gz"


ENVELOPE = {"ISA", "GS", "ST", "SE", "GE", "IEA"}


def keep(loop):
    """The loop and all inside it; the machine lets go of a loop once it has handed it out."""
    yield Loop(loop.id, None, list(loop.texts), loop.first, list(loop.children), loop.indexes)
    for child in loop.children:
        yield from keep(child)


def main(repeat=10):
    work, claims, segments = [], 0, 0
    with gzip.open(MUTANTS, "rt") as lines:
        rows = [row for row in map(json.loads, lines) if row["kind"] == "none"]
    for row in rows:
        form = "institutional" if row["form"] == "837I" else "professional"
        batches = list(read_batches(io.BytesIO(row["x12"].encode())))
        inside = [text for batch in batches for text in batch.texts if text.name not in ENVELOPE]
        machine = Assembler(load_table(form))
        machine.begin(load_table(form), None)
        loops = []
        for events in (machine.feed(inside, 0), machine.end()):
            for event in events:
                if event.kind not in {"claim", "level"}:
                    continue
                claims += event.kind == "claim"
                loops.extend(keep(event.scope.loop))
        segments += sum(len(loop.texts) for loop in loops)
        work.append((loops, load_guide(form), batches[0].separators))
    best = min(once(work) for _ in range(repeat))
    each, of_segment = best / claims * 1e6, best / segments * 1e6
    print(f"{claims} claims, {segments} segments: {each:.1f} us a claim, {of_segment:.2f} us a segment")  # noqa: T201 - a script


def once(work):
    start = time.perf_counter()
    for loops, guide, separators in work:
        for loop in loops:
            check_loop(loop, guide, separators)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()

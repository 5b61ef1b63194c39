"""How often `codes suggest` names the right code. Run: ``python tests/bench/bench_suggest.py``.

Sets, all asked as of 2026-03-01:

* documented_problems.yaml: problems as notes put them, with attributes; written before the suggestions existed.
* lay_phrases.yaml: the sixty phrases of the code search, which that search has been looked at with.
* the Conditions and diagnoses with ICD-10-CM codings and display text in ``../shared/corpus/fhir``, where that folder
  is; those whose text is a description of the index are counted apart, since they measure nothing.
* 2,000 inclusion terms (drawn), with the terms left out of the index: the answer is the term's node or a code below it.
"""

from __future__ import annotations

import json
import random
import sys
import time
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from engine.reference.catalog import Tables  # noqa: E402
from engine.reference.search import icd10cm  # noqa: E402
from engine.reference.search.search import CodeSearch  # noqa: E402
from engine.reference.search.suggest import Documented, suggest  # noqa: E402
from tests.bench.bench_search import DAY, accepted, below, terms  # noqa: E402

CORPUS = ROOT.parent / "shared" / "corpus" / "fhir"
SHOWN = (1, 5, 10)


def fhir_codings():
    """Each different (code, text) of the corpus."""
    found = set()
    for path in sorted(CORPUS.rglob("*.json")):
        _collect(json.loads(path.read_text("utf-8")), found)
    return sorted(found)


def _collect(node, found):
    if isinstance(node, list):
        for each in node:
            _collect(each, found)
    elif isinstance(node, dict):
        for coding in node.get("coding") or ():
            if str(coding.get("system", "")).lower().endswith("icd-10-cm") and coding.get("display"):
                found.add((str(coding.get("code", "")).replace(".", ""), coding["display"]))
        for each in node.values():
            _collect(each, found)


def ask(label, search, tables, questions, *, show=False):
    """Hit rates and times of (problem, judge of a code) pairs."""
    ranks, taken, missed = [], [], []
    for problem, right in questions:
        start = time.process_time()
        codes = [each.code for each in suggest(search, tables, problem, DAY).candidates]
        taken.append(time.process_time() - start)
        rank = next((place for place, code in enumerate(codes, 1) if right(code)), 99)
        ranks.append(rank)
        if rank > 1:
            missed.append(f"    {rank:2} {problem.text!r}: {' '.join(codes[:5])}")
    taken.sort()
    rates = ", ".join(f"hit@{at} {sum(rank <= at for rank in ranks) / len(ranks):.1%}" for at in SHOWN)
    p50, p95 = (1000 * taken[int(len(taken) * part)] for part in (0.5, 0.95))
    print(f"{label} ({len(ranks):,}): {rates}; processor time p50 {p50:.0f} ms, p95 {p95:.0f} ms")  # noqa: T201 - a script
    if show:
        print("\n".join(missed))  # noqa: T201 - a script


def main():
    show = "--show" in sys.argv
    tables = Tables.load()
    search = CodeSearch(tables, "icd10cm", None)
    written = yaml.safe_load((ROOT / "tests/bench/documented_problems.yaml").read_text("utf-8"))
    problems = [
        (
            Documented(**{key: value for key, value in each.items() if key != "accept"}),
            lambda code, wanted=each["accept"]: accepted(code, wanted),
        )
        for each in written
    ]
    ask("documented problems", search, tables, problems, show=show)
    bare = [(Documented(text=problem.text), right) for problem, right in problems]
    ask("the same without attributes", search, tables, bare)
    lay = yaml.safe_load((ROOT / "tests/bench/lay_phrases.yaml").read_text("utf-8"))
    phrases = [(Documented(text=e["type"]), lambda code, wanted=e["accept"]: accepted(code, wanted)) for e in lay]
    ask("lay phrases of the search", search, tables, phrases, show=show)
    if CORPUS.exists():
        known = {
            str(row.values["description"]).lower()
            for code in tables.keys_from("icd10cm", "")
            for row in tables.rows("icd10cm", code)
        } | {text.lower() for text in icd10cm._headings(tables).values()}
        codings = fhir_codings()
        fresh = [(code, text) for code, text in codings if text.lower() not in known]
        print(f"FHIR: {len(codings)} different codings with text, {len(fresh)} whose text is not in the index")  # noqa: T201 - a script
        for label, chosen in (("FHIR, text not in the index", fresh), ("FHIR, all", codings)):
            if chosen:
                asked = [(Documented(text=text), lambda code, node=code: below(code, node)) for code, text in chosen]
                ask(label, search, tables, asked, show=show)
    drawn = random.Random(20261122).sample(terms(), 2000)
    icd10cm._phrases = lambda *_: []
    without = CodeSearch(tables, "icd10cm", None)
    asked = [(Documented(text=text), lambda code, node=node: below(code, node)) for node, text in drawn]
    ask("terms not in the index", without, tables, asked)


if __name__ == "__main__":
    main()

"""How often the code search finds the right code, and how fast. Run: ``python tests/bench/bench_search.py``.

Sets of questions, all asked as of 2026-03-01; times are of the processor, so that a busy machine changes them little:

* every inclusion term of the tabular list. *own*: the answer is the code or heading that the term stands under (of
  codes that lack only a seventh character: one with it); *own or below*: or a code below it. The terms are in
  the index, so this measures ranking, not understanding.
* each term with one random slip in one letter (left out, put in, changed, swapped with its neighbour), fixed seed;
* sixty lay and abbreviated phrases (lay_phrases.yaml) with the codes that a coder would accept.

``--without-terms`` leaves the inclusion terms out of the index: then they are questions that it has not seen.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from engine.reference.catalog import Tables  # noqa: E402
from engine.reference.days import read_day  # noqa: E402
from engine.reference.notes.lookup import shipped  # noqa: E402
from engine.reference.search import icd10cm, store  # noqa: E402
from engine.reference.search.search import CodeSearch  # noqa: E402

LETTERS = "abcdefghijklmnopqrstuvwxyz"
DAY = read_day("2026-03-01")
SHORTEST = 5


def terms():
    notes = shipped()
    return [(t.node, t.wording) for node in notes._records for t in notes.texts_on(node) if t.kind == "inclusion_term"]


def slip(text, chance):
    """One slip in a word of five letters or more; ``None`` when there is none."""
    words = text.split(" ")
    places = [place for place, word in enumerate(words) if len(word) >= SHORTEST and word.isalpha()]
    if not places:
        return None
    place = chance.choice(places)
    word = words[place]
    at = chance.randrange(len(word) - 1)
    kind = chance.choice(("out", "in", "changed", "swapped"))
    letter = chance.choice(LETTERS)
    words[place] = {
        "out": word[:at] + word[at + 1 :],
        "in": word[:at] + letter + word[at:],
        "changed": word[:at] + letter + word[at + 1 :],
        "swapped": word[:at] + word[at + 1] + word[at] + word[at + 2 :],
    }[kind]
    return " ".join(words)


def own(code, node):
    return code == node or (len(code) == 7 and node == icd10cm._node(code, {node: ""}, shipped()))


def below(code, node):
    return own(code, node) or (len(node) > 2 and "-" not in node and code.startswith(node))


def accepted(code, wanted):
    plain = [each.replace(".", "") for each in wanted]
    return any(code.startswith(each[:-1]) if each.endswith("-") else code == each for each in plain)


def ask(label, search, questions, judges, show=0):
    taken, hits = [], {name: [0, 0] for name in judges}
    missed = []
    for wanted, text in questions:
        start = time.process_time()
        found = [hit.code for hit in search.search(text, DAY).hits]
        taken.append(time.process_time() - start)
        for name, judge in judges.items():
            right = [judge(code, wanted) for code in found]
            hits[name][0] += any(right[:1])
            hits[name][1] += any(right)
        if not any(right[:1]):
            missed.append(f"    {text!r} wants {wanted}: {' '.join(found[:5])}{'' if any(right) else '   NOT IN TEN'}")
    taken.sort()
    p50, p95 = (1000 * taken[int(len(taken) * part)] for part in (0.5, 0.95))
    scores = "; ".join(
        f"{name} hit@1 {one / len(taken):.1%}, hit@10 {ten / len(taken):.1%}" for name, (one, ten) in hits.items()
    )
    print(f"{label} ({len(taken):,}): {scores}; processor time p50 {p50:.1f} ms, p95 {p95:.1f} ms")  # noqa: T201 - a script
    print("\n".join(missed[:show]), end="\n" if show else "")  # noqa: T201 - a script


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=0, help="ask only so many of the terms")
    parser.add_argument("--show", type=int, default=0, help="show so many that were not found first")
    parser.add_argument("--without-terms", action="store_true")
    arguments = parser.parse_args()
    chance = random.Random(20261122)
    questions = terms()
    if arguments.sample:
        questions = chance.sample(questions, arguments.sample)
    if arguments.without_terms:
        icd10cm._phrases = lambda *_: []
    start = time.process_time()
    search = CodeSearch(Tables.load(), "icd10cm", None)
    print(f"index format {store.FORMAT}, built in memory in {time.process_time() - start:.2f} s of processor time")  # noqa: T201 - a script
    nodes = {"own": own, "own or below": below}
    ask("inclusion terms", search, questions, nodes, arguments.show)
    slipped = [(node, text) for node, wording in questions if (text := slip(wording, chance))]
    ask("with one slip", search, slipped, nodes, arguments.show)
    lay = yaml.safe_load((ROOT / "tests/bench/lay_phrases.yaml").read_text())
    ask("lay phrases", search, [(each["accept"], each["type"]) for each in lay], {"accepted": accepted}, arguments.show)
    lay_slips = [(each["accept"], text) for each in lay if (text := slip(each["type"], chance))]
    ask("lay phrases with one slip", search, lay_slips, {"accepted": accepted})


if __name__ == "__main__":
    main()

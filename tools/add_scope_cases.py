"""Adds to test twins the quiet case on a claim of a type that the rule is not about, where a twin has none.

Each case is the first firing one with another claim type; it is written only when it notices the mutant whose claim
types are dropped. Run it after writing rules: ``python -m tools.add_scope_cases [ID…]``; then read what it wrote.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

from msgspec import structs

from engine.authoring.mutants import CLAIM_TYPES, Mutant, mutants
from engine.authoring.mutation import noticed
from engine.authoring.twins import base_claims, load_base, prepare, trials, with_twins
from engine.reference.catalog import Tables
from engine.rulebook import load
from engine.rulebook.book import Rulebook
from engine.rulebook.document import items, mapping, parse_document
from engine.rulebook.rule import Rule
from engine.rulebook.twins import Twin

SCOPE = "applies_to.claim_types dropped"
NAMES = {"professional": "a professional", "institutional": "an institutional", "dental": "a dental"}
FACILITIES = {
    "institutional": (
        "",
        ', facility_code: "13", facility_qualifier: A',
        ', facility_code: "11", facility_qualifier: A',
    ),
    "professional": ("", ', facility_code: "11", facility_qualifier: B'),
    "dental": ("", ', facility_code: "11", facility_qualifier: B'),
}


def add(rulebook: Rulebook, rule: Rule, twin: Twin, mutant: Mutant, tables: Tables) -> str:
    """Adds one case to the file of a twin, when one is found that notices the mutant; its name."""
    path = load.shipped_rules().parent / (rule.path.removesuffix(".yaml") + ".test.yaml")
    text = path.read_text(encoding="utf-8").rstrip("\n") + "\n"
    cut = text.find("\nequivalent:") + 1 or len(text)
    base = load_base(base_claims(), twin.base)
    firing = [case for case in twin.cases if case.expect]
    for block, case in ((block, case) for case in firing for block in blocks(text[:cut]) if named(block) == case.name):
        for kind, changed in variants(rule, block):
            entry = mapping(items(mapping(parse_document(f"cases:\n{changed}", str(path)).content).get("cases"))[0])
            quiet = structs.replace(case, name="", given=mapping(entry.get("given")), expect=())
            trial = prepare(rule, quiet, base, tables)
            if trial.claim is not None and noticed(rulebook, mutant, [trial]):
                path.write_text(text[:cut] + changed + text[cut:], encoding="utf-8")
                return f"{NAMES[kind]} claim is not judged"
    return ""


def blocks(text: str) -> Iterator[str]:
    """The text of each case."""
    found = [match.start() for match in re.finditer(r"^  - name:", text, re.MULTILINE)]
    yield from (text[start:end] for start, end in zip(found, [*found[1:], len(text)], strict=True))


def named(block: str) -> str:
    """The name of a case."""
    return block.partition("\n")[0].partition("name:")[2].strip().strip("\"'").replace('\\"', '"')


def variants(rule: Rule, block: str) -> Iterator[tuple[str, str]]:
    """The case on claims of the other types, expecting nothing."""
    head = re.sub(r"^    (expect|because):.*(\n      .*)*\n?", "", block, flags=re.MULTILINE)
    for kind in CLAIM_TYPES:
        if kind in rule.applies.claim_types:
            continue
        for facility in FACILITIES[kind]:
            given = f"claim_type: {kind}{facility}"
            changed = re.sub(r"^  - name:.*", f"  - name: {NAMES[kind]} claim is not judged", head, count=1)
            changed = re.sub(r"\b(claim_type|facility_code|facility_qualifier): [^,}]+(, )?", "", changed)
            if re.search(r"^    given: \{", changed, re.MULTILINE):
                changed = re.sub(r"^    given: \{\s*(?=\S)", f"    given: {{{given}, ", changed, flags=re.MULTILINE)
                changed = changed.replace(f"{given}, }}", f"{given}}}")
            elif "    given:" in changed:
                continue
            else:
                changed = changed.rstrip("\n") + f"\n    given: {{{given}}}\n"
            yield kind, changed.rstrip("\n") + "\n    expect: []\n"


def main() -> None:
    """Adds what is missing to the twins of the named rules, or of all."""
    rulebook, tables = load.load_rulebook(), Tables.load()
    for rule, twin in with_twins(rulebook, sys.argv[1:]):
        cases = trials(rule, twin, base_claims(), tables)
        excused = {entry.mutant for entry in twin.equivalent}
        for mutant in mutants(rule, rulebook.tags[rule.id]):
            if mutant.name == SCOPE and mutant.name not in excused and not noticed(rulebook, mutant, cases):
                print(f"{rule.id}: {add(rulebook, rule, twin, mutant, tables) or 'none found'}")


if __name__ == "__main__":
    main()

"""Accuracy on labelled claims: recall by kind on planted defects, and agreement with the Medicare Code Editor.

Run: python tests/bench/report_accuracy.py        (reads ../shared/corpus/labelled and the tables of ../shared/refdata)

Recall: the mutant has a finding (rule and place) that its baseline lacks. Side effect: a new finding of a rule that is
not one of those that answer for the kind (the rules that many mutants of the kind gain).
"""

from __future__ import annotations

import gzip
import io
import json
import sys
from collections import Counter, defaultdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from engine.backends.durable import compile_durable
from engine.check import Checker
from engine.claim.model import Claim, ClaimCode, Diagnosis, InpatientProcedure, Patient
from engine.findings.report import ClaimReport
from engine.intake.reading import ReadClaim
from engine.intake.sniff import read
from engine.rulebook.load import load_rulebook

sys.path.insert(0, str(Path(__file__).parents[1] / "corpus"))
from full_tables import full_tables

LABELLED = Path(__file__).parents[3] / "shared" / "corpus" / "labelled"
RECEIVED_ON = date(2026, 1, 15)
OFTEN = 0.15
EDITS = {
    "AGE_CONFLICT": ("COD-0025", "COD-0026", "COD-0027", "COD-0028"),
    "SEX_CONFLICT": ("COD-0029",),
    "UNACCEPTABLE_PDX": ("COD-0018", "COD-0019"),
    "MANIFESTATION_AS_PDX": ("COD-0014",),
    "E_CODE_AS_PDX": ("COD-0016",),
    "QUESTIONABLE_ADMISSION": ("COD-0020",),
    "UNSPECIFIED": ("COD-0021",),
    "INVALID_CODE": ("COD-0001", "COD-0002", "COD-0003", "COD-0004", "COD-0005", "BIL-0326"),
}
SEX = ("male", "female", "unknown")


def mutants() -> list[dict[str, Any]]:
    """The labelled 837 claims."""
    with gzip.open(LABELLED / "mutants" / "mutants_837.jsonl.gz", "rt") as lines:
        return [json.loads(line) for line in lines]


def report_mutants(rows: list[dict[str, Any]]) -> None:
    """Recall and side effects by kind."""
    codes = {
        line.procedure
        for row in rows
        for item in read(io.BytesIO(row["x12"].encode()), row["id"])
        if isinstance(item, ReadClaim)
        for line in item.claim.lines
    }
    checker = Checker(load_rulebook(), full_tables(codes), compile_durable, engine="durable", received_on=RECEIVED_ON)
    found: dict[str, set[tuple[str, str]]] = {}
    for row in rows:
        items = list(checker.check(io.BytesIO(row["x12"].encode()), row["id"]))
        found[row["id"]] = {
            place
            for item in items
            for place in (
                [(f.rule, f.at.words()) for f in item.findings if f.status == "stable"]
                if isinstance(item, ClaimReport)
                else [(item.rule, "input")]
            )
        }
    gained: dict[str, list[set[str]]] = defaultdict(list)
    for row in rows:
        if row["kind"] != "none":
            gained[row["kind"]].append({rule for rule, _ in found[row["id"]] - found[row["base_id"]]})
    print(f"{'kind':20}{'claims':>7}{'recall':>9}{'side':>8}   rules that answer; side effects")  # noqa: T201
    for kind, sets in sorted(gained.items()):
        counted = Counter(rule for rules in sets for rule in rules)
        answers = {rule for rule, count in counted.items() if count >= OFTEN * len(sets)}
        side = sum(bool(rules - answers) for rules in sets)
        others = {rule: count for rule, count in counted.most_common() if rule not in answers}
        recall = sum(bool(rules & answers) for rules in sets) / len(sets)
        print(f"{kind:20}{len(sets):>7}{recall:>9.1%}{side / len(sets):>8.1%}   {' '.join(sorted(answers))}; {others}")  # noqa: T201


def inpatient(row: dict[str, Any]) -> Claim:
    """A labelled stay as a claim: the day of discharge is the through day, the age is that on admission."""
    claim = row["claim"]
    text = str(claim["discharge_date"])
    through = date(int(text[:4]), int(text[4:6]), int(text[6:]))
    begin = through - timedelta(days=claim.get("length_of_stay") or 1)
    birth = date(begin.year - claim["age"], 1, 1) if claim["age"] < begin.year else None
    diagnoses = [Diagnosis(position=1, code=claim["pdx"]["code"], role="principal", qualifier="ABK")]
    diagnoses += [
        Diagnosis(position=n, code=d["code"], role="other", qualifier="ABF")
        for n, d in enumerate(claim["sdx"], start=2)
    ]
    procedures = [
        InpatientProcedure(position=n, code=p["code"], day=begin) for n, p in enumerate(claim["procedures"], start=1)
    ]
    return Claim(
        claim_type="institutional",
        patient_control_number=claim["id"],
        facility_code="11",
        facility_qualifier="A",
        frequency_code="1",
        statement_from_day=begin,
        statement_to_day=through,
        admission_day=begin,
        discharge_status=f"{claim['discharge_status']:02}",
        patient=Patient(birth_day=birth, sex=SEX[claim["sex"]]),
        diagnoses=tuple(diagnoses),
        procedures=tuple(procedures),
        codes=(ClaimCode(family="value", code="80"),),
    )


def report_mce() -> None:
    """Agreement by edit: both say it of the claim, or neither does."""
    with gzip.open(LABELLED / "mce" / "mce_drg_6000.jsonl.gz", "rt") as lines:
        rows = [json.loads(line) for line in lines]
    checker = Checker(load_rulebook(), full_tables(set()), compile_durable, engine="durable", received_on=RECEIVED_ON)
    both: Counter[str] = Counter()
    differ: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        report = checker.check_claim(ReadClaim(claim=inpatient(row)))
        mine = {f.rule for f in report.findings}
        theirs = {edit["name"] for edit in row["expected_mce"]["edits"]}
        for edit, rules in EDITS.items():
            if bool(mine & set(rules)) == (edit in theirs):
                both[edit] += edit in theirs
            else:
                differ[edit].append(f"{row['claim']['id']}({'ours' if mine & set(rules) else 'theirs'})")
    print(f"\n{'edit':26}{'both':>7}{'differ':>8}{'agree':>9}   of {len(rows):,} stays")  # noqa: T201
    for edit in EDITS:
        wrong = len(differ[edit])
        print(f"{edit:26}{both[edit]:>7}{wrong:>8}{1 - wrong / len(rows):>9.2%}   {' '.join(differ[edit][:6])}")  # noqa: T201


def main() -> None:
    """Both reports."""
    if not LABELLED.is_dir():
        print(f"skipped: the labelled corpus is not here: {LABELLED}")  # noqa: T201
        return
    report_mutants(mutants())
    report_mce()


if __name__ == "__main__":
    main()

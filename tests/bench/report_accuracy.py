"""Accuracy on labelled claims: recall by kind on planted defects, and agreement with the Medicare Code Editor.

Run: python tests/bench/report_accuracy.py        (reads ../shared/corpus/labelled and the tables of ../shared/refdata)

Recall: the mutant has a finding (rule, place and message) of a rule that answers for its kind, and its baseline lacks
it; a mutant whose baseline bears the very same finding is left out ("same"). Side effects: new findings of rules that
neither answer nor stand among the known consequences of the planting (mutant_kinds.yaml gives a reason for each), nor
find the same of the baseline elsewhere ("repeated": a line with a finding was copied or replaced).
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

import yaml
from msgspec import Struct, field

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
KINDS = Path(__file__).with_name("mutant_kinds.yaml")
Found = tuple[str, str, str]
"""Rule, place and message."""
EDITS = {
    "AGE_CONFLICT": ("COD-0025", "COD-0026", "COD-0027", "COD-0028"),
    "SEX_CONFLICT": ("COD-0029",),
    "UNACCEPTABLE_PDX": ("COD-0018", "COD-0019"),
    "MANIFESTATION_AS_PDX": ("COD-0014",),
    "E_CODE_AS_PDX": ("COD-0016",),
    "QUESTIONABLE_ADMISSION": ("COD-0020",),
    "UNSPECIFIED": ("COD-0021",),
    "INVALID_CODE": ("COD-0001", "COD-0002", "COD-0003", "COD-0004", "COD-0005", "COD-0074", "BIL-0326"),
}
SEX = ("male", "female", "unknown")


def mutants() -> list[dict[str, Any]]:
    """The labelled 837 claims."""
    with gzip.open(LABELLED / "mutants" / "mutants_837.jsonl.gz", "rt") as lines:
        return [json.loads(line) for line in lines]


class Tally(Struct):
    """What the mutants of one kind gained over their baselines."""

    claims: int = 0
    same: int = 0
    recalled: int = 0
    consequences: Counter[str] = field(default_factory=Counter)
    repeated: Counter[str] = field(default_factory=Counter)
    side: Counter[str] = field(default_factory=Counter)
    with_side: int = 0
    missed: list[str] = field(default_factory=list)

    def add(self, row: dict[str, Any], kind: dict[str, Any], before: set[Found], after: set[Found]) -> None:
        """Count one mutant; one whose baseline bears the very same finding has nothing to gain and is left out."""
        gained = {found[0] for found in after - before}
        answers = gained & set(kind["answers"])
        if not answers and any(rule in kind["answers"] for rule, *_ in after & before):
            self.same += 1
            return
        self.claims += 1
        self.recalled += bool(answers)
        if not answers:
            self.missed.append(row["id"])
        rest = gained - set(kind["answers"])
        known = rest & set(kind.get("consequences", ()))
        repeated = {rule for rule, *_ in before} & rest - known
        self.consequences.update(known)
        self.repeated.update(repeated)
        self.side.update(rest - known - repeated)
        self.with_side += bool(rest - known - repeated)


def report_mutants(rows: list[dict[str, Any]]) -> None:
    """Recall and side effects by kind."""
    found = findings(rows)
    kinds = yaml.safe_load(KINDS.read_text(encoding="utf-8"))
    tallies: dict[str, Tally] = defaultdict(Tally)
    for row in rows:
        if row["kind"] != "none":
            tallies[row["kind"]].add(row, kinds[row["kind"]], found[row["base_id"]], found[row["id"]])
    print(f"{'kind':18}{'claims':>7}{'same':>6}{'recall':>8}{'side':>7}   side effects; repeated; consequences")  # noqa: T201
    for kind, tally in sorted(tallies.items()):
        recall, side = tally.recalled / tally.claims, tally.with_side / tally.claims
        others = "; ".join(
            " ".join(f"{rule} {count}" for rule, count in counter.most_common()) or "-"
            for counter in (tally.side, tally.repeated, tally.consequences)
        )
        print(f"{kind:18}{tally.claims:>7}{tally.same:>6}{recall:>8.1%}{side:>7.1%}   {others}")  # noqa: T201
        if tally.missed:
            print(f"{'':18}missed: {' '.join(tally.missed[:6])}")  # noqa: T201
    claims = sum(each.claims for each in tallies.values())
    recalled, side = sum(each.recalled for each in tallies.values()), sum(each.with_side for each in tallies.values())
    print(f"{'all kinds':18}{claims:>7}{'':6}{recalled / claims:>8.1%}{side / claims:>7.1%}")  # noqa: T201


def findings(rows: list[dict[str, Any]]) -> dict[str, set[Found]]:
    """What stable rules and the reader say of each claim: rule, place and message."""
    codes = {
        line.procedure
        for row in rows
        for item in read(io.BytesIO(row["x12"].encode()), row["id"])
        if isinstance(item, ReadClaim)
        for line in item.claim.lines
    }
    checker = Checker(load_rulebook(), full_tables(codes), compile_durable, engine="durable", received_on=RECEIVED_ON)
    found: dict[str, set[Found]] = {}
    for row in rows:
        said: set[Found] = set()
        for item in checker.check(io.BytesIO(row["x12"].encode()), row["id"]):
            if isinstance(item, ClaimReport):
                said |= {(f.rule, f.at.words(), f.says) for f in item.findings if f.status == "stable"}
            else:
                said.add((item.rule, "input", item.says))
        found[row["id"]] = said
    return found


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
    """Agreement by edit: both say it of the stay, or neither does; the differences are told apart by their reason."""
    with gzip.open(LABELLED / "mce" / "mce_drg_6000.jsonl.gz", "rt") as lines:
        rows = [json.loads(line) for line in lines]
    checker = Checker(load_rulebook(), full_tables(set()), compile_durable, engine="durable", received_on=RECEIVED_ON)
    both: Counter[str] = Counter()
    differ: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        report = checker.check_claim(ReadClaim(claim=inpatient(row)))
        mine = {finding.rule for finding in report.findings}
        theirs = {edit["name"] for edit in row["expected_mce"]["edits"]}
        for edit, rules in EDITS.items():
            ours = bool(mine & set(rules))
            if ours == (edit in theirs):
                both[edit] += ours
            else:
                differ[edit][reason(row, edit, ours=ours)] += 1
    print(f"\n{'edit':26}{'both':>7}{'differ':>8}{'agree':>9}   of {len(rows):,} stays")  # noqa: T201
    for edit in EDITS:
        wrong = differ[edit].total()
        reasons = "; ".join(f"{count} {why}" for why, count in differ[edit].most_common())
        print(f"{edit:26}{both[edit]:>7}{wrong:>8}{1 - wrong / len(rows):>9.2%}   {reasons}")  # noqa: T201


def reason(row: dict[str, Any], edit: str, *, ours: bool) -> str:
    """Why the two differ on a stay."""
    if edit == "SEX_CONFLICT" and not ours and SEX[row["claim"]["sex"]] == "unknown":
        return "of unknown sex: not evaluated here"
    return f"unexplained, {'ours' if ours else 'theirs'} alone, like {row['claim']['id']}"


def main() -> None:
    """Both reports."""
    if not LABELLED.is_dir():
        print(f"skipped: the labelled corpus is not here: {LABELLED}")  # noqa: T201
        return
    report_mutants(mutants())
    report_mce()


if __name__ == "__main__":
    main()

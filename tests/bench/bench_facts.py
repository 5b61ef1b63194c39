"""Claims a second from claim to facts: everything the vocabulary has, and about forty typical fields with tags.

Run: python tests/bench/bench_facts.py [--claims 20000]

A claim is professional with six lines, four diagnoses and five providers. One process, tables loaded, claims decoded.
"""

from __future__ import annotations

import argparse
import sys
import time
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import msgspec

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from engine.claim.model import Claim, Diagnosis, ServiceLine  # noqa: E402
from engine.facts.needs import KindNeeds, Tag  # noqa: E402
from engine.facts.project import Projector  # noqa: E402
from engine.facts.view import ClaimView, Context, PayerProfile  # noqa: E402
from engine.facts.vocabulary import vocabulary  # noqa: E402
from engine.reference.catalog import Tables  # noqa: E402
from engine.reference.code_set import CodeSet, Window  # noqa: E402
from engine.rulebook.code_sets import read_code_set  # noqa: E402

CODES = ["99213", "11042", "97597", "93000", "36415", "80053", "G0439", "J1100"]
DIAGNOSES = ["I10", "E119", "M1711", "J189", "Z794", "S52501A"]
DIFFERENT = 200


def claims():
    base = msgspec.json.decode((ROOT / "tests/claims/professional/minimal.json").read_bytes(), type=Claim)
    made = []
    for n in range(DIFFERENT):
        day = date(2026, 3, 1) + timedelta(days=n % 20)
        lines = tuple(
            ServiceLine(
                number=i + 1,
                procedure=CODES[(n + i) % len(CODES)],
                code_type="HC",
                modifiers=("25",) if i == 0 else (),
                charge_cents=10000 + i,
                units=Decimal(1 + (n + i) % 3),
                unit_basis="UN",
                diagnosis_pointers=(1 + i % 4, 1 + (i + 1) % 4),
                service_day=day,
                service_end_day=day,
            )
            for i in range(6)
        )
        diagnoses = tuple(
            Diagnosis(position=i + 1, code=DIAGNOSES[(n + i) % 6], role="other" if i else "principal", qualifier="ABK")
            for i in range(4)
        )
        providers = base.providers + tuple(
            msgspec.structs.replace(base.providers[1], role=r) for r in ("referring", "ordering", "service_facility")
        )
        made.append(msgspec.structs.replace(base, lines=lines, diagnoses=diagnoses, providers=providers))
    return made


def code_set(name, *codes):
    return CodeSet(name=name, windows=(Window(codes=frozenset(codes)),))


def rule_sets():
    schema = ROOT / "rules/code-set.schema.json"
    paths = sorted((ROOT / "rules/code-sets").glob("*.yaml"))
    return {path.stem: read_code_set(path, path.name, schema)[0] for path in paths}


def typical():
    sets = [code_set(f"set-{n}", *CODES[n % 8 : n % 8 + 2]) for n in range(10)]
    return {
        "claim": KindNeeds(
            fields=(
                "frequency", "payer_kind", "days_from_last_service_to_receipt", "total_charge_cents", "diagnosis_count",
                "charge_difference_cents", "age_years", "patient_sex", "place_of_service", "subscriber_id_shape",
            ),
            tags=(Tag("original_reference_number", "present"), Tag("filing_indicator", "present")),
        ),
        "line": KindNeeds(
            fields=(
                "number", "procedure", "units", "service_day", "charge_cents", "place_of_service", "provider_unit",
                "modifier_count", "span_days", "repeats_line", "diagnosis_pointer_count", "unit_basis",
            ),
            tags=tuple(Tag("procedure", "in_set", s.name, code_set=s) for s in sets),
        ),
        "line_modifier": KindNeeds(fields=("line_number", "code", "side")),
        "line_diagnosis": KindNeeds(fields=("line_number", "code", "position")),
        "diagnosis": KindNeeds(fields=("position", "code", "role", "status_on_day", "age_conflict", "judged_day")),
        "provider": KindNeeds(fields=("role", "npi", "npi_check_digit_ok", "line_number")),
        "payer": KindNeeds(fields=("name",)),
        "param": KindNeeds(fields=("name", "value")),
    }  # fmt: skip


def measure(label, needs, tables, count):
    made = claims()
    context = Context(
        tables=tables,
        payer=PayerProfile("acme-ppo", "Acme", "commercial"),
        received_on=20600,
        parameters={"timely_filing_days": (90,), "timely_filing_basis": ("from",)},
        code_sets=rule_sets(),
    )
    projector = Projector(needs)
    facts = sum(len(projector.facts(ClaimView(claim, context))) for claim in made)
    start = time.perf_counter()
    for n in range(count):
        projector.facts(ClaimView(made[n % DIFFERENT], context))
    elapsed = time.perf_counter() - start
    speed, size, each = count / elapsed, facts / DIFFERENT, elapsed / count * 1e6
    print(f"{label}: {speed:,.0f} claims/s, {size:.1f} facts a claim, {each:.0f} us a claim")  # noqa: T201 - a script


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--claims", type=int, default=20_000)
    count = parser.parse_args().claims
    everything = {name: KindNeeds(fields=tuple(kind.fields)) for name, kind in vocabulary().items()}
    measure("everything, shipped tables", everything, Tables.load(), count)
    measure("everything, sample tables ", everything, Tables.load([ROOT / "tests/tables"]), count)
    measure("typical fields and tags   ", typical(), Tables.load(), count)


if __name__ == "__main__":
    main()

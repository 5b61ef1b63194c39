"""What the benchmark of peers runs: each takes the same claims from bytes to what it finds, in a process of its own.

A contestant is a function of a :class:`Course` that yields the number of claims done so far, and says at its first
``yield 0`` that its preparation is over. A library that is not installed raises ImportError, which the table says.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout, suppress
from datetime import date
from functools import partial
from importlib.metadata import version
from itertools import islice
from pathlib import Path

import msgspec
from msgspec import Struct

from engine.check import Checker
from engine.cli.options import Engine
from engine.cli.setting import make_checker, setting
from engine.intake.reading import ReadClaim
from engine.intake.sniff import read
from engine.reference.catalog import Tables
from engine.rulebook.load import load_rulebook

COMPARED = 20
"""Claims on which CLIPS is held against durable_rules before the clock runs."""

RECEIVED_ON = date(2026, 1, 15)


class Course(Struct, frozen=True):
    """The claims (files of one interchange each) and the folder of imported tables."""

    files: tuple[Path, ...]
    tables: Path


Run = Iterator[int]


def floor(course: Course) -> Run:
    """Bytes split into segments and elements, and nothing else."""
    yield 0
    done = 0
    for path in course.files:
        segments = [piece.strip().split(b"*") for piece in path.read_bytes().split(b"~")]
        done += sum(segment[0] == b"CLM" for segment in segments)
        yield done


def reading(course: Course) -> Run:
    """Bytes to claims, each held against its implementation guide."""
    yield 0
    done = 0
    for path in course.files:
        with path.open("rb") as stream:
            for item in read(stream, path.name):
                done += isinstance(item, ReadClaim)
                yield done


def checking(checker: Checker, course: Course) -> Run:
    """Bytes to findings; the rules are compiled before the clock runs."""
    checker.examiner("professional")
    yield 0
    done = 0
    for path in course.files:
        with path.open("rb") as stream:
            for _ in checker.check(stream, path.name):
                done += 1
                yield done


def engine(name: str, course: Course) -> Run:
    """The whole check by one engine of the command line; refused by :func:`setting` when this version has it not."""
    chosen = setting(RECEIVED_ON, "", None, course.tables, name, None)
    yield from checking(make_checker(chosen), course)


def clips(course: Course) -> Run:
    """The whole check with CLIPS in the place of the engine: the same conditions over the same facts."""
    from tests.bench.clips_rules import compile_clips

    checker = Checker(
        load_rulebook(), Tables.load([course.tables]), compile_clips, engine="clips", received_on=RECEIVED_ON
    )
    if checker.examiner("professional").evaluator.refused:
        raise RuntimeError("CLIPS refused a rule")
    agree(checker, make_checker(setting(RECEIVED_ON, "", None, course.tables, "durable", None)), course)
    yield from checking(checker, course)


def agree(checker: Checker, other: Checker, course: Course) -> None:
    """Both find the same on the first claims; a benchmark of something else would mean nothing."""
    reports = []
    for one in (checker, other):
        with course.files[0].open("rb") as stream:
            reports.append([msgspec.json.encode(report) for report in islice(one.check(stream, ""), COMPARED)])
    if reports[0] != reports[1]:
        raise RuntimeError("the findings differ")


def pyx12(course: Course) -> Run:
    """pyx12: structure and code lists of the guides, no edits."""
    from pyx12.params import params
    from pyx12.x12n_document import x12n_document

    settings = params()
    yield 0
    done = 0
    for path in course.files:
        with path.open(encoding="ascii") as stream, redirect_stderr(io.StringIO()):
            x12n_document(settings, stream, io.StringIO(), None)
        done += path.read_bytes().count(b"CLM*")
        yield done


def validedi(course: Course) -> Run:
    """ValidEDI: structure and about sixty rules."""
    import validedi as library

    yield 0
    done = 0
    for path in course.files:
        with redirect_stdout(io.StringIO()):
            library.validate(library.parse(path))
        done += path.read_bytes().count(b"CLM*")
        yield done


def claim_validator(course: Course) -> Run:
    """claim-validator: eight validators over claims as JSON (written before the clock runs), its pipeline reused."""
    from claim_validator.models.claim import ClaimData
    from claim_validator.validators.pipeline import ValidationPipeline
    from pydantic import ValidationError

    texts = list(as_json(course))
    pipeline = ValidationPipeline.from_settings(None)
    yield 0
    for done, text in enumerate(texts, 1):
        with suppress(ValidationError):  # what its model refuses it has judged as well
            pipeline.run(ClaimData(**json.loads(text)))
        yield done


def as_json(course: Course) -> Iterator[bytes]:
    """The claims in claim-validator's own form."""
    for path in course.files:
        with path.open("rb") as stream:
            for item in read(stream, path.name):
                if isinstance(item, ReadClaim):
                    yield json.dumps(_peer_claim(item.claim)).encode()


def _peer_claim(claim):
    npi = {provider.role: provider.npi or None for provider in reversed(claim.providers)}
    return {
        "billing_provider_npi": npi.get("billing"),
        "rendering_provider_npi": npi.get("rendering"),
        "subscriber_id": claim.subscriber.member_id,
        "payer_id": claim.payer.payer_id,
        "payer_name": claim.payer.name,
        "place_of_service": claim.facility_code,
        "total_charge": (claim.total_charge_cents or 0) / 100,
        "diagnosis_codes": [
            {"code": f"{one.code[:3]}.{one.code[3:]}".rstrip("."), "pointer": one.position} for one in claim.diagnoses
        ],
        "lines": [
            {
                "procedure_code": line.procedure,
                "modifiers": list(line.modifiers),
                "diagnosis_pointers": list(line.diagnosis_pointers),
                "charge_amount": (line.charge_cents or 0) / 100,
                "units": float(line.units or 1),
                "service_date_from": line.service_day.isoformat() if line.service_day else None,
            }
            for line in claim.lines
        ],
    }


CONTESTANTS = {
    "parse only": floor,
    "read": reading,
    **{name.value: partial(engine, name.value) for name in Engine},
    "CLIPS": clips,
    "pyx12": pyx12,
    "ValidEDI": validedi,
    "claim-validator": claim_validator,
}
LIBRARIES = {
    "CLIPS": "clipspy",
    "pyx12": "pyx12",
    "ValidEDI": "validedi",
    "claim-validator": "claim-validator",
    "durable": "durable_rules",
}


def library_version(name: str) -> str:
    """The library behind a contestant and its version."""
    library = LIBRARIES.get(name)
    return f"{library} {version(library)}" if library else ""

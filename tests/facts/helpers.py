"""Claims and facts for the tests of this folder."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import msgspec

from engine.claim.model import Claim, ServiceLine
from engine.facts.eligibility import Eligibility
from engine.facts.history import History
from engine.facts.needs import KindNeeds
from engine.facts.numbers import day_number
from engine.facts.project import Projector
from engine.facts.view import ClaimView, Context, PayerProfile
from engine.facts.vocabulary import vocabulary
from engine.reference.catalog import Tables
from engine.rulebook.code_sets import read_code_set

CLAIMS = Path(__file__).parents[1] / "claims"
TABLES = Path(__file__).parents[1] / "tables"
SHIPPED = Tables.load()
RULES = Path(__file__).parents[2] / "rules"
CODE_SETS = {
    path.stem: read_code_set(path, path.name, RULES / "code-set.schema.json")[0]
    for path in sorted((RULES / "code-sets").glob("*.yaml"))
}
SAMPLES = Tables.load([TABLES])
EVERYTHING = {name: KindNeeds(fields=tuple(kind.fields)) for name, kind in vocabulary().items()}
ALL = Projector(EVERYTHING)


def minimal(kind="professional", **changes):
    """The minimal claim of a kind, changed."""
    claim = msgspec.json.decode((CLAIMS / kind / "minimal.json").read_bytes(), type=Claim)
    return msgspec.structs.replace(claim, **changes)


def inpatient(**changes):
    claim = msgspec.json.decode((CLAIMS / "institutional" / "inpatient.json").read_bytes(), type=Claim)
    return msgspec.structs.replace(claim, **changes)


def line(number, procedure="99213", day="2026-03-05", end=None, units=1, **more):
    """A line; dates as ISO text."""
    return ServiceLine(
        number=number,
        procedure=procedure,
        service_day=day and date.fromisoformat(day),
        service_end_day=date.fromisoformat(end) if end else None,
        units=None if units is None else Decimal(str(units)),
        **more,
    )


def view(
    claim,
    *,
    received="2026-03-20",
    payer="acme-ppo",
    kind="commercial",
    tables=SHIPPED,
    history=None,
    known=None,
    **parameters,
):
    """The claim with its context; parameters by name, one value each."""
    return ClaimView(
        claim,
        Context(
            tables=tables,
            payer=PayerProfile(payer, "Payer", kind),
            received_on=received and number(received),
            parameters={name: (value,) for name, value in parameters.items()},
            history=None if history is None else History(history),
            eligibility=None if known is None else Eligibility(known),
            code_sets=CODE_SETS,
        ),
    )


def number(day):
    return day_number(date.fromisoformat(day))


def facts(claim, of, **context):
    """The values of all facts of a kind, with every field that can be built."""
    return [found.values for found in Projector({of: EVERYTHING[of]}).facts(view(claim, **context))]


def fact(claim, of, **context):
    """The values of the only fact of a kind."""
    (only,) = facts(claim, of, **context)
    return only

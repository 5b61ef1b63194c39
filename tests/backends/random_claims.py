"""Random rules in the words of the vocabulary, with every operator of the rule language, and random claims for them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import msgspec
from msgspec.structs import replace

from engine.claim.model import Claim
from engine.facts.needs import KindNeeds, Needs, Tag
from engine.facts.view import Context, PayerProfile
from engine.facts.vocabulary import ORDERED, TEXTUAL, vocabulary
from engine.reference.catalog import Tables
from engine.reference.code_set import CodeSet, Window
from engine.rulebook.form import Condition, Pattern, Ref, Test
from engine.rulebook.operators import OPERATORS

CLAIMS = Path(__file__).parents[1] / "claims"
KINDS = (
    "claim", "line", "line", "line_modifier", "line_diagnosis", "diagnosis", "provider", "procedure_day", "claim_day",
    "other_payer", "claim_code", "param", "payer", "table/ptp", "global_window",
)  # fmt: skip
PROCEDURES = ("99213", "11042", "97597", "J1100", "G0439", "D0120", "0001U", "bad", "")
DIAGNOSES = ("I10", "E119", "M1711", "S52501A", "Z794", "X", "")
MODIFIERS = ("25", "59", "LT", "RT", "50", "XE")
NPIS = ("1234567893", "1366815201", "12345", "")
TEXTS = (*PROCEDURES[:6], *DIAGNOSES[:5], *MODIFIERS, "11", "21", "principal", "billing", "rendering", "left", "none")
FIRST = date(2025, 9, 25)
CHANGE = FIRST.toordinal() - date(1970, 1, 1).toordinal() + 6


def code_sets(rnd: random.Random) -> list[CodeSet]:
    """One of plain codes, one with prefixes and ranges, one that changes on a day."""
    plain = Window(codes=frozenset(rnd.sample(TEXTS, 6)))
    wide = Window(prefixes=("99", "E"), ranges=(("11000", "12000"),), excluded=("E119",))
    before = Window(last_day=CHANGE - 1, codes=frozenset(rnd.sample(TEXTS, 6)))
    after = Window(first_day=CHANGE, codes=frozenset(rnd.sample(TEXTS, 6)))
    return [
        CodeSet(name="plain", windows=(plain,)),
        CodeSet(name="wide", windows=(wide,)),
        CodeSet(name="dated", windows=(before, after)),
    ]


def value(rnd: random.Random, type_: str, values: Sequence[str]) -> str | int | bool:
    """A constant for a field of a type."""
    if type_ == "flag":
        return rnd.random() < 0.5
    if type_ in ORDERED:
        return rnd.choice((0, 1, 2, 3, 1000, 2000, 10000, CHANGE))
    return rnd.choice(tuple(values) or TEXTS)


class Author:
    """Writes one random rule after another and keeps what the facts must carry for them."""

    def __init__(self, rnd: random.Random) -> None:
        self.rnd = rnd
        self.sets = code_sets(rnd)
        self.fields: dict[str, set[str]] = {"payer": {"name"}, "param": {"name", "value"}}
        self.tags: dict[str, dict[str, Tag]] = {}

    def rule(self, name: str) -> Condition:
        """One to three patterns, often joined, and up to two absences."""
        rnd, when = self.rnd, list[Pattern]()
        for number in range(rnd.choice((1, 1, 2, 2, 3))):
            when.append(self.pattern(f"p{number}", when))
        unless = [self.pattern(f"x{number}", when) for number in range(rnd.choice((0, 0, 1, 2)))]
        return Condition(name, tuple(when), tuple(unless))

    def pattern(self, name: str, earlier: Sequence[Pattern]) -> Pattern:
        kind = self.rnd.choice(KINDS)
        self.fields.setdefault(kind, set())
        tests = [self.test(kind, earlier) for _ in range(self.rnd.choice((0, 1, 1, 2, 3)))]
        return Pattern(name, kind, tuple(tests))

    def test(self, kind: str, earlier: Sequence[Pattern]) -> Test:
        rnd, known = self.rnd, vocabulary()[kind].fields
        field = rnd.choice(sorted(known))
        about = known[field]
        operator = rnd.choice([one for one in OPERATORS.values() if about.type in one.fits])
        self.fields[kind].add(field)
        if operator.tag:
            tag = self.tag(field, operator.tag, about.type, about.values)
            self.tags.setdefault(kind, {})[tag.name] = tag
            return Test(tag.name, "eq", operator.expected, (field, operator.name, tag.argument))
        right: Ref | str | int | bool = value(rnd, about.type, about.values)
        if operator.argument == "name" and earlier:
            other = rnd.choice(earlier)
            their = rnd.choice(sorted(vocabulary()[other.kind].fields))
            if rnd.random() < 0.7 and field in vocabulary()[other.kind].fields:
                their = field
            self.fields[other.kind].add(their)
            right = Ref(other.name, their)
        return Test(field, operator.comparison, right, (field, operator.name, "other.field"))

    def tag(self, field: str, operator: str, type_: str, values: Sequence[str]) -> Tag:
        rnd = self.rnd
        if operator == "in_set":
            chosen = rnd.choice(self.sets)
            return Tag(field, "in_set", chosen.name, chosen)
        if operator == "one_of":
            members = tuple(sorted({value(rnd, type_, values) for _ in range(3)}, key=repr))
            return Tag(field, "one_of", ",".join(map(str, members)), members=members)
        if operator == "starts_with":
            assert type_ in TEXTUAL
            return Tag(field, "starts_with", "9,E1", members=("9", "E1"))
        return Tag(field, "present")

    def needs(self) -> Needs:
        return {
            kind: KindNeeds(tuple(sorted(names)), tuple(tag for _, tag in sorted(self.tags.get(kind, {}).items())))
            for kind, names in sorted(self.fields.items())
        }


BASES = tuple(msgspec.json.decode(path.read_bytes(), type=Claim) for path in sorted(CLAIMS.glob("*/minimal.json")))


def random_claim(rnd: random.Random) -> Claim:
    """A claim of any type whose lines, diagnoses, providers and dates vary, and are absent at times."""
    base = rnd.choice(BASES)
    diagnoses = tuple(
        replace(base.diagnoses[0], position=n + 1, code=rnd.choice(DIAGNOSES), role="other" if n else "principal")
        for n in range(rnd.choice((0, 1, 2, 4)))
        if base.diagnoses
    )
    providers = tuple(replace(one, npi=rnd.choice(NPIS)) for one in base.providers if rnd.random() < 0.8)
    lines = tuple(_line(rnd, base, number) for number in range(1, rnd.choice((0, 1, 2, 3, 5, 20)) + 1))
    return replace(
        base, diagnoses=diagnoses, providers=providers, lines=lines, prior_authorization=rnd.choice(("", "A1"))
    )


def _line(rnd: random.Random, base: Claim, number: int):
    day = None if rnd.random() < 0.15 else FIRST + timedelta(days=rnd.randrange(12))
    return replace(
        base.lines[0],
        number=number,
        procedure=rnd.choice(PROCEDURES),
        modifiers=tuple(rnd.sample(MODIFIERS, rnd.choice((0, 0, 1, 2)))),
        charge_cents=rnd.choice((None, 0, 100, 5000, -1)),
        units=rnd.choice((None, Decimal(1), Decimal(2), Decimal("0.5"))),
        diagnosis_pointers=tuple(rnd.sample((1, 2, 3, 9), rnd.choice((0, 1, 2)))),
        service_day=day,
        service_end_day=day,
    )


def random_context(rnd: random.Random, tables: Tables) -> Context:
    """A payer, and parameters of every type, some with many values."""
    parameters = {
        "accepts": (rnd.random() < 0.5,),
        "limit": (rnd.choice((1, 2, 1000)),),
        "codes": tuple(rnd.sample(TEXTS, 2)),
    }
    return Context(
        tables=tables,
        payer=PayerProfile(slug=rnd.choice(("", "medicare")), name="A payer", kind=rnd.choice(("medicare", "other"))),
        received_on=CHANGE + 30,
        parameters={name: values for name, values in parameters.items() if rnd.random() < 0.8},
    )

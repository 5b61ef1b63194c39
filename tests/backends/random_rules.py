"""Random conditions and claims, small enough that rules match often and odd enough that types and names are tried."""

from __future__ import annotations

import random
from collections.abc import Sequence

from engine.facts.fact import Fact, Value
from engine.rulebook.form import Comparison, Condition, Pattern, Ref, Test

KINDS = ("line", "claim", "table/ptp", "closed")
FIELDS = ("units", "code#odd?", "day-1.x", "kind", "id", "sid", "$and", "ü")
VALUES: tuple[Value, ...] = (
    0,
    1,
    2,
    -1,
    2**63 - 1,
    True,
    False,
    "",
    "0",
    "1",
    "true",
    "i1",
    "-",
    "c0",
    'a"b\\',
    "\x00\n",
    "ü😀",
    "\ud800",
    "x" * 65537,
)
COMPARISONS: tuple[Comparison, ...] = ("eq", "eq", "eq", "ne", "gt", "ge", "lt", "le")


def random_value(rnd: random.Random, plain: bool) -> Value:
    return rnd.choice(VALUES[:3] if plain else VALUES)


def random_pattern(rnd: random.Random, name: str, earlier: Sequence[str], plain: bool, most: int = 3) -> Pattern:
    tests = []
    for _ in range(rnd.randint(0, most)):
        if earlier and rnd.random() < 0.6:
            value: Ref | Value = Ref(rnd.choice(earlier), rnd.choice(FIELDS[:3] if plain else FIELDS))
        else:
            value = random_value(rnd, plain)
        field = rnd.choice(FIELDS[:3] if plain else FIELDS)
        tests.append(Test(field, rnd.choice(COMPARISONS), value))
    return Pattern(name, rnd.choice(KINDS[: 2 if plain else 4]), tuple(tests))


def random_condition(rnd: random.Random, name: str) -> Condition:
    plain = rnd.random() < 0.6  # few kinds, fields and values, so that joins and absences have something to do
    when: list[Pattern] = []
    for number in range(rnd.choice([1, 1, 2, 2, 3])):
        when.append(random_pattern(rnd, f"p{number}", [one.name for one in when], plain))
    names = [one.name for one in when]
    unless = [random_pattern(rnd, f"x{n}", names, plain, 4) for n in range(rnd.choice([0, 0, 1, 2]))]
    return Condition(name, tuple(when), tuple(unless))


def random_facts(rnd: random.Random, most: int = 9) -> list[Fact]:
    plain = rnd.random() < 0.6
    facts = []
    for _ in range(rnd.randint(0, most)):
        fields = FIELDS[:3] if plain else FIELDS
        values = {name: random_value(rnd, plain) for name in fields if rnd.random() < 0.7}
        facts.append(Fact(rnd.choice(KINDS[: 2 if plain else 4]), values))
    rnd.shuffle(facts)
    return facts

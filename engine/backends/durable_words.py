"""The words in which facts are told to durable_rules: nothing of a claim or an author reaches the C code as it is.

Kinds and fields become short generated names; values become tokens when rules test their equality and plain numbers
when rules test their order. So no quote, length, hash or type of a value can matter there (rows E10, E18, E19, E20 in
:mod:`engine.backends.durable`), and comparisons mean what :class:`engine.rulebook.form.Test` says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import count
from typing import Literal

from msgspec import Struct

from engine.errors import EngineError
from engine.facts.fact import Fact, Value

INT_MIN, INT_MAX = -(2**63), 2**63 - 1
MAX_FACTS = 500_000
"""Facts a claim: so far all decimal ids have different hashes (E20; the first that share one are 40189 and 797186)."""

CLOSED = "closed"
FILLER = "-"
"""Stands for an absent value in a property that joins look at; no value has this token."""

Aspect = Literal["token", "number", "joined", "has", "joined_number", "has_number"]
"""One field becomes up to six properties of a fact.

``token``: its value for equality, absent when the field is. ``number``: the number for order, absent unless a number.
The others exist for fields that joins of other patterns look at; they are never absent, because a join to an absent
property fails the whole batch (E19): ``joined`` and ``joined_number`` repeat the first two with a filler for the
absent, ``has`` and ``has_number`` say with 1 or 0 which it is.
"""

_RESERVED = frozenset(
    {
        "id",
        "sid",
        "kind",
        "one",
        "$s",
        "$forward",
        "$eq",
        "$neq",
        "$gt",
        "$gte",
        "$lt",
        "$lte",
        "$and",
        "$or",
        "$ex",
        "$nex",
        "$m",
        "$mt",
        "$imt",
        "$iall",
        "$iany",
    }
)


class Layout:
    """The generated words: one for each kind, for each text constant and for each aspect of a field that rules test."""

    def __init__(self) -> None:
        self.kinds: dict[str, str] = {}
        self.constants: dict[str, str] = {}
        self.fields: dict[str, dict[str, dict[Aspect, str]]] = defaultdict(lambda: defaultdict(dict))
        self.asked: dict[str, set[str] | None] = {}
        self._taken = {_hash(word) for word in _RESERVED}
        self._numbers = count()

    def kind(self, kind: str) -> str:
        """The word for a kind."""
        return self.kinds.setdefault(kind, f"k{len(self.kinds)}")

    def token(self, value: Value) -> str:
        """The word for a constant, different for values that differ in type or content."""
        if isinstance(value, str):
            return self.constants.setdefault(value, f"c{len(self.constants)}")
        if isinstance(value, bool):
            return "true" if value else "false"
        return f"i{value}"

    def ask(self, name: str, token: str | None = None) -> None:
        """Notes that a rule asks whether a property is a token; without a token, that its every value matters."""
        known = self.asked.setdefault(name, set())
        if token is None:
            self.asked[name] = None
        elif known is not None:
            known.add(token)

    def property(self, kind: str, name: str, aspect: Aspect) -> str:
        """The property that carries an aspect of a field; the engine tells names apart by a 32-bit hash alone (E20)."""
        aspects = self.fields[kind][name]
        if aspect not in aspects:
            word = next(word for number in self._numbers if _hash(word := f"p{number}") not in self._taken)
            self._taken.add(_hash(word))
            aspects[aspect] = word
        return aspects[aspect]


def _hash(word: str) -> int:
    """FNV-1a, as the engine hashes names."""
    state = 0x811C9DC5
    for byte in word.encode():
        state = (state ^ byte) * 0x01000193 & 0xFFFFFFFF
    return state


def piece(name: str, word: str) -> str:
    """A property and its word as they stand in the JSON of a fact: what a fact shows and what a rule needs."""
    return f',"{name}":"{word}"'


class Told(Struct, frozen=True, gc=False):
    """One fact in engine words; ``pieces`` are (property, its JSON)."""

    kind: str
    head: str
    pieces: list[tuple[str, str]]

    def text(self, wanted: frozenset[str]) -> str:
        """The fact as JSON, with the wanted properties only and without the brace that ends it."""
        return self.head + "".join([text for name, text in self.pieces if name in wanted])


class _Tokens(dict[str, str]):
    """Constants have their tokens; every other text of a claim gets one of its own when it is first seen."""

    def __missing__(self, text: str) -> str:
        token = self[text] = f"v{len(self)}"
        return token


class _Field(Struct, frozen=True, gc=False):
    """How a field of a kind is told.

    ``token`` and ``number`` are its properties, empty when no rule has them; ``asked`` are the tokens that some rule
    asks for, or ``None`` when every value matters. A property with another token is left out: no test on it could hold.
    ``true`` and ``false`` are what is said of a flag.
    """

    token: str
    number: str
    asked: frozenset[str] | None
    true: str
    false: str


class Teller:
    """Tells facts in the words of a finished layout."""

    def __init__(self, layout: Layout) -> None:
        self._constants = layout.constants
        self._kinds = {
            kind: (
                piece("kind", word),
                {name: _field(aspects, layout.asked) for name, aspects in layout.fields[kind].items()},
                [
                    (name, aspects)
                    for name, aspects in layout.fields[kind].items()
                    if "joined" in aspects or "joined_number" in aspects
                ],
            )
            for kind, word in layout.kinds.items()
        }

    def tell(self, facts: Sequence[Fact]) -> tuple[list[Told], set[str]]:
        """The facts of the kinds that rules read, and everything that at least one of them shows.

        Raises:
            EngineError: a value that no fact may have.
        """
        if len(facts) > MAX_FACTS:
            raise EngineError(f"{len(facts)} facts on one claim; the engine holds {MAX_FACTS}", hint="split the claim")
        tokens = _Tokens(self._constants)
        told: list[Told] = []
        shown: set[str] = set()
        for index, fact in enumerate(facts):
            known = self._kinds.get(fact.kind)
            if known is None:
                continue
            kind, own, joined = known
            pieces: list[tuple[str, str]] = []
            for name, value in fact.values.items():
                if field := own.get(name):
                    if value is False or value is True:
                        if said := field.true if value else field.false:
                            pieces.append((field.token, said))
                        continue
                    word = _word(value, tokens, fact.kind, name)
                    if field.token and (field.asked is None or word in field.asked):
                        pieces.append((field.token, f',"{field.token}":"{word}"'))
                    if field.number and word[0] == "i":
                        pieces.append((field.number, f',"{field.number}":{value}'))
            shown.add(kind)
            shown.update([text for _, text in pieces])
            for name, aspects in joined:
                pieces += _joined(fact.values.get(name), aspects, tokens, fact.kind, name)
            told.append(Told(fact.kind, f'{{"id":"{index}","one":1{kind}', pieces))
        return told, shown


def _field(aspects: dict[Aspect, str], asked_of: Mapping[str, set[str] | None]) -> _Field:
    token = aspects.get("token", "")
    wanted = asked_of.get(token, set())
    asked = None if wanted is None else frozenset(wanted)

    def said(word: str) -> str:
        return f',"{token}":"{word}"' if token and (asked is None or word in asked) else ""

    return _Field(token, aspects.get("number", ""), asked, said("true"), said("false"))


def _word(value: Value, tokens: _Tokens, kind: str, name: str) -> str:
    if isinstance(value, str):
        return tokens[value]
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, int) and INT_MIN <= value <= INT_MAX:
        return f"i{value}"
    raise EngineError(f"{kind}.{name} is neither text nor flag nor a whole number of 63 bits")


def _joined(
    value: Value | None, aspects: dict[Aspect, str], tokens: _Tokens, kind: str, name: str
) -> list[tuple[str, str]]:
    """The properties that joins look at; never absent (E19)."""
    word = FILLER if value is None else _word(value, tokens, kind, name)
    number = word[0] == "i"
    texts: dict[Aspect, str] = {
        "joined": f'"{word}"',
        "has": "0" if value is None else "1",
        "joined_number": f"{value}" if number else "0",
        "has_number": "1" if number else "0",
    }
    return [(aspects[key], f',"{aspects[key]}":{text}') for key, text in texts.items() if key in aspects]

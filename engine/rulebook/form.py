"""The intermediate form: what a linked rule means, with nothing left of YAML and nothing yet of an engine.

Every operator of the rule language comes down to one of six comparisons. Membership, prefixes and absence are tags:
flags that enrichment puts on the fact (:mod:`engine.facts.tags`), compared with ``eq``. A parameter is a reference to a
fact of kind ``param``. So both back ends need to know equality, order and joins, and nothing else.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from engine.facts.fact import Value

Comparison = Literal["eq", "ne", "gt", "ge", "lt", "le"]


class Ref(Struct, frozen=True):
    """The value of ``field`` of the fact bound to ``name`` (a pattern declared earlier in the same rule)."""

    name: str
    field: str


class Test(Struct, frozen=True):
    """``field`` compared with ``value``. A test on an absent field does not hold, whatever the comparison.

    ``authored`` is the test as the author wrote it, for traces: (field, operator, value).
    """

    field: str
    comparison: Comparison
    value: Value | Ref
    authored: tuple[str, str, str] = ("", "", "")


class Pattern(Struct, frozen=True):
    """A fact of ``kind`` bound to ``name``, all of whose tests hold."""

    name: str
    kind: str
    tests: tuple[Test, ...] = ()


class Condition(Struct, frozen=True):
    """The condition of one rule.

    It matches once for each way to bind ``when`` (in order, to different facts) such that all tests hold and no
    pattern of ``unless`` can be bound to a fact that is not bound already. A test may refer only to patterns of
    ``when`` before it; tests in ``unless`` may refer to any pattern of ``when``.
    """

    rule: str
    when: tuple[Pattern, ...]
    unless: tuple[Pattern, ...] = ()

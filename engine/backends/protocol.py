"""What every back end offers. Two back ends given the same conditions and facts return equal matches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from msgspec import Struct

from engine.facts.fact import Fact
from engine.rulebook.form import Condition, Test


class Match(Struct, frozen=True, order=True):
    """One way in which a rule's condition holds.

    The indexes, in the given facts, that its ``when`` patterns bound, in order.
    """

    rule: str
    bound: tuple[int, ...]


class Doubt(Struct, frozen=True):
    """A rule that matches nothing, but might if an absent field were there.

    ``test`` is the first that met an absent field: of ``fact``, or, when that is ``None``, of the one compared with.
    """

    rule: str
    test: Test
    fact: Fact | None


class Evaluator(Protocol):
    """Compiled conditions, ready for one claim after another."""

    def run(self, facts: Sequence[Fact]) -> list[Match]:
        """All matches, sorted, each once.

        Raises:
            EngineError: the engine failed on these facts; the evaluator has already recovered and may be used again.
        """
        ...


Compile = Callable[[Sequence[Condition]], Evaluator]
"""A back end: conditions to evaluator; raises :class:`engine.errors.CompileError` for a rule that cannot fit."""

"""The plainest evaluator: it tries every binding. Slow on large claims, quick where each rule runs a few times."""

from __future__ import annotations

from collections.abc import Sequence

from engine.backends.protocol import Match
from engine.facts.fact import Fact
from engine.findings.partial import partials
from engine.rulebook.form import Condition


class ExactEvaluator:
    """Evaluates conditions as they are, without compiling them."""

    def __init__(self, conditions: Sequence[Condition]) -> None:
        self.conditions = conditions

    def run(self, facts: Sequence[Fact]) -> list[Match]:
        """All matches, sorted, each once."""
        return sorted(
            {
                Match(condition.rule, partial.bound)
                for condition in self.conditions
                for partial in partials(condition, facts)
                if len(partial.bound) == len(condition.when) and not partial.unknown and not partial.silenced
            }
        )


def compile_exact(conditions: Sequence[Condition]) -> ExactEvaluator:
    """The back end of mutants: there is nothing to compile."""
    return ExactEvaluator(conditions)

"""What reports say of a rule apart from any finding."""

from __future__ import annotations

from collections.abc import Mapping

from engine.intake.int_rules import IntRule, load_int_rules
from engine.rulebook.book import Rulebook
from engine.rulebook.rule import Rule

Described = Rule | IntRule
"""A rule of a pack, or of the readers: both have an id, a title, a reason and sources."""


def described(rulebook: Rulebook) -> Mapping[str, Described]:
    """Every rule by id, those of the readers included."""
    found: dict[str, Described] = {rule.id: rule for rule in rulebook.rules}
    return found | dict(load_int_rules())

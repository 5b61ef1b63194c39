"""What reports say of a rule apart from any finding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from engine.intake.int_rules import load_int_rules
from engine.rulebook.book import Rulebook


class Cited(Protocol):
    """A published source and the place in it."""

    @property
    def title(self) -> str:
        """The publication."""
        ...

    @property
    def locator(self) -> str:
        """The place in it."""
        ...


class Described(Protocol):
    """A rule of a pack or of the readers, as reports describe it."""

    @property
    def id(self) -> str:
        """The id, for ever."""
        ...

    @property
    def name(self) -> str:
        """The name."""
        ...

    @property
    def title(self) -> str:
        """One sentence that states what is wrong or must hold."""
        ...

    @property
    def severity(self) -> str:
        """The usual severity; a payer may change it."""
        ...

    @property
    def disposition(self) -> str:
        """What a payer usually does."""
        ...

    @property
    def category(self) -> str:
        """What the rule is about."""
        ...

    @property
    def snip(self) -> int:
        """The WEDI SNIP type."""
        ...

    @property
    def why(self) -> str:
        """The reason, for a person."""
        ...

    @property
    def references(self) -> Sequence[Cited]:
        """The sources."""
        ...


def described(rulebook: Rulebook) -> Mapping[str, Described]:
    """Every rule by id, those of the readers included."""
    found: dict[str, Described] = {rule.id: rule for rule in rulebook.rules}
    return found | dict(load_int_rules())

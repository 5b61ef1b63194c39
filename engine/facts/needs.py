"""What the active rules ask of the facts. Projection and enrichment build this and nothing else."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from engine.reference.code_set import CodeSet

TagOperator = Literal["in_set", "one_of", "starts_with", "present"]


class Tag(Struct, frozen=True):
    """A flag to put on each fact of a kind.

    Whether ``field`` is in a set, is one of a few values, begins with one of a few prefixes, or is present. All but
    ``present`` are left off a fact that lacks the field.
    """

    field: str
    operator: TagOperator
    argument: str = ""
    code_set: CodeSet | None = None
    members: tuple[str | int, ...] = ()

    @property
    def name(self) -> str:
        """The field name under which the flag stands on the fact."""
        return f"{self.field}|{self.operator}|{self.argument}"


class KindNeeds(Struct, frozen=True):
    """The fields and tags of one kind that rules test or print."""

    fields: tuple[str, ...] = ()
    tags: tuple[Tag, ...] = ()


Needs = dict[str, KindNeeds]
"""By kind. A kind that is not here is not built."""

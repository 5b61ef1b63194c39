"""What a check says, and what a check is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

from msgspec import Struct

from engine.authoring.corpus import Corpus


class Remark(Struct, frozen=True):
    """One thing that a check found.

    ``subject`` is the rule's id or the name of the set or parameter, by which an exception names it.
    """

    subject: str
    location: str
    says: str
    hint: str = ""


class Check(Struct, frozen=True):
    """One check: its id, how bad it is, what it asks in one sentence, and how it is done."""

    id: str
    severity: Literal["error", "warning"]
    about: str
    run: Callable[[Corpus], Iterator[Remark]]

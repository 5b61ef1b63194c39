"""What the index is made of: entries with the phrases that they can be found by."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

PhraseKind = Literal["title", "inclusion_term", "includes", "short"]
Window = tuple[int | None, int | None]
"""First and last day on which a code is valid (days since 1970-01-01; ``None``: open)."""


class Member(Struct, frozen=True, array_like=True):
    """A code that can be reported."""

    code: str
    title: str
    windows: tuple[Window, ...]


class Entry(Struct, frozen=True, kw_only=True):
    """What one line of an answer is about.

    Args:
        node: the code, or the heading, without the dot.
        phrases: what it is called, the title first.
        above: the titles above it, and the terms of the codes above it.
        members: the codes that can be reported: the node itself; or, of a node that lacks only its seventh character,
            the full codes; none of a heading.
    """

    node: str
    phrases: tuple[tuple[PhraseKind, str], ...]
    above: tuple[str, ...] = ()
    members: tuple[Member, ...] = ()

"""A bounded memory of answers: what a file says again and again is read once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")

MOST = 8192
"""Answers kept before the older half is let go."""


class Memo(dict[Key, Value], Generic[Key, Value]):
    """Maps a key to what ``make`` answers for it, and keeps the answer for a while.

    A look-up of a kept answer is that of a plain dictionary. At ``most`` answers all become the older ones; those that
    are asked for again move to the new, and the others are forgotten when the new ones are as many. So at most twice
    ``most`` are held, and what comes often stays.

    >>> lengths = Memo(len, most=2)
    >>> [lengths[text] for text in ("a", "bb", "ccc", "a")], dict(lengths)
    ([1, 2, 3, 1], {'ccc': 3, 'a': 1})
    """

    __slots__ = ("_fits", "_make", "_most", "_older")

    def __init__(
        self, make: Callable[[Key], Value], fits: Callable[[Key], bool] | None = None, most: int = MOST
    ) -> None:
        """``make`` must depend on its argument alone; keys that do not fit are answered and not kept."""
        super().__init__()
        self._make = make
        self._fits = fits
        self._most = most
        self._older: dict[Key, Value] = {}

    def __missing__(self, key: Key) -> Value:
        """Take the answer from the older ones, or make it."""
        older = self._older
        value = older[key] if key in older else self._make(key)
        if self._fits is not None and not self._fits(key):
            return value
        if len(self) >= self._most:
            self._older = dict(self)
            self.clear()
        self[key] = value
        return value

"""A named list of codes, dated: what a rule's ``in_set`` asks about."""

from __future__ import annotations

from msgspec import Struct


class Window(Struct, frozen=True):
    """Members of a set during a period (days since 1970-01-01, both ends included; ``None`` is open)."""

    first_day: int | None = None
    last_day: int | None = None
    codes: frozenset[str] = frozenset()
    prefixes: tuple[str, ...] = ()
    ranges: tuple[tuple[str, str], ...] = ()
    excluded: tuple[str, ...] = ()

    def contains(self, code: str) -> bool:
        """Whether ``code`` is a member: listed, begins with a prefix, or lies in a range of codes of equal length."""
        if self.excluded and code.startswith(self.excluded):
            return False
        return (
            code in self.codes
            or (bool(self.prefixes) and code.startswith(self.prefixes))
            or any(len(code) == len(low) and low <= code <= high for low, high in self.ranges)
        )


class CodeSet(Struct, frozen=True, kw_only=True):
    """A code set: its name, where it is from, and its members by period."""

    name: str
    title: str = ""
    source: str = ""
    windows: tuple[Window, ...] = ()

    def contains(self, code: str, day: int | None = None) -> bool:
        """Whether ``code`` is a member on ``day``; without a day, in any period.

        >>> visits = Window(codes=frozenset({"99211"}), ranges=(("99202", "99205"),))
        >>> CodeSet(name="visits", windows=(visits,)).contains("99203")
        True
        """
        return any(
            (day is None or ((w.first_day is None or w.first_day <= day) and (w.last_day is None or day <= w.last_day)))
            and w.contains(code)
            for w in self.windows
        )

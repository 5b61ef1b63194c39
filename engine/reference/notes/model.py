"""What a tabular note says once its code references are read. Codes are upper case without the dot."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

PairKind = Literal["excludes1", "excludes2", "code_first", "use_additional", "code_also"]
TextKind = Literal["includes", "inclusion_term", "note", "seventh_note"]
Order = Literal["before", "after", "either", "apart"]

ORDERS: dict[str, Order] = {"code_first": "before", "use_additional": "after", "code_also": "either"}
"""Where the partner stands on the claim relative to the code that carries the note; excludes notes keep them apart."""

_AFTER_DOT = 3
_BEFORE_SEVENTH = 6


class Condition(Struct, frozen=True, gc=False):
    """A constraint on the characters of a partner within its range.

    ``positions`` empty: ``values`` are the last characters before a seventh one (``final``) or the first ones after the
    dot. Else they are the characters at the last of ``positions`` (counted from 1, without the dot) that is not the
    placeholder X: "fifth or sixth character 5" is the intent of a poisoning, the sixth in T43.651A, the fifth in
    T64.01XA.
    """

    values: tuple[str, ...]
    positions: tuple[int, ...] = ()
    final: bool = False

    def holds(self, code: str) -> bool:
        """Whether ``code`` meets the constraint.

        >>> Condition(("5",), (5, 6)).holds("T43651A"), Condition(("41",)).holds("E0841")
        (False, True)
        """
        if self.final:
            return code[:_BEFORE_SEVENTH].endswith(self.values)
        if not self.positions:
            return code[_AFTER_DOT:].startswith(self.values)
        for position in reversed(self.positions):
            found = code[position - 1 :]
            if found and found[0] != "X":
                return found.startswith(self.values)
        return False


class Span(Struct, frozen=True, gc=False):
    """The partners that one reference names: codes from ``low`` to ``high``, both with all that begins with them.

    ``exact``: the reference is one full billable code.
    """

    low: str
    high: str
    condition: Condition | None = None
    exact: bool = False

    def holds(self, code: str) -> bool:
        """Whether ``code`` is one of them.

        >>> Span("A00", "A09").holds("A099"), Span("E11", "E11").holds("E129")
        (True, False)
        """
        if code < self.low or code[: len(self.high)] > self.high:
            return False
        return self.condition is None or self.condition.holds(code)


class Note(Struct, frozen=True, kw_only=True):
    """One line of an Excludes, code first, use additional code or code also note.

    Args:
        node: the code, block (``I10-I1A``) or chapter (``chapter 4``) under which the note stands.
        kind: which note it is.
        wording: the line as published.
        heading: the line above that it continues, empty when there is none.
        group: the lines of one instruction share a number within node and kind; one partner satisfies the instruction.
        spans: the partners; empty when the line names none or none could be resolved.
        mandatory: nothing in the wording leaves the partner to the case ("if applicable", "any", "associated" ...), and
            the instruction is no list of different situations.
        open: the partners named are not all that may satisfy the instruction ("such as", a line without a code, a
            reference that could not be resolved).
        unresolved: why references of this line are missing from ``spans``, empty when none is.
    """

    node: str
    kind: PairKind
    wording: str
    heading: str = ""
    group: int = 0
    spans: tuple[Span, ...] = ()
    mandatory: bool = False
    open: bool = False
    unresolved: str = ""

    @property
    def order(self) -> Order:
        """Where the partner stands relative to the code that carries the note."""
        return ORDERS.get(self.kind, "apart")

    def span_of(self, code: str) -> Span | None:
        """The reference by which ``code`` is a partner, ``None`` when it is none."""
        for span in self.spans:
            if span.holds(code):
                return span
        return None


class Text(Struct, frozen=True):
    """A line that names no partners: an inclusion term, an includes note, a note on usage."""

    node: str
    kind: TextKind
    wording: str

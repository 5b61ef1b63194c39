"""From the targets of a line to spans of codes that exist.

A range is meant in the order of the tabular list, where C4A stands between C43 and C44 and M1A before M10; a span is
looked up in the order of characters. Where the two disagree, the range becomes several spans.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence

from engine.reference.notes.model import Span
from engine.reference.notes.references import Target

_LAST = "\U0010ffff"
_CATEGORY = 3

UNKNOWN = "no such code in this tabular list"
BACKWARDS = "the range runs backwards"
WIDE = "the range runs over several chapters, wider than the words"


class Codes:
    """The full codes of a tabular list.

    Args:
        in_order: the codes in the order of the list.
        chapters: the codes of each chapter, likewise.
    """

    def __init__(self, in_order: Sequence[str], chapters: Mapping[int, Sequence[str]]) -> None:
        self._in_order = in_order
        self._place = {code: place for place, code in enumerate(in_order)}
        self._sorted = sorted(in_order)
        self._chapters = chapters
        self._ends = [self._place[codes[-1]] for codes in chapters.values()]

    def under(self, prefix: str) -> list[str]:
        """The codes that begin with ``prefix``, sorted by character."""
        return self._between(prefix, prefix)

    def resolve(self, target: Target) -> tuple[tuple[Span, ...], str]:
        """The spans of ``target``, or none and the reason."""
        if target.chapter:
            found = set(self._chapters.get(target.chapter, ()))
            return (self._runs(found), "") if found else ((), UNKNOWN)
        high = target.high or target.low
        first, last = self.under(target.low), self.under(high)
        if not first or not last:
            return (), UNKNOWN
        if not target.high:
            exact = target.whole and target.condition is None and first == [target.low]
            spans: tuple[Span, ...] = (Span(target.low, high, target.condition, exact),)
        else:
            begin = min(self._place[code] for code in first)
            end = max(self._place[code] for code in last)
            if begin > min(self._place[code] for code in last):
                return (), BACKWARDS
            if any(begin <= place < end for place in self._ends):
                return (), WIDE
            meant = set(self._in_order[begin : end + 1])
            spans = self._spans(meant, target)
        held = [code for span in spans for code in self._between(span.low, span.high) if span.holds(code)]
        return (spans, "") if held else ((), UNKNOWN)

    def _between(self, low: str, high: str) -> list[str]:
        return self._sorted[bisect_left(self._sorted, low) : bisect_left(self._sorted, high + _LAST)]

    def _spans(self, meant: set[str], target: Target) -> tuple[Span, ...]:
        if set(self._between(target.low, target.high)) == meant:
            return (Span(target.low, target.high, target.condition),)
        return tuple(Span(run.low, run.high, target.condition) for run in self._runs(meant))

    def _runs(self, meant: set[str]) -> tuple[Span, ...]:
        """The codes as spans without gaps, each end shortened as far as it still says the same."""
        runs: list[list[str]] = []
        last = -1
        for place in sorted([bisect_left(self._sorted, code) for code in meant]):
            if place != last + 1 or not runs:
                runs.append([])
            runs[-1].append(self._sorted[place])
            last = place
        return tuple(Span(self._shortest(run[0], meant), self._shortest(run[-1], meant)) for run in runs)

    def _shortest(self, code: str, meant: set[str]) -> str:
        """The shortest beginning of ``code``, a category at least, all codes of which are meant."""
        for length in range(_CATEGORY, len(code)):
            if meant.issuperset(self.under(code[:length])):
                return code[:length]
        return code

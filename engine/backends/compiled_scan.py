"""Which patterns a fact leaves possible: one bit a pattern, one look-up a field, whatever the number of rules.

Every pattern of a kind (its tests against constants) has a bit. For each field that patterns test there is a table from
the field's value to the patterns that it does not rule out; all tags of a field share one table, filled when a value is
first seen. A fact passes through generated code that reads a field only while some pattern still asks about it, and
keeps the bits that are in all answers. A second set of bits says for which patterns a test met an absent field: they
are possible, but in doubt.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from engine.backends.comparing import holds
from engine.facts.fact import Value
from engine.facts.reading import KindReader
from engine.facts.vocabulary import FieldType
from engine.rulebook.form import Pattern, Ref, Test

REMEMBERED = 1 << 14
"""Values a field whose answers are remembered; then it begins anew."""
WIDE: frozenset[FieldType] = frozenset({"cents", "day", "quantity"})
"""Types with so many values that remembering is of no use: their answers are found among the limits of the tests."""

Scan = Callable[[Any, Sequence[Any], int], tuple[list[int], list[int], int]]
"""View, parts, patterns asked about: the patterns possible for each part, those in doubt, those possible for any."""


class _Asked(NamedTuple):
    """One distinct test on a field and the bits of the patterns that have it."""

    bits: int
    test: Test


class KindIndex:
    """The patterns of one kind."""

    def __init__(self, reader: KindReader) -> None:
        self.reader = reader
        self._bits: dict[object, int] = {}
        self._asked: dict[str, dict[object, _Asked]] = {}

    def bit(self, pattern: Pattern) -> int:
        """The bit of a pattern; patterns with equal tests against constants share one."""
        tests = {_identity(test): test for test in pattern.tests if not isinstance(test.value, Ref)}
        bit = self._bits.setdefault(frozenset(tests), 1 << len(self._bits))
        for key, test in tests.items():
            about = self._asked.setdefault(self.reader.property(test.field).field, {})
            known = about.get(key)
            about[key] = _Asked(bit | known.bits if known else bit, test)
        return bit

    def scan(self) -> Scan:
        """The generated code for the patterns so far."""
        whole = (1 << len(self._bits)) - 1
        names: dict[str, Any] = {"bisect_left": bisect_left, "bisect_right": bisect_right, "day_of": self.reader.day}
        body: list[str] = []
        # Fields that most patterns ask about come first: what they rule out need not be read for.
        order = sorted(self._asked.items(), key=lambda item: (-_union(item[1].values()).bit_count(), item[0]))
        for number, (field, asked) in enumerate(order):
            body += self._field(number, field, list(asked.values()), whole, names)
        source = _FRAME.format(body="\n".join(f"        {line}" for line in body))
        exec(compile(source, f"<{self.reader.kind}>", "exec"), names)  # noqa: S102 -- holds numbers and our own names only
        scan: Scan = names["scan"]
        return scan

    def _field(
        self, number: int, field: str, asked: Sequence[_Asked], whole: int, names: dict[str, Any]
    ) -> Iterable[str]:
        """The lines that judge one field."""
        reader = self.reader
        present = [one for one in asked if reader.property(one.test.field).about_presence]
        valued = [one for one in asked if not reader.property(one.test.field).about_presence]
        absent = whole & ~_union(one for one in present if not _met(one.test, value=False))
        doubtful = _union(valued)
        yield f"if m & {_union(asked)}:"
        get = reader.fields.get(field)
        if get is None:
            yield f"    m &= {absent}; u |= {doubtful}"
            return
        names[f"get{number}"] = get
        yield f"    v = get{number}(view, part)"
        yield "    if v is None:"
        yield f"        m &= {absent}; u |= {doubtful}"
        yield "    else:"
        kept = whole & ~_union(one for one in present if not _met(one.test, value=True))
        yield f"        m &= {self._answer(number, field, valued, kept, names)}"

    def _answer(self, number: int, field: str, asked: Sequence[_Asked], kept: int, names: dict[str, Any]) -> str:
        """The expression for the patterns that ``v`` leaves possible; ``kept`` are those that its presence does."""
        reader = self.reader
        if not asked:
            return str(kept)
        table = names[f"answers{number}"] = _answers(asked, reader, reader.types.get(field), kept)
        if isinstance(table, Between):
            names[f"limits{number}"], names[f"masks{number}"] = table.limits, table.masks
            return f"masks{number}[bisect_left(limits{number}, v) + bisect_right(limits{number}, v)]"
        if isinstance(table, Dated):
            names[f"since{number}"] = table.since
            return f"answers{number}[v, since{number}[day_of(view, part)]]"
        return f"answers{number}[{'v' if field in reader.types else '(v.__class__, v)'}]"


_FRAME = """
def scan(view, parts, whole):
    masks = []
    doubts = []
    union = 0
    for part in parts:
        m = whole
        u = 0
{body}
        masks.append(m)
        doubts.append(u & m)
        union |= m
    return masks, doubts, union
"""


class Answers(dict[Any, int]):
    """The patterns that a value leaves possible, by value; ``typed`` keys are (type, value)."""

    def __init__(self, asked: Sequence[_Asked], reader: KindReader, kept: int, *, typed: bool) -> None:
        self._asked = [(~one.bits, one.test, reader.property(one.test.field).judge) for one in asked]
        self._kept = kept
        self._typed = typed

    def __missing__(self, key: Any) -> int:  # noqa: ANN401 -- the keys of three tables
        """Work out an answer."""
        if len(self) >= REMEMBERED:
            self.clear()
        answer = self[key] = self.judge(key[1] if self._typed else key, None)
        return answer

    def judge(self, value: Value, day: int | None) -> int:
        """The patterns of which no test on this field fails."""
        mask = self._kept
        for others, test, judge in self._asked:
            if not _met(test, value if judge is None else judge(value, day)):
                mask &= others
        return mask


class Dated(Answers):
    """Answers that change with the day; the keys are value and the first day of the period (``since`` of the day)."""

    def __init__(self, asked: Sequence[_Asked], reader: KindReader, kept: int, days: Sequence[int]) -> None:
        super().__init__(asked, reader, kept, typed=False)
        self.since = Since(days)

    def __missing__(self, key: Any) -> int:  # noqa: ANN401 -- as Answers
        """Work out an answer."""
        if len(self) >= REMEMBERED:
            self.clear()
        answer = self[key] = self.judge(*key)
        return answer


class Since(dict[int | None, int | None]):
    """The first day of the period in which a day lies; of the time before all periods the day before the first."""

    def __init__(self, days: Sequence[int]) -> None:
        super().__init__({None: None})
        self._days = days

    def __missing__(self, day: int) -> int:
        """Find the period."""
        position = bisect_right(self._days, day)
        found = self[day] = self._days[position - 1] if position else self._days[0] - 1
        return found


class Between:
    """Answers of whole numbers: below the lowest limit, at it, between it and the next, and so on."""

    def __init__(self, table: Answers, limits: Sequence[int]) -> None:
        self.limits = tuple(limits)
        steps = [self.limits[0] - 1]
        for limit, following in zip(self.limits, (*self.limits[1:], self.limits[-1] + 2), strict=True):
            steps += [limit, limit + 1 if limit + 1 < following else limit]
        self.masks = tuple(table.judge(step, None) for step in steps)


def _answers(asked: Sequence[_Asked], reader: KindReader, kind: FieldType | None, kept: int) -> Answers | Between:
    days = sorted({day for one in asked for day in reader.property(one.test.field).changes})
    if days:
        return Dated(asked, reader, kept, days)
    table = Answers(asked, reader, kept, typed=kind is None)
    limits = {one.test.value for one in asked if type(one.test.value) is int}
    plain = all(reader.property(one.test.field).judge is None and type(one.test.value) is int for one in asked)
    if kind in WIDE and plain:
        return Between(table, sorted(limits))
    return table


def _met(test: Test, value: Value) -> bool:
    return holds(test.comparison, value, test.value)  # type: ignore[arg-type]  # a test against a constant


def _identity(test: Test) -> object:
    """What makes two tests the same; 1 and ``true`` are equal in Python but not here."""
    return (test.field, test.comparison, type(test.value), test.value)


def _union(asked: Iterable[_Asked]) -> int:
    bits = 0
    for one in asked:
        bits |= one.bits
    return bits


def rareness(pattern: Pattern, reader: KindReader) -> int:
    """How few facts are likely to meet a pattern: rules wait for their rarest one. Wrong guesses cost time alone."""
    ranks = [_rank(test, reader) for test in pattern.tests if not isinstance(test.value, Ref)]
    return -1 if reader.fixed else max(ranks, default=0)


def _rank(test: Test, reader: KindReader) -> int:
    about = reader.property(test.field)
    if about.judge is not None:
        return 5 if test.value is True else 1
    if about.about_presence:
        return 1 if test.value is True else 3
    if test.comparison == "eq":
        return {"text": 5, "icd10": 5, "enum": 4, "flag": 4}.get(reader.types.get(about.field, "text"), 3)
    return 1 if test.comparison == "ne" else 2

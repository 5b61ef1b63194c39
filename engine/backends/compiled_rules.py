"""The generated code of one rule: loops over the facts that its patterns leave possible, with the joins between them.

What a pattern says against constants is known before (:mod:`engine.backends.compiled_scan`). The loops find the
complete matches and, when there is none, the first binding that fails on absent fields alone: the rule is in doubt.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from engine.errors import CompileError
from engine.rulebook.form import Comparison, Condition, Pattern, Ref, Test

Bound = tuple[int, ...]

MANY = 16
"""Facts of a kind from which on an equality between two facts is looked up instead of tried."""

_OPERATORS: dict[Comparison, str] = {"gt": ">", "ge": ">=", "lt": "<", "le": "<="}


class Board(Protocol):
    """What the generated code sees of one claim; kinds are numbers, facts are numbers within their kind."""

    masks: list[list[int]]
    doubts: list[list[int]]
    unions: list[int]

    @property
    def seen(self) -> Mapping[int, Mapping[int, Mapping[str, Any]]]:
        """The values of facts by kind and number."""
        ...

    def joined(self, kind: int, field: str, value: object) -> Sequence[int]:
        """The facts whose field equals a value, or is absent; all of them when the value is absent."""
        ...


Run = Callable[[Board, list[Bound]], Bound | None]
"""Adds the complete matches to a list; the first binding in doubt, if there is no match."""


class Place(NamedTuple):
    """Where a pattern's facts are: the number of its kind and the pattern's bit in it."""

    kind: int
    bit: int


class _Writer:
    """Lines with their depth."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.depth = 1

    def __call__(self, line: str, deeper: int = 0) -> None:
        self.lines.append("    " * self.depth + line)
        self.depth += deeper


def write_rule(condition: Condition, places: Sequence[Place]) -> str:
    """The source of a function ``rule`` of type :data:`Run`; ``places`` are those of ``when``, then of ``unless``.

    Raises:
        CompileError: a name is declared twice or not declared before it is used.
    """
    check_names(condition)
    write = _Writer()
    numbers = {pattern.name: number for number, pattern in enumerate(condition.when)}
    read = {test.value.name for pattern in _all(condition) for test in pattern.tests if isinstance(test.value, Ref)}
    tested = [f"n[{place.kind}] & {place.bit}" for place in places[: len(condition.when)]]
    if tested:
        write("n = board.unions")
        write(f"if not ({' and '.join(dict.fromkeys(tested))}): return None")
    for kind in dict.fromkeys(place.kind for place in places):
        write(f"m{kind} = board.masks[{kind}]; d{kind} = board.doubts[{kind}]; s{kind} = board.seen[{kind}]")
        write(f"a{kind} = range(len(m{kind}))")
    write("first = None")
    doubt = "False"
    for number, pattern in enumerate(condition.when):
        _loop(write, number, pattern, places, range(number), numbers)
        write(f"if not m{places[number].kind}[i{number}] & {places[number].bit}: continue")
        write(f"q{number} = {doubt} or d{places[number].kind}[i{number}] & {places[number].bit}")
        doubt = f"q{number}"
        joins = [test for test in pattern.tests if isinstance(test.value, Ref)]
        if joins or pattern.name in read:
            write(f"v{number} = s{places[number].kind}[i{number}]")
        for test in joins:
            _join(write, test, f"v{number}", numbers, absent=f"q{number} = True")
    write(f"if {doubt} and (found or first is not None): continue") if condition.when else None
    for extra, pattern in enumerate(condition.unless, start=len(condition.when)):
        _loop(write, extra, pattern, places, range(len(condition.when)), numbers)
        kind, bit = places[extra]
        write(f"if not m{kind}[i{extra}] & {bit} or d{kind}[i{extra}] & {bit}: continue")
        joins = [test for test in pattern.tests if isinstance(test.value, Ref)]
        if joins:
            write(f"v{extra} = s{places[extra].kind}[i{extra}]")
        for test in joins:
            _join(write, test, f"v{extra}", numbers, absent="continue")
        write("break", -1)
        write("else:", 1)
    bound = "".join(f"i{number}, " for number in range(len(condition.when)))
    write(f"if {doubt}: first = ({bound})")
    write(f"else: found.append(({bound}))")
    write.depth = 1
    write("return None if found else first")
    return "def rule(board, found):\n" + "\n".join(write.lines) + "\n"


def compile_rule(condition: Condition, places: Sequence[Place]) -> Run:
    """The function of a rule."""
    names: dict[str, Any] = {}
    exec(compile(write_rule(condition, places), "<rule>", "exec"), names)  # noqa: S102 -- texts stand in it as literals only
    run: Run = names["rule"]
    return run


def check_names(condition: Condition) -> None:
    """Refuse a condition whose names do not hold together.

    Raises:
        CompileError: a name is declared twice or not declared before it is used.
    """
    seen: set[str] = set()
    for pattern in condition.when:
        _check_refs(condition.rule, pattern, seen)
        seen.add(pattern.name)
    if len(seen) < len(condition.when):
        raise CompileError(f"rule {condition.rule} declares a name twice", hint="give each pattern its own name")
    for pattern in condition.unless:
        _check_refs(condition.rule, pattern, seen)


def _check_refs(rule: str, pattern: Pattern, seen: set[str]) -> None:
    for test in pattern.tests:
        if isinstance(test.value, Ref) and test.value.name not in seen:
            raise CompileError(f"rule {rule} refers to {test.value.name}, which is not declared before it")


def _all(condition: Condition) -> tuple[Pattern, ...]:
    return (*condition.when, *condition.unless)


def _loop(
    write: _Writer,
    number: int,
    pattern: Pattern,
    places: Sequence[Place],
    bound: Sequence[int],
    numbers: dict[str, int],
) -> None:
    """The head of a loop over the facts of a pattern, those already bound left out."""
    kind = places[number].kind
    facts = f"a{kind}"
    same = next((test for test in pattern.tests if isinstance(test.value, Ref) and test.comparison == "eq"), None)
    if same is not None and isinstance(same.value, Ref):
        wanted = f"v{numbers[same.value.name]}[{same.value.field!r}]"
        facts = f"(a{kind} if len(a{kind}) < {MANY} else board.joined({kind}, {same.field!r}, {wanted}))"
    write(f"for i{number} in {facts}:", 1)
    others = [f"i{number} == i{other}" for other in bound if places[other].kind == kind]
    if others:
        write(f"if {' or '.join(others)}: continue")


def _join(write: _Writer, test: Test, own: str, numbers: dict[str, int], *, absent: str) -> None:
    """The lines of one test against a field of another fact; ``absent`` is what to do when a value is."""
    ref = test.value
    if not isinstance(ref, Ref):
        return
    write(f"a = {own}[{test.field!r}]; b = v{numbers[ref.name]}[{ref.field!r}]")
    write(f"if a is None or b is None: {absent}")
    if test.comparison == "eq":
        fails = "a != b or a.__class__ is not b.__class__"
    elif test.comparison == "ne":
        fails = "a == b and a.__class__ is b.__class__"
    else:
        fails = f"a.__class__ is not int or b.__class__ is not int or not a {_OPERATORS[test.comparison]} b"
    write(f"elif {fails}: continue")

"""Input files to units of work, from any position on, in input order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from engine.batch.unit import Position, Slice, Unit
from engine.errors import InputError
from engine.intake.parts.part import WHOLE, Part, kind_of, next_part

FILES = 500
"""Files of one unit at most."""


class Input(Struct, frozen=True):
    """An input file: where it is, how reports name it, how large it is."""

    path: str
    name: str
    size: int


def plan(inputs: Sequence[Input], begin: Position, size: int) -> Iterator[Unit]:
    """The units of a run, about ``size`` bytes each.

    Raises:
        InputError: a file cannot be read.
    """
    group: list[Slice] = []
    weight = 0
    for number in range(begin.file, len(inputs)):
        given = inputs[number]
        here = begin if number == begin.file else Position(number)
        small = given.size <= size and here.start == 0
        if small or here.uncut:
            group.append(_slice(number, given, WHOLE, here))
            weight += given.size
        else:
            if group:
                yield Unit(tuple(group), size=weight)
                group, weight = [], 0
            yield from _cut(number, given, here, size)
        if weight >= size or len(group) >= FILES:
            yield Unit(tuple(group), size=weight)
            group, weight = [], 0
    if group:
        yield Unit(tuple(group), size=weight)


def _cut(number: int, given: Input, here: Position, size: int) -> Iterator[Unit]:
    """The parts of a large file."""
    try:
        kind = kind_of(Path(given.path))
        if kind == "whole":
            yield Unit((_slice(number, given, WHOLE, here),), size=given.size)
            return
        with Path(given.path).open("rb") as stream:
            start, state, first = here.start, here.state, here
            while True:
                part, foreseen = next_part(stream, kind, start, state, size, given.size)
                length = (part.end or given.size) - start
                yield Unit((_slice(number, given, part, first),), foreseen, length)
                if part.end is None:
                    return
                start, state, first = part.end, foreseen, Position(number)
    except OSError as error:
        raise InputError(error.strerror or str(error), location=given.name, hint="resume when it is there") from error


def _slice(number: int, given: Input, part: Part, here: Position) -> Slice:
    return Slice(number, given.path, given.name, part, here.skip)

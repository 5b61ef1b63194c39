"""What project.py needs of a kind: its parts, its fields, and where each part stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Generic, NamedTuple, TypeVar

from engine.facts.fact import Value
from engine.facts.view import ClaimView

PartT = TypeVar("PartT")
Getter = Callable[[ClaimView, PartT], Value | None]
Fields = Mapping[str, Callable[[ClaimView, PartT], Value | None]]


Place = tuple[int, int]
"""Line number (0: the claim), and the part's number among its kind (0: there is only one)."""


class KindSource(NamedTuple, Generic[PartT]):
    """``day`` is the day on which code sets are asked about a part."""

    parts: Callable[[ClaimView], Iterable[PartT]]
    fields: Fields[PartT]
    place: Callable[[PartT], Place]
    day: Callable[[ClaimView, PartT], int | None]


def first_service_day(view: ClaimView, _part: object) -> int | None:
    """The first service day of the claim."""
    return view.first_service_day


def nowhere(_part: object) -> Place:
    """The claim as a whole."""
    return (0, 0)

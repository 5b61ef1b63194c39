"""How back ends read parts of a claim without building facts: by kind, each property when it is asked for.

A *property* is what a test names: a field, or a tag that follows from one (:mod:`engine.facts.tags`). What is read here
and what :class:`engine.facts.project.Projector` writes on facts are the same values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from engine.facts.derive.source import KindSource
from engine.facts.fact import Value
from engine.facts.needs import KindNeeds, Tag
from engine.facts.tags import Judge, change_days, judge
from engine.facts.vocabulary import FieldType, vocabulary

Getter = Callable[[Any, Any], Value | None]
"""View and part to the value of a property."""


class Property(NamedTuple):
    """What a test names: ``field`` itself, or whether the field answers to a tag.

    ``judge`` is ``None`` for the field itself and for presence; ``changes`` are the days from which a tag may answer
    otherwise than before.
    """

    field: str
    judge: Judge | None = None
    about_presence: bool = False
    changes: tuple[int, ...] = ()


class KindReader(NamedTuple):
    """One kind of part: how to find the parts and to read them.

    ``fields`` are the fields that can be worked out, ``properties`` the tags by name, ``types`` the types of fields
    that keep to one; ``fixed`` kinds are the same for all claims with one context.
    """

    kind: str
    parts: Callable[[Any], Iterable[Any]]
    place: Callable[[Any], tuple[int, int]]
    day: Callable[[Any, Any], int | None]
    fields: Mapping[str, Getter]
    tags: Mapping[str, Property]
    types: Mapping[str, FieldType]
    values: Callable[[Any, Any], Mapping[str, Any]]
    fixed: bool = False

    def property(self, name: str) -> Property:
        """The property of this name."""
        return self.tags.get(name) or Property(name)


class PartValues(dict[str, Any]):
    """The values of one part, each worked out when it is first asked for; an absent one is ``None``."""

    __slots__ = ("_getters", "_part", "_view")

    def __init__(self, getters: Mapping[str, Getter], view: object, part: object) -> None:
        self._getters = getters
        self._view = view
        self._part = part

    def __missing__(self, name: str) -> Value | None:
        """Work out a value."""
        get = self._getters.get(name)
        value = self[name] = None if get is None else get(self._view, self._part)
        return value

    def get(self, name: str, default: Any = None) -> Any:  # noqa: ANN401 -- as dict.get
        """The value, or ``default`` when it is absent."""
        value = self[name]
        return default if value is None else value

    def __contains__(self, name: object) -> bool:
        """Whether the value is there."""
        return self[name] is not None  # type: ignore[index]


FIXED = frozenset({"param", "payer"})
"""Kinds that come from the context alone."""


def kind_reader(kind: str, source: KindSource[Any], wanted: KindNeeds) -> KindReader:
    """How to read the parts of a kind; of its fields only what is wanted."""
    fields = {name: source.fields[name] for name in wanted.fields if name in source.fields}
    tags = {tag.name: _property(tag) for tag in wanted.tags}
    getters = {**fields, **{tag.name: _tag_getter(tag, source, tags[tag.name]) for tag in wanted.tags}}
    known = vocabulary()[kind].fields
    return KindReader(
        kind=kind,
        parts=source.parts,
        place=source.place,
        day=source.day,
        fields={**fields, **{tag.field: source.fields[tag.field] for tag in wanted.tags if tag.field in source.fields}},
        tags=tags,
        types={} if kind in FIXED else {name: field.type for name, field in known.items()},
        values=lambda view, part: PartValues(getters, view, part),
        fixed=kind in FIXED and not any(tag.changes for tag in tags.values()),
    )


def _property(tag: Tag) -> Property:
    if tag.operator == "present":
        return Property(tag.field, about_presence=True)
    return Property(tag.field, judge(tag), changes=change_days(tag))


def _tag_getter(tag: Tag, source: KindSource[Any], about: Property) -> Getter:
    get, day = source.fields.get(tag.field), source.day
    if get is None:
        return lambda _view, _part: False if about.about_presence else None
    if about.judge is None:
        return lambda view, part: get(view, part) is not None
    holds = about.judge

    def read(view: object, part: object) -> Value | None:
        value = get(view, part)  # type: ignore[arg-type]
        return None if value is None else holds(value, day(view, part))  # type: ignore[arg-type]

    return read

"""The resources of a file by every name a reference may use, and the contained ones of one claim."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from engine.intake.fhir_values import Cursor, system

_SEARCH = re.compile(r"^([A-Za-z]+)\?identifier=([^|&]*)\|([^&]+)$")
_LITERAL = re.compile(r"(?:^|/)([A-Z][A-Za-z]+)/([A-Za-z0-9\-.]{1,128})(?:/_history/[^/]+)?$")

PEOPLE = frozenset({"Patient", "RelatedPerson", "Coverage"})

Resource = dict[str, Any]


class Index:
    """Resources by full URL, by ``Type/id`` and by ``system|value`` of their identifiers."""

    def __init__(self) -> None:
        self._known: dict[str, Resource] = {}

    def add(self, resource: Resource, url: object = None) -> None:
        """Makes ``resource`` known; the first of a name keeps it."""
        kind, key = resource.get("resourceType"), resource.get("id")
        if isinstance(url, str) and url:
            self._known.setdefault(url, resource)
        if isinstance(kind, str) and isinstance(key, str):
            self._known.setdefault(f"{kind}/{key}", resource)
            self._known.setdefault(f"urn:uuid:{key}", resource)
        identifiers = resource.get("identifier")
        for identifier in identifiers if isinstance(identifiers, list) else ():
            if isinstance(identifier, dict) and isinstance(kind, str):
                name = f"{kind}?{identifier.get('system')}|{identifier.get('value')}"
                self._known.setdefault(name, resource)

    def find(self, reference: str) -> Resource | None:
        """The resource that ``reference`` names, or ``None``."""
        if reference in self._known:
            return self._known[reference]
        search = _SEARCH.match(reference)
        if search:
            return self._known.get(f"{search[1]}?{search[2]}|{search[3]}")
        literal = _LITERAL.search(reference)
        return self._known.get(f"{literal[1]}/{literal[2]}") if literal else None


class Target:
    """What a reference leads to: a resource, or only what the reference itself says (identifier, display, type)."""

    __slots__ = ("reference", "resource")

    def __init__(self, reference: Cursor, resource: Cursor | None) -> None:
        self.reference = reference
        self.resource = resource

    @property
    def kind(self) -> str:
        """The type of resource, as far as it is known."""
        if self.resource is not None:
            return self.resource.text("resourceType")
        named = self.reference.text("type")
        text = self.reference.text("reference")
        found = _SEARCH.match(text) or _LITERAL.search(text)
        return named or (found[1] if found else "")

    @property
    def display(self) -> str:
        """The name that the reference itself gives."""
        return self.reference.text("display")


class Resolver:
    """Follows the references of one claim: contained resources first, then the file's."""

    def __init__(self, claim: Cursor, index: Index) -> None:
        self._claim = claim
        self._index = index
        self._contained: dict[str, Cursor] = {}
        for contained in claim.children("contained"):
            key = contained.value.get("id")
            if isinstance(key, str):
                contained.private = str(contained.value.get("resourceType")) in PEOPLE
                self._contained.setdefault(key, contained)

    def follow(self, owner: Cursor, key: str) -> Target | None:
        """The target of the reference at ``owner.key``; ``None`` when there is no reference."""
        reference = owner.child(key)
        return None if reference is None else self.target(reference)

    def target(self, reference: Cursor) -> Target:
        """The target of a reference."""
        text = reference.text("reference")
        resource = self._resolve(text, reference)
        return Target(reference, resource)

    def _resolve(self, text: str, reference: Cursor) -> Cursor | None:
        report = self._claim.report
        if text.startswith("#"):
            contained = self._contained.get(text[1:])
            if contained is None:
                says = f"No contained resource has the id {text[1:41]}."
                reference.say("reference", says, expected="the id of a contained resource", found=text[:41])
            return contained
        found = self._index.find(text) if text else None
        if found is None:
            found = self._by_identifier(reference)
        if found is None:
            return None
        kind = str(found.get("resourceType", "Resource"))
        return Cursor(found, kind, report, private=kind in PEOPLE)

    def _by_identifier(self, reference: Cursor) -> Resource | None:
        identifier, kind = reference.child("identifier"), reference.text("type")
        if identifier is None or not kind:
            return None
        return self._index.find(f"{kind}?identifier={identifier.text('system')}|{identifier.text('value')}")


def identifiers(target: Target) -> Iterator[tuple[str, str, str]]:
    """System, type code and value of each identifier of a target: the resource's, then the reference's own."""
    found = [] if target.resource is None else target.resource.children("identifier")
    logical = target.reference.child("identifier")
    for identifier in [*found, *([logical] if logical is not None else [])]:
        yield system(identifier), identifier.code("type").lower(), identifier.text("value")
    search = _SEARCH.match(target.reference.text("reference"))
    if search:
        yield search[2].lower().rstrip("/").split("://", 1)[-1], "", search[3]

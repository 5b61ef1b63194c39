"""What a reader of encounters yields: encounters, what was wrong with them, and what could not be used."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from engine.claim.encounter import Encounter
from engine.intake.reading import IntakeFinding


class Unread(Struct, frozen=True):
    """An item of the documentation that cannot be judged: where it stands, what it is, and why."""

    at: str
    what: str
    because: str


class ReadEncounter(Struct, frozen=True, kw_only=True):
    """An encounter, the structural problems inside it, and the items of it that could not be used."""

    encounter: Encounter
    findings: tuple[IntakeFinding, ...] = ()
    unread: tuple[Unread, ...] = ()


EncounterReading = Iterator[ReadEncounter | IntakeFinding]

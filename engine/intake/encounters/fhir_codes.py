"""Codes of documented items: ICD-10-CM, CPT and HCPCS are taken, all others listed as not read, with the reason."""

from __future__ import annotations

from engine.intake.codes import code as canonical
from engine.intake.encounters.reading import Unread
from engine.intake.fhir_codes import ICD10CM
from engine.intake.fhir_lines import HCPCS
from engine.intake.fhir_values import Cursor, Report, system
from engine.intake.json_text import printable

SNOMED = "snomed.info/sct"
_SHOWN = 60


class Coder:
    """Takes codes out of concepts, and remembers what could not be used."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._left: list[Unread] = []

    def unread(self) -> tuple[Unread, ...]:
        """What could not be used, in the order it was met, each place once."""
        return tuple({(each.at, each.because): each for each in self._left}.values())

    def leave(self, at: str, what: str, because: str) -> None:
        """Remembers an item that cannot be used."""
        self._left.append(Unread(at, printable(what, _SHOWN), because))

    def results(self, number: int, at: str) -> None:
        """Results in the record: they do not show that they were reviewed in this visit."""
        if number:
            self.leave(at, f"Observation, DiagnosticReport ({number})", "a result does not show that it was reviewed")

    def diagnosis(self, concept: Cursor | None, at: str) -> str:
        """The ICD-10-CM code of a concept, or the empty string."""
        return self._code(concept, at, ICD10CM, "ICD-10-CM")

    def procedure(self, concept: Cursor | None, at: str) -> str:
        """The CPT or HCPCS code of a concept, or the empty string."""
        return self._code(concept, at, HCPCS, "CPT or HCPCS")

    def _code(self, concept: Cursor | None, at: str, wanted: frozenset[str], name: str) -> str:
        codings = concept.own_codings() if concept else []
        for coding in codings:
            if system(coding) in wanted and coding.text("code"):
                return canonical(coding.text("code"))
        systems = {system(coding) for coding in codings if coding.text("code")}
        shown = next((text for coding in codings if (text := coding.text("display"))), "")
        shown = shown or (concept.text("text") if concept else "") or "no code"
        only = f"its code is SNOMED CT only; no {name} code" if systems == {SNOMED} else f"it has no {name} code"
        self.leave(at, shown, only)
        return ""


def extension(owner: Cursor, name: str) -> Cursor | None:
    """The extension of ours with this name: its url is ``urn:cleanclaim:fhir:NAME``."""
    return next(
        (each for each in owner.children("extension") if each.text("url") == f"urn:cleanclaim:fhir:{name}"), None
    )


def flag(owner: Cursor, name: str) -> bool | None:
    """The valueBoolean of an extension of ours."""
    found = extension(owner, name)
    return found.flag("valueBoolean") if found else None


def whole(owner: Cursor, name: str) -> int | None:
    """The valueInteger of an extension of ours."""
    found = extension(owner, name)
    return found.integer("valueInteger") if found else None

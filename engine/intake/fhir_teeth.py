"""Teeth, surfaces and areas of the mouth as FHIR names them, in the numbering of a dental claim."""

from __future__ import annotations

from engine.claim.model import Tooth
from engine.intake.codes import upper
from engine.intake.fhir_values import Cursor, system

_FDI = frozenset({"terminology.hl7.org/codesystem/ex-tooth", "hl7.org/fhir/ex-fdi", "fdi"})
_QUADRANT = 8
_MILK = "EDCBA", "FGHIJ", "ONMLK", "PQRST"
_AREAS = frozenset({"00", "01", "02", "03", "04", "05", "06", "07", "08", "09"})
_SURFACES = frozenset("MODBLIFV")
_TENS = 10


def teeth(sites: list[Cursor], surfaces: list[Cursor]) -> tuple[Tooth, ...]:
    """One tooth or area a site; the surfaces belong to each tooth."""
    letters = tuple(letter for concept in surfaces for letter in _letters(concept))
    found = []
    for concept in sites:
        for site in concept.own_codings()[:1]:
            code = upper(site.text("code"))
            if code:
                found.append(_tooth(code, system(site), letters))
    return tuple(found)


def _tooth(code: str, uri: str, letters: tuple[str, ...]) -> Tooth:
    if "area" in uri or code in _AREAS:
        return Tooth(area=code)
    if uri in _FDI:
        return Tooth(tooth=universal(code), surfaces=letters)
    return Tooth(tooth=code, surfaces=letters)


def _letters(concept: Cursor) -> list[str]:
    """``MOD`` is three surfaces; what is no run of surface letters stays as sent."""
    code = next((upper(coding.text("code")) for coding in concept.own_codings() if coding.has("code")), "")
    if not code:
        return []
    return list(code) if set(code) <= _SURFACES else [code]


def universal(code: str) -> str:
    """An FDI tooth number in the universal numbering; any other code as it is.

    >>> universal("11"), universal("18"), universal("21"), universal("48"), universal("55"), universal("85")
    ('8', '1', '9', '32', 'A', 'T')
    """
    if not (code.isascii() and code.isdigit()) or len(code) != len("11"):
        return code
    quadrant, place = divmod(int(code), _TENS)
    if 1 <= quadrant <= len(_MILK) and 1 <= place <= _QUADRANT:
        # upper right counts down to the midline, upper left up from it; the lower jaw runs back
        start = {1: _QUADRANT + 1, 2: _QUADRANT, 3: 3 * _QUADRANT + 1, 4: 3 * _QUADRANT}[quadrant]
        return str(start + place if quadrant in (2, 4) else start - place)
    milk = quadrant - len(_MILK) - 1
    if 0 <= milk < len(_MILK) and 1 <= place <= len(_MILK[0]):
        return _MILK[milk][place - 1]
    return code

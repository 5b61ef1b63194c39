"""The formats of a report, by media type: the ``Accept`` header picks one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import BinaryIO

from api.problems import ProblemError
from engine import (
    Ca277Report,
    FhirReport,
    JsonReport,
    NdjsonReport,
    ReportWriter,
    Rulebook,
    SarifReport,
    described,
)

JSON, NDJSON = "application/json", "application/x-ndjson"

Make = Callable[[BinaryIO, Rulebook, date], ReportWriter]
WRITERS: dict[str, Make] = {
    JSON: lambda stream, _rulebook, _day: JsonReport(stream),
    NDJSON: lambda stream, _rulebook, _day: NdjsonReport(stream),
    "application/sarif+json": lambda stream, rulebook, _day: SarifReport(stream, described(rulebook)),
    "application/edi-x12": lambda stream, _rulebook, day: Ca277Report(stream, day),
    "application/fhir+json": lambda stream, _rulebook, day: FhirReport(stream, day),
}
"""A media type and what writes it (to a stream, of a rulebook, on a day of receipt); the first is the default."""


def pick(accept: str) -> str:
    """The media type to answer with.

    >>> pick("text/html, application/x-ndjson;q=0.5"), pick("*/*"), pick("")
    ('application/x-ndjson', 'application/json', 'application/json')

    Raises:
        ProblemError: none that is offered is accepted.
    """
    wanted = [_range(part) for part in accept.split(",") if part.strip()] or [("*/*", 1.0)]
    best, weight = "", 0.0
    for offered in WRITERS:
        matching = [(name, q) for name, q in wanted if _matches(name, offered)]
        quality = max(matching, key=lambda found: found[0].count("*") * -1)[1] if matching else 0.0
        if quality > weight:
            best, weight = offered, quality
    if not best:
        raise ProblemError("not-acceptable", f"Accept one of {', '.join(WRITERS)}.")
    return best


def _range(part: str) -> tuple[str, float]:
    name, *parameters = (piece.strip().lower() for piece in part.split(";"))
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return name, min(max(float(parameter[2:]), 0.0), 1.0)
            except ValueError:
                return name, 0.0
    return name, 1.0


def _matches(name: str, offered: str) -> bool:
    return name in ("*/*", offered) or (name.endswith("/*") and offered.startswith(name[:-1]))

"""cleanclaim's engine: bytes to claim to facts to matches to findings to report.

The names that a program needs; everything else is inside. Each is imported when it is first asked for, so that a
command that looks a code up does not wait for the rules.

>>> from datetime import date
>>> checker = Checker(
...     load_rulebook(), Tables.load(), compile_durable, engine="durable", received_on=date(2026, 4, 15)
... )  # doctest: +SKIP
"""

from importlib import import_module
from typing import TYPE_CHECKING

from engine.version import VERSION

if TYPE_CHECKING:
    from engine.backends.compiled import compile_compiled
    from engine.backends.durable import compile_durable
    from engine.check import Checker
    from engine.errors import CleanclaimError
    from engine.findings.encounters.report import EncounterReport, EncounterReports
    from engine.findings.report import ClaimReport, Finding, InputFinding, Report
    from engine.intake.reading import ReadClaim
    from engine.reference.catalog import Tables
    from engine.remedied import Remedied, remedies
    from engine.rulebook.book import Rulebook
    from engine.rulebook.load import load_rulebook
    from engine.score import Scorer

__all__ = [
    "VERSION",
    "Checker",
    "ClaimReport",
    "CleanclaimError",
    "EncounterReport",
    "EncounterReports",
    "Finding",
    "InputFinding",
    "ReadClaim",
    "Remedied",
    "Report",
    "Rulebook",
    "Scorer",
    "Tables",
    "compile_compiled",
    "compile_durable",
    "load_rulebook",
    "remedies",
]

_HOMES = {
    "Checker": "engine.check",
    "ClaimReport": "engine.findings.report",
    "CleanclaimError": "engine.errors",
    "EncounterReport": "engine.findings.encounters.report",
    "EncounterReports": "engine.findings.encounters.report",
    "Finding": "engine.findings.report",
    "InputFinding": "engine.findings.report",
    "ReadClaim": "engine.intake.reading",
    "Remedied": "engine.remedied",
    "Report": "engine.findings.report",
    "Rulebook": "engine.rulebook.book",
    "Scorer": "engine.score",
    "Tables": "engine.reference.catalog",
    "compile_compiled": "engine.backends.compiled",
    "compile_durable": "engine.backends.durable",
    "load_rulebook": "engine.rulebook.load",
    "remedies": "engine.remedied",
}


def __getattr__(name: str) -> object:
    """Import a name of ``__all__`` from its module."""
    if name not in _HOMES:
        raise AttributeError(f"module 'engine' has no attribute {name!r}")
    value: object = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value

"""cleanclaim's engine: bytes to claim to facts to matches to findings to report.

The names that a program needs; everything else is inside.

>>> from datetime import date
>>> checker = Checker(
...     load_rulebook(), Tables.load(), compile_durable, engine="durable", received_on=date(2026, 4, 15)
... )  # doctest: +SKIP
"""

from engine.backends.durable import compile_durable
from engine.check import Checker
from engine.errors import CleanclaimError
from engine.findings.report import ClaimReport, Finding, InputFinding, Report
from engine.intake.reading import ReadClaim
from engine.reference.catalog import Tables
from engine.remedies import Remedied, remedies
from engine.rulebook.book import Rulebook
from engine.rulebook.load import load_rulebook
from engine.version import VERSION

__all__ = [
    "VERSION",
    "Checker",
    "ClaimReport",
    "CleanclaimError",
    "Finding",
    "InputFinding",
    "ReadClaim",
    "Remedied",
    "Report",
    "Rulebook",
    "Tables",
    "compile_durable",
    "load_rulebook",
    "remedies",
]

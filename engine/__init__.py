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
    from engine.authoring.draft import Draft, Linted, lint_draft, read_draft
    from engine.backends.compiled import compile_compiled
    from engine.backends.durable import compile_durable
    from engine.backends.protocol import Compile, Evaluator
    from engine.check import Checker
    from engine.claim.model import Claim, ClaimType
    from engine.errors import CleanclaimError, RulebookError, TableError, UsageError
    from engine.explained import Explained, explain, explanations, json_of_claim, json_of_rule
    from engine.facts.history import patient_keys
    from engine.findings.encounters.report import EncounterReport, EncounterReports
    from engine.findings.intake import input_finding, not_checked
    from engine.findings.report import ClaimReport, Finding, InputFinding, Report
    from engine.intake.int_rules import load_int_rules
    from engine.intake.reading import ReadClaim
    from engine.intake.sniff import read
    from engine.reference.cards import cards
    from engine.reference.catalog import Tables
    from engine.reference.search.nearest import nearest_codes
    from engine.reference.search.search import CodeSearch
    from engine.remedied import Remedied, remedies
    from engine.report.ca277 import Ca277Report
    from engine.report.codes import shown_code
    from engine.report.codes_json import answer_object, card_object
    from engine.report.described import described
    from engine.report.encounter_json import EncounterJson
    from engine.report.fhir import FhirReport
    from engine.report.json_report import JsonReport
    from engine.report.ndjson import NdjsonReport
    from engine.report.sarif import SarifReport
    from engine.report.tables_json import edition_objects, missing_objects, missing_tables
    from engine.report.tally import Tally
    from engine.report.writer import ReportWriter
    from engine.rulebook.book import Rulebook
    from engine.rulebook.form import Condition
    from engine.rulebook.load import load_rulebook, shipped_rules
    from engine.rulebook.rule import Rule
    from engine.score import Scorer

__all__ = [
    "VERSION",
    "Ca277Report",
    "Checker",
    "Claim",
    "ClaimReport",
    "ClaimType",
    "CleanclaimError",
    "CodeSearch",
    "Compile",
    "Condition",
    "Draft",
    "EncounterJson",
    "EncounterReport",
    "EncounterReports",
    "Evaluator",
    "Explained",
    "FhirReport",
    "Finding",
    "InputFinding",
    "JsonReport",
    "Linted",
    "NdjsonReport",
    "ReadClaim",
    "Remedied",
    "Report",
    "ReportWriter",
    "Rule",
    "Rulebook",
    "RulebookError",
    "SarifReport",
    "Scorer",
    "TableError",
    "Tables",
    "Tally",
    "UsageError",
    "answer_object",
    "card_object",
    "cards",
    "compile_compiled",
    "compile_durable",
    "described",
    "edition_objects",
    "explain",
    "explanations",
    "input_finding",
    "json_of_claim",
    "json_of_rule",
    "lint_draft",
    "load_int_rules",
    "load_rulebook",
    "missing_objects",
    "missing_tables",
    "nearest_codes",
    "not_checked",
    "patient_keys",
    "read",
    "read_draft",
    "remedies",
    "shipped_rules",
    "shown_code",
]

_HOMES = {
    "Ca277Report": "engine.report.ca277",
    "Checker": "engine.check",
    "Claim": "engine.claim.model",
    "ClaimReport": "engine.findings.report",
    "ClaimType": "engine.claim.model",
    "CleanclaimError": "engine.errors",
    "CodeSearch": "engine.reference.search.search",
    "Compile": "engine.backends.protocol",
    "Condition": "engine.rulebook.form",
    "Draft": "engine.authoring.draft",
    "EncounterJson": "engine.report.encounter_json",
    "EncounterReport": "engine.findings.encounters.report",
    "EncounterReports": "engine.findings.encounters.report",
    "Evaluator": "engine.backends.protocol",
    "Explained": "engine.explained",
    "FhirReport": "engine.report.fhir",
    "Finding": "engine.findings.report",
    "InputFinding": "engine.findings.report",
    "JsonReport": "engine.report.json_report",
    "Linted": "engine.authoring.draft",
    "NdjsonReport": "engine.report.ndjson",
    "ReadClaim": "engine.intake.reading",
    "Remedied": "engine.remedied",
    "Report": "engine.findings.report",
    "ReportWriter": "engine.report.writer",
    "Rule": "engine.rulebook.rule",
    "Rulebook": "engine.rulebook.book",
    "RulebookError": "engine.errors",
    "SarifReport": "engine.report.sarif",
    "Scorer": "engine.score",
    "TableError": "engine.errors",
    "Tables": "engine.reference.catalog",
    "Tally": "engine.report.tally",
    "UsageError": "engine.errors",
    "answer_object": "engine.report.codes_json",
    "card_object": "engine.report.codes_json",
    "cards": "engine.reference.cards",
    "compile_compiled": "engine.backends.compiled",
    "compile_durable": "engine.backends.durable",
    "described": "engine.report.described",
    "edition_objects": "engine.report.tables_json",
    "explain": "engine.explained",
    "explanations": "engine.explained",
    "input_finding": "engine.findings.intake",
    "json_of_claim": "engine.explained",
    "json_of_rule": "engine.explained",
    "lint_draft": "engine.authoring.draft",
    "load_int_rules": "engine.intake.int_rules",
    "load_rulebook": "engine.rulebook.load",
    "missing_objects": "engine.report.tables_json",
    "missing_tables": "engine.report.tables_json",
    "nearest_codes": "engine.reference.search.nearest",
    "not_checked": "engine.findings.intake",
    "patient_keys": "engine.facts.history",
    "read": "engine.intake.sniff",
    "read_draft": "engine.authoring.draft",
    "remedies": "engine.remedied",
    "shipped_rules": "engine.rulebook.load",
    "shown_code": "engine.report.codes",
}


def __getattr__(name: str) -> object:
    """Import a name of ``__all__`` from its module."""
    if name not in _HOMES:
        raise AttributeError(f"module 'engine' has no attribute {name!r}")
    value: object = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value

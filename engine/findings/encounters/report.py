"""The report about encounters (field names are the contract)."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from engine.claim.model import Source
from engine.findings.report import Coverage, Finding, InputFinding, Suppressed, Tool

Advice = Literal["release", "review", "hold"]


class ElementShown(Struct, frozen=True):
    """One element of medical decision making: its level (0 to 4) and what it was worked out from."""

    level: int | None = None
    because: str = ""


class Level(Struct, frozen=True, kw_only=True):
    """A chosen visit code, with what decision making and time support.

    ``gap`` counts levels above (positive) or below (negative) what is supported.
    """

    charge: int
    procedure: str
    family: str
    problems: ElementShown
    data: ElementShown
    risk: ElementShown
    mdm_level: int | None
    mdm: str
    minutes: int | None
    minutes_needed: int | None
    by_mdm: str | None
    by_time: str | None
    supported: str | None
    gap: int | None


class Factor(Struct, frozen=True):
    """One deduction: what it counts against, the rule and place, the points, and why."""

    dimension: str
    rule: str
    at: str
    points: int
    because: str


class Cap(Struct, frozen=True):
    """A limit on the overall score, and the findings that set it."""

    most: int
    because: str


class Scores(Struct, frozen=True, kw_only=True):
    """Three dimensions and the overall score, each from 0 to 100, with everything that they were worked out from.

    ``weighted`` is the weighted mean before the cap, rounded down.
    """

    overall: int
    accuracy: int
    completeness: int
    documentation: int
    weighted: int
    weights: dict[str, int]
    cap: Cap | None = None
    factors: tuple[Factor, ...] = ()


class Query(Struct, frozen=True):
    """A question to the provider, with the finding that raises it."""

    rule: str
    at: str
    ask: str


class NotRead(Struct, frozen=True):
    """An item of the documentation that could not be judged, where it stands, and why."""

    at: str
    what: str
    because: str


class EncounterReport(Struct, frozen=True, kw_only=True):
    """What is to be said about one encounter.

    ``scores`` is absent when no code was chosen or none could be read: there is nothing to score. ``because`` says why
    the advice is not better. ``levels_over`` and ``levels_under`` count levels chosen above and below what is
    supported; they are never netted.
    """

    encounter_id: str
    payer: str
    setting: str
    service_day: str
    source: Source
    advice: Advice
    because: str
    scores: Scores | None
    levels_over: int
    levels_under: int
    levels: tuple[Level, ...] = ()
    findings: tuple[Finding, ...] = ()
    queries: tuple[Query, ...] = ()
    coverage: Coverage = Coverage()
    not_read: tuple[NotRead, ...] = ()
    suppressed: tuple[Suppressed, ...] = ()


class EncounterReports(Struct, frozen=True, kw_only=True):
    """The whole answer for some input."""

    tool: Tool
    encounters: tuple[EncounterReport, ...] = ()
    input_findings: tuple[InputFinding, ...] = ()

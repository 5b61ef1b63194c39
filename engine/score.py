"""Documented encounters scored: bytes to encounter to facts to matches to findings, levels, queries and scores."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import BinaryIO

from msgspec.structs import replace

from engine.check import Checker
from engine.claim.encounter import Encounter
from engine.errors import CleanclaimError
from engine.findings.encounters.conclude import conclude
from engine.findings.encounters.examine import EncounterExaminer, ExaminedEncounter
from engine.findings.encounters.report import EncounterReport, NotRead
from engine.findings.intake import input_finding, structural_finding
from engine.findings.report import Finding, FindingAt, InputFinding, Tool
from engine.intake.encounters.reading import ReadEncounter
from engine.intake.encounters.sniff import read_encounters
from engine.intake.reading import IntakeFinding


class Scorer:
    """Scores encounters under the rulebook, the tables and the back end of a checker.

    Args:
        checker: what is the same for claims and encounters; its history is not used.
    """

    def __init__(self, checker: Checker) -> None:
        self.checker = checker

    @cached_property
    def examiner(self) -> EncounterExaminer:
        """The prepared rules about encounters, compiled when first needed."""
        return EncounterExaminer(self.checker.setting, self.checker.compile_rules)

    def score(self, stream: BinaryIO, file: str) -> Iterator[EncounterReport | InputFinding]:
        """Score every encounter of a stream, in input order; nothing that is in the stream makes this raise."""
        for item in self.score_with_encounters(stream, file):
            yield item if isinstance(item, InputFinding) else item[0]

    def score_with_encounters(
        self, stream: BinaryIO, file: str
    ) -> Iterator[tuple[EncounterReport, Encounter] | InputFinding]:
        """As :meth:`score`, each report with the encounter it is about, for reports that show it."""
        for item in read_encounters(stream, file):
            if isinstance(item, IntakeFinding):
                yield input_finding(item, file)
            else:
                yield self.score_encounter(item), item.encounter

    def score_encounter(self, item: ReadEncounter) -> EncounterReport:
        """The report of one encounter; a fault of our own is reported on it (INT-0020) and stops nothing else.

        Raises:
            TableError: a reference table turned out to be malformed: nothing can be judged until it is mended.
            CompileError: the rules do not fit the back end.
        """
        try:
            structural = [encounter_finding(found) for found in item.findings]
            unread = [NotRead(each.at, each.what, each.because) for each in item.unread]
            return conclude(self.examiner, self.examine(item.encounter), structural, unread)
        except CleanclaimError:
            raise
        except Exception as error:  # noqa: BLE001 -- the last guard: an encounter is never lost to a fault of ours
            return not_scored(item.encounter, error)

    def examine(self, encounter: Encounter) -> ExaminedEncounter:
        """The facts and matches of an encounter, for explanations."""
        return self.examiner.examine_encounter(encounter)

    def tool(self) -> Tool:
        """What made the report."""
        return self.checker.tool()


def encounter_finding(found: IntakeFinding) -> Finding:
    """A structural problem inside an encounter; it counts against the documentation."""
    path = found.at.path
    fhir = path.startswith("Bundle")
    at = FindingAt(part="encounter", field=path, fhir=path if fhir else "", path="" if fhir else path)
    return replace(structural_finding(found, at), dimension="documentation")


def not_scored(encounter: Encounter, error: Exception) -> EncounterReport:
    """The report of an encounter on which cleanclaim itself failed, named by the kind of fault only."""
    finding = encounter_finding(
        IntakeFinding(
            rule="INT-0020",
            says=f"This encounter could not be scored: {type(error).__name__} inside cleanclaim.",
            fix="Score the encounter by hand, and report the fault with its structure (no patient data).",
        )
    )
    day = encounter.service_day
    return EncounterReport(
        encounter_id=encounter.encounter_id,
        payer="",
        setting=encounter.setting,
        service_day=day.isoformat() if day else "",
        source=encounter.source,
        advice="hold",
        because="the encounter could not be scored",
        scores=None,
        levels_over=0,
        levels_under=0,
        findings=(finding,),
    )

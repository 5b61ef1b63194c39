"""The JSON report about encounters: one object, an encounter a line."""

from __future__ import annotations

from engine.claim.encounter import Encounter
from engine.findings.encounters.report import EncounterReport
from engine.report.json_object import JsonObject


class EncounterJson(JsonObject):
    """Writes ``{"tool": …, "encounters": […], "input_findings": […]}``."""

    key = "encounters"

    def encounter(self, report: EncounterReport, encounter: Encounter) -> None:  # noqa: ARG002 -- the report says all
        """One element of ``encounters``."""
        self.item(report)

    def end(self) -> None:
        """The input findings and the closing brackets."""
        self.close()

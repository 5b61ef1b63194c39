"""The JSON report: one object, written while claims are read, a claim a line."""

from __future__ import annotations

from engine.claim.model import Claim
from engine.findings.report import ClaimReport
from engine.report.json_object import JsonObject
from engine.report.tally import Tally


class JsonReport(JsonObject):
    """Writes ``{"tool": …, "claims": […], "input_findings": […]}``."""

    key = "claims"

    def claim(self, report: ClaimReport, claim: Claim) -> None:  # noqa: ARG002 -- the report says all that JSON holds
        """One element of ``claims``."""
        self.item(report)

    def end(self, tally: Tally) -> None:  # noqa: ARG002 -- programs count for themselves
        """The input findings and the closing brackets."""
        self.close()

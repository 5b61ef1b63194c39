"""What every report is told, in this order: begin; for each file its name, claims and problems; end."""

from __future__ import annotations

from typing import Protocol

from engine.claim.model import Claim
from engine.findings.report import ClaimReport, InputFinding, Tool
from engine.report.tally import Tally


class ReportWriter(Protocol):
    """A projection of a report that is written while claims are read."""

    def begin(self, tool: Tool) -> None:
        """What makes the report."""
        ...

    def file(self, name: str) -> None:
        """The next file begins."""
        ...

    def claim(self, report: ClaimReport, claim: Claim) -> None:
        """A claim was checked."""
        ...

    def input_finding(self, finding: InputFinding) -> None:
        """A problem outside any claim was found."""
        ...

    def end(self, tally: Tally) -> None:
        """All files were read."""
        ...

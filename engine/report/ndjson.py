"""The NDJSON report: one JSON object a claim and a line, in input order; a last line for problems outside any claim."""

from __future__ import annotations

from typing import BinaryIO

from msgspec.json import encode

from engine.claim.model import Claim
from engine.findings.report import ClaimReport, InputFinding, Tool
from engine.report.tally import Tally


class NdjsonReport:
    """Writes a line a claim; ``{"input_findings": […]}`` stands last, and only when there are any.

    Args:
        stream: takes the bytes (UTF-8).
    """

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream
        self.input_findings: list[InputFinding] = []

    def begin(self, tool: Tool) -> None:
        """Nothing: the lines are claims."""

    def file(self, name: str) -> None:
        """Nothing: each claim names its file."""

    def claim(self, report: ClaimReport, claim: Claim) -> None:  # noqa: ARG002 -- the report says all that JSON holds
        """One line."""
        self.stream.write(encode(report) + b"\n")
        self.stream.flush()

    def input_finding(self, finding: InputFinding) -> None:
        """Kept until the end."""
        self.input_findings.append(finding)

    def end(self, tally: Tally) -> None:  # noqa: ARG002 -- programs count for themselves
        """The last line."""
        if self.input_findings:
            self.stream.write(encode({"input_findings": self.input_findings}) + b"\n")
        self.stream.flush()

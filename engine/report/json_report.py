"""The JSON report: one object, written while claims are read, a claim a line."""

from __future__ import annotations

from typing import BinaryIO

from msgspec.json import encode

from engine.claim.model import Claim
from engine.findings.report import ClaimReport, InputFinding, Tool
from engine.report.tally import Tally


class JsonReport:
    """Writes ``{"tool": …, "claims": […], "input_findings": […]}``. Only the input findings are kept until the end.

    Args:
        stream: takes the bytes (UTF-8).
    """

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream
        self.separator = b"\n"
        self.input_findings: list[bytes] = []

    def begin(self, tool: Tool) -> None:
        """The head."""
        self.stream.write(b'{"tool":' + encode(tool) + b',\n"claims":[')

    def file(self, name: str) -> None:
        """Nothing: each claim names its file."""

    def claim(self, report: ClaimReport, claim: Claim) -> None:  # noqa: ARG002 -- the report says all that JSON holds
        """One element of ``claims``."""
        self.stream.write(self.separator + encode(report))
        self.stream.flush()
        self.separator = b",\n"

    def input_finding(self, finding: InputFinding) -> None:
        """Kept until the end."""
        self.input_findings.append(encode(finding))

    def end(self, tally: Tally) -> None:  # noqa: ARG002 -- programs count for themselves
        """The input findings and the closing brackets."""
        self.stream.write(b'\n],\n"input_findings":[')
        if self.input_findings:
            self.stream.write(b"\n" + b",\n".join(self.input_findings) + b"\n")
        self.stream.write(b"]}\n")
        self.stream.flush()

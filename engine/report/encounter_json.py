"""The JSON report about encounters: one object, an encounter a line."""

from __future__ import annotations

from typing import BinaryIO

from msgspec.json import encode

from engine.claim.encounter import Encounter
from engine.findings.encounters.report import EncounterReport
from engine.findings.report import InputFinding, Tool


class EncounterJson:
    """Writes ``{"tool": …, "encounters": […], "input_findings": […]}``.

    Args:
        stream: takes the bytes (UTF-8).
    """

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream
        self.separator = b"\n"
        self.input_findings: list[bytes] = []

    def begin(self, tool: Tool) -> None:
        """The head."""
        self.stream.write(b'{"tool":' + encode(tool) + b',\n"encounters":[')

    def file(self, name: str) -> None:
        """Nothing: each encounter names its file."""

    def encounter(self, report: EncounterReport, encounter: Encounter) -> None:  # noqa: ARG002 -- the report says all
        """One element of ``encounters``."""
        self.stream.write(self.separator + encode(report))
        self.separator = b",\n"

    def input_finding(self, finding: InputFinding) -> None:
        """Kept until the end."""
        self.input_findings.append(encode(finding))

    def end(self) -> None:
        """The input findings and the closing brackets."""
        self.stream.write(b'\n],\n"input_findings":[' + b",\n".join(self.input_findings) + b"]}\n")
        self.stream.flush()

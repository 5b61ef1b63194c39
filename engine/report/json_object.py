"""One JSON object written while its items are read, an item a line: what the JSON reports have in common."""

from __future__ import annotations

from typing import BinaryIO

from msgspec.json import encode

from engine.findings.report import InputFinding, Tool


class JsonObject:
    """Writes ``{"tool": …, KEY: […], "input_findings": […]}``. Only the input findings are kept until the end.

    Args:
        stream: takes the bytes (UTF-8).
    """

    key: str

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream
        self.separator = b"\n"
        self.input_findings: list[bytes] = []

    def begin(self, tool: Tool) -> None:
        """The head."""
        self.stream.write(b'{"tool":' + encode(tool) + b',\n"' + self.key.encode() + b'":[')

    def file(self, name: str) -> None:
        """Nothing: each item names its file."""

    def item(self, report: object) -> None:
        """One element of the list."""
        self.stream.write(self.separator + encode(report))
        self.stream.flush()
        self.separator = b",\n"

    def input_finding(self, finding: InputFinding) -> None:
        """Kept until the end."""
        self.input_findings.append(encode(finding))

    def close(self) -> None:
        """The input findings and the closing brackets."""
        self.stream.write(b'\n],\n"input_findings":[')
        if self.input_findings:
            self.stream.write(b"\n" + b",\n".join(self.input_findings) + b"\n")
        self.stream.write(b"]}\n")
        self.stream.flush()

"""The tables that a batch writes, in Parquet or NDJSON. ``docs/batch.md`` describes each column."""

from __future__ import annotations

import io
from typing import Any, Literal, Protocol

from msgspec.json import encode

from engine.errors import UsageError
from engine.findings.report import ClaimReport, Finding, InputFinding

Format = Literal["parquet", "ndjson"]

TEXT, WORD, NUMBER, MONEY = "text", "word", "number", "money"
"""Text of any content; text of few different values; a whole number; cents."""

COLUMNS: dict[str, dict[str, str]] = {
    "claims": {
        "file": WORD,
        "claim": NUMBER,
        "claim_id": TEXT,
        "claim_type": WORD,
        "payer": WORD,
        "transaction": NUMBER,
        "segment": NUMBER,
        "verdict": WORD,
        "score": NUMBER,
        "charge_cents": MONEY,
        "cents_at_risk": MONEY,
        "findings": NUMBER,
        "evaluated": NUMBER,
        "not_evaluated": NUMBER,
    },
    "findings": {
        "file": WORD,
        "claim": NUMBER,
        "claim_id": TEXT,
        "rule": WORD,
        "name": WORD,
        "severity": WORD,
        "disposition": WORD,
        "category": WORD,
        "snip": NUMBER,
        "status": WORD,
        "pack": WORD,
        "line": NUMBER,
        "diagnosis": NUMBER,
        "provider": WORD,
        "part": WORD,
        "field": WORD,
        "x12_loop": WORD,
        "x12_segment": NUMBER,
        "x12_element": WORD,
        "fhir": TEXT,
        "form": WORD,
        "says": TEXT,
        "fix": TEXT,
        "group": WORD,
        "carc": WORD,
        "rarc": WORD,
        "cents_at_risk": MONEY,
        "matched": TEXT,
    },
    "problems": {
        "file": WORD,
        "rule": WORD,
        "name": WORD,
        "severity": WORD,
        "snip": NUMBER,
        "says": TEXT,
        "fix": TEXT,
        "x12_loop": WORD,
        "x12_segment": NUMBER,
        "x12_element": WORD,
        "path": TEXT,
    },
}


class Sheets(Protocol):
    """Collects what a packet holds."""

    def claim(self, report: ClaimReport, number: int) -> None:
        """A claim, the ``number``-th of its file."""
        ...

    def problem(self, finding: InputFinding) -> None:
        """A problem outside any claim."""
        ...

    def take(self) -> dict[str, bytes]:
        """The bytes of each table; empties them."""
        ...

    @property
    def weight(self) -> int:
        """About how many bytes are held."""
        ...


def sheets(chosen: Format) -> Sheets:
    """The sheets of a format.

    Raises:
        UsageError: Parquet, and pyarrow is not installed.
    """
    return NdjsonSheets() if chosen == "ndjson" else ParquetSheets()


class NdjsonSheets:
    """A claim a line, as ``cleanclaim check --format ndjson`` writes them; problems apart, one a line."""

    def __init__(self) -> None:
        self._claims = bytearray()
        self._problems = bytearray()

    @property
    def weight(self) -> int:
        """Bytes held."""
        return len(self._claims) + len(self._problems)

    def claim(self, report: ClaimReport, number: int) -> None:  # noqa: ARG002 -- a line has its place by itself
        """One line."""
        self._claims += encode(report) + b"\n"

    def problem(self, finding: InputFinding) -> None:
        """One line."""
        self._problems += encode(finding) + b"\n"

    def take(self) -> dict[str, bytes]:
        """The lines."""
        taken = {"claims": bytes(self._claims), "problems": bytes(self._problems)}
        self._claims, self._problems = bytearray(), bytearray()
        return taken


class ParquetSheets:
    """Rows of ``COLUMNS``, a Parquet file a table and packet."""

    def __init__(self) -> None:
        self._arrow = arrow()
        self._rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in COLUMNS}

    @property
    def weight(self) -> int:
        """Bytes held, by a rough guess."""
        return 700 * len(self._rows["findings"]) + 200 * len(self._rows["claims"])

    def claim(self, report: ClaimReport, number: int) -> None:
        """A row, and one for each finding."""
        source = report.source
        coverage = report.coverage
        self._rows["claims"].append(
            (
                source.file,
                number,
                report.claim_id,
                report.claim_type,
                report.payer,
                source.transaction,
                source.segment,
                report.verdict,
                report.score,
                report.charge_cents,
                report.cents_at_risk,
                len(report.findings),
                coverage.evaluated,
                len(coverage.not_evaluated),
            )
        )
        self._rows["findings"] += [_finding(report, number, finding) for finding in report.findings]

    def problem(self, finding: InputFinding) -> None:
        """A row."""
        at, x12 = finding.at, finding.at.x12
        self._rows["problems"].append(
            (
                finding.source.file,
                finding.rule,
                finding.name,
                finding.severity,
                finding.snip,
                finding.says,
                finding.fix,
                x12.loop if x12 else "",
                x12.segment if x12 else None,
                x12.element if x12 else "",
                at.path,
            )
        )

    def take(self) -> dict[str, bytes]:
        """The files."""
        taken = {name: self._file(name, rows) for name, rows in self._rows.items()}
        self._rows = {name: [] for name in COLUMNS}
        return taken

    def _file(self, name: str, rows: list[tuple[Any, ...]]) -> bytes:
        if not rows:
            return b""
        pa, pq = self._arrow
        types = {TEXT: pa.string(), WORD: pa.dictionary(pa.int32(), pa.string()), NUMBER: pa.int32(), MONEY: pa.int64()}
        schema = pa.schema([(column, types[kind]) for column, kind in COLUMNS[name].items()])
        columns = [pa.array(values, field.type) for values, field in zip(zip(*rows, strict=True), schema, strict=True)]
        stream = io.BytesIO()
        pq.write_table(pa.Table.from_arrays(columns, schema=schema), stream, compression="zstd")
        return stream.getvalue()


def arrow() -> tuple[Any, Any]:
    """The modules pyarrow and pyarrow.parquet.

    Raises:
        UsageError: they are not installed.
    """
    try:
        import pyarrow as pa  # noqa: PLC0415 -- an extra; NDJSON needs none
        import pyarrow.parquet as pq  # noqa: PLC0415
    except ImportError as error:
        raise UsageError(
            "Parquet needs pyarrow, which is not installed",
            hint="pip install 'cleanclaim[batch]', or --format ndjson",
        ) from error
    return pa, pq


def _finding(report: ClaimReport, number: int, finding: Finding) -> tuple[Any, ...]:
    at, x12, predicts = finding.at, finding.at.x12, finding.predicts
    return (
        report.source.file,
        number,
        report.claim_id,
        finding.rule,
        finding.name,
        finding.severity,
        finding.disposition,
        finding.category,
        finding.snip,
        finding.status,
        finding.pack,
        at.line,
        at.diagnosis,
        at.provider,
        at.part,
        at.field,
        x12.loop if x12 else "",
        x12.segment if x12 else None,
        x12.element if x12 else "",
        at.fhir,
        at.form,
        finding.says,
        finding.fix,
        predicts.group if predicts else "",
        predicts.carc if predicts else "",
        " ".join(predicts.rarc) if predicts else "",
        finding.cents_at_risk,
        encode(finding.matched).decode(),
    )

"""The native JSON format: the canonical claim itself (``engine/claim/claim.schema.json``).

A file holds one claim, ``{"claims": [...]}``, an array of claims, or one claim a line. A bad value never costs the
claim, and a bad claim never costs the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

import msgspec

from engine.claim.model import Claim, Origin, Source
from engine.intake.json_text import LIMIT, Document, documents, scrub, shown, written
from engine.intake.line_numbers import told_apart
from engine.intake.native_repair import Repairer
from engine.intake.native_tidy import tidy
from engine.intake.places import with_lines
from engine.intake.reading import IntakeFinding, ReadClaim, Reading, Spot

# The model takes any text that is a number, "NaN" too; the schema is stricter, so such claims are held against it.
_QUOTED = re.compile(r'"(?:units|quantity|distance|weight_pounds)"\s*:\s*"')
_KEPT = ("claim_type", "patient_control_number", "total_charge_cents")


def read_native(stream: BinaryIO, file: str, *, keep_raw: bool = False, limit: int = LIMIT) -> Reading:
    """The claims of a native JSON file, in order, and what was wrong outside any claim.

    Args:
        stream: the file's bytes.
        file: its name, for ``Claim.source``.
        keep_raw: keep each claim's JSON in ``ReadClaim.raw``.
        limit: the most bytes of a file that is not NDJSON.
    """
    repairer = Repairer()
    count = 0
    for document in documents(stream, file, limit):
        if isinstance(document, IntakeFinding):
            count += 1
            yield document
            continue
        for item in read_document(document, file, repairer, keep_raw=keep_raw):
            count += 1
            yield item
    if count == 0:
        yield IntakeFinding(
            rule="INT-0017",
            says="The file holds no claim.",
            fix='Send one claim, {"claims": [...]}, an array of claims, or one claim a line.',
            expected="at least one claim",
            found="none",
        )


def read_document(document: Document, file: str, repairer: Repairer, *, keep_raw: bool) -> Reading:
    """The claims of one JSON value of a file."""
    if _QUOTED.search(document.text):
        document = msgspec.structs.replace(document, suspect=True)
    for value, path in claims_of(document.value):
        yield read_value(value, path, document, file, repairer, keep_raw=keep_raw)


def claims_of(value: Any, path: str = "$") -> Iterator[tuple[Any, str]]:  # noqa: ANN401
    """Every claim of one JSON value with its path in it."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield item, f"{path}[{index}]"
    elif isinstance(value, dict) and isinstance(value.get("claims"), list) and "claim_type" not in value:
        yield from claims_of(value["claims"], f"{path}.claims")
    else:
        yield value, path


def read_value(
    value: Any,  # noqa: ANN401
    path: str,
    document: Document,
    file: str,
    repairer: Repairer,
    *,
    keep_raw: bool,
) -> ReadClaim | IntakeFinding:
    """One claim from its JSON value, or a finding when the value is no object."""
    if not isinstance(value, dict):
        return IntakeFinding(
            rule="INT-0016",
            says=f"{path} is {shown(value)}, not a claim.",
            fix="Send an object with claim_type and the fields of the schema.",
            at=Spot(path=path),
            expected="an object",
            found=shown(value),
        )
    findings: list[IntakeFinding] = []
    raw = ((0, path, _text(value, document)),) if keep_raw else ()
    try:
        if document.suspect:
            value = scrub(value, "$", findings.append)
        tidy(value)
        claim = _claim(value, repairer, findings, doubtful=document.suspect)
    except RecursionError:
        findings.append(
            IntakeFinding(
                rule="INT-0016",
                says="The claim is nested too deeply; little of it could be read.",
                fix="Send the fields of the schema only.",
                at=Spot(path="$"),
            )
        )
        claim = _least(value)
    source = Source(file=file)
    claim = msgspec.structs.replace(claim, source=source, origin=Origin(path=path))
    claim, told = told_apart(claim, findings)
    return ReadClaim(claim=claim, findings=with_lines(told, claim), raw=raw)


def _claim(value: dict[str, Any], repairer: Repairer, findings: list[IntakeFinding], *, doubtful: bool) -> Claim:
    try:
        return repairer.convert(value, Claim, findings, doubtful=doubtful)
    except msgspec.ValidationError as error:
        findings.append(
            IntakeFinding(
                rule="INT-0016",
                says=f"Little of the claim could be read: {error}.",
                fix="Compare the claim with the schema.",
                at=Spot(path="$"),
            )
        )
        return _least(value)


def _least(value: dict[str, Any]) -> Claim:
    """The claim with the few fields that identify it."""
    kept = {key: value[key] for key in _KEPT if key in value}
    for attempt in (kept, {"claim_type": kept.get("claim_type")}):
        try:
            return msgspec.convert(attempt, Claim)
        except msgspec.ValidationError:
            continue
    return Claim(claim_type="professional")


def _text(value: dict[str, Any], document: Document) -> str:
    return document.text if value is document.value else written(value)

"""The native JSON format of encounters (``engine/claim/encounter.schema.json``).

A file holds one encounter, ``{"encounters": [...]}``, an array of encounters, or one encounter a line. A bad value
never costs the encounter, and a bad encounter never costs the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

import msgspec
from msgspec.structs import replace

from engine.claim.encounter import Encounter
from engine.claim.model import Origin, Source
from engine.intake.encounters.reading import EncounterReading, ReadEncounter
from engine.intake.encounters.tidy import tidy
from engine.intake.json_text import LIMIT, documents, scrub, shown
from engine.intake.native_repair import Repairer
from engine.intake.reading import IntakeFinding, Spot

SCHEMA = "encounter.schema.json"
# As for claims: the model takes any text that is a number, "NaN" too.
_QUOTED = re.compile(r'"(?:units|size_cm|dose|per_unit|waste)"\s*:\s*"')


def read_native(stream: BinaryIO, file: str, *, limit: int = LIMIT) -> EncounterReading:
    """The encounters of a native JSON file, in order, and what was wrong outside any of them.

    Args:
        stream: the file's bytes.
        file: its name, for ``Encounter.source``.
        limit: the most bytes of a file that is not NDJSON.
    """
    repairer = Repairer(SCHEMA)
    silent = True
    for document in documents(stream, file, limit):
        if isinstance(document, IntakeFinding):
            silent = False
            yield document
            continue
        doubtful = document.suspect or bool(_QUOTED.search(document.text))
        for value, path in encounters_of(document.value):
            silent = False
            yield read_value(value, path, file, repairer, doubtful=doubtful)
    if silent:
        yield no_encounter('Send one encounter, {"encounters": [...]}, an array of encounters, or one a line.')


def no_encounter(fix: str) -> IntakeFinding:
    """A file without an encounter."""
    says = "The file holds no encounter."
    return IntakeFinding(rule="INT-0017", says=says, fix=fix, expected="at least one encounter", found="none")


def encounters_of(value: Any, path: str = "$") -> Iterator[tuple[Any, str]]:  # noqa: ANN401 -- JSON
    """Every encounter of one JSON value with its path in it."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield item, f"{path}[{index}]"
    elif isinstance(value, dict) and isinstance(value.get("encounters"), list):
        yield from encounters_of(value["encounters"], f"{path}.encounters")
    else:
        yield value, path


def read_value(
    value: Any,  # noqa: ANN401 -- JSON
    path: str,
    file: str,
    repairer: Repairer,
    *,
    doubtful: bool = False,
) -> ReadEncounter | IntakeFinding:
    """One encounter from its JSON value, or a finding when the value is no object."""
    if not isinstance(value, dict):
        says = f"{path} is {shown(value)}, not an encounter."
        fix = "Send an object with the fields of the schema."
        at = Spot(path=path)
        return IntakeFinding(rule="INT-0016", says=says, fix=fix, at=at, expected="an object", found=shown(value))
    findings: list[IntakeFinding] = []
    try:
        if doubtful:
            value = scrub(value, "$", findings.append)
        tidy(value)
        encounter = _encounter(value, repairer, findings, doubtful=doubtful)
    except RecursionError:
        findings.append(_little("it is nested too deeply"))
        encounter = Encounter()
    named = Source(file=file)
    return ReadEncounter(encounter=replace(encounter, source=named, origin=Origin(path=path)), findings=tuple(findings))


def _encounter(
    value: dict[str, Any], repairer: Repairer, findings: list[IntakeFinding], *, doubtful: bool
) -> Encounter:
    try:
        return repairer.convert(value, Encounter, findings, doubtful=doubtful)
    except msgspec.ValidationError as error:
        findings.append(_little(str(error)))
        return Encounter()


def _little(why: str) -> IntakeFinding:
    return IntakeFinding(
        rule="INT-0016",
        says=f"Little of the encounter could be read: {why}.",
        fix="Compare the encounter with the schema.",
        at=Spot(path="$"),
    )

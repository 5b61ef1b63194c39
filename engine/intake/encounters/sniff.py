"""What kind of encounter file is this? FHIR names its resources; anything else that is JSON is native."""

from __future__ import annotations

from typing import BinaryIO

from engine.intake.encounters.fhir import read_fhir
from engine.intake.encounters.native import read_native
from engine.intake.encounters.reading import EncounterReading
from engine.intake.reading import IntakeFinding
from engine.intake.sniff import RESOURCE, beginning, peek


def read_encounters(stream: BinaryIO, file: str) -> EncounterReading:
    """The encounters of a file, FHIR R4 or native JSON. The stream need not be seekable."""
    head, whole = peek(stream)
    text = beginning(head)
    if text.startswith(("{", "[")):
        yield from (read_fhir if RESOURCE.search(text) else read_native)(whole, file)
    elif not text:
        says = "The file is empty."
        fix = "Send the whole file."
        yield IntakeFinding(rule="INT-0017", says=says, fix=fix, expected="an encounter file", found="nothing")
    else:
        yield IntakeFinding(
            rule="INT-0001",
            says="This is not an encounter file: it is no JSON.",
            fix="Send a FHIR R4 Bundle or native JSON; X12 claims go to check.",
            expected="FHIR JSON or native JSON",
        )

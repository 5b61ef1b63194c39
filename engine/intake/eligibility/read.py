"""One file of eligibility: which form it has is told by its first bytes, never by its name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from engine.claim.eligibility import Known
from engine.intake.eligibility.answers import read_answers
from engine.intake.eligibility.native import read_native
from engine.intake.eligibility.provider_csv import is_provider_list, read_provider_list
from engine.intake.json_text import LIMIT, decode
from engine.intake.reading import IntakeFinding

_HEAD = 512


def read_eligibility(stream: BinaryIO) -> Iterator[Known | IntakeFinding]:
    """What a file says, and a located finding for whatever in it cannot be used; no content makes this raise."""
    head = stream.read(_HEAD)
    stream.seek(0)
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").upper().startswith((b"ISA", b"ST")):
        yield from read_answers(stream)
        return
    data = stream.read(LIMIT + 1)
    if len(data) > LIMIT:
        yield IntakeFinding(rule="INT-0017", says="The file is too large to be read.", fix="Split it.")
        return
    text, damage = decode(data, 0)
    if damage is not None:
        yield damage
    if not text.strip():
        yield IntakeFinding(rule="INT-0017", says="The file is empty.", fix="Send the whole file.")
    elif is_provider_list(text):
        yield from read_provider_list(text)
    else:
        yield from read_native(text)

"""What a reader yields: claims with what was wrong about them, and what was wrong outside any claim."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from engine.claim.model import Claim


class Spot(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A place in the input.

    X12: ``loop``, ``segment`` (index in the file, ISA is 0) and ``element`` (``SV101-2``); JSON and FHIR: ``path``.
    ``line`` is the service line's number where the place lies on one.
    """

    loop: str = ""
    segment: int | None = None
    element: str = ""
    path: str = ""
    line: int | None = None


class IntakeFinding(Struct, frozen=True, kw_only=True):
    """One structural problem (rules INT-0001 to INT-0018, listed in ``engine/intake/int_rules.yaml``).

    ``says`` names the value found; ``expected`` and ``found`` are the evidence, short and bare.
    """

    rule: str
    says: str
    fix: str
    at: Spot = Spot()
    severity: Literal["error", "warning", "info"] = "error"
    snip: int = 1
    expected: str = ""
    found: str = ""


class ReadClaim(Struct, frozen=True, kw_only=True):
    """A claim and the structural problems that lie inside it.

    ``raw`` is the claim's own input for ``explain --stage intake``: (index, loop, segment text) of X12, or (0, path,
    JSON).
    """

    claim: Claim
    findings: tuple[IntakeFinding, ...] = ()
    raw: tuple[tuple[int, str, str], ...] = ()


Reading = Iterator[ReadClaim | IntakeFinding]

"""Small 837s for the tests: invented people, invented numbers."""

from __future__ import annotations

import io
from pathlib import Path

from engine.intake.reading import IntakeFinding, ReadClaim
from engine.intake.x12.reader import read_x12

ROOT = Path(__file__).parents[3]
SAMPLES = ROOT / "tests" / "claims" / "x12"
CORPUS = ROOT.parent / "shared" / "corpus"

ISA = "ISA*00*          *00*          *ZZ*CLINICNORTH    *ZZ*PAYEREAST      *260105*0930*^*00501*000000001*0*T*:"
GS = "GS*HC*CLINICNORTH*PAYEREAST*20260105*0930*1*X*005010X222A1"
HEADER = [
    "BHT*0019*00*R1*20260105*0930*CH",
    "NM1*41*2*SUBMITTER*****46*S1",
    "PER*IC*ANN*TE*5555550101",
    "NM1*40*2*RECEIVER*****46*R1",
]
BILLING = [
    "HL*1**20*1",
    "NM1*85*2*NORTH CLINIC*****XX*1999999984",
    "N3*1 NORTH ROAD",
    "N4*AUSTIN*TX*787010001",
    "REF*EI*741234567",
]
SUBSCRIBER = [
    "HL*2*1*22*0",
    "SBR*P*18*******CI",
    "NM1*IL*1*RIVERA*MARIA****MI*M1",
    "N3*12 ELM",
    "N4*AUSTIN*TX*78702",
    "DMG*D8*19710304*F",
    "NM1*PR*2*EAST PLAN*****PI*EHP01",
]
CLAIM = ["CLM*A1*100***11:B:1*Y*A*Y*Y", "HI*ABK:J020", "LX*1", "SV1*HC:99213*100*UN*1***1", "DTP*472*D8*20260102"]


def wrap(
    body: list[str], *, isa: str = ISA, gs: str = GS, st: str = "ST*837*0001*005010X222A1", end: str = "~\n"
) -> bytes:
    """A whole interchange round the segments of one transaction set, its counts right."""
    inside = [st, *body]
    number = st.split("*")[2]
    segments = [isa, gs, *inside, f"SE*{len(inside) + 1}*{number}", "GE*1*1", "IEA*1*000000001"]
    return "".join(segment + end for segment in segments).encode()


def whole(*extra: str, claim: list[str] = CLAIM) -> bytes:
    """A right professional claim, with segments added at its end."""
    return wrap([*HEADER, *BILLING, *SUBSCRIBER, *claim, *extra])


def read(data: bytes, **options: bool) -> tuple[list[ReadClaim], list[IntakeFinding]]:
    """The claims and the findings outside claims."""
    found = list(read_x12(io.BytesIO(data), "t.837", **options))
    return (
        [item for item in found if isinstance(item, ReadClaim)],
        [item for item in found if isinstance(item, IntakeFinding)],
    )


def rules(findings: list[IntakeFinding] | tuple[IntakeFinding, ...]) -> list[str]:
    """The rules of findings, sorted."""
    return sorted(finding.rule for finding in findings)


def sample(name: str) -> bytes:
    """A sample file."""
    return (SAMPLES / name).read_bytes()

"""Segments to loops: the table, the order of things, and what happens to what fits nowhere."""

from __future__ import annotations

import pytest
from samples import BILLING, CLAIM, HEADER, SUBSCRIBER

from engine.intake.reading import IntakeFinding
from engine.intake.x12.loop_table import forms_by_version, load_table
from engine.intake.x12.loops import Assembler
from engine.intake.x12.scope import line_number
from engine.intake.x12.segments import Loop, Segment, read_text

LINE = ["LX*2", "SV1*HC:99214*50*UN*1***1", "DTP*472*D8*20260102"]


def shape(loop: Loop) -> str:
    """``2300(CLM HI 2400(LX SV1))``."""
    inner = [text.name for text in loop.texts] + [shape(child) for child in loop.children]
    return f"{loop.id}({' '.join(inner)})"


def assemble(body: list[str], form: str = "professional") -> tuple[list[str], list[IntakeFinding]]:
    """The claims' shapes and all findings, on claims and levels."""
    assembler = Assembler(load_table(form))
    texts = [read_text(text, "*", ":") for text in body]
    assembler.begin(load_table(form), Segment(0, texts[0]))
    claims: list[str] = []
    findings: list[IntakeFinding] = []

    def take(events):
        for event in events:
            if event.kind == "claim":
                claims.append(shape(event.scope.loop))
            if event.kind in {"claim", "level"}:
                findings.extend(event.scope.findings)

    take(assembler.feed(texts[1:], 1))
    take(assembler.end())
    return claims, findings


def body(*claim: str, levels: list[str] | None = None) -> list[str]:
    return ["ST*837*0001*005010X222A1", *HEADER, *(BILLING + SUBSCRIBER if levels is None else levels), *claim]


def rules(findings: list[IntakeFinding]) -> list[str]:
    return sorted(f.rule for f in findings)


def test_a_right_claim():
    claims, findings = assemble(body(*CLAIM, *LINE))
    assert claims == ["2300(CLM HI 2400(LX SV1 DTP) 2400(LX SV1 DTP))"]
    assert findings == []


@pytest.mark.parametrize("form", sorted(set(forms_by_version().values())))
def test_every_form_has_the_levels_and_reads_a_claim(form: str):
    table = load_table(form)
    assert set(table.levels) == {"ST", "2000A", "2000B", "2000C"}
    assert len(assemble(body(*CLAIM), form)[0]) == 1


@pytest.mark.parametrize(
    ("form", "party", "loop"),
    [
        ("professional", "82", "2310B"),
        ("professional", "DN", "2310A"),
        ("professional", "P3", "2310A"),
        ("professional", "77", "2310C"),
        ("professional", "DQ", "2310D"),
        ("professional", "PW", "2310E"),
        ("professional", "45", "2310F"),
        ("institutional", "71", "2310A"),
        ("institutional", "72", "2310B"),
        ("institutional", "ZZ", "2310C"),
        ("institutional", "82", "2310D"),
        ("institutional", "77", "2310E"),
        ("institutional", "DN", "2310F"),
        ("dental", "DD", "2310D"),
        ("dental", "DQ", "2310E"),
        ("professional-4010", "QB", "2310C"),
        ("professional-4010", "FA", "2310D"),
        ("institutional-4010", "73", "2310C"),
        ("dental-4010", "FA", "2310C"),
    ],
)
def test_parties_of_the_claim(form: str, party: str, loop: str):
    claims, findings = assemble(body("CLM*1", f"NM1*{party}*1*X"), form)
    assert claims == [f"2300(CLM {loop}(NM1))"]
    assert findings == []


@pytest.mark.parametrize(
    ("form", "party", "loop"),
    [
        ("professional", "82", "2420A"),
        ("professional", "QB", "2420B"),
        ("professional", "77", "2420C"),
        ("professional", "DQ", "2420D"),
        ("professional", "DK", "2420E"),
        ("professional", "DN", "2420F"),
        ("professional", "PW", "2420G"),
        ("professional", "45", "2420H"),
        ("institutional", "72", "2420A"),
        ("institutional", "ZZ", "2420B"),
        ("institutional", "82", "2420C"),
        ("institutional", "DN", "2420D"),
        ("dental", "82", "2420A"),
        ("dental", "DD", "2420B"),
        ("dental", "77", "2420D"),
    ],
)
def test_parties_of_a_line(form: str, party: str, loop: str):
    claims, findings = assemble(body("CLM*1", "LX*1", f"NM1*{party}*1*X"), form)
    assert claims == [f"2300(CLM 2400(LX {loop}(NM1)))"]
    assert findings == []


def test_other_payers_and_adjudications():
    claims, findings = assemble(
        body(
            "CLM*1",
            "HI*ABK:X",
            "NM1*82*1*R",
            "SBR*P",
            "CAS*PR*1*5",
            "AMT*D*1",
            "OI***Y",
            "MOA",
            "NM1*IL*1*A",
            "N3*x",
            "NM1*PR*2*P",
            "DTP*573*D8*20260101",
            "REF*F8*1",
            "NM1*85*2*B",
            "REF*G2*1",
            "SBR*S",
            "NM1*PR*2*Q",
            "LX*1",
            "SV1*HC:1",
            "DTP*472*D8*20260101",
            "LIN**N4*1",
            "CTP****1*UN",
            "REF*XZ*1",
            "NM1*82*1*L",
            "PRV*PE*PXC*X",
            "SVD*P*1*HC:1*1",
            "CAS*CO*45*1",
            "DTP*573*D8*20260101",
            "AMT*EAF*1",
            "LQ*UT*1",
            "FRM*1*Y",
            "LX*2",
            "SV1*HC:2",
        )
    )
    assert findings == []
    (claim,) = claims
    assert claim == (
        "2300(CLM HI 2310B(NM1) 2320(SBR CAS AMT OI MOA 2330A(NM1 N3) 2330B(NM1 DTP REF) 2330G(NM1 REF))"
        " 2320(SBR 2330B(NM1)) 2400(LX SV1 DTP 2410(LIN CTP REF) 2420A(NM1 PRV) 2430(SVD CAS DTP AMT) 2440(LQ FRM))"
        " 2400(LX SV1))"
    )


def test_home_health_loop_of_4010():
    claims, findings = assemble(body("CLM*1", "CR7*PT*1*2", "HSD*VS*1", "NM1*82*1*R"), "professional-4010")
    assert claims == ["2300(CLM 2305(CR7 HSD) 2310B(NM1))"]
    assert findings == []


def test_service_without_lx_opens_a_line():
    claims, findings = assemble(body("CLM*1", "HI*ABK:X", "SV1*HC:1", "DTP*472*D8*20260101", "SV1*HC:2"))
    assert claims == ["2300(CLM HI 2400(SV1 DTP) 2400(SV1))"]
    assert rules(findings) == ["INT-0005", "INT-0005"]
    assert [f.at.line for f in findings] == [1, 2]


def test_lx_without_service_is_a_line_too():
    claims, findings = assemble(body("CLM*1", "LX*1", "DTP*472*D8*20260101", "LX*2", "SV1*HC:1"))
    assert claims == ["2300(CLM 2400(LX DTP) 2400(LX SV1))"]
    assert findings == []


def test_service_after_the_line_s_party_still_belongs_to_the_line():
    claims, findings = assemble(body("CLM*1", "LX*1", "NM1*82*1*R", "SV1*HC:1"))
    assert claims == ["2300(CLM 2400(LX SV1 2420A(NM1)))"]
    assert rules(findings) == ["INT-0005"]


def test_service_of_another_claim_type_is_kept_and_reported():
    claims, findings = assemble(body("CLM*1", "LX*1", "SV2*0300*HC:1"))
    assert claims == ["2300(CLM 2400(LX SV2))"]
    assert rules(findings) == ["INT-0005"]


def test_late_segment_goes_to_its_loop():
    claims, findings = assemble(body("CLM*1", "NM1*82*1*R", "HI*ABK:X", "PRV*PE*PXC*X"))
    assert claims == ["2300(CLM HI 2310B(NM1 PRV))"]
    assert rules(findings) == ["INT-0005"]


def test_service_date_after_an_adjudication_goes_to_the_line():
    claims, _ = assemble(body("CLM*1", "LX*1", "SV1*HC:1", "SVD*P*1", "DTP*472*D8*20260101", "DTP*573*D8*20260101"))
    assert claims == ["2300(CLM 2400(LX SV1 DTP 2430(SVD DTP)))"]


def test_unknown_party_stays_in_the_claim_with_its_segments():
    claims, findings = assemble(body("CLM*1", "NM1*82*1*R", "NM1*XX*1*WHO", "REF*G2*1", "N3*x", "LX*1", "NM1*71*1*A"))
    assert claims == ["2300(CLM 2310B(NM1) 2310(NM1 REF N3) 2400(LX 2420(NM1)))"]
    assert rules(findings) == ["INT-0005", "INT-0005"]


def test_subscriber_inside_a_claim_does_not_close_it():
    claims, _ = assemble(body("CLM*1", "NM1*IL*1*X", "LX*1", "SV1*HC:1"))
    assert claims == ["2300(CLM 2310(NM1) 2400(LX SV1))"]


def test_unknown_segment_is_kept_and_reported():
    claims, findings = assemble(body("CLM*1", "ZZZ*1", "HI*ABK:X"))
    assert claims == ["2300(CLM ZZZ HI)"]
    assert findings[0].says == "'ZZZ' is no segment of an 837."


def test_segment_of_elsewhere_is_kept_and_reported():
    claims, findings = assemble(body("CLM*1", "DMG*D8*19700101*F"))
    assert claims == ["2300(CLM DMG)"]
    assert findings[0].says == "DMG does not belong in loop 2300."


def test_small_letters():
    claims, findings = assemble(body("clm*1", "hi*ABK:X", "Lx*1", "sv1*HC:1"))
    assert claims == ["2300(CLM HI 2400(LX SV1))"]
    assert rules(findings) == ["INT-0005"] * 4


def test_other_payer_after_lines_is_read_and_reported():
    claims, findings = assemble(body(*CLAIM, "SBR*S", "NM1*PR*2*P", "LX*2", "SV1*HC:1"))
    assert claims == ["2300(CLM HI 2400(LX SV1 DTP) 2320(SBR 2330B(NM1)) 2400(LX SV1))"]
    assert rules(findings) == ["INT-0005"]


@pytest.mark.parametrize(
    "levels", [[], BILLING, SUBSCRIBER, BILLING[1:] + SUBSCRIBER[1:], ["HL*1**20*1", "HL*2*1*22*0"]]
)
def test_a_claim_is_never_lost(levels: list[str]):
    claims, findings = assemble(body(*CLAIM, *CLAIM, levels=levels))
    assert claims == ["2300(CLM HI 2400(LX SV1 DTP))"] * 2
    assert (findings == []) == (levels == ["HL*1**20*1", "HL*2*1*22*0"])


def test_more_than_a_hundred_claims_under_one_subscriber():
    claims, findings = assemble(body(*(["CLM*1"] * 101)))
    assert len(claims) == 101
    assert rules(findings) == ["INT-0006"]


PATIENT = ["HL*3*2*23*0", "PAT*19", "NM1*QC*1*X"]


@pytest.mark.parametrize(
    ("levels", "found"),
    [
        (["HL*1**20*1", "HL*2*1*22*1", *PATIENT], []),
        (["HL*1**20*1", "HL*2*1*22*0", "HL*3*1*22*0"], []),
        (["HL*2**20*1", "HL*3*2*22*0"], ["HL01"]),
        (["HL*1**20*1", "HL*5*1*22*0"], ["HL01"]),
        (["HL*1**20*1", "HL*2*9*22*0"], ["HL02"]),
        (["HL*1*7*20*1", "HL*2*1*22*0"], ["HL02"]),
        (["HL*1**20*0", "HL*2*1*22*0"], ["HL04"]),
        (["HL*1**20*1", "HL*2*1*22*0", "PAT*19", *PATIENT], ["HL04"]),
        (["HL*1**20*1", "HL*2*1*22*1"], ["HL04"]),
        (["HL*1**20*1", "HL*2*1*22*1", "HL*3*2*23*1"], ["HL04"]),
        (["HL*1**20*1", "HL*2*1*99*0"], ["HL03"]),
        (["HL*1**22*0"], ["HL03"]),
        (["HL*1**20*1", "HL*2*1*23*0"], ["HL03"]),
        (["HL*A**20*1", "HL*2*A*22*0"], ["HL01"]),
        (["HL", "HL*2**22"], ["HL01", "HL03", "HL04"]),
    ],
)
def test_hierarchy(levels: list[str], found: list[str]):
    claims, findings = assemble(body(*CLAIM, levels=levels))
    assert len(claims) == 1
    wrong = [f for f in findings if f.rule == "INT-0013"]
    if found != ["HL01", "HL03", "HL04"]:
        assert [f.at.element for f in wrong] == found
    assert {f.at.element for f in wrong} <= {"HL01", "HL02", "HL03", "HL04"}


def test_counter_of_levels_starts_again_with_each_set():
    assembler = Assembler(load_table("professional"))
    for _ in range(2):
        assembler.begin(assembler.table, None)
        texts = [read_text(text, "*", ":") for text in BILLING + SUBSCRIBER + CLAIM]
        events = [*assembler.feed(texts, 0), *assembler.end()]
        assert [f for e in events if e.scope for f in e.scope.findings if f.rule == "INT-0013"] == []


def test_finished_claims_leave_their_level():
    assembler = Assembler(load_table("professional"))
    assembler.begin(assembler.table, None)
    texts = [read_text(text, "*", ":") for text in BILLING + SUBSCRIBER + CLAIM * 50]
    list(assembler.feed(texts, 0))
    assert sum(child.id == "2300" for child in assembler.levels[-1].loop.children) == 1


def test_line_numbers():
    claim = Loop("2300")
    line = Loop("2400", claim, [read_text("LX*7", "*", ":")])
    assert line_number(Loop("2420A", line, [read_text("NM1", "*", ":")])) == 7
    assert line_number(None) is None
    bad = Loop("2400", claim, [read_text("LX*x", "*", ":")])
    claim.children.append(bad)
    assert line_number(bad) == 1


def test_a_segment_that_stood_elsewhere_keeps_its_index():
    loop = Loop("2300")
    for at, body in ((5, "CLM*A1"), (6, "HI*ABK:J020"), (9, "REF*D9*1"), (10, "NTE*ADD*X")):
        loop.extend([read_text(body, "*", ":")], at)
    assert [(segment.index, segment.name) for segment in loop.segments] == [
        (5, "CLM"),
        (6, "HI"),
        (9, "REF"),
        (10, "NTE"),
    ]

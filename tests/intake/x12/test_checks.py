"""Each structural rule on loops built by hand: where it fires, what it says, and where it keeps quiet."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.intake.int_rules import load_int_rules
from engine.intake.reading import Spot
from engine.intake.x12.checks import GuideChecks, check_loop
from engine.intake.x12.element_checks import check_elements, holds_notes
from engine.intake.x12.element_findings import Place
from engine.intake.x12.guide import load_guide
from engine.intake.x12.plan import matcher, plan_loops
from engine.intake.x12.segments import Loop, Segment, Separators, read_text

STAR = Separators()
BILLING = "NM1*85*2*CLINIC*****XX*1234567893~N3*1 MAIN~N4*BOSTON*MA*021081234~REF*EI*123456789"
CLAIM = "CLM*A1*100***11:B:1*Y*A*Y*Y~HI*ABK:E119*ABF:I10"
LINE = "LX*1~SV1*HC:99213:25*100*UN*1***1:2~DTP*472*D8*20250103"
SUBSCRIBER = "NM1*IL*1*DOE*JANE****MI*W123456789~N3*9 ELM~N4*BOSTON*MA*02108~DMG*D8*19700101*F"


def make(loop_id, text, children=(), separators=STAR):
    texts = [read_text(body, separators.element, separators.component) for body in (text.split("~") if text else [])]
    loop = Loop(loop_id, texts=texts)
    for child in children:
        child.parent = loop
        loop.children.append(child)
    return loop


def claim(text=CLAIM, lines=1):
    return make("2300", text, [make("2400", LINE) for _ in range(lines)])


def check(loop, claim_type="professional", separators=STAR):
    """What the checks say, which is the same when they have seen the loop before."""
    found = check_loop(loop, load_guide(claim_type), separators)
    checks = GuideChecks(load_guide(claim_type), separators)
    assert [checks.check(loop) for _ in range(3)] == [found] * 3
    return found


def brief(findings):
    return [(f.rule, f.at.element or f.at.loop) for f in findings]


@pytest.mark.parametrize(
    ("loop_id", "text"),
    [
        ("2010AA", BILLING),
        ("2010BA", SUBSCRIBER),
        ("2010BA", "NM1*IL*2*ACME INC"),
        ("2400", LINE),
        ("2400", LINE.replace("20250103", "20240229")),
        ("2400", LINE.replace("D8*20250103", "RD8*20250103-20250105")),
        ("2400", LINE.replace("*100*", "*100.00*").replace("UN*1", "UN*.5")),
        ("2400", LINE.replace("*100*", "*-100.5*")),
        ("2400", LINE.replace("~DTP", "~PWK*CT*AD~DTP")),
        ("2400", LINE + "~REF*6R*77*****"),
        ("1000A", "NM1*41*2*SENDER*****46*99~PER*IC*JOE*TE*6175551212*EX*12"),
        ("ST", "ST*837*0001*005010X222A1~BHT*0019*00*7*20250103*09301500*CH"),
        ("2320", "SBR*S*01*******CI~CAS*PR*1*10**2*15.25~AMT*D*80~OI***Y***Y"),
        ("2010", "NM1*ZZ*1*WHO"),
        ("9999", "XX*1"),
        ("2010AA", ""),
    ],
)
def test_quiet(loop_id, text):
    children = [make("2330A", ""), make("2330B", "")] if loop_id == "2320" else []
    children = [make("1000A", ""), make("1000B", "")] if loop_id == "ST" else children
    found = check(make(loop_id, text, children))
    assert found == [] or text == ""


def test_a_whole_claim_is_quiet():
    assert check(claim()) == []


@pytest.mark.parametrize(
    ("loop_id", "text", "rule", "place"),
    [
        ("2010AA", BILLING + "~SV1*HC:1", "INT-0005", "2010AA"),
        ("2010AA", BILLING + "~N3*2 MAIN", "INT-0006", "2010AA"),
        ("2010AA", BILLING.replace("~N4", "~N3*2 MAIN~N4"), "INT-0006", "2010AA"),
        ("2010AA", BILLING.replace("~N3*1 MAIN", ""), "INT-0007", "N3"),
        ("2010AA", BILLING.replace("~REF*EI*123456789", ""), "INT-0007", "REF"),
        ("2400", LINE.replace("*100*", "**"), "INT-0008", "SV102"),
        ("2400", LINE.replace("HC:99213", "HC:"), "INT-0008", "SV101-2"),
        ("2400", LINE.replace("*100*", "*   *"), "INT-0008", "SV102"),
        ("2010BA", SUBSCRIBER.replace("MI*W123456789", "MI*"), "INT-0008", "NM109"),
        ("2010BA", SUBSCRIBER.replace("****MI*W123456789", ""), "INT-0008", "NM109"),
        ("2400", LINE + "~REF**7", "INT-0008", "REF01"),
        ("2010AA", BILLING.replace("1234567893", "123456789"), "INT-0009", "NM109"),
        ("2010AA", BILLING.replace("*MA*", "*MASS*"), "INT-0009", "N402"),
        ("2400", LINE.replace(":25", ":250"), "INT-0009", "SV101-3"),
        ("2400", LINE.replace("20250103", "2025-01-03"), "INT-0010", "DTP03"),
        ("2400", LINE.replace("20250103", "20250231"), "INT-0010", "DTP03"),
        ("2400", LINE.replace("20250103", "20250229"), "INT-0010", "DTP03"),
        ("2400", LINE.replace("D8*20250103", "RD8*20250103"), "INT-0010", "DTP03"),
        ("2400", LINE.replace("*100*", "*1e2*"), "INT-0010", "SV102"),
        ("2400", LINE.replace("*100*", "*$100*"), "INT-0010", "SV102"),
        ("2400", LINE.replace("*100*", "*100.005*"), "INT-0010", "SV102"),
        ("2400", LINE.replace("*100*", "*100-*"), "INT-0010", "SV102"),
        ("2400", LINE.replace("*1:2", "*A"), "INT-0010", "SV107-1"),
        ("2010BA", SUBSCRIBER.replace("*F", "*X"), "INT-0011", "DMG03"),
        ("2010AA", BILLING.replace("NM1*85", "NM1*ZZ"), "INT-0011", "NM101"),
        ("2010AA", BILLING + "~REF*ZZ*1", "INT-0011", "REF01"),
        ("2400", LINE.replace("SV1*HC", "SV1*HX"), "INT-0011", "SV101-1"),
        ("2010BA", SUBSCRIBER.replace("*02108", "*02108*US***12"), "INT-0012", "N407"),
        ("2010BA", SUBSCRIBER.replace("*MA*02108", "**02108****12"), "INT-0012", "N404"),
        ("2010AA", BILLING.replace("XX*1234567893", "XX"), "INT-0012", "NM109"),
        ("2010AA", BILLING + "~PER*IC*JOE*TE*617*FX", "INT-0012", "PER06"),
        ("2010AA", BILLING.replace("1 MAIN", "1 M\x07AIN"), "INT-0014", "N301"),
        ("2010AA", BILLING.replace("CLINIC", "CLI:NIC"), "INT-0014", "NM103"),
        ("2010BA", SUBSCRIBER.replace("DOE", "DO\u00cb"), "INT-0014", "NM103"),
        ("2400", LINE.replace("***1:2", "**XX*1:2"), "INT-0015", "SV106"),
        ("2400", LINE + "*X", "INT-0015", "DTP04"),
        ("2400", LINE.replace("1:2", "1:2:3:4:5"), "INT-0015", "SV107-5"),
    ],
)
def test_fires_once(loop_id, text, rule, place):
    assert brief(check(make(loop_id, text))) == [(rule, place)]


@pytest.mark.parametrize(
    ("text", "rule", "place"),
    [
        ("CLM*A1****11:B:1*Y*A*Y*Y~HI*ABK:E119", "INT-0008", "CLM02"),
        ("CLM*A1*100***11:B:1*Y*A*Y*Y", "INT-0007", "HI"),
        ("CLM*A1*100***11:B:1*Y*A*Y*Y~HI*ABF:E119", "INT-0011", "HI01-1"),
        ("CLM*A1*100***11:B:1*Y*A*Y*Y~HI*ABK:E11.9", "INT-0010", "HI01-2"),
        ("HI*ABK:E119~CLM*A1*100***11:B:1*Y*A*Y*Y", "INT-0005", "2300"),
        ("CLM*A1*100***11:B:1*Y*A*Y*Y~AMT*F5*1~AMT*F5*2~AMT*F5*3~HI*ABK:E119", "INT-0006", "2300"),
    ],
)
def test_fires_once_in_a_claim(text, rule, place):
    assert brief(check(claim(text))) == [(rule, place)]


def test_institutional_claims():
    text = "CLM*A1*100***11:A:1**A*Y*Y~DTP*434*RD8*20250101-20250103~CL1*1*1*01~HI*ABK:E119:::::::Y"
    lines = [make("2400", "LX*1~SV2*0120**100*DA*1")]
    assert check(make("2300", text, lines), "institutional") == []
    assert brief(check(make("2300", text.replace("1**A", "1*Y*A"), lines), "institutional")) == [("INT-0015", "CLM06")]
    assert brief(check(make("2300", text.replace("~CL1*1*1*01", ""), lines), "institutional")) == [("INT-0007", "CL1")]


def test_dental_claims():
    text = "CLM*A1*100***11:B:1*Y*A*Y*Y"
    line = "LX*1~SV3*AD:D2150*100***I*1~TOO*JP*12*M:O~DTP*472*D8*20250103~DTP*441*D8*20200103"
    assert check(make("2300", text, [make("2400", "")]), "dental") == []
    assert check(make("2400", line), "dental") == []
    assert brief(check(make("2400", line.replace("M:O", "M:X")), "dental")) == [("INT-0011", "TOO03-2")]
    assert brief(check(make("2400", line.replace("AD:", "HC:")), "dental")) == [("INT-0011", "SV301-1")]


def test_lines_over_the_limit():
    found = check(claim(lines=51))
    assert brief(found) == [("INT-0006", "2400")]
    assert (found[0].expected, found[0].found) == ("at most 50", "51")
    assert check(claim(lines=50)) == []


def test_missing_loops():
    level = make("2000B", "HL*2*1*22*0", [make("2010BA", ""), make("2010BB", "")])
    assert brief(check(level)) == [("INT-0007", "SBR")]
    assert brief(check(make("2300", CLAIM))) == [("INT-0007", "2400")]
    found = check(make("2000A", "HL*1**20*1"))
    assert brief(found) == [("INT-0007", "2010AA")]  # levels and claims are the reader's matter


def test_a_line_without_its_number_is_the_readers_matter():
    assert check(make("2400", LINE.removeprefix("LX*1~"))) == []


def test_a_level_code_is_the_readers_matter():
    assert check(make("2000B", "HL*2*1*99*0~SBR*P*18*******MB", [make("2010BA", ""), make("2010BB", "")])) == []


def test_a_finding_names_place_value_and_remedy():
    parent = claim()
    line = parent.children[0]
    line.texts[1] = read_text(line.texts[1].body.replace("*100*", "*1e2*"), "*", ":")
    (finding,) = check(line)
    assert finding.at == Spot(loop="2400", segment=1, element="SV102", line=1)
    assert finding.says == "SV102 (line charge) is 1e2, which is not an amount in digits (1234.50)."
    assert finding.fix == "Write SV102 as an amount in digits (1234.50)."
    assert (finding.severity, finding.snip, finding.found) == ("error", 1, "1e2")


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        (SUBSCRIBER.replace("W123456789", "W" * 81), "WWW"),
        (SUBSCRIBER.replace("DOE", "D" * 61), "DDD"),
        (SUBSCRIBER.replace("JANE", "JA:NE"), "NE"),
        (SUBSCRIBER.replace("19700101", "19700231"), "19700231"),
        (SUBSCRIBER.replace("9 ELM", "9 ELM" * 20), "ELM"),
        (SUBSCRIBER + "~REF*SY*" + "123456789" * 6, "123456789"),
    ],
)
def test_who_the_patient_is_stays_out_of_findings(text, secret):
    (finding,) = check(make("2010BA", text))
    assert secret not in finding.says + finding.fix + finding.found + finding.expected
    assert finding.found.endswith(("characters", "digits"))


def test_severities():
    letter = check(make("2010BA", SUBSCRIBER.replace("DOE", "DO\u00cb")))[0]
    control = check(make("2010BA", SUBSCRIBER.replace("DOE", "DO\x01")))[0]
    unused = check(make("2400", LINE + "*X"))[0]
    assert (letter.severity, control.severity, unused.severity, unused.snip) == ("warning", "error", "warning", 2)


def test_other_separators():
    separators = Separators(element="|", component=">", repetition="^", terminator="\n")
    text = LINE.replace("*", "|").replace(":", ">")
    assert check(make("2400", text, separators=separators), separators=separators) == []
    wrong = make("2400", LINE.replace("*", "|"), separators=separators)
    assert "INT-0011" in {f.rule for f in check(wrong, separators=separators)}


def test_every_rule_that_is_emitted_is_listed():
    rules = load_int_rules()
    assert list(rules) == [*(f"INT-{n:04}" for n in range(1, 19)), "INT-0020"]
    assert all(rule.id == key and rule.why and rule.references for key, rule in rules.items())
    assert rules["INT-0015"].disposition == "informational"


ODD = ["1", "85", "XX", "D8", "RD8", "20250103", "20240229", "20250229", "HC:99213", "ABK:E119", "A:B:C", "-1.50", ".5"]
ODD += ["1.", "12345678901", "1234567893", "\u00e9", "F", "18", "P", "TE", "Y", "20250101-20250109", "0930"]
RIGHT = ["20250103", "20250103-20250104", "1234567893", "0930", "1", "12.50", "AB", "ABC", "E119", "202501030930"]
VALUES = st.sampled_from(["", " ", "\x00", *ODD]) | st.text(max_size=12)
SEGMENTS = st.lists(
    st.tuples(
        st.sampled_from(
            ["NM1", "N3", "N4", "REF", "PER", "CLM", "HI", "DTP", "LX", "SV1", "PWK", "CAS", "HL", "", "~"]
        ),
        st.lists(VALUES, max_size=14),
    ),
    max_size=6,
)


@given(
    st.sampled_from(["professional", "institutional", "dental"]),
    st.sampled_from(["ST", "1000A", "2000A", "2010AA", "2010BA", "2300", "2310A", "2320", "2400", "2430", "none"]),
    SEGMENTS,
)
def test_no_content_makes_the_checks_raise(claim_type, loop_id, segments):
    loop = Loop(loop_id, texts=[read_text("*".join([name, *values]), "*", ":") for name, values in segments])
    for finding in check(loop, claim_type):
        assert finding.says
        assert finding.fix


@given(st.data())
def test_what_the_pattern_lets_pass_has_no_fault(data):
    claim_type = data.draw(st.sampled_from(["professional", "institutional", "dental"]))
    guide = load_guide(claim_type)
    loops = plan_loops(guide.file, "*", ":")
    loop_id = data.draw(st.sampled_from(sorted(loops)))
    use = data.draw(st.sampled_from(loops[loop_id].plans))
    elements = [use.fact.name]
    for fact in use.fact.elements:
        parts = [data.draw(value_for(guide, part)) for part in fact.parts or (fact,)]
        elements.append(":".join(parts).rstrip(":") if fact.usage != "N" else "")
    segment = Segment(0, read_text("*".join(elements), "*", ":"))
    place = Place(loop=Loop(loop_id, texts=[segment.text]), segment=segment, guide=guide, separators=STAR)
    if matcher(use.pattern)("*".join(elements)) is not None:
        assert check_elements(place, use.fact) == []
        assert holds_notes(use.notes, elements) or len(elements) > use.notes_from


def value_for(guide, fact):
    """A value that is mostly right for an element."""
    codes = guide.codes_of(fact)
    if fact.usage == "N" or not fact.number:
        return st.just("")
    right = st.sampled_from(codes or RIGHT)
    return right | VALUES if fact.usage == "R" else st.just("") | right

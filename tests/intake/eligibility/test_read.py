import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.claim.eligibility import EligibilityAnswer, Laboratory, ListedProvider, Period, ProviderList
from engine.intake.eligibility.read import read_eligibility
from engine.intake.reading import IntakeFinding

ISA = "ISA*00*          *00*          *ZZ*CMS            *ZZ*SUBMITTER      *260310*0758*^*00501*000000001*0*P*:~"
HEAD = (
    f"{ISA}GS*HB*CMS*SUBMITTER*20260310*0758*1*X*005010X279A1~ST*271*0001*005010X279A1~BHT*0022*11*T1*20260310*0758~"
    "HL*1**20*1~NM1*PR*2*ACME*****PI*99999~HL*2*1*21*1~NM1*1P*2*CLINIC*****XX*1234567893~HL*3*2*22*0~"
    "NM1*IL*1*RIVERA*MARIA****MI*1EG4TE5MK73~DMG*D8*19400615*F~"
)
TAIL = "SE*20*0001~GE*1*1~IEA*1*000000001~"


def read(content):
    data = content.encode("latin-1") if isinstance(content, str) else content
    return list(read_eligibility(io.BytesIO(data)))


def answer(*segments):
    (found,) = read(HEAD + "".join(f"{s}~" for s in segments) + TAIL)
    assert isinstance(found, EligibilityAnswer)
    return found


def periods(*segments):
    return list(answer(*segments).periods)


def test_who_was_asked_about():
    found = answer("DTP*472*RD8*20260301-20260310", "EB*1**30")
    assert (found.member_id, found.last_name, found.first_name) == ("1EG4TE5MK73", "RIVERA", "MARIA")
    assert (found.birth_day, found.answered_on) == (date(1940, 6, 15), date(2026, 3, 10))
    assert (found.asked_from, found.asked_to) == (date(2026, 3, 1), date(2026, 3, 10))
    assert (found.payer_name, found.payer_id) == ("ACME", "99999")


def test_parts_a_and_b():
    assert periods("EB*1**30*MA", "DTP*291*D8*20050701", "EB*1**30*MB", "DTP*291*D8*20050801") == [
        Period(kind="part_a", first_day=date(2005, 7, 1)),
        Period(kind="part_b", first_day=date(2005, 8, 1)),
    ]


def test_coverage_takes_the_dates_of_the_plan_else_those_asked_about():
    plan = ("DTP*346*D8*20250101", "DTP*347*D8*20261231")
    assert periods(*plan, "EB*1**30") == [
        Period(kind="coverage", first_day=date(2025, 1, 1), last_day=date(2026, 12, 31))
    ]
    asked = date(2026, 3, 5)
    assert periods("DTP*472*D8*20260305", "EB*1**30") == [Period(kind="coverage", first_day=asked, last_day=asked)]
    today = date(2026, 3, 10)
    assert periods("EB*1**1^30^35") == [Period(kind="coverage", first_day=today, last_day=today)]


def test_coverage_that_ended_or_has_not_begun():
    assert periods("DTP*346*D8*20240101", "DTP*347*D8*20241231", "EB*6**30") == [
        Period(kind="coverage", first_day=date(2025, 1, 1), active=False)
    ]
    assert periods("DTP*346*D8*20260401", "EB*6**30") == [
        Period(kind="coverage", last_day=date(2026, 3, 31), active=False)
    ]
    assert periods("EB*6**30", "DTP*307*RD8*20260101-20260228") == [
        Period(kind="coverage", first_day=date(2026, 1, 1), last_day=date(2026, 2, 28), active=False)
    ]


def test_episodes():
    assert periods("EB*X**45*MA**26", "DTP*292*RD8*20260101-20260301") == [
        Period(kind="hospice", first_day=date(2026, 1, 1), last_day=date(2026, 3, 1))
    ]
    assert periods("EB*X**42*MA**26", "DTP*193*D8*20260101", "DTP*194*D8*20260301", "DTP*193*D8*20260105") == [
        Period(kind="home_health", first_day=date(2026, 1, 1), last_day=date(2026, 3, 1))
    ]
    assert periods("EB*X**45*MA**26") == []  # without its first day


def test_payers_that_come_first():
    loop = ("LS*2120", "NM1*PRP*2*ACME GROUP*****PI*77777", "LE*2120")
    assert periods("EB*R*IND*30*12", "DTP*290*D8*20200101", *loop) == [
        Period(kind="other_payer", first_day=date(2020, 1, 1), payer_name="ACME GROUP", payer_id="77777", reason="12")
    ]
    assert [p.kind for p in periods("EB*R**30*CI", "DTP*290*D8*20200101", *loop)] == ["other_payer"]
    assert periods("EB*R**30*CI", "DTP*290*D8*20200101") == []  # nobody is named as primary
    assert periods("EB*1**30*MB", "EB*R**30*CI", "DTP*290*D8*20200101", *loop)[1:] == []


def test_only_a_plan_that_takes_every_claim_replaces_medicare():
    def plan(option):
        return periods(
            "EB*1**30*MB", "EB*R**30*HN", "REF*18*H9999", "DTP*290*D8*20260101", f"MSG*MCO Bill Option Code- {option}",
            "LS*2120", "NM1*PRP*2*ACME GOLD", "LE*2120",
        )[1:]  # fmt: skip

    assert plan("C") == [
        Period(kind="medicare_advantage", first_day=date(2026, 1, 1), payer_name="ACME GOLD", plan="H9999")
    ]
    assert plan("1") == []


def test_what_is_no_period_of_the_plan():
    assert periods("EB*C*IND*30*PP*500***23*500", "EB*1**98", "EB*R**88*OT", "DTP*292*D8*20260101") == []


def test_a_dependent_has_the_subscribers_number():
    dependent = "HL*4*3*23*0~NM1*03*1*RIVERA*ANNA~DMG*D8*20150102*F~EB*1**30~"
    found = read(HEAD.replace("HL*3*2*22*0", "HL*3*2*22*1") + dependent + TAIL)
    assert [(item.member_id, item.first_name) for item in found] == [("1EG4TE5MK73", "ANNA")]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (HEAD + "AAA*N**75*C~" + TAIL, "segment 11 AAA: the payer did not answer (75)."),
        (HEAD + "EB*1**30~DTP*291*D8*2026~" + TAIL, "segment 12 DTP: DTP*291 has no date that can be read."),
        (HEAD.replace("*20260310*0758~HL", "*TODAY*0758~HL") + TAIL, "segment 3 BHT: BHT04 is no date."),
        (HEAD.replace("****MI*1EG4TE5MK73", "") + "EB*1**30~" + TAIL, "An answer names no member id (NM109)."),
        (HEAD.replace("ST*271", "ST*837") + TAIL, "segment 2 ST: transaction 837 is no answer (271)."),
        (ISA + "IEA*0*000000001~", "The file holds no transaction."),
        ("", "The file is empty."),
        ('{"answers": [{"member_id": "A", "periods": [{"kind": "hopsice"}]}]}', "Invalid enum value 'hopsice'"),
        ("answers:\n  - {member_id: A, births: 2020-01-01}", "$.answers[0]: Object contains unknown field `births`."),
        ("answer: []", "$.answer: no such part."),
        ("answers: 7", "$.answers: not a list."),
        ("[1]", "$: not a mapping."),
        ("answers: [", "$: not JSON and not YAML: line 1, column 11"),
        ("list,payer,npi\nroster,,1234567893\n", "line 2: payer or npi is missing."),
        ("list,payer,npi,first_day\nroster,a,1234567893,03/04/2026\n", "line 2: first_day is 03/04/2026"),
        ("list,payer,npi\nother,a,1234567893\n", "line 2: list is other, not enrolment or roster."),
    ],
)
def test_what_cannot_be_used_is_said_where_it_stands(content, says):
    found = [item for item in read(content) if isinstance(item, IntakeFinding)]
    assert any(says in item.says for item in found), found


def test_the_native_form_as_json_and_yaml():
    text = '{"answers": [{"member_id": "A", "asked_from": "2026-03-05", "periods": [{"kind": "hospice"}]}, 7]}'
    first, damage = read(text)
    assert first == EligibilityAnswer(member_id="A", asked_from=date(2026, 3, 5), periods=(Period(kind="hospice"),))
    assert damage.at.path == "$.answers[1]"
    assert read("laboratories:\n- {clia_number: 14D1234567, certificate: waiver}\n") == [
        Laboratory(clia_number="14D1234567", certificate="waiver")
    ]


def test_lists_of_providers():
    days = "list,payer,npi,first_day,last_day\nroster,acme,1,2026-01-01,\nroster,acme,2,,\nenrolment,medicare,1,,\n"
    assert read(days) == [
        ProviderList(
            list="roster",
            payer="acme",
            providers=(ListedProvider(npi="1", first_day=date(2026, 1, 1)), ListedProvider(npi="2")),
        ),
        ProviderList(list="enrolment", payer="medicare", providers=(ListedProvider(npi="1"),)),
    ]


@given(st.binary(max_size=300))
def test_no_bytes_make_it_raise(data):
    read(data)
    read(HEAD.encode() + data)
    read(b"list,payer,npi,first_day\n" + data)


@given(st.lists(st.sampled_from([*HEAD.split("~"), "EB*6**30", "EB*R**30*12", "DTP*291*RD8*20260101-", "LS*2120"])))
def test_segments_in_any_order_do_not_make_it_raise(segments):
    read(ISA + "~".join(segments) + "~" + TAIL)

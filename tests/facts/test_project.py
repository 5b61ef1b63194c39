from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.claim.model import Provider
from engine.facts.fact import Fact
from engine.facts.needs import KindNeeds, Tag
from engine.facts.project import KINDS, Projector, project
from engine.facts.vocabulary import ORDERED, TEXTUAL, vocabulary
from engine.reference.code_set import CodeSet, Window
from tests.facts.helpers import ALL, CLAIMS, SAMPLES, inpatient, line, minimal, number, view

NO_GETTER = {
    # history: the claim model does not carry what the payer decided on an earlier claim
    "claim.days_from_prior_decision": "history",
}
PYTHON_TYPE = {**dict.fromkeys(TEXTUAL, str), **dict.fromkeys(ORDERED, int), "flag": bool}
SAMPLE_CLAIMS = [minimal(), minimal("dental"), minimal("institutional"), inpatient()]


def test_every_word_has_a_getter_or_a_reason():
    missing = {}
    for kind, about in vocabulary().items():
        assert kind in KINDS, f"no source of {kind}"
        for name, field in about.fields.items():
            if name not in KINDS[kind].fields:
                missing[f"{kind}.{name}"] = field.needs
    assert set(missing) == set(NO_GETTER)
    assert all(NO_GETTER[name] in needs for name, needs in missing.items())


def test_every_getter_is_a_word():
    for kind, source in KINDS.items():
        assert set(source.fields) <= set(vocabulary()[kind].fields), kind


def every_claim():
    rich = minimal(
        lines=(line(1, "11042", modifiers=("RT", "59")), line(2, "97597", units=9), line(3, "99292"), line(4, "G0439")),
        related_causes=("AA",),
    )
    return [*SAMPLE_CLAIMS, rich]


@pytest.mark.parametrize("claim", every_claim(), ids=lambda claim: claim.patient_control_number)
def test_values_are_of_the_type_that_the_vocabulary_says(claim):
    words = vocabulary()
    earlier = [replace(claim, patient_control_number="EARLIER"), inpatient(patient=claim.patient)]
    for fact in ALL.facts(view(claim, tables=SAMPLES, history=earlier, timely_filing_basis="from")):
        for name, value in fact.values.items():
            field = words[fact.kind].fields[name]
            assert type(value) is PYTHON_TYPE[field.type], (fact.kind, name, value)
            assert value != "", (fact.kind, name)
            if field.values:
                assert value in field.values, (fact.kind, name, value)


def test_nothing_is_built_that_no_one_asks_for():
    needs = {"line": KindNeeds(fields=("procedure",)), "claim": KindNeeds(fields=("frequency", "drg"))}
    assert project(view(minimal()), needs) == [
        Fact("line", {"procedure": "99213"}, 1, 0),
        Fact("claim", {"frequency": "original"}, 0, 0),
    ]
    assert project(view(minimal()), {}) == []


def test_a_kind_or_field_that_cannot_be_built_is_left_out():
    needs = {"line": KindNeeds(fields=("global_days", "number")), "nonsense": KindNeeds(fields=("x",))}
    assert project(view(minimal()), needs) == [Fact("line", {"number": 1}, 1, 0)]


def tagged(*tags, fields=(), claim=None, kind="line"):
    (found, *_) = project(view(claim or minimal()), {kind: KindNeeds(fields=fields, tags=tags)})
    return found.values


def test_a_set_is_asked_on_the_service_day():
    dated = CodeSet(name="s", windows=(Window(first_day=number("2026-03-05"), codes=frozenset({"99213"})),))
    tag = Tag("procedure", "in_set", "s", code_set=dated)
    assert tagged(tag) == {"procedure|in_set|s": True}
    assert tagged(tag, claim=minimal(lines=(line(1, day="2026-03-04"),))) == {"procedure|in_set|s": False}
    assert tagged(tag, claim=minimal(lines=(line(1, day=None),))) == {"procedure|in_set|s": True}


def test_a_diagnosis_asks_a_set_on_its_judged_day():
    dated = CodeSet(name="s", windows=(Window(first_day=number("2026-03-12"), prefixes=("J",)),))
    tag = Tag("code", "in_set", "s", code_set=dated)
    assert tagged(tag, claim=inpatient(), kind="diagnosis") == {"code|in_set|s": True}


def test_an_undated_set_of_codes():
    tag = Tag("procedure", "in_set", "s", code_set=CodeSet(name="s", windows=(Window(codes=frozenset({"99213"})),)))
    assert tagged(tag) == {"procedure|in_set|s": True}
    assert tagged(tag, claim=minimal(lines=(line(1, "99214"),))) == {"procedure|in_set|s": False}


def test_few_values_and_prefixes():
    one_of = Tag("procedure", "one_of", "a", members=("99213", "99214"))
    prefix = Tag("procedure", "starts_with", "b", members=("992", "993"))
    assert tagged(one_of, prefix, fields=("procedure",)) == {
        "procedure": "99213",
        "procedure|one_of|a": True,
        "procedure|starts_with|b": True,
    }
    number_tag = Tag("units", "one_of", "c", members=(1000,))
    assert tagged(number_tag) == {"units|one_of|c": True}


def test_an_absent_field_has_no_tag_but_present():
    tags = (Tag("ndc", "present"), Tag("ndc", "starts_with", "x", members=("0",)), Tag("procedure", "present"))
    assert tagged(*tags) == {"ndc|present|": False, "procedure|present|": True}
    assert tagged(Tag("global_days", "present")) == {"global_days|present|": False}


def test_a_set_tag_needs_a_set():
    with pytest.raises(ValueError, match="no code set"):
        Projector({"line": KindNeeds(tags=(Tag("procedure", "in_set", "s"),))})


def test_facts_say_where_they_stand():
    claim = minimal(
        lines=(line(7, modifiers=("25",), diagnosis_pointers=(1,), providers=(Provider(role="ordering"),)),)
    )
    where = {(fact.kind, fact.line, fact.part) for fact in ALL.facts(view(claim))}
    assert {
        ("claim", 0, 0),
        ("line", 7, 0),
        ("line_modifier", 7, 1),
        ("line_diagnosis", 7, 1),
        ("diagnosis", 0, 1),
        ("provider", 0, 1),
        ("provider", 0, 2),
        ("provider", 7, 1),
        ("procedure_day", 7, 0),
        ("payer", 0, 0),
    } <= where


def test_diagnoses_are_numbered_by_their_place_in_the_list():
    found = [fact for fact in ALL.facts(view(inpatient())) if fact.kind == "diagnosis"]
    assert [(fact.part, fact.values["role"]) for fact in found] == [(1, "principal"), (2, "other"), (3, "admitting")]


def test_no_two_facts_of_a_kind_stand_at_one_place():
    loose = {"claim_day", "param", "procedure_day", "table/ptp-practitioner"}
    for claim in every_claim():
        places = Counter(
            (f.kind, f.line, f.part) for f in ALL.facts(view(claim, tables=SAMPLES)) if f.kind not in loose
        )
        assert max(places.values()) == 1, places.most_common(1)


codes = st.sampled_from(["99213", "11042", "97597", "36415", "99292", "99291", "G0439", ""])
days = st.sampled_from(["2026-03-05", "2026-03-06", "2026-03-09", None])


@st.composite
def line_lists(draw):
    size = draw(st.integers(1, 5))
    return [
        line(
            n,
            draw(codes),
            day=draw(days),
            end=draw(st.sampled_from([None, "2026-03-06"])),
            units=draw(st.sampled_from([1, 4, None])),
            modifiers=draw(st.sampled_from([(), ("59",), ("RT", "59")])),
            diagnosis_pointers=(1,),
        )
        for n in range(1, size + 1)
    ]


def multiset(claim):
    return Counter(
        (fact.kind, fact.line, tuple(sorted(fact.values.items())))
        for fact in ALL.facts(view(claim, tables=SAMPLES, timely_filing_basis="from"))
    )


@given(line_lists(), st.randoms(use_true_random=False))
def test_the_order_of_lines_and_providers_changes_no_fact(lines, random):
    claim = minimal(lines=tuple(lines))
    shuffled, providers = list(lines), list(claim.providers)
    random.shuffle(shuffled)
    random.shuffle(providers)
    assert multiset(claim) == multiset(replace(claim, lines=tuple(shuffled), providers=tuple(providers)))


def test_a_claim_of_nothing_is_projected():
    for kind in ("professional", "institutional", "dental"):
        claim = replace(
            minimal(kind), lines=(), providers=(), diagnoses=(), facility_code="", payer=type(minimal().payer)()
        )
        assert ALL.facts(view(claim, received=None))


def test_every_sample_claim_is_here():
    assert {path.parent.name for path in CLAIMS.glob("*/minimal.json")} >= {"professional", "institutional", "dental"}

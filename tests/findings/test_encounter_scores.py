"""The score of an encounter: every point is named, over- and under-coding stand apart, no data is no pass."""

from __future__ import annotations

import io
import json
import random
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.authoring.twins import base_claims, load_base, merge
from engine.backends.durable import compile_durable
from engine.check import Checker
from engine.claim.encounter import Encounter
from engine.claim.model import Claim
from engine.facts.encounters.index import Encounters
from engine.findings.encounters.report import EncounterReport
from engine.intake.encounters.reading import ReadEncounter
from engine.reference.catalog import Tables
from engine.rulebook.load import load_rulebook
from engine.score import Scorer
from tools.fuzz_check import damage

EXAMPLE = Path(__file__).parents[2] / "examples-encounters" / "office-visit.json"
BASE = load_base(base_claims(), "encounters/office")


@lru_cache(maxsize=1)
def scorer() -> Scorer:
    checker = Checker(load_rulebook(), Tables.load(), compile_durable, engine="durable", received_on=date(2026, 4, 15))
    return Scorer(checker)


def scored(given_: dict[str, Any]) -> EncounterReport:
    data = json.dumps(merge(BASE, given_)).encode()
    (report,) = scorer().score(io.BytesIO(data), "f")
    assert isinstance(report, EncounterReport)
    return report


def test_a_sound_encounter_is_released_with_every_point():
    report = scored({})
    assert report.advice == "release"
    assert report.scores is not None
    assert (report.scores.overall, report.scores.factors, report.scores.cap) == (100, (), None)


def test_over_and_under_coding_are_never_netted():
    visits = [{"number": 1, "procedure": "99215"}, {"number": 2, "procedure": "99213"}]
    report = scored({"charges": visits, "time": {"minutes": 32}})
    assert [level.gap for level in report.levels] == [1, -1]
    assert (report.levels_over, report.levels_under) == (1, 1)
    assert report.scores is not None
    assert {(f.rule, f.dimension) for f in report.scores.factors} == {
        ("COD-1001", "accuracy"),
        ("COD-1002", "completeness"),
    }


def test_an_error_holds_the_overall_score_down_and_says_so():
    report = scored({"record": {"signer_npi": "1003000126"}})
    assert report.scores is not None
    assert (report.scores.documentation, report.scores.weighted, report.scores.overall) == (75, 92, 69)
    assert report.scores.cap is not None
    assert report.scores.cap.because == "error: COD-1061"
    assert report.advice == "hold"


def test_without_codes_there_is_nothing_to_score():
    report = scored({"charges": None, "chosen": None})
    assert report.scores is None
    assert (report.advice, report.because) == ("review", "no codes were chosen, or none could be read")


def test_an_incomplete_record_proves_no_level_and_no_absence():
    report = scored({"complete": False, "charges": [{"procedure": "99215"}, {"number": 2, "procedure": "69210"}]})
    assert report.findings == ()
    reasons = {missed.rule: missed.because for missed in report.coverage.not_evaluated}
    assert reasons["COD-1040"] == "billed_service.documented is absent (billed_service 2)"
    assert report.levels[0].mdm_level is None


def test_each_query_belongs_to_a_finding_and_quotes_the_record():
    with EXAMPLE.open("rb") as stream:
        (report,) = scorer().score(stream, "f")
    assert isinstance(report, EncounterReport)
    places = {(f.rule, f.at.words()) for f in report.findings}
    assert report.queries
    assert all((query.rule, query.at) in places for query in report.queries)
    assert any('"probable pneumonia"' in query.ask for query in report.queries)


def test_a_fault_of_ours_is_reported_on_the_encounter(monkeypatch):
    monkeypatch.setattr(Scorer, "examine", lambda *_: 1 / 0)
    report = scorer().score_encounter(ReadEncounter(encounter=Encounter(encounter_id="E")))
    assert [f.rule for f in report.findings] == ["INT-0020"]
    assert (report.encounter_id, report.advice, report.scores) == ("E", "hold", None)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32))
def test_no_damaged_encounter_makes_scoring_raise(seed: int) -> None:
    data = damage(EXAMPLE.read_bytes(), random.Random(seed))
    reports = [item for item in scorer().score(io.BytesIO(data), "f") if isinstance(item, EncounterReport)]
    assert not [f for report in reports for f in report.findings if f.rule == "INT-0020"]


def test_the_encounter_of_a_claim_is_found_by_id_by_patient_or_alone():
    claim = Claim(claim_type="professional", patient_control_number="C1", service_day=date(2026, 3, 5))
    named, other = Encounter(claim_id="C1"), Encounter(claim_id="C2")
    assert Encounters([other, named]).of(claim) is named
    assert Encounters([other]).of(claim) is None
    alone = Encounter(encounter_id="E")
    assert Encounters([alone]).of(claim) is alone
    assert Encounters([alone, Encounter(encounter_id="F")]).of(claim) is None

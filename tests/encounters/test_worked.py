"""Worked encounters: what the record supports and what is found, each with its source in the guidelines.

They are the acceptance of encounter scoring. A file says what happened, whose rule decides, and what must come out: the
elements of decision making, what each method supports, every finding with its place, and the advice.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from engine.authoring.twins import base_claims, encounter_from_json, load_base, merge
from engine.backends.durable import compile_durable
from engine.check import Checker
from engine.findings.encounters.report import EncounterReport
from engine.intake.encounters.reading import ReadEncounter
from engine.reference.catalog import Tables
from engine.rulebook.load import load_rulebook
from engine.score import Scorer

FILES = sorted((Path(__file__).parent / "worked").glob("*.yaml"))
LEAST = 30


@lru_cache(maxsize=4)
def scorer(payer: str) -> Scorer:
    checker = Checker(
        load_rulebook(),
        Tables.load(),
        compile_durable,
        engine="durable",
        received_on=date(2026, 4, 15),
        payer=payer,
    )
    return Scorer(checker)


@lru_cache(maxsize=64)
def worked(path: Path) -> tuple[dict[str, Any], EncounterReport]:
    case = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 -- builds text only
    given = _nulls(case["given"])
    encounter = encounter_from_json(merge(load_base(base_claims(), case["base"]), given))
    return case, scorer(case.get("payer", "")).score_encounter(ReadEncounter(encounter=encounter))


def _nulls(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _nulls(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_nulls(value) for value in node]
    return None if node == "null" else node


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_levels_are_those_of_the_guidelines(path: Path):
    case, report = worked(path)
    found = {
        level.procedure: {
            "elements": f"{level.problems.level}/{level.data.level}/{level.risk.level}",
            "by_mdm": _text(level.by_mdm),
            "by_time": _text(level.by_time),
            "supported": _text(level.supported),
            "gap": str(level.gap),
        }
        for level in report.levels
    }
    assert found == case["expect"]["levels"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_findings_are_those_expected_and_no_others(path: Path):
    case, report = worked(path)
    assert sorted(f"{f.rule} at {f.at.words()}" for f in report.findings) == sorted(case["expect"]["findings"])
    assert report.advice == case["expect"]["advice"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_factor_of_the_score_is_listed_and_adds_up(path: Path):
    _, report = worked(path)
    scores = report.scores
    assert scores is not None
    stable = [f for f in report.findings if f.status == "stable"]
    assert {(factor.rule, factor.at) for factor in scores.factors} == {(f.rule, f.at.words()) for f in stable}
    for name in ("accuracy", "completeness", "documentation"):
        lost = sum(factor.points for factor in scores.factors if factor.dimension == name)
        assert getattr(scores, name) == max(100 - lost, 0)
    weighted = 50 * scores.accuracy + 20 * scores.completeness + 30 * scores.documentation
    assert scores.weighted == weighted // 100
    assert scores.overall == min(scores.weighted, scores.cap.most if scores.cap else 100)


def test_there_are_thirty_or_more_and_each_names_its_source():
    cases = [worked(path)[0] for path in FILES]
    assert len(cases) >= LEAST
    assert all(case["source"]["title"] and case["source"]["locator"] and case["story"] for case in cases)


def _text(code: str | None) -> str:
    return "null" if code is None else code

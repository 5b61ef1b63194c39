"""Runs test twins: each case is a claim made from a base, checked under its one rule, its findings compared whole."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from msgspec import Struct, convert, structs

from engine.backends.durable import compile_durable
from engine.backends.protocol import Compile
from engine.check import Checker
from engine.claim.eligibility import Known
from engine.claim.encounter import Encounter
from engine.claim.model import Claim
from engine.errors import CleanclaimError, TableError, UsageError
from engine.facts.vocabulary import Field, nearest
from engine.findings.encounters.report import EncounterReport
from engine.findings.report import ClaimReport
from engine.intake.eligibility.native import read_value
from engine.intake.encounters.reading import ReadEncounter
from engine.intake.encounters.tidy import tidy as tidy_encounter
from engine.intake.native_tidy import tidy
from engine.intake.reading import ReadClaim
from engine.reference.catalog import Tables
from engine.reference.memory import FOR_EVER, with_rows
from engine.remedied import Remedied, remedies
from engine.rulebook.book import Rulebook
from engine.rulebook.document import Node, items, mapping
from engine.rulebook.rule import ParameterValue, Rule
from engine.rulebook.twins import Case, Twin
from engine.rulebook.values import typed
from engine.score import Scorer

RECEIVED_ON = date(2026, 4, 15)
"""The day of receipt where a case does not say one: shortly after the base claims' services."""


class CaseResult(Struct, frozen=True, kw_only=True):
    """One case and how its outcome differs from what was expected (nothing: it passed)."""

    rule: str
    case: str
    where: str
    problems: tuple[str, ...] = ()


class Trial(Struct, frozen=True, kw_only=True):
    """One case made ready: its claim, tables and history; ``fault`` says why it cannot be run."""

    case: Case
    claim: Claim | None = None
    encounter: Encounter | None = None
    tables: Tables
    history: tuple[Claim, ...] | None = None
    eligibility: tuple[Known, ...] | None = None
    fault: str = ""


def base_claims() -> Path:
    """The folder of base claims: the copy inside the wheel, or the checkout's ``tests/claims``."""
    packaged = Path(__file__).parents[1] / "base_claims"
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "tests" / "claims"


def run_twins(
    rulebook: Rulebook, ids: Sequence[str] = (), claims: Path | None = None, tables: Tables | None = None
) -> Iterator[CaseResult]:
    """Run the twins of the named rules, or of all.

    Raises:
        UsageError: an id is unknown, or a base claim is not there.
    """
    tables = tables or Tables.load()
    for rule, twin in with_twins(rulebook, ids):
        alone = only(rulebook, rule)
        for trial in trials(rule, twin, claims or base_claims(), tables):
            problems = differences(rule, trial, alone, compile_durable)
            yield CaseResult(rule=rule.id, case=trial.case.name, where=trial.case.where, problems=problems)


def with_twins(rulebook: Rulebook, ids: Sequence[str] = ()) -> Iterator[tuple[Rule, Twin]]:
    """The named rules (all when none is named) that have a twin.

    Raises:
        UsageError: an id is unknown.
    """
    for rule_id in ids:
        if rulebook.rule(rule_id) is None:
            raise UsageError(f"unknown rule {rule_id}", hint=nearest(rule_id, [rule.id for rule in rulebook.rules]))
    for rule in rulebook.rules:
        twin = rulebook.twins.get(rule.id)
        if twin is not None and (not ids or rule.id in ids):
            yield rule, twin


def trials(rule: Rule, twin: Twin, claims: Path, tables: Tables) -> list[Trial]:
    """The cases of a twin, made ready.

    Raises:
        UsageError: the base claim is not there.
    """
    base = load_base(claims, twin.base)
    return [
        prepare(rule, case, base, tables, load_base(claims, case.encounter_base) if case.encounter_base else {})
        for case in twin.cases
    ]


def prepare(rule: Rule, case: Case, base: object, tables: Tables, record: object = None) -> Trial:
    """One case made ready; ``record`` is the base of the encounter that the case's claim is held against."""
    try:
        rows = {name: _rows(node, rule) for name, node in case.tables.items()}
        if rule.applies.subject == "encounter":
            return Trial(
                case=case,
                encounter=encounter_from_json(merge(base, case.given)),
                tables=with_rows(tables, rows) if rows else tables,
            )
        history = tuple(claim_from_json(merge(base, mapping(node))) for node in case.history) if case.history else None
        return Trial(
            case=case,
            claim=claim_from_json(merge(base, case.given)),
            encounter=None if case.encounter is None else encounter_from_json(merge(record, case.encounter)),
            tables=with_rows(tables, rows) if rows else tables,
            history=history,
            eligibility=_known(case.eligibility),
        )
    except (ValueError, TypeError, CleanclaimError) as error:
        return Trial(case=case, tables=tables, fault=f"the case cannot be run: {error}")


def _known(content: Mapping[str, Node]) -> tuple[Known, ...] | None:
    """The eligibility of a case; ``None`` when it gives none."""
    found = [read_value(name, node) for name, nodes in content.items() for node in items(nodes)]
    return tuple(found) if content else None


def load_base(folder: Path, name: str) -> Any:  # noqa: ANN401 -- JSON
    """A base claim as JSON.

    Raises:
        UsageError: it is not there.
    """
    path = folder / f"{name}.json"
    if not path.is_file():
        known = sorted(str(p.relative_to(folder).with_suffix("")) for p in folder.rglob("*.json"))
        raise UsageError(f"unknown base claim {name}", hint=nearest(name, known) or ", ".join(known))
    return json.loads(path.read_text(encoding="utf-8"))


def only(rulebook: Rulebook, rule: Rule) -> Rulebook:
    """The rulebook with this rule alone, active whatever its status."""
    return structs.replace(rulebook, rules=(structs.replace(rule, status="stable", suppressed_by=()),))


def differences(rule: Rule, trial: Trial, rulebook: Rulebook, compile_rules: Compile) -> tuple[str, ...]:
    """How the outcome of a case under a rulebook of one rule differs from what the case expects."""
    if trial.fault:
        return (trial.fault,)
    case = trial.case
    try:
        checker = Checker(
            with_parameters(rulebook, case),
            trial.tables,
            compile_rules,
            engine="trial",
            received_on=date.fromisoformat(case.received_on) if case.received_on else RECEIVED_ON,
            payer=case.payer,
            history=trial.history,
            eligibility=trial.eligibility,
            encounters=None if trial.encounter is None or trial.claim is None else (trial.encounter,),
        )
        if trial.claim is None:
            documented = ReadEncounter(encounter=trial.encounter or Encounter())
            return tuple(_problems(case, Scorer(checker).score_encounter(documented), rule))
        item = ReadClaim(claim=trial.claim)
        report = checker.check_claim(item)
        proposed = remedies(checker, item, report) if case.passes_if is not None else ()
        return (*_problems(case, report, rule), *_unproven(case, proposed))
    except (ValueError, TypeError, CleanclaimError) as error:
        return (f"the case cannot be run: {error}",)


def with_parameters(rulebook: Rulebook, case: Case) -> Rulebook:
    """The rulebook in which every payer has the parameter values that a case gives.

    Raises:
        UsageError: no such parameter.
        ValueError: a value does not fit the parameter's unit.
    """
    if not case.parameters:
        return rulebook
    given: dict[str, tuple[ParameterValue, ...]] = {}
    for name, node in case.parameters.items():
        if name not in rulebook.parameters:
            raise UsageError(f"unknown parameter {name}", hint=nearest(name, rulebook.parameters))
        field = Field(type=rulebook.parameters[name], about="")
        values = tuple(typed(str(value), field) for value in (node if isinstance(node, list) else [node]))
        given[name] = (ParameterValue(first_day=FOR_EVER, values=values, because="given by the test", payer="test"),)
    payers = {
        slug: structs.replace(payer, parameters={**payer.parameters, **given})
        for slug, payer in rulebook.payers.items()
    }
    return structs.replace(rulebook, payers=payers)


def claim_from_json(value: Any) -> Claim:  # noqa: ANN401 -- JSON
    """A claim from JSON whose numbers may be text; msgspec.ValidationError (a ValueError) names what does not fit."""
    value = copy.deepcopy(value)
    tidy(value)
    return convert(value, Claim, strict=False)


def encounter_from_json(value: Any) -> Encounter:  # noqa: ANN401 -- JSON
    """As :func:`claim_from_json`, an encounter."""
    value = copy.deepcopy(value)
    tidy_encounter(value)
    return convert(value, Encounter, strict=False)


def merge(base: Any, given: Node) -> Any:  # noqa: ANN401 -- JSON
    """``given`` over ``base``.

    Mappings merge; a list has the given length, item i starting from the base's item i or its last; ``None`` removes
    a value.

    >>> merge({"a": 1, "l": [{"n": 1, "x": 2}]}, {"a": None, "l": [{"n": "1"}, {"n": "2"}]})
    {'l': [{'n': '1', 'x': 2}, {'n': '2', 'x': 2}]}
    """
    if isinstance(given, dict) and isinstance(base, dict):
        merged = {key: value for key, value in base.items() if key not in given or given[key] is not None}
        return merged | {key: merge(base.get(key), value) for key, value in given.items() if value is not None}
    if isinstance(given, list) and isinstance(base, list) and base and any(isinstance(item, dict) for item in given):
        return [merge(base[min(number, len(base) - 1)], item) for number, item in enumerate(given)]
    if isinstance(given, dict):
        return merge({}, given) if given else {}
    return [merge(None, item) for item in given] if isinstance(given, list) else given


def _rows(node: Node, rule: Rule) -> list[Mapping[str, str]]:
    if not isinstance(node, list) or not all(isinstance(row, dict) for row in node):
        raise TableError("tables: give a list of rows", location=rule.path)
    return [{key: str(value) for key, value in row.items()} for row in node if isinstance(row, dict)]


def _problems(case: Case, report: ClaimReport | EncounterReport, rule: Rule) -> Iterator[str]:
    reasons = {n.rule: n.because for n in report.coverage.not_evaluated}
    found = [(f.at.words(), f.says, f.fix) for f in report.findings]
    if case.not_evaluated is not None:
        if reasons.get(rule.id) != case.not_evaluated:
            outcome = reasons.get(rule.id) or found or "passed"
            yield f"expected not evaluated because {case.not_evaluated!r}; came out {outcome!r}"
        return
    expected = [(e.at, e.says, e.fix) for e in case.expect]
    with_fix = {(e.at, e.says) for e in case.expect if e.fix}
    plain = [(at, says, fix if (at, says) in with_fix else "") for at, says, fix in found]
    for at, says, fix in expected:
        if (at, says, fix) not in plain:
            yield f"expected at {at!r}: {says!r}" + (f" with fix {fix!r}" if fix else "")
    for at, says, fix in plain:
        if (at, says, fix) not in expected:
            yield f"found at {at!r}: {says!r}" + (f" with fix {fix!r}" if fix else "")
    if not expected and not found and rule.id in reasons:
        yield f"quiet, but only because it was not evaluated: {reasons[rule.id]}"


def _unproven(case: Case, proposed: Sequence[Remedied]) -> Iterator[str]:
    """Changes that should take the finding away and do not, or do and are not expected."""
    if case.passes_if is None:
        return
    passing = [each.change for each in proposed if each.passes]
    for change in case.passes_if:
        if change not in passing:
            yield f"expected to pass if: {change!r}"
    for change in passing:
        if change not in case.passes_if:
            yield f"passes if: {change!r}"

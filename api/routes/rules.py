"""``/v1/rules``: the rules in force, and drafts of rules."""

from __future__ import annotations

import io
import time
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from msgspec import Raw, to_builtins
from msgspec.json import encode
from pydantic import BaseModel, ValidationError

from api.bench import Bench
from api.body import media_type, read_body
from api.checking import Limits, read_content, too_slow
from api.days import day_or_today
from api.deps import PACKS_HEADER, BenchOf, MayReadRules, ServiceOf
from api.examples import LINT_BODY, TRY_BODY
from api.problems import ProblemError, answers
from api.schemas import DraftIn, DraftLinted, DraftTried, RuleList, RuleShown, TryIn
from api.service import Service
from api.usage import usage_as_problem
from engine import JsonReport, ReadClaim, Rule, Tally, explain, explanations, lint_draft, read_draft

router = APIRouter(prefix="/v1/rules", tags=["rules"])

_ALWAYS = ("unauthenticated", "forbidden", "invalid", "rate-limited", "not-ready", "store-unreachable")
_DRAFT = (
    "bad-request",
    "body-timeout",
    "body-too-large",
    "overloaded",
    "takes-too-long",
    "unsupported-encoding",
    "unsupported-media-type",
)
_EPOCH = date(1970, 1, 1).toordinal()
Sent = TypeVar("Sent", bound=BaseModel)
_SUMMARY = ("id", "name", "title", "pack", "status", "severity", "disposition", "category", "snip", "path")


class Status(StrEnum):
    """How far a rule has come."""

    draft = "draft"
    testing = "testing"
    stable = "stable"
    retired = "retired"


class Severity(StrEnum):
    """How bad a finding is."""

    error = "error"
    warning = "warning"
    info = "info"


@router.get("", response_model=RuleList, responses=answers(*_ALWAYS))
async def list_rules(
    _caller: MayReadRules,
    bench: BenchOf,
    pack: Annotated[str, Query(max_length=100, description="Only the rules of this pack.")] = "",
    category: Annotated[str, Query(max_length=100, description="Only rules of this category.")] = "",
    status: Annotated[Status | None, Query(description="Only rules of this status.")] = None,
    severity: Annotated[Severity | None, Query(description="Only rules of this severity.")] = None,
) -> Response:
    """The rules in force, as `cleanclaim rules list --format json` has them."""
    found = [
        {name: getattr(rule, name) for name in _SUMMARY}
        for rule in bench.rulebook.rules
        if pack in ("", rule.pack)
        and category in ("", rule.category)
        and status in (None, rule.status)
        and severity in (None, rule.severity)
    ]
    return _answer({"packs": bench.packs, "rules": found}, bench)


@router.post(
    "/lint",
    response_model=DraftLinted,
    responses=answers(*_ALWAYS, *_DRAFT),
    openapi_extra={"requestBody": LINT_BODY},
)
async def lint_rule(request: Request, service: ServiceOf, _caller: MayReadRules, bench: BenchOf) -> Response:
    """Lint a draft against the packs in force, and run its test when one is given. Nothing is kept."""
    sent = await _body(request, service, DraftIn)

    def lint() -> dict[str, Any]:
        found = lint_draft(read_draft(bench.rulebook, sent.rule, sent.test), bench.tables)
        return {
            "packs": bench.packs,
            "sound": found.sound,
            "mistakes": [{"at": one.location, "says": one.message, "hint": one.hint} for one in found.mistakes],
            "remarks": [to_builtins(one) for one in found.remarks],
            "cases": [{"name": one.case, "problems": one.problems} for one in found.cases],
        }

    return _answer(await service.turns.take(lint), bench)


@router.post(
    "/try",
    response_model=DraftTried,
    responses=answers(*_ALWAYS, *_DRAFT, "too-many-claims", "too-many-lines", "unknown-payer"),
    openapi_extra={"requestBody": TRY_BODY},
)
async def try_rule(request: Request, service: ServiceOf, _caller: MayReadRules, bench: BenchOf) -> Response:
    """Try a draft, and nothing but the draft, on claims: what it finds, and why it does not. Nothing is kept."""
    sent = await _body(request, service, TryIn)
    day = day_or_today(sent.received_on)
    with usage_as_problem():
        answer = await service.turns.take(_try, bench, service.limits, sent, day)
    return Response(answer, media_type="application/json", headers={PACKS_HEADER: bench.header})


# after lint and try, whose addresses have its form
@router.get("/{rule_id}", response_model=RuleShown, responses=answers(*_ALWAYS, "not-found"))
async def show_rule(
    _caller: MayReadRules,
    bench: BenchOf,
    rule_id: Annotated[str, Path(max_length=100, description="The id of a rule.", examples=["COD-0108"])],
) -> Response:
    """One rule: what it is about, its sources, and the files that it was read from."""
    rule = bench.rulebook.rule(rule_id)
    if rule is None:
        raise ProblemError("not-found", "The packs in force have no rule of that id.")
    return _answer({"packs": bench.packs, **_shown(rule, bench)}, bench)


def _try(bench: Bench, limits: Limits, sent: TryIn, day: date) -> bytes:
    deadline = time.monotonic() + limits.seconds
    draft = read_draft(bench.rulebook, sent.rule)
    mistakes = [{"at": one.location, "says": one.message, "hint": one.hint} for one in draft.mistakes]
    alone = draft.alone()
    answer: dict[str, Any] = {"packs": bench.packs, "mistakes": mistakes, "report": None, "explanations": []}
    if alone is None or draft.rule is None:
        return encode(answer)
    content = sent.claims.encode() if isinstance(sent.claims, str) else encode(sent.claims)
    checker = bench.trial(alone, day, sent.payer)
    written, tally = io.BytesIO(), Tally()
    writer = JsonReport(written)
    writer.begin(checker.tool())
    for item in read_content(content, "-", limits, deadline):
        if not isinstance(item, ReadClaim):
            writer.input_finding(item)
            continue
        if time.monotonic() > deadline:
            raise too_slow(limits, "Try the draft on fewer claims.")
        one = explain(checker, item)
        writer.claim(one.report, item.claim)
        answer["explanations"].append(
            {
                "claim_id": one.report.claim_id,
                "explanations": explanations(one, draft.rule.id),
                "passes_if": one.remedied,
            }
        )
    writer.end(tally)
    answer["report"] = Raw(written.getvalue())
    return encode(answer)


def _shown(rule: Rule, bench: Bench) -> dict[str, Any]:
    return {
        **{name: getattr(rule, name) for name in _SUMMARY},
        "why": rule.why,
        "note": rule.note,
        "replaced_by": rule.replaced_by,
        "applies_to": to_builtins(rule.applies),
        "effective": {"from": _iso(rule.effective_from), "to": _iso(rule.effective_to)},
        "references": to_builtins(rule.references),
        "predicts": to_builtins(rule.predicts),
        "parameters": rule.parameters,
        "code_sets": rule.sets,
        "needs": rule.needs,
        "suppressed_by": rule.suppressed_by,
        "source": bench.texts.get(rule.path, ""),
        "test": bench.texts.get(rule.path.removesuffix(".yaml") + ".test.yaml", ""),
    }


def _iso(day: int | None) -> str | None:
    return None if day is None else date.fromordinal(day + _EPOCH).isoformat()


async def _body(request: Request, service: Service, shape: type[Sent]) -> Sent:
    media_type(request, ("application/json",))
    content = await read_body(request, service.settings.max_body_bytes, service.settings.body_seconds)
    try:
        return shape.model_validate_json(content)
    except ValidationError as error:
        raise RequestValidationError(
            error.errors(include_input=False, include_url=False, include_context=False)
        ) from None


def _answer(content: dict[str, Any], bench: Bench) -> JSONResponse:
    return JSONResponse(content, headers={PACKS_HEADER: bench.header})

"""``/v1/checks``: a saved check, and why it came out as it did."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from api.auth.caller import Caller
from api.bench import Bench
from api.checking import Limits, read_content
from api.deps import PACKS_HEADER, MayCheck, ServiceOf
from api.examples import EXPLANATION_ANSWERS, REPORT_ANSWERS
from api.problems import ProblemError, answers
from api.routes.batches import packs_header
from api.service import Service
from api.store.checks import Check, find_check
from api.store.database import Database
from api.store.history import earlier_claims
from api.turns import aside
from api.usage import content_kept, usage_as_problem
from engine import ReadClaim, explain, json_of_claim, json_of_rule, load_int_rules

router = APIRouter(prefix="/v1/checks", tags=["checks"])

_ALWAYS = ("unauthenticated", "forbidden", "invalid", "rate-limited", "not-ready", "overloaded", "store-unreachable")
CheckId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$", description="The id of a check.")]


@router.get(
    "/{check_id}",
    response_class=Response,
    responses={200: REPORT_ANSWERS[200], **answers(*_ALWAYS, "not-found", "content-not-kept")},
)
async def get_check(service: ServiceOf, caller: MayCheck, check_id: CheckId) -> Response:
    """The report of a saved check, as it was answered then."""
    check = await _find(service, caller, check_id)
    headers = {PACKS_HEADER: packs_header(check.setting), "Cleanclaim-Check": check.id}
    return Response(check.report, media_type="application/json", headers=headers)


@router.get(
    "/{check_id}/explain",
    response_class=Response,
    responses={
        **EXPLANATION_ANSWERS,
        **answers(*_ALWAYS, "not-found", "content-not-kept", "rules-changed", "tables-changed"),
    },
)
async def explain_check(
    service: ServiceOf,
    caller: MayCheck,
    check_id: CheckId,
    rule: Annotated[str, Query(max_length=40, description="Why did this rule fire, or not?")] = "",
    claim: Annotated[str, Query(max_length=100, description="Which claim, by its id.")] = "",
    number: Annotated[int | None, Query(ge=1, description="Which claim, by its place in the input.")] = None,
) -> Response:
    """Explain a claim of a saved check, under the rules and tables that it ran under.

    The answer is what `cleanclaim explain --format json` prints. A check of one claim needs neither `claim` nor
    `number`.
    """
    check = await _find(service, caller, check_id)
    if check.content is None:
        content_kept(service.database, "An explanation")
        raise ProblemError("content-not-kept", "The check was made while claim content was not kept.")
    bench = await service.benches.of(check.ruleset)
    if bench.tables_digest != check.setting.tables:
        detail = "Tables were imported, removed or changed since the check; /v1/tables lists those of now."
        raise ProblemError("tables-changed", detail)
    if rule and bench.rulebook.rule(rule) is None and rule not in load_int_rules():
        raise ProblemError("not-found", "The packs of the check have no rule of that id.")
    with usage_as_problem():
        answer = await service.turns.take(_explain, service.database, service.limits, bench, check, rule, claim, number)
    headers = {PACKS_HEADER: packs_header(check.setting), "Cleanclaim-Check": check.id}
    return Response(answer, media_type="application/json", headers=headers)


def _explain(
    database: Database, limits: Limits, bench: Bench, check: Check, rule: str, claim: str, number: int | None
) -> bytes:
    setting = check.setting
    items = read_content(check.content or b"", setting.file, limits)
    read = [item for item in items if isinstance(item, ReadClaim)]
    item = _one(read, claim, number)
    earlier = None
    if setting.history is not None:
        earlier = earlier_claims(database, [one.claim for one in read], setting.history)
    checker = bench.checker(date.fromisoformat(setting.received_on), setting.payer, earlier)
    one = explain(checker, item)
    return (json_of_rule(one, rule) if rule else json_of_claim(one)) + b"\n"


def _one(read: list[ReadClaim], claim: str, number: int | None) -> ReadClaim:
    """The claim that is meant; ids are the caller's, so none is told."""
    if number is not None:
        read = read[number - 1 : number]
    if claim:
        read = [item for item in read if item.claim.patient_control_number == claim]
    if not read:
        raise ProblemError("not-found", "The check has no such claim.")
    if len(read) > 1:
        raise ProblemError("invalid", f"{len(read)} claims are meant; name one with claim=ID or number=N.")
    return read[0]


async def _find(service: Service, caller: Caller, check_id: str) -> Check:
    with usage_as_problem():
        check = await aside(find_check, service.database, check_id)
    if check is None or check.actor != caller.actor:
        raise ProblemError("not-found", "You have no check of that id; checks are deleted when they expire.")
    return check

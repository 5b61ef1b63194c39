"""``/v1/claims``: check claims, and keep claims as history."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from msgspec import to_builtins

from api.body import CLAIM_TYPES, media_type, read_body
from api.checking import Order, check_content, read_content
from api.days import day_or_today
from api.deps import PACKS_HEADER, BenchOf, FileName, MayCheck, Payer, ReceivedOn, ServiceOf
from api.examples import CLAIM_BODIES, REPORT_ANSWERS
from api.formats import pick
from api.problems import answers
from api.schemas import Kept
from api.store.checks import Setting, save_check
from api.store.history import add_history, earlier_claims, newest_history
from api.turns import aside
from api.usage import content_kept, usage_as_problem
from engine import ReadClaim

LooksBack = Annotated[bool, Query(description="Let rules look back at the claims kept as history.")]

router = APIRouter(prefix="/v1/claims", tags=["claims"])

_BODY = (
    "bad-request",
    "body-timeout",
    "body-too-large",
    "too-many-claims",
    "too-many-lines",
    "takes-too-long",
    "unsupported-encoding",
    "unsupported-media-type",
)
_ALWAYS = ("unauthenticated", "forbidden", "invalid", "rate-limited", "not-ready", "overloaded", "store-unreachable")


@router.post(
    "/check",
    response_class=Response,
    responses={**REPORT_ANSWERS, **answers(*_ALWAYS, *_BODY, "not-acceptable", "content-not-kept", "unknown-payer")},
    openapi_extra={"requestBody": CLAIM_BODIES},
)
async def check_claims(
    request: Request,
    service: ServiceOf,
    caller: MayCheck,
    bench: BenchOf,
    received_on: ReceivedOn = None,
    payer: Payer = "",
    file: FileName = "-",
    history: LooksBack = False,  # noqa: FBT002 -- a parameter of the request, given by name
) -> Response:
    """Check one claim or an interchange: X12 837P, 837I or 837D, FHIR R4 Claim or Bundle, or native JSON.

    The dialect is told by the content. The answer is the report that `cleanclaim check - --format json` prints, byte
    for byte; `Accept` picks another format. The check is kept: `Cleanclaim-Check` is its id. Larger inputs go to
    `/v1/claims/batches`.
    """
    chosen = pick(request.headers.get("accept", ""))
    media_type(request, CLAIM_TYPES)
    content = await read_body(request, service.settings.max_body_bytes, service.settings.body_seconds)
    order = Order(received_on=day_or_today(received_on), payer=payer, file=file)
    database, until = service.database, None
    if history:
        content_kept(database, "History")
        until = await aside(newest_history, database)
    with usage_as_problem():
        checked = await service.turns.take(
            check_content,
            bench,
            content,
            order,
            service.limits,
            chosen,
            None if until is None else lambda claims: earlier_claims(database, claims, until),
        )
    service.metrics.count_claims(checked.verdicts, checked.rules)
    check_id = await aside(
        save_check,
        database,
        actor=caller.actor,
        setting=Setting(
            received_on=order.received_on.isoformat(),
            payer=payer,
            file=file,
            packs=bench.packs,
            tables=bench.tables_digest,
            history=until,
        ),
        ruleset=bench.ruleset,
        claims=checked.claims,
        content=content,
        report=checked.report,
        retention_days=service.settings.retention_days,
    )
    headers = {
        PACKS_HEADER: bench.header,
        "Cleanclaim-Check": check_id,
        "Cleanclaim-Input-Findings": str(checked.input_findings),
        "Vary": "Accept",
    }
    return Response(checked.body, media_type=chosen, headers=headers)


@router.post(
    "/history",
    status_code=201,
    responses=answers(*_ALWAYS, *_BODY, "content-not-kept"),
    openapi_extra={"requestBody": CLAIM_BODIES},
)
async def keep_history(request: Request, service: ServiceOf, caller: MayCheck, bench: BenchOf) -> Kept:
    """Keep claims that were sent as history, for rules that look back at earlier claims of a patient.

    They are kept encrypted; checks look at them with `history=true`.
    """
    content_kept(service.database, "History")
    media_type(request, CLAIM_TYPES)
    content = await read_body(request, service.settings.max_body_bytes, service.settings.body_seconds)
    items = await service.turns.take(read_content, content, "-", service.limits)
    claims = [item.claim for item in items if isinstance(item, ReadClaim)]
    problems = [to_builtins(item) for item in items if not isinstance(item, ReadClaim)]
    kept = await aside(add_history, service.database, claims, caller.actor)
    return Kept(claims=kept, without_patient=len(claims) - kept, input_findings=problems, packs=bench.packs)

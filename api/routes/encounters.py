"""``/v1/encounters``: score documented encounters before there is a claim."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api.body import media_type, read_body
from api.checking import Order
from api.days import day_or_today
from api.deps import PACKS_HEADER, BenchOf, FileName, MayCheck, Payer, ReceivedOn, ServiceOf
from api.examples import ENCOUNTER_BODIES, ENCOUNTER_TYPES, SCORE_ANSWERS
from api.problems import answers
from api.scoring import score_content
from api.store.checks import note_score
from api.turns import aside
from api.usage import usage_as_problem

router = APIRouter(prefix="/v1/encounters", tags=["encounters"])


@router.post(
    "/score",
    response_class=Response,
    responses={
        **SCORE_ANSWERS,
        **answers(
            "unauthenticated",
            "forbidden",
            "invalid",
            "rate-limited",
            "not-ready",
            "overloaded",
            "store-unreachable",
            "bad-request",
            "body-timeout",
            "body-too-large",
            "too-many-encounters",
            "takes-too-long",
            "unsupported-encoding",
            "unsupported-media-type",
            "unknown-payer",
        ),
    },
    openapi_extra={"requestBody": ENCOUNTER_BODIES},
)
async def score_encounters(
    request: Request,
    service: ServiceOf,
    caller: MayCheck,
    bench: BenchOf,
    received_on: ReceivedOn = None,
    payer: Payer = "",
    file: FileName = "-",
) -> Response:
    """Score documented encounters: do the chosen codes say what the documentation says?

    The answer is the report that `cleanclaim encounter score - --format json` prints, byte for byte: levels, findings,
    questions to the provider, and the score with its factors. Nothing of it is kept but a row of the audit log.
    """
    media_type(request, ENCOUNTER_TYPES)
    content = await read_body(request, service.settings.max_body_bytes, service.settings.body_seconds)
    order = Order(received_on=day_or_today(received_on), payer=payer, file=file)
    with usage_as_problem():
        scored = await service.turns.take(score_content, bench, content, order, service.limits)
    await aside(note_score, service.database, actor=caller.actor, encounters=scored.encounters, ruleset=bench.ruleset)
    return Response(scored.report, media_type="application/json", headers={PACKS_HEADER: bench.header})

"""``/v1/claims/batches``: files of any size; accepted uploads survive a restart."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import StreamingResponse

from api.auth.caller import Caller
from api.body import CLAIM_TYPES, media_type, pieces
from api.days import day_or_today
from api.deps import PACKS_HEADER, BenchOf, FileName, MayCheck, Payer, ReceivedOn, ServiceOf
from api.examples import CLAIM_BODIES, RESULT_ANSWERS
from api.formats import NDJSON
from api.problems import ProblemError, answers
from api.schemas import BatchState
from api.service import Service
from api.store import batches as store
from api.store.batches import Batch
from api.store.checks import Setting
from api.turns import aside
from api.usage import content_kept, usage_as_problem

router = APIRouter(prefix="/v1/claims/batches", tags=["batches"])

PART_BYTES = 1024 * 1024
_ALWAYS = ("unauthenticated", "forbidden", "invalid", "rate-limited", "not-ready", "store-unreachable")
BatchId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$", description="The id of a batch.")]


@router.post(
    "",
    status_code=202,
    responses=answers(
        *_ALWAYS,
        "bad-request",
        "body-timeout",
        "body-too-large",
        "content-not-kept",
        "unknown-payer",
        "unsupported-encoding",
        "unsupported-media-type",
    ),
    openapi_extra={"requestBody": CLAIM_BODIES},
)
async def send_batch(
    request: Request,
    response: Response,
    service: ServiceOf,
    caller: MayCheck,
    bench: BenchOf,
    received_on: ReceivedOn = None,
    payer: Payer = "",
    file: FileName = "-",
) -> BatchState:
    """Upload a file of claims. When this answers, the file is kept, encrypted, and will be checked whatever happens.

    It is checked under the packs that are in force now. Poll its state, and read the results as they come.
    """
    database = service.database
    content_kept(database, "A batch")
    media_type(request, CLAIM_TYPES)
    day = day_or_today(received_on)
    with usage_as_problem():
        bench.checker(day, payer)
    setting = Setting(
        received_on=day.isoformat(), payer=payer, file=file, packs=bench.packs, tables=bench.tables_digest
    )
    batch_id = await aside(store.begin_batch, database, actor=caller.actor, setting=setting, ruleset=bench.ruleset)
    try:
        size = await _receive(request, service, batch_id)
    except ProblemError:
        await aside(store.drop_batch, database, batch_id)
        raise
    await aside(
        store.accept_batch,
        database,
        batch_id,
        size=size,
        actor=caller.actor,
        retention_days=service.settings.retention_days,
    )
    service.batching.wake()
    response.headers["Location"] = f"/v1/claims/batches/{batch_id}"
    return BatchState.of(await _find(service, caller, batch_id))


@router.get("/{batch_id}", responses=answers(*_ALWAYS, "not-found"))
async def get_batch(response: Response, service: ServiceOf, caller: MayCheck, batch_id: BatchId) -> BatchState:
    """How far a batch is."""
    batch = await _find(service, caller, batch_id)
    response.headers[PACKS_HEADER] = packs_header(batch.setting)
    return BatchState.of(batch)


@router.get(
    "/{batch_id}/results",
    response_class=Response,
    responses={**RESULT_ANSWERS, **answers(*_ALWAYS, "not-found", "content-not-kept")},
)
async def get_batch_results(
    service: ServiceOf,
    caller: MayCheck,
    batch_id: BatchId,
    after: Annotated[int, Query(ge=0, description="Leave out so many pieces, which were read before.")] = 0,
) -> StreamingResponse:
    """The results so far, a line a claim in input order, as `cleanclaim check --format ndjson` prints them.

    `Cleanclaim-Batch-State` says whether more will come; `Cleanclaim-Pieces` is what to give as `after` next time.
    """
    content_kept(service.database, "A batch")
    batch = await _find(service, caller, batch_id)
    headers = {
        PACKS_HEADER: packs_header(batch.setting),
        "Cleanclaim-Batch-State": batch.state,
        "Cleanclaim-Pieces": str(batch.pieces),
    }
    found = store.result_pieces(service.database, batch_id, after, batch.pieces)
    return StreamingResponse(found, media_type=NDJSON, headers=headers)


async def _receive(request: Request, service: Service, batch_id: str) -> int:
    """The upload to the store, a part at a time; its size."""
    held, size, number = bytearray(), 0, 0
    async for piece in pieces(request, service.settings.max_batch_bytes, service.settings.body_seconds):
        size += len(piece)
        held += piece
        while len(held) >= PART_BYTES:
            await aside(store.add_part, service.database, batch_id, number, bytes(held[:PART_BYTES]))
            del held[:PART_BYTES]
            number += 1
    if held:
        await aside(store.add_part, service.database, batch_id, number, bytes(held))
    return size


async def _find(service: Service, caller: Caller, batch_id: str) -> Batch:
    batch = await aside(store.find_batch, service.database, batch_id)
    if batch is None or batch.actor != caller.actor:
        raise ProblemError("not-found", "You have no batch of that id; batches are deleted when they expire.")
    return batch


def packs_header(setting: Setting) -> str:
    """The packs that something was checked under, as answers name them."""
    return ", ".join(f"{pack['name']}={pack['version']};sha256={pack['digest']}" for pack in setting.packs)

"""``/healthz``, ``/readyz`` and ``/metrics``: for whoever keeps the service running."""

from __future__ import annotations

from fastapi import APIRouter, Response
from sqlalchemy.exc import SQLAlchemyError

from api.deps import MayAudit, ServiceOf
from api.problems import ProblemError, answers
from api.schemas import Alive, Ready
from api.turns import aside

router = APIRouter(tags=["operation"])
METRICS = "text/plain; version=0.0.4; charset=utf-8"


@router.get("/healthz")
async def healthz() -> Alive:
    """The process is alive."""
    return Alive(status="alive")


@router.get("/readyz", responses=answers("not-ready"))
async def readyz(service: ServiceOf) -> Ready:
    """Packs and tables are loaded, and the store can be reached."""
    bench = service.benches.current
    try:
        await aside(service.database.reachable)
    except SQLAlchemyError as error:
        raise ProblemError("not-ready", f"The store cannot be reached: {type(error).__name__}.") from None
    return Ready(
        status="ready",
        packs=bench.packs,
        tables=bench.tables_digest,
        generation=service.benches.generation,
        content_kept=service.database.seal is not None,
        authentication="none: open on loopback" if await aside(service.authenticator.runs_open) else "required",
    )


@router.get(
    "/metrics",
    response_class=Response,
    responses={
        200: {"description": "Prometheus text", "content": {"text/plain": {"schema": {"type": "string"}}}},
        **answers("unauthenticated", "forbidden", "rate-limited", "store-unreachable"),
    },
)
async def metrics(service: ServiceOf, _caller: MayAudit) -> Response:
    """What Prometheus reads, added up over all workers."""
    return Response(await aside(service.metrics.text), media_type=METRICS)

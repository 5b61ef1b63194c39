"""``/v1/packs``: which rules are in force, and reloading them."""

from __future__ import annotations

from fastapi import APIRouter, Response
from structlog import get_logger

from api.benches import mistakes_of
from api.deps import PACKS_HEADER, BenchOf, MayReadRules, MayWriteRules, ServiceOf
from api.problems import ProblemError, answers
from api.schemas import PacksInForce
from engine import CleanclaimError

router = APIRouter(prefix="/v1/packs", tags=["packs"])

_ALWAYS = ("unauthenticated", "forbidden", "rate-limited", "not-ready", "store-unreachable")


@router.get("", responses=answers(*_ALWAYS))
async def list_packs(service: ServiceOf, _caller: MayReadRules, bench: BenchOf) -> PacksInForce:
    """The packs in force."""
    return PacksInForce(packs=bench.packs, ruleset=bench.ruleset, generation=service.benches.generation)


@router.post("/reload", responses=answers(*_ALWAYS, "packs-broken"))
async def reload_packs(response: Response, service: ServiceOf, caller: MayWriteRules) -> PacksInForce:
    """Load packs and tables from disk again. They replace those in force only when there is no mistake in them.

    Requests in flight keep the packs that they began with; other workers follow within a second or two.
    """
    try:
        bench = await service.benches.reload(caller.actor)
    except (CleanclaimError, OSError, ValueError) as error:
        mistakes = mistakes_of(error)
        get_logger().warning("packs_refused", mistakes=len(mistakes))
        detail = f"{len(mistakes)} mistakes; the packs in force before are in force still."
        current = service.benches.current.header if service.benches.loaded else ""
        headers = {PACKS_HEADER: current} if current else {}
        raise ProblemError("packs-broken", detail, errors=mistakes, headers=headers) from None
    response.headers[PACKS_HEADER] = bench.header
    return PacksInForce(packs=bench.packs, ruleset=bench.ruleset, generation=service.benches.generation)

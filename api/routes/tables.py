"""``/v1/tables``: which reference tables answer, and which rules ask for in vain."""

from __future__ import annotations

from fastapi import APIRouter

from api.deps import BenchOf, MayReadRules
from api.problems import answers
from api.schemas import TablesLoaded
from api.turns import aside
from engine import missing_objects, missing_tables

router = APIRouter(prefix="/v1/tables", tags=["tables"])


@router.get("", responses=answers("unauthenticated", "forbidden", "rate-limited", "not-ready", "store-unreachable"))
async def list_tables(_caller: MayReadRules, bench: BenchOf) -> TablesLoaded:
    """The editions that are loaded, and the tables that rules ask for and that are not."""
    missing = missing_objects(await aside(missing_tables, bench.tables, bench.rulebook))
    return TablesLoaded(tables=bench.editions, missing=missing, packs=bench.packs, digest=bench.tables_digest)

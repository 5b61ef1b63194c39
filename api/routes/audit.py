"""``/v1/audit``: the audit log."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from msgspec import to_builtins

from api.deps import BenchOf, MayAudit, ServiceOf
from api.problems import answers
from api.schemas import AuditPage
from api.store.audit import entries
from api.turns import aside

router = APIRouter(prefix="/v1/audit", tags=["audit"])


@router.get(
    "", responses=answers("unauthenticated", "forbidden", "invalid", "rate-limited", "not-ready", "store-unreachable")
)
async def read_audit(
    service: ServiceOf,
    _caller: MayAudit,
    bench: BenchOf,
    after: Annotated[int, Query(ge=0, le=2**53, description="Only rows after this number.")] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> AuditPage:
    """Who checked, who reloaded, what changed; the oldest first. `cleanclaim audit verify` verifies the chain."""
    rows = await aside(lambda: [to_builtins(entry) for entry in entries(service.database, after, limit)])
    return AuditPage(entries=rows, packs=bench.packs)

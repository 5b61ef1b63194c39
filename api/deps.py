"""What routes ask for: the service, the caller with the right scope, the bench, the day of receipt."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, cast

from fastapi import Depends, Query, Request, Response
from fastapi.security import APIKeyHeader, HTTPBearer

from api.auth.caller import Caller, Scope
from api.bench import Bench
from api.days import Day
from api.problems import ProblemError
from api.service import Service
from api.turns import aside

PACKS_HEADER = "Cleanclaim-Packs"

_bearer = HTTPBearer(auto_error=False, scheme_name="bearer", description="An API key, or a token of the issuer.")
_header = APIKeyHeader(name="X-API-Key", auto_error=False, scheme_name="key", description="An API key.")


def service_of(request: Request) -> Service:
    """The service that answers."""
    return cast("Service", request.app.state.service)


def may(scope: Scope) -> Callable[..., Awaitable[Caller]]:
    """A dependency: the caller, who has a scope and is within the rate."""

    async def caller(request: Request, _bearer: object = Depends(_bearer), _key: object = Depends(_header)) -> Caller:
        authenticator = service_of(request).authenticator
        found = await aside(authenticator.caller, request.headers)
        request.state.actor = found.actor
        await aside(authenticator.limit, found)
        if scope not in found.scopes:
            raise ProblemError("forbidden", f"It needs the scope {scope}.")
        return found

    return caller


def bench_of(request: Request, response: Response) -> Bench:
    """The bench in force now; the answer names its packs."""
    bench = service_of(request).benches.current
    response.headers[PACKS_HEADER] = bench.header
    return bench


ServiceOf = Annotated[Service, Depends(service_of)]
BenchOf = Annotated[Bench, Depends(bench_of)]
MayCheck = Annotated[Caller, Depends(may(Scope.check))]
MayReadRules = Annotated[Caller, Depends(may(Scope.rules_read))]
MayWriteRules = Annotated[Caller, Depends(may(Scope.rules_write))]
MayAudit = Annotated[Caller, Depends(may(Scope.audit))]

ReceivedOn = Annotated[Day, Query(description="The day the payer receives the claims; today when it is left out.")]
Payer = Annotated[
    str,
    Query(
        max_length=100,
        pattern=r"^[a-z0-9_-]*$",
        description="The payer of every claim (a folder under rules/payers); told from each claim when it is left out.",
    ),
]
FileName = Annotated[
    str,
    Query(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$", description="What the report calls the input."),
]

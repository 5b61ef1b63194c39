"""Problem details (RFC 9457): every answer that is no success. They name what to do, never what a claim holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from structlog import get_logger

MEDIA_TYPE = "application/problem+json"

TITLES = {
    "bad-request": (400, "The request cannot be understood"),
    "unauthenticated": (401, "Who are you?"),
    "forbidden": (403, "Your key or token may not do this"),
    "not-found": (404, "There is no such thing"),
    "unknown-payer": (404, "The packs in force have no such payer"),
    "method-not-allowed": (405, "This address does not take that method"),
    "not-acceptable": (406, "No format that you accept is offered"),
    "body-timeout": (408, "The body did not arrive in time"),
    "content-not-kept": (409, "Claim content is not kept"),
    "rules-changed": (409, "The rules of then are not there any more"),
    "tables-changed": (409, "The tables are not those of then"),
    "table-not-loaded": (409, "A table that this needs is not loaded"),
    "body-too-large": (413, "The body is too large"),
    "too-many-claims": (413, "Too many claims for one request"),
    "too-many-encounters": (413, "Too many encounters for one request"),
    "too-many-lines": (413, "Too many service lines"),
    "takes-too-long": (413, "Checking takes too long for one request"),
    "unsupported-encoding": (415, "This content encoding is not taken"),
    "unsupported-media-type": (415, "This media type is not taken"),
    "invalid": (422, "A value does not fit"),
    "packs-broken": (422, "The packs on disk have mistakes; the working ones stay"),
    "rate-limited": (429, "Too many requests"),
    "internal": (500, "The service failed"),
    "not-ready": (503, "The service is not ready"),
    "overloaded": (503, "Too many requests wait already"),
    "store-unreachable": (503, "The store cannot be reached"),
}
"""Each kind of problem: its status and title. The kind is for ever."""


class ProblemError(Exception):
    """A problem to answer with.

    Args:
        kind: a key of ``TITLES``.
        detail: what was found and what to do, without claim content.
        headers: of the answer.
        errors: single mistakes, each with ``at`` and ``says``.
    """

    def __init__(
        self,
        kind: str,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        errors: Sequence[Mapping[str, str]] = (),
    ) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail
        self.headers = dict(headers or {})
        self.errors = errors


class Mistake(BaseModel):
    """One mistake of several."""

    at: str
    says: str
    hint: str = ""


class Problem(BaseModel):
    """Problem details as RFC 9457 has them."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "urn:cleanclaim:problem:body-too-large",
                    "title": "The body is too large",
                    "status": 413,
                    "detail": "More than 10485760 bytes (after decompression). Send large files to /v1/claims/batches.",
                    "request_id": "5f0c6d0e1b7a4f6c8d2e9a3b4c5d6e7f",
                }
            ]
        }
    )

    type: str
    title: str
    status: int
    detail: str
    request_id: str
    errors: list[Mistake] | None = None


def problem_answer(request: Request, problem: ProblemError) -> JSONResponse:
    """The answer that says what is wrong."""
    status, title = TITLES[problem.kind]
    body: dict[str, Any] = {
        "type": f"urn:cleanclaim:problem:{problem.kind}",
        "title": title,
        "status": status,
        "detail": problem.detail,
        "request_id": request.scope.get("state", {}).get("request_id", ""),
    }
    if problem.errors:
        body["errors"] = [dict(error) for error in problem.errors]
    return JSONResponse(body, status, headers=problem.headers, media_type=MEDIA_TYPE)


def answers(*kinds: str) -> dict[int | str, dict[str, Any]]:
    """What a route may answer beside success, for the OpenAPI document."""
    found: dict[int | str, dict[str, Any]] = {}
    for kind in kinds:
        status, title = TITLES[kind]
        said = found.get(status)
        text = f"{said['description']}; {title}" if said else title
        found[status] = {
            "description": text,
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    return found


def install_problems(app: FastAPI) -> None:
    """Answer every failure with problem details."""

    @app.exception_handler(ProblemError)
    async def _problem(request: Request, error: ProblemError) -> JSONResponse:
        return problem_answer(request, error)

    @app.exception_handler(RequestValidationError)
    async def _invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        errors = [
            {"at": ".".join(str(step) for step in item["loc"]), "says": str(item["msg"])} for item in error.errors()
        ]
        return problem_answer(request, ProblemError("invalid", "See errors for each value.", errors=errors))

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> JSONResponse:
        kind = {404: "not-found", 405: "method-not-allowed"}.get(error.status_code, "bad-request")
        detail = "See /docs for the addresses and their methods."
        return problem_answer(request, ProblemError(kind, detail, headers=error.headers))

    @app.exception_handler(DBAPIError)
    @app.exception_handler(PoolTimeout)
    async def _store(request: Request, error: Exception) -> JSONResponse:
        # the driver's message may quote values: only its class is told
        cause = type(getattr(error, "orig", None) or error).__name__
        get_logger().error("store_failed", cause=cause)
        detail = "Nothing was recorded, and nothing was answered that is not recorded. Try again."
        return problem_answer(request, ProblemError("store-unreachable", detail, headers={"Retry-After": "5"}))

    @app.exception_handler(Exception)
    async def _fault(request: Request, error: Exception) -> JSONResponse:
        return problem_answer(request, ProblemError("internal", f"{type(error).__name__}; the log has the request id."))

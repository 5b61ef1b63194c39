"""What happens around every request: its id, its log line, its measures, and the headers that keep browsers careful."""

from __future__ import annotations

import re
import time
import uuid

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.metrics import Metrics
from api.problems import ProblemError, problem_answer

_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "interest-cohort=()",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Strict-Transport-Security": "max-age=31536000",
}
CSP_DOCS = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; frame-ancestors 'none'"
)


class Outside:
    """The outermost layer."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive)
        given = request.headers.get("x-request-id", "")
        request_id = given if _ID.fullmatch(given) else uuid.uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id
        status = 0
        began = time.perf_counter()

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message = {**message, "headers": _with_headers(message["headers"], request_id)}
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self.app(scope, receive, sending)
            except ClientDisconnect:
                status = status or 499
            except Exception as error:
                structlog.get_logger().exception("request_failed")
                if status:
                    raise
                detail = f"{type(error).__name__}; the log has the request id."
                await problem_answer(request, ProblemError("internal", detail))(scope, receive, sending)
            finally:
                seconds = time.perf_counter() - began
                route = _route(scope)
                self.metrics.requests.labels(scope["method"] if route != "none" else "-", route, str(status)).inc()
                self.metrics.latency.labels(route).observe(seconds)
                structlog.get_logger().info(
                    "request",
                    method=scope["method"],
                    route=route,
                    status=status,
                    ms=round(seconds * 1000, 1),
                    actor=scope["state"].get("actor", ""),
                )


def _with_headers(headers: list[tuple[bytes, bytes]], request_id: str) -> list[tuple[bytes, bytes]]:
    there = {name.lower() for name, _ in headers}
    more = {"X-Request-ID": request_id, **_HEADERS}
    return headers + [(k.lower().encode(), v.encode()) for k, v in more.items() if k.lower().encode() not in there]


def _route(scope: Scope) -> str:
    """The template of the route, never the address itself."""
    return str(getattr(scope.get("route"), "path", "") or "none")

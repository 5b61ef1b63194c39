"""Structured logs, a JSON object a line. What goes in is listed where it is logged; claim content never does."""

from __future__ import annotations

import logging
import sys
from types import TracebackType
from typing import Any

import structlog
from structlog.typing import EventDict, ExcInfo, WrappedLogger


def configure_logs(level: str) -> None:
    """Send our events, and those of uvicorn, to standard error as JSON."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _faults_without_values,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processor=structlog.processors.JSONRenderer(),
            foreign_pre_chain=[*shared[:3], structlog.stdlib.ExtraAdder(allow=()), _faults_without_values],
        )
    )
    for name in ("uvicorn", "uvicorn.error"):
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.propagate = False
    logging.getLogger("uvicorn.access").handlers = []


def _faults_without_values(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """An exception becomes its class and the places of its traceback: its message may quote what was sent."""
    given = event.pop("exc_info", None)
    if given is True:
        given = sys.exc_info()
    if isinstance(given, BaseException):
        given = (type(given), given, given.__traceback__)
    if isinstance(given, tuple) and given[0] is not None:
        event["fault"] = _fault(given)
    event.pop("exception", None)
    return event


def _fault(given: ExcInfo | tuple[Any, Any, Any]) -> dict[str, Any]:
    kind, error, trace = given
    return {
        "kind": kind.__name__,
        "at": _places(trace),
        **({"cause": _fault((type(cause), cause, cause.__traceback__))} if (cause := error.__cause__) else {}),
    }


def _places(trace: TracebackType | None) -> list[str]:
    found: list[str] = []
    while trace is not None:
        code = trace.tb_frame.f_code
        found.append(f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return found[-8:]

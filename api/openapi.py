"""The OpenAPI document: FastAPI's, with the shapes that are the engine's own."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from msgspec.json import schema_components

from api.problems import Problem
from api.schemas import DraftIn, TryIn
from engine import EncounterReports, Report

_REF = "#/components/schemas/{name}"


def install_openapi(app: FastAPI) -> None:
    """Complete the document that FastAPI makes of the routes."""
    made = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = made()
            schemas = document.setdefault("components", {}).setdefault("schemas", {})
            _, shapes = schema_components([Report, EncounterReports], ref_template=_REF)
            schemas.update(shapes)
            for model in (Problem, DraftIn, TryIn):
                shape = model.model_json_schema(ref_template="#/components/schemas/{model}")
                schemas.update(shape.pop("$defs", {}))
                schemas[model.__name__] = shape
            for unused in ("HTTPValidationError", "ValidationError"):
                schemas.pop(unused, None)
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way

"""The application factory."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.routing import APIRoute

from api.docs import install_docs
from api.openapi import install_openapi
from api.outside import Outside
from api.problems import install_problems
from api.routes import audit, batches, checks, claims, codes, encounters, health, packs, rules, tables
from api.service import Service
from api.settings import Settings
from engine import VERSION

SUMMARY = "Finds what a payer would reject or deny in a health claim, says why and where, and how to fix it."


def create_app(settings: Settings) -> FastAPI:
    """The service of some settings; its store must have been prepared (:func:`api.start.prepare`).

    Raises:
        ValueError: a content key is malformed.
    """
    service = Service(settings)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with service.running():
            yield

    app = FastAPI(
        title="cleanclaim",
        summary=SUMMARY,
        version=VERSION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        generate_unique_id_function=_operation_id,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        redirect_slashes=False,
    )
    app.state.service = service
    app.add_middleware(Outside, metrics=service.metrics)
    install_problems(app)
    for module in (claims, batches, checks, encounters, rules, packs, tables, codes, audit, health):
        app.include_router(module.router)
    install_docs(app)
    install_openapi(app)
    return app


def _operation_id(route: APIRoute) -> str:
    """The function's name: renaming a function is a change of the contract."""
    return route.name

"""``/v1/codes``: look a code up."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from fastapi.responses import JSONResponse

from api.bench import Bench
from api.days import Day, day_or_today
from api.deps import PACKS_HEADER, BenchOf, MayReadRules, ServiceOf
from api.problems import ProblemError, answers
from api.schemas import CodeAnswer, CodeCards
from api.turns import aside
from api.usage import usage_as_problem
from engine import answer_object, card_object, cards, nearest_codes, shown_code

router = APIRouter(prefix="/v1/codes", tags=["codes"])

_ALWAYS = ("unauthenticated", "forbidden", "invalid", "rate-limited", "not-ready", "store-unreachable")
_EPOCH = date(1970, 1, 1).toordinal()
On = Annotated[Day, Query(description="The day of the service; today when it is left out.")]


class Searched(StrEnum):
    """The code sets that can be searched by words."""

    icd10cm = "icd10cm"
    hcpcs = "hcpcs"


class System(StrEnum):
    """The code sets of which something is known."""

    icd10cm = "icd10cm"
    icd10pcs = "icd10pcs"
    hcpcs = "hcpcs"
    cpt = "cpt"


@router.get("/search", response_model=CodeAnswer, responses=answers(*_ALWAYS, "table-not-loaded"))
async def search_codes(
    service: ServiceOf,
    _caller: MayReadRules,
    bench: BenchOf,
    q: Annotated[str, Query(min_length=1, max_length=200, pattern=r"\S", description="Words, or the start of a code.")],
    system: Searched = Searched.icd10cm,
    on: On = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 10,
) -> Response:
    """Search codes by words, the best first: slips, word order and common abbreviations are understood."""
    day = day_or_today(on).toordinal() - _EPOCH

    def found() -> dict[str, Any]:
        answer = service.search(bench, system.value).search(q, day, limit)
        return {**answer_object(answer, q, system.value, day), "packs": bench.packs}

    with usage_as_problem():
        return _answer(await aside(found), bench)


@router.get("/{system}/{code}", response_model=CodeCards, responses=answers(*_ALWAYS, "not-found", "table-not-loaded"))
async def show_code(
    _caller: MayReadRules,
    bench: BenchOf,
    system: System,
    code: Annotated[str, Path(min_length=1, max_length=10, pattern=r"^[A-Za-z0-9.]+$", examples=["E11.9"])],
    on: On = None,
) -> Response:
    """What is known of a code on a day: validity, hierarchy, notes, editor flags, limits and indicators."""
    day = day_or_today(on).toordinal() - _EPOCH

    def found() -> dict[str, Any]:
        known = [card_object(card) for card in cards(bench.tables, code, day)]
        wanted = [card for card in known if card["system"] == system.value]
        if not wanted:
            near = [shown_code(one, its) for one, its in nearest_codes(bench.tables, code, day) if its == system.value]
            hint = f"; nearest: {', '.join(near)}" if near else ""
            raise ProblemError("not-found", f"No loaded table knows {code} of {system.value}{hint}.")
        return {"code": code, "cards": wanted, "packs": bench.packs}

    with usage_as_problem():
        return _answer(await aside(found), bench)


def _answer(content: dict[str, Any], bench: Bench) -> JSONResponse:
    return JSONResponse(content, headers={PACKS_HEADER: bench.header})

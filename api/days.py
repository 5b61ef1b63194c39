"""A day in a request."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated

from pydantic import BeforeValidator

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _written_out(given: object) -> object:
    """Nothing but YYYY-MM-DD: pydantic takes a number for seconds since 1970."""
    if given is not None and not (isinstance(given, str) and _DAY.fullmatch(given)):
        raise ValueError("a day is written YYYY-MM-DD")
    return given


Day = Annotated[date | None, BeforeValidator(_written_out)]


def day_or_today(day: date | None) -> date:
    """The day given, or the day where the service is."""
    return day or date.today()  # noqa: DTZ011 -- as the command line has it

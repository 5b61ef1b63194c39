"""The Medicare Code Editor: flags of ICD-10-CM codes and the standing of ICD-10-PCS codes on a day.

Source: CMS MCE version 44, tables mce-dx and mce-sg. Days are whole days since 1970-01-01.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import Literal

from engine.reference.catalog import Tables
from engine.reference.days import EPOCH

DIAGNOSES = "mce-dx"
PROCEDURES = "mce-sg"

ProcedureStatus = Literal["valid", "retired", "not_yet", "unknown", "malformed"]
AgeGroup = Literal["newborn", "pediatric", "maternity", "adult"]
Sex = Literal["male", "female"]

_SEXES = frozenset({"male", "female"})
_PCS_SHAPE = re.compile(r"[0-9A-HJ-NP-Z]{7}")
_MATERNITY_WIDENED = date(2019, 10, 1).toordinal() - EPOCH
_LAST_DAY = date(2027, 3, 31).toordinal() - EPOCH  # rows that end with version 44 are still open

_AGES: dict[str, tuple[int, int]] = {"newborn": (0, 0), "pediatric": (0, 17), "adult": (15, 124)}
_MATERNITY_OLD, _MATERNITY = (12, 55), (9, 64)


def flags(tables: Tables, code: str, day: int) -> frozenset[str] | None:
    """The MCE flags of a diagnosis code on ``day``; ``None`` when the table knows nothing of the code that day.

    Flags that the engine reads: newborn, pediatric, maternity, adult, female, male, manifestation, ecodepdx (external
    cause), unacceptable, qadm (questionable admission), unspecified, wrngproc (wrong procedure performed).
    """
    if tables.status(DIAGNOSES, day) is not None:
        return None
    for row in tables.rows(DIAGNOSES, code, day):
        if row.on(day) or (row.last_day is not None and _LAST_DAY <= row.last_day < day):
            return _split(row.values["flags"])
    return None


def former_sex(tables: Tables, code: str, day: int) -> Sex | None:
    """The sex that the editor flagged a code for until a day before ``day``; ``None`` when it never did or still does.

    The editor dropped its sex edit with the discharges of 2024-10-01 (version 42); what the codes mean did not change.
    """
    if tables.status(DIAGNOSES, day) is not None:
        return None
    found: Sex | None = None
    for row in tables.rows(DIAGNOSES, code, day):
        named = _split(row.values["flags"]) & _SEXES
        if named and row.last_day is not None and row.last_day < day:
            found = "female" if "female" in named else "male"
        elif named and row.on(day):
            return None
    return found


@lru_cache(maxsize=256)
def _split(text: str) -> frozenset[str]:
    return frozenset(text.split("|")) - {""}


def ages(group: AgeGroup, day: int) -> tuple[int, int]:
    """The lowest and highest age in whole years that an age group allows on ``day``.

    Maternity was 12 to 55 until the MCE widened it on 2019-10-01 (version 37).

    >>> ages("maternity", 18170), ages("maternity", 18169), ages("newborn", 20000)
    ((9, 64), (12, 55), (0, 0))
    """
    if group == "maternity":
        return _MATERNITY if day >= _MATERNITY_WIDENED else _MATERNITY_OLD
    return _AGES[group]


def procedure_standing(tables: Tables, code: str, day: int) -> ProcedureStatus | None:
    """How an ICD-10-PCS code stands on ``day``; ``None`` when the table does not reach back to that day."""
    if tables.status(PROCEDURES, day) is not None:
        return None
    if not _PCS_SHAPE.fullmatch(code):
        return "malformed"
    rows = tables.rows(PROCEDURES, code, day)
    if not rows:
        return "unknown"
    if any(row.on(day) or (row.last_day is not None and _LAST_DAY <= row.last_day < day) for row in rows):
        return "valid"
    return "not_yet" if all(row.first_day is not None and day < row.first_day for row in rows) else "retired"

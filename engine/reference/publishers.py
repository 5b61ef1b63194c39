"""Where a table that is missing or old can be had, and what its user must have accepted."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from engine.reference.importers import notices
from engine.reference.importers.registry import FORMATS

_LICENCES: Mapping[str, str] = {
    **dict.fromkeys(("ptp-practitioner", "ptp-outpatient"), notices.AMA),
    **dict.fromkeys(("mue-practitioner", "mue-outpatient", "mue-dme", "add-on"), notices.AMA),
    **dict.fromkeys(("pprrvu", "pprrvu-qpp"), notices.AMA_ADA),
    **dict.fromkeys(("hcpcs", "hcpcs-modifiers"), notices.HCPCS),
    **dict.fromkeys(("icd10cm", "icd10cm-notes", "poa-exempt"), notices.PUBLIC),
    **dict.fromkeys(("coverage-policy", "coverage-diagnosis"), notices.AMA_ADA_AHA),
    "taxonomy": notices.NUCC,
}


class Publisher(Struct, frozen=True):
    """The page on which a table is offered, and its licence in a sentence."""

    page: str
    licence: str


def publisher(table: str) -> Publisher | None:
    """Who offers a table; an alias (``mue``) is offered where its tables are.

    >>> publisher("mue").page.endswith("-mues")
    True
    """
    for each in FORMATS:
        for name in each.tables:
            if name == table or name.startswith(f"{table}-"):
                return Publisher(each.page, _LICENCES.get(name, ""))
    return None

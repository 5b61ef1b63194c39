"""The columns that each known reference table must have, and which of them is its key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

ClaimType = Literal["professional", "institutional", "dental"]


class Layout(Struct, frozen=True):
    """How one table is read.

    ``key`` are the columns that rows are looked up by (joined with ``|`` when they are several); ``columns`` must be
    there beside the key, others may be. ``first`` and ``last`` are the columns, if there, that date a row.
    """

    key: tuple[str, ...]
    columns: tuple[str, ...] = ()
    first: str = "effective_from"
    last: str = "effective_to"

    @property
    def required(self) -> tuple[str, ...]:
        """The columns that must be there."""
        return (*self.key, *self.columns)

    def key_of(self, values: Mapping[str, str]) -> str:
        """The text that a row is looked up by.

        >>> LAYOUTS["ptp-outpatient"].key_of({"column_one": "80053", "column_two": "80048"})
        '80053|80048'
        """
        return "|".join([values[column] for column in self.key])


_PTP = Layout(("column_one", "column_two"), ("modifier_indicator",))
_FEES = (
    "modifier", "status", "global_days", "pctc", "multiple_procedure", "bilateral", "assistant", "cosurgeon", "team",
)  # fmt: skip
_MUE = Layout(("procedure",), ("mue_units", "mai"))

LAYOUTS: Mapping[str, Layout] = {
    "icd10cm": Layout(("code",), ("description",)),
    "mce-dx": Layout(("code",), ("flags",)),
    "mce-sg": Layout(("code",), ("flags",)),
    "ptp-practitioner": _PTP,
    "ptp-outpatient": _PTP,
    "mue-practitioner": _MUE,
    "mue-outpatient": _MUE,
    "add-on": Layout(("add_on",), ("primary", "type")),
    "hcpcs": Layout(("code",), ("added", "terminated"), first="added", last="terminated"),
    "hcpcs-modifiers": Layout(("modifier",), ("added", "terminated"), first="added", last="terminated"),
    "prior-authorization": Layout(("procedure",), ("payer",)),
    "attachment-required": Layout(("procedure",), ("payer", "document")),
    "site-of-service": Layout(("procedure",), ("payer", "place_of_service")),
    "consolidated-billing": Layout(("procedure",), ("setting",)),
    "dme-jurisdiction": Layout(("procedure",), ("jurisdiction",)),
    "frequency-limit": Layout(("procedure",), ("payer", "benefit")),
    "mue-dme": _MUE,
    "pprrvu": Layout(("procedure",), _FEES),
    "poa-exempt": Layout(("code",)),
}
"""The tables that the engine looks into. Any other table is looked up by its first column."""

_BY_CLAIM_TYPE: Mapping[str, tuple[str, str]] = {
    "mue": ("mue-practitioner", "mue-outpatient"),
    "ptp": ("ptp-practitioner", "ptp-outpatient"),
}


def table_for(alias: str, claim_type: ClaimType) -> str:
    """The table that ``alias`` stands for on a claim of this type; any other name stands for itself.

    Source: NCCI publishes its edits twice, for practitioners and for outpatient hospital services (NCCI Policy
    Manual, introduction).

    >>> table_for("mue", "professional"), table_for("mue", "institutional"), table_for("hcpcs", "dental")
    ('mue-practitioner', 'mue-outpatient', 'hcpcs')
    """
    pair = _BY_CLAIM_TYPE.get(alias)
    return alias if pair is None else pair[claim_type == "institutional"]

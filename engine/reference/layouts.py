"""The columns that each known reference table must have, and which of them is its key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

ClaimType = Literal["professional", "institutional", "dental"]


class Layout(Struct, frozen=True):
    """``key`` is the column that rows are looked up by; ``columns`` must all be there, others may be."""

    key: str
    columns: tuple[str, ...]


_PTP = Layout("column_one", ("column_one", "column_two", "modifier_indicator"))
_MUE = Layout("procedure", ("procedure", "mue_units", "mai"))

LAYOUTS: Mapping[str, Layout] = {
    "icd10cm": Layout("code", ("code", "description")),
    "mce-dx": Layout("code", ("code", "flags")),
    "mce-sg": Layout("code", ("code", "flags")),
    "ptp-practitioner": _PTP,
    "ptp-outpatient": _PTP,
    "mue-practitioner": _MUE,
    "mue-outpatient": _MUE,
    "add-on": Layout("add_on", ("add_on", "primary", "type")),
    "hcpcs": Layout("code", ("code", "added", "terminated")),
    "prior-authorization": Layout("procedure", ("procedure", "payer")),
}

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

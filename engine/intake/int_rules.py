"""The structural rules (INT): what each is called and why it matters.

The readers find the problems themselves; reports look the rules up here.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

import msgspec
import yaml
from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE = Path(__file__).parent / "int_rules.yaml"


class Reference(Struct, frozen=True, forbid_unknown_fields=True):
    """A published source and the place in it."""

    title: str
    locator: str = ""


class IntRule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One structural rule. ``severity`` is the usual one; a finding may carry another."""

    id: str = ""
    name: str
    title: str
    severity: Literal["error", "warning", "info"]
    disposition: Literal["claim_rejection", "informational"] = "claim_rejection"
    category: str = "structure"
    snip: int
    why: str
    references: tuple[Reference, ...] = ()


@lru_cache(maxsize=1)
def load_int_rules() -> Mapping[str, IntRule]:
    """The rules by id, in the order of the file.

    >>> load_int_rules()["INT-0008"].name
    'required-element-missing'
    """
    rows = msgspec.convert(yaml.safe_load(FILE.read_text(encoding="utf-8")), dict[str, IntRule])
    return MappingProxyType({key: msgspec.structs.replace(rule, id=key) for key, rule in rows.items()})

"""The entries of HCPCS level II, when that table is imported. CPT descriptions are licensed and in no table of ours."""

from __future__ import annotations

from collections.abc import Iterator

from engine.reference.catalog import Tables
from engine.reference.search.document import Entry
from engine.reference.search.windows import members

TABLE = "hcpcs"


def entries(tables: Tables) -> Iterator[Entry]:
    """Every code with its long and its short description; none when the table has no descriptions."""
    short = {member.code: member.title for member in members(tables, TABLE, "short")}
    for member in members(tables, TABLE, "long"):
        brief = short.get(member.code, "")
        title = member.title or brief
        if title:
            phrases = (("title", title), ("short", brief)) if brief and brief != title else (("title", title),)
            yield Entry(node=member.code, phrases=phrases, members=(member,))  # type: ignore[arg-type]

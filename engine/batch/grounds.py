"""What findings rest on besides the claims: tool, packs, and the tables with their digests."""

from __future__ import annotations

from msgspec import Struct

from engine.check import Checker
from engine.findings.report import Tool


class Grounds(Struct, frozen=True):
    """``tables`` has (table, edition, digest) of every edition."""

    tool: Tool
    tables: tuple[tuple[str, str, str], ...]


def grounds(checker: Checker) -> Grounds:
    """The grounds of a checker.

    Raises:
        TableError: a table is malformed.
    """
    tables = checker.setting.tables
    for about in tables.editions():
        if not about.digest:  # of a CSV file, which is read when it is first asked
            tables.rows(about.table, "", about.first_day)
    return Grounds(checker.tool(), tuple((one.table, one.edition, one.digest) for one in tables.editions()))

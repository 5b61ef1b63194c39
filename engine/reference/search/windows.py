"""On which days the codes of a table are valid, over all its editions."""

from __future__ import annotations

from collections.abc import Iterator

from engine.reference.catalog import Tables
from engine.reference.days import read_day
from engine.reference.search.document import Member, Window


def first_days(tables: Tables, table: str) -> list[int]:
    """The first days of the table's editions, the oldest first."""
    days = [read_day(each["from"] or "") for each in tables.statement() if each["name"] == table]
    return [day for day in days if day is not None]


def members(tables: Tables, table: str, text: str) -> Iterator[Member]:
    """Every code of every edition with its windows, sorted; ``text`` is the column of its description."""
    used = _used(tables, table)
    for code in sorted({code for day, _ in used for code in tables.keys_from(table, "", day)}):
        yield _member(tables, table, code, text, used)


def members_of_code(tables: Tables, table: str, code: str, text: str) -> Member:
    """One code with its windows; without any when no edition has it."""
    return _member(tables, table, code, text, _used(tables, table))


def _used(tables: Tables, table: str) -> list[tuple[int, int | None]]:
    """From when to when each edition is used."""
    days = first_days(tables, table)
    ends: list[int | None] = [day - 1 for day in days[1:]]
    return list(zip(days, [*ends, None], strict=False))  # no days, no editions


def _member(tables: Tables, table: str, code: str, text: str, used: list[tuple[int, int | None]]) -> Member:
    """The description is that of the newest edition that has one. A row is valid only while its edition is used."""
    title, found = "", list[Window]()
    for day, end in used:
        for row in tables.rows(table, code, day):
            title = row.values.get(text, "") or title
            window = (_later(row.first_day, day), _earlier(row.last_day, end))
            if _empty(window):
                continue
            if found and _touch(found[-1], window):
                found[-1] = (found[-1][0], window[1])
            else:
                found.append(window)
    return Member(code, title, tuple(found))


def _later(first: int | None, edition: int) -> int:
    """The oldest edition may know rows that began before it; the row then begins with the edition."""
    return edition if first is None else max(first, edition)


def _earlier(last: int | None, end: int | None) -> int | None:
    return end if last is None else last if end is None else min(last, end)


def _empty(window: Window) -> bool:
    return window[0] is not None and window[1] is not None and window[1] < window[0]


def _touch(one: Window, other: Window) -> bool:
    return one[1] is not None and other[0] is not None and other[0] <= one[1] + 1

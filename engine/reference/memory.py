"""Tables held in memory: the rows that a rule test brings with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.errors import TableError
from engine.reference.catalog import Tables
from engine.reference.days import read_day
from engine.reference.layouts import LAYOUTS
from engine.reference.table import Edition, Row

FOR_EVER = -25567
"""1900-01-01: rows given without dates are in force on every service day."""


class MemoryStore:
    """One edition whose rows are given."""

    def __init__(self, edition: Edition, rows: Mapping[str, tuple[Row, ...]]) -> None:
        self._edition = edition
        self._rows = rows

    @property
    def edition(self) -> Edition:
        """What it holds."""
        return self._edition

    def rows(self, key: str) -> Sequence[Row]:
        """The rows of ``key``."""
        return self._rows.get(key, ())

    def rows_many(self, keys: Sequence[str]) -> Mapping[str, Sequence[Row]]:
        """The rows of those keys that have any."""
        return {key: self._rows[key] for key in keys if key in self._rows}

    def keys_from(self, prefix: str) -> Sequence[str]:
        """The keys that begin with ``prefix``, sorted."""
        return sorted(key for key in self._rows if key.startswith(prefix))


def with_rows(tables: Tables, rows: Mapping[str, Sequence[Mapping[str, str]]]) -> Tables:
    """``tables``, with the tables of ``rows`` added or replaced. Columns are those of the table's layout, all text.

    Raises:
        TableError: an unknown table, a missing column, or a date that is none.
    """
    return tables.replaced([_store(name, found) for name, found in rows.items()])


def _store(name: str, rows: Sequence[Mapping[str, str]]) -> MemoryStore:
    layout = LAYOUTS.get(name)
    if layout is None:
        raise TableError(f"unknown table {name}", hint=f"known: {', '.join(LAYOUTS)}")
    by_key: dict[str, list[Row]] = {}
    for number, row in enumerate(rows, start=1):
        missing = [column for column in layout.required if column not in row]
        if missing:
            raise TableError(
                f"row {number} has no {missing[0]}", location=name, hint=f"columns: {', '.join(layout.required)}"
            )
        values = dict(row)
        try:
            first, last = (read_day(values.get(column, "")) for column in (layout.first, layout.last))
        except ValueError as error:
            raise TableError(str(error), location=f"{name} row {number}", hint="write YYYY-MM-DD") from None
        by_key.setdefault(layout.key_of(values), []).append(Row(values, first, last))
    edition = Edition(table=name, edition="given", first_day=FOR_EVER, rows=len(rows), source="given by the test")
    return MemoryStore(edition, {key: tuple(found) for key, found in by_key.items()})

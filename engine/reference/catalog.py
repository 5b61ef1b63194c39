"""The catalogue of reference tables: which are there, which edition is in force on a day, and its rows.

Days are whole days since 1970-01-01.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from engine.reference.csv_store import folder_stores, shipped_stores
from engine.reference.days import iso
from engine.reference.notes.store import shipped_notes
from engine.reference.store import imported_stores
from engine.reference.table import Edition, Row, Store

REMEMBERED = 1 << 16
"""Answers that are remembered, of each kind; at the bound they begin anew: the same codes come again and again."""

AnswerT = TypeVar("AnswerT")

Statement = dict[str, str | None]
"""How a report names an edition: ``name``, ``edition``, ``from``, ``to`` (ISO dates; ``to`` may be ``None``)."""


class Tables:
    """Look-ups in dated reference tables.

    An edition applies from its first day until the next edition begins, the newest one for ever: a table that is a
    quarter old is better than none, and the report names the edition. Before the oldest edition there is no answer.
    An edition that has ended gives way to an earlier one that the publisher still lets run: who imports one year of a
    code set does not lose the following year that shipped in one edition of all years.

    Args:
        stores: one for each edition. Of two editions of a table that begin on one day the later given wins.
    """

    def __init__(self, stores: Iterable[Store]) -> None:
        by_table: dict[str, dict[int, Store]] = {}
        for store in stores:
            about = store.edition
            by_table.setdefault(about.table, {})[about.first_day] = store
        self._stores: Mapping[str, tuple[list[int], list[Store]]] = {
            table: (sorted(found), [found[day] for day in sorted(found)]) for table, found in sorted(by_table.items())
        }
        self._in_force: dict[tuple[str, int | None], Store | None] = {}
        self._answers: dict[tuple[object, str, int | None], Any] = {}

    @classmethod
    def load(cls, folders: Sequence[Path] = ()) -> Tables:
        """The extracts that ship, and of each folder what was imported and every ``TABLE.csv`` beside a ``TABLE.yaml``.

        ``TABLE.EDITION.csv`` is a further edition. Only catalogues and YAML files are read here; a table is opened on
        its first look-up. A CSV file goes before an imported edition of the same first day.

        Raises:
            TableError: a folder or a description cannot be read.
        """
        stores: list[Store] = [*shipped_stores(), shipped_notes()]
        for folder in folders:
            sites = folder_stores(folder)  # says so when there is no such folder
            stores += [*imported_stores(folder), *sites]
        return cls(stores)

    def replaced(self, stores: Iterable[Store]) -> Tables:
        """These tables, with every edition of the tables in ``stores`` replaced by the given ones."""
        given = list(stores)
        names = {store.edition.table for store in given}
        kept = [store for name, (_, found) in self._stores.items() if name not in names for store in found]
        return Tables([*kept, *given])

    def names(self) -> tuple[str, ...]:
        """The names of the tables, sorted."""
        return tuple(self._stores)

    def edition(self, table: str, day: int | None) -> Edition | None:
        """The edition in force on ``day`` (without a day: the newest), or ``None``."""
        store = self._store(table, day)
        return None if store is None else store.edition

    def status(self, table: str, day: int | None) -> str | None:
        """``None`` when the table can answer for ``day``, else the reason that a report gives."""
        found = self._stores.get(table)
        if found is None:
            return f"table {table} is not loaded"
        if day is not None and day < found[0][0]:
            return f"table {table} begins {iso(found[0][0])}, after the service day {iso(day)}"
        return None

    def store(self, table: str, day: int | None) -> Store | None:
        """The holder of the edition in force on ``day`` (without a day: the newest), for what is no plain row."""
        return self._store(table, day)

    def is_current(self, table: str, day: int) -> bool:
        """Whether the edition in force on ``day`` is meant for that day: what it does not list is not there.

        An edition that ended earlier still answers for what it lists; of the rest it cannot know.
        """
        about = self.edition(table, day)
        return about is not None and (about.last_day is None or day <= about.last_day)

    def rows(self, table: str, key: str, day: int | None = None) -> Sequence[Row]:
        """All rows of ``key`` in the edition in force on ``day``, whether or not each row is in force itself.

        Raises:
            TableError: the file, read now for the first time, is malformed.
        """
        store = self._store(table, day)
        return () if store is None else store.rows(key)

    def rows_many(self, table: str, keys: Sequence[str], day: int | None = None) -> Mapping[str, Sequence[Row]]:
        """As :meth:`rows` for many keys in one call; only keys that have rows are in the answer."""
        store = self._store(table, day)
        return {} if store is None else store.rows_many(keys)

    def rows_on(self, table: str, key: str, day: int | None) -> Sequence[Row]:
        """The rows of ``key`` that are in force on ``day``; raises as :meth:`rows` does."""
        asked = (table, key, day)
        known: Sequence[Row] | None = self._answers.get(asked)
        if known is None:
            known = [row for row in self.rows(table, key, day) if row.on(day)] or ()
            self._keep(asked, known)
        return known

    def recall(self, work: Callable[[Tables, str, int | None], AnswerT], code: str, day: int | None) -> AnswerT:
        """What ``work`` finds out about a code on a day from these tables, remembered."""
        asked = (work, code, day)
        known = self._answers.get(asked, self)
        if known is self:
            known = work(self, code, day)
            self._keep(asked, known)
        return known  # type: ignore[no-any-return]

    def _keep(self, asked: tuple[object, str, int | None], answer: object) -> None:
        if len(self._answers) >= REMEMBERED:
            self._answers.clear()
        self._answers[asked] = answer

    def keys_from(self, table: str, prefix: str, day: int | None = None) -> Sequence[str]:
        """The keys that begin with ``prefix``, sorted, in the edition in force on ``day``.

        Raises as :meth:`rows` does.
        """
        store = self._store(table, day)
        return () if store is None else store.keys_from(prefix)

    def editions(self) -> list[Edition]:
        """Every edition, by table and first day."""
        return [store.edition for _, stores in self._stores.values() for store in stores]

    def editions_of(self, table: str) -> list[Edition]:
        """The editions of one table, by first day."""
        return [store.edition for store in self._stores.get(table, ((), ()))[1]]

    def statement(self) -> list[Statement]:
        """Every edition, by table and first day, for reports."""
        return [
            {
                "name": about.table,
                "edition": about.edition,
                "from": iso(about.first_day),
                "to": None if about.last_day is None else iso(about.last_day),
            }
            for about in self.editions()
        ]

    def verify(self) -> None:
        """Reads every table now.

        Raises:
            TableError: the first malformed file.
        """
        for _, stores in self._stores.values():
            for store in stores:
                store.rows("")

    def _store(self, table: str, day: int | None) -> Store | None:
        asked = (table, day)
        try:
            return self._in_force[asked]
        except KeyError:
            if len(self._in_force) >= REMEMBERED:
                self._in_force.clear()
            found = self._in_force[asked] = self._find_store(table, day)
            return found

    def _find_store(self, table: str, day: int | None) -> Store | None:
        found = self._stores.get(table)
        if found is None:
            return None
        days, stores = found
        if day is None:
            return stores[-1]
        position = bisect_right(days, day)
        if not position:
            return None
        newest = stores[position - 1]
        if position > 1 and _ended(newest, day):
            return next((store for store in reversed(stores[: position - 1]) if _runs(store, day)), newest)
        return newest


def _ended(store: Store, day: int) -> bool:
    last = store.edition.last_day
    return last is not None and last < day


def _runs(store: Store, day: int) -> bool:
    """Whether the publisher has said of an edition that it is for ``day``."""
    last = store.edition.last_day
    return last is not None and day <= last

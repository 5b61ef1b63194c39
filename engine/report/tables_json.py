"""Reference tables as JSON: the editions that are loaded, and the tables that rules ask for in vain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from engine.reference.catalog import Tables
from engine.reference.days import iso
from engine.reference.table import Edition
from engine.rulebook.book import ACTIVE, Rulebook


def missing_tables(loaded: Tables, rulebook: Rulebook) -> dict[str, int]:
    """The tables that active rules ask for and that are not loaded, with the number of those rules."""
    wanted: Counter[str] = Counter()
    for rule in rulebook.rules:
        if rule.status in ACTIVE:
            wanted.update(need.removeprefix("table/") for need in rule.needs if need.startswith("table/"))
    return {name: number for name, number in sorted(wanted.items()) if not _there(name, loaded)}


def _there(name: str, loaded: Tables) -> bool:
    """Whether the table or a variant by claim type (``mue-practitioner`` for ``mue``) is loaded."""
    return any(known == name or known.startswith(f"{name}-") for known in loaded.names())


def edition_objects(editions: Iterable[Edition]) -> list[dict[str, Any]]:
    """Editions, dates as YYYY-MM-DD."""
    return [
        {
            "name": each.table,
            "edition": each.edition,
            "from": iso(each.first_day),
            "to": None if each.last_day is None else iso(each.last_day),
            "rows": each.rows,
            "digest": each.digest,
            "source": each.source,
            "files": each.files,
        }
        for each in editions
    ]


def missing_objects(missing: Mapping[str, int]) -> list[dict[str, Any]]:
    """Missing tables with the number of rules that ask for each."""
    return [{"name": name, "rules": number} for name, number in missing.items()]

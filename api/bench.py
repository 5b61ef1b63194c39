"""What claims are checked with: one loaded ruleset and one set of tables, immutable; a reload makes a new one.

A request keeps the bench that it began with. The durable_rules back end holds the interpreter while it works and is not
thread-safe, so a process runs one check at a time (:mod:`api.checking`), and several processes run several.
"""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from api.ruleset import Ruleset, packs_of, unpack_rulebook
from engine import (
    Checker,
    Claim,
    ClaimType,
    Condition,
    Evaluator,
    Rulebook,
    Scorer,
    Tables,
    compile_durable,
    edition_objects,
)

ENGINE = "durable"
CLAIM_TYPES: tuple[ClaimType, ...] = ("professional", "institutional", "dental")
_CHECKERS = 64


class Bench:
    """A rulebook, its compiled rules and the tables.

    Args:
        ruleset: the digest of the rule folders.
        rulebook: what they hold.
        texts: their files.
        tables: the reference tables.
    """

    def __init__(self, ruleset: str, rulebook: Rulebook, texts: Mapping[str, str], tables: Tables) -> None:
        self.ruleset = ruleset
        self.rulebook = rulebook
        self.texts = texts
        self.tables = tables
        self.packs: list[Any] = packs_of(rulebook)
        self.header = ", ".join(f"{pack['name']}={pack['version']};sha256={pack['digest']}" for pack in self.packs)
        self.editions = edition_objects(_read_editions(tables))
        self.tables_digest = hashlib.sha256(json.dumps(self.editions, sort_keys=True).encode()).hexdigest()
        self._compiled: dict[tuple[Condition, ...], Evaluator] = {}
        self._checkers: OrderedDict[tuple[date, str], Checker] = OrderedDict()
        self._scorers: OrderedDict[tuple[date, str], Scorer] = OrderedDict()

    def warm(self) -> None:
        """Compile all rules, of every claim type and about encounters: one that does not fit the back end fails here.

        Raises:
            CompileError: a rule does not fit.
        """
        day = date(2026, 1, 1)
        checker = self.checker(day)
        for claim_type in CLAIM_TYPES:
            checker.examiner(claim_type)
        _ = self.scorer(day).examiner

    def checker(self, received_on: date, payer: str = "", history: Sequence[Claim] | None = None) -> Checker:
        """A checker for a day of receipt; compiled rules are shared by all.

        Raises:
            UsageError: no such payer.
        """
        if history is not None:
            return self._checker(self.rulebook, received_on, payer, history)
        key = (received_on, payer)
        if key not in self._checkers:
            self._checkers[key] = self._checker(self.rulebook, received_on, payer)
            if len(self._checkers) > _CHECKERS:
                self._checkers.popitem(last=False)
        self._checkers.move_to_end(key)
        return self._checkers[key]

    def scorer(self, received_on: date, payer: str = "") -> Scorer:
        """A scorer of encounters for a day of receipt; compiled rules are shared by all.

        Raises:
            UsageError: no such payer.
        """
        key = (received_on, payer)
        if key not in self._scorers:
            self._scorers[key] = Scorer(self._checker(self.rulebook, received_on, payer))
            if len(self._scorers) > _CHECKERS:
                self._scorers.popitem(last=False)
        self._scorers.move_to_end(key)
        return self._scorers[key]

    def trial(self, rulebook: Rulebook, received_on: date, payer: str) -> Checker:
        """A checker for a draft; nothing of it stays.

        Raises:
            UsageError: no such payer.
        """
        return Checker(rulebook, self.tables, compile_durable, engine=ENGINE, received_on=received_on, payer=payer)

    def _checker(
        self, rulebook: Rulebook, received_on: date, payer: str, history: Sequence[Claim] | None = None
    ) -> Checker:
        return Checker(
            rulebook,
            self.tables,
            self._compile,
            engine=ENGINE,
            received_on=received_on,
            payer=payer,
            history=history,
        )

    def _compile(self, conditions: Sequence[Condition]) -> Evaluator:
        key = tuple(conditions)
        if key not in self._compiled:
            self._compiled[key] = compile_durable(conditions)
        return self._compiled[key]


def build_bench(ruleset: Ruleset, table_folders: Sequence[Path]) -> Bench:
    """Load rules and tables; :meth:`Bench.warm` is left to do.

    Raises:
        RulebookError: mistakes in the rule files.
        TableError: a table cannot be read.
    """
    rulebook, texts = unpack_rulebook(ruleset)
    return Bench(ruleset.digest, rulebook, texts, Tables.load(table_folders))


def _read_editions(tables: Tables) -> list[Any]:
    """Every edition; a site's CSV file is read now, since its digest is known only then."""
    for each in tables.editions():
        if not each.digest:
            tables.rows(each.table, "", each.first_day)
    return tables.editions()

"""The durable_rules back end: the only module that imports ``durable``, and the place of everything known about it.

The engine is durable_rules 2.0.28 (Rete, C extension, last release 2020). It is exact and fast inside an envelope;
outside it hangs, crashes, reads foreign memory or drops matches without a word. The envelope was measured, then found
in the C source; tests/backends/test_durable_envelope.py has a test for each row, tools/sanitize.sh runs them under
AddressSanitizer. The module :mod:`engine.backends.durable_words` says how facts are told, and
:mod:`engine.backends.durable_shards` how rules are written and shared out.

One claim and one shard: a session id of its own; all facts in one batch, the closing fact last; the actions; the
session deleted. If anything fails on the way the ruleset is thrown away with its session and built anew for the next
claim.

=== ========================================================== =======================================================
row what the engine does                                       what we do
=== ========================================================== =======================================================
E1  More than 512 tests below one node: never returns.         Shards of at most 200 patterns; code lists are tags.
E2  More than 64 passed tests wait: error 303 at an assert.    The planner counts them, see E18.
E3  Deleting a session without actions frees an uninitialised  A rule ``always`` on the closing fact; a session that
    pointer.                                                   failed is never deleted.
E4  The wrapper raises when one fact matches nothing.          ``_handle_result`` accepts codes 0 and 1.
E5  ``Host`` starts timer threads.                             No host.
E6  An absence looks only at what is asserted so far.          Rules with ``unless`` begin with the closing fact.
E7  Two patterns of a rule never bind the same fact.           That is our meaning too.
E8  Two equal facts are refused.                               A unique ``id``.
E9  ``x == null`` does not match an absent field.              Absence is a tag; an absent field is an absent property.
E10 No dates, decimals, membership; wide integers saturate.    Numbers of 63 bits or an error before the assert.
E11 An action of two arguments runs asynchronously.            Closures of one argument.
E12 The C code is not thread-safe.                             A lock; built anew in a forked child.
E13 Cannot be imported on Python 3.13.                         The import stands in a function.
E14 Joins of two lines grow with the square of the lines.      Enrichment finds pairs; nothing to do here.
E15 When the last join test of an ``$and`` fails, evaluation   A last join test that always holds.
    runs into foreign memory.
E16 Retracting facts walks stale frames.                       Nothing is ever retracted.
E17 Joins after an ``$or`` are not evaluated.                  No ``$or``.
E18 The limit of E2 counts equalities and joins too: a fact    The planner walks the tree of tests as the matcher does
    with 65 true tags fails when 65 rules ask one tag each.    and allows 48 waiting tests.
E19 A join other than equality to a property that the other    Fields that joins look at are always there, with a filler
    fact lacks: error 311, the whole batch is lost.            and a flag that says so.
E20 Names and ids are compared by a 32-bit hash alone; a fact  Generated names are checked for it; ids are decimal
    whose id collides vanishes and the code of a later fact    numbers below the first collision; session ids are few
    hides it.                                                  and checked against them.
E21 16 facts a frame, 32 tests a join, 254 properties a fact.  The planner counts them; CompileError when one rule alone
                                                               is too large.
E22 Text lengths wrap at 65,536: a longer text equals its      Texts become short tokens, equal when the texts are.
    beginning of that length. Lone surrogates cannot pass.
E23 ``true``, 1 and "1" compare across types, text has an      Equality compares tokens that carry the type; order has a
    order.                                                     property of its own that only numbers have.
E24 An exception in an action is swallowed into the state.     The state is looked at when the actions have ended.
=== ========================================================== =======================================================
"""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol
from weakref import finalize

from engine.backends.durable_shards import ALWAYS, Emitted, Shard, emit, share
from engine.backends.durable_words import CLOSED, Teller, Told
from engine.backends.protocol import Evaluator, Match
from engine.errors import CompileError, EngineError
from engine.facts.fact import Fact
from engine.rulebook.form import Condition

SESSIONS = 10_000
"""Session ids are used again after so many claims; none of these collides with the id of a fact (E20)."""


LEARNED = 128
"""After so many claims the rules are shared out anew, those that were possible on many claims together."""


def compile_durable(conditions: Sequence[Condition]) -> Evaluator:
    """Compile conditions for durable_rules.

    Raises:
        CompileError: a rule does not fit the engine, or durable_rules cannot be imported.
    """
    return DurableEvaluator(conditions)


class _Runs(Protocol):
    """One shard in the engine."""

    def matches(self, told: Sequence[Told]) -> list[Match]:
        """All matches of one claim."""
        ...


class _Closure(Protocol):
    """What an action gets: the facts of the match by alias."""

    _m: Mapping[str, Mapping[str, str]]


class DurableEvaluator:
    """Conditions as durable_rules rulesets, for one process; its threads may share them and take turns (E12)."""

    def __init__(self, conditions: Sequence[Condition]) -> None:
        layout, self._rules = emit(conditions)
        self._shards = share(self._rules, {})
        self._possible: Counter[str] = Counter()
        self._claims = 0
        self._teller = Teller(layout)
        self._ruleset_type = _ruleset_type()
        self._rulesets: dict[int, _Runs] = {}
        self._lock = threading.Lock()
        self._process = os.getpid()
        for number in range(len(self._shards)):
            self._ruleset(number)

    def run(self, facts: Sequence[Fact]) -> list[Match]:
        """All matches, sorted, each once.

        Raises:
            EngineError: the engine failed on these facts; the ruleset that failed is built anew for the next claim.
        """
        self._notice_fork()
        with self._lock:
            told, shown = self._teller.tell(facts)
            if self._claims < LEARNED:
                self._learn(shown)
            found: set[Match] = set()
            for number, shard in enumerate(self._shards):
                if any(map(shown.issuperset, shard.needs)):
                    found.update(self._run_shard(number, told))
        return sorted(found)

    def _learn(self, shown: set[str]) -> None:
        """Count the rules that a claim makes possible; in the end share them out by it."""
        self._claims += 1
        self._possible.update(rule.name for rule in self._rules if rule.needs <= shown)
        if self._claims == LEARNED:
            self._shards = share(self._rules, self._possible)
            self._rulesets.clear()

    def _run_shard(self, number: int, told: Sequence[Told]) -> list[Match]:
        ruleset = self._ruleset(number)
        try:
            return ruleset.matches(told)
        except BaseException as error:
            # The session is in an unknown state and cannot be deleted safely (E3). The ruleset can: freeing it does not
            # look at its sessions, whose memory is lost.
            del self._rulesets[number]
            if isinstance(error, Exception):
                raise EngineError(
                    f"durable_rules failed: {error}", hint="report the claim; the next one is safe"
                ) from error
            raise

    def _ruleset(self, number: int) -> _Runs:
        if number not in self._rulesets:
            self._rulesets[number] = self._ruleset_type(self._shards[number])
        return self._rulesets[number]

    def _notice_fork(self) -> None:
        """In a forked child the lock may be held by a thread that is not there, and a session may be half done."""
        if self._process != os.getpid():
            self._lock = threading.Lock()
            self._rulesets = {}
            self._process = os.getpid()


def _ruleset_type() -> Callable[[Shard], _Runs]:
    """The class of our rulesets; made here because the import must not happen before it is needed (E13)."""
    try:
        import durable_rules_engine  # noqa: PLC0415
        from durable.engine import Ruleset  # noqa: PLC0415
    except ImportError as error:
        raise CompileError(
            f"durable_rules cannot be imported: {error}",
            hint="use CPython 3.11 or 3.12 with durable_rules 2.0.28, or the compiled engine",
        ) from error

    class _Ruleset(Ruleset):  # type: ignore[misc]
        """One shard. No host, so no timers and no registry (E5)."""

        def __init__(self, shard: Shard) -> None:
            self._shard = shard
            self._found: list[Match] = []
            self._session = 0
            actions = {rule.name: self._record(rule) for rule in shard.rules} | {ALWAYS: lambda _: None}
            definition = {name: {"all": all_, "run": actions[name]} for name, all_ in shard.definition().items()}
            super().__init__("shard", None, definition)
            finalize(self, durable_rules_engine.delete_ruleset, self._handle).atexit = False

        def matches(self, told: Sequence[Told]) -> list[Match]:
            """All matches of one claim."""
            self._start()
            sid = self._session
            reads = self._shard.reads
            texts = [f'{fact.text(reads[fact.kind])},"sid":"{sid}"}}' for fact in told if fact.kind in reads]
            texts.append(f'{{"id":"{CLOSED}","one":1,"kind":"{CLOSED}","sid":"{sid}"}}')
            ends: list[tuple[BaseException | None, dict[str, Any] | None]] = []
            self.do_actions(self._assert(f"[{','.join(texts)}]"), lambda error, state: ends.append((error, state)))
            _check_ended_well(ends)
            self.delete_state(sid)
            return self._found

        def _start(self) -> None:
            self._found = []
            self._session = (self._session + 1) % SESSIONS

        def _record(self, rule: Emitted) -> Callable[[_Closure], None]:
            def record(closure: _Closure) -> None:
                bound = closure._m  # noqa: SLF001
                self._found.append(Match(rule.rule, tuple([int(bound[alias]["id"]) for alias in rule.bound])))

            return record

        def _assert(self, facts: str) -> int:
            return self._handle_result(durable_rules_engine.assert_facts(self._handle, facts), facts)

        def _handle_result(self, result: tuple[int, int], message: object) -> int:
            if result[0] in (0, 1):  # E4: 1 says that some fact matched no rule
                return result[1]
            raise EngineError(f"code {result[0]} for {str(message)[:200]}")

    return _Ruleset


def _check_ended_well(ends: Sequence[tuple[BaseException | None, dict[str, Any] | None]]) -> None:
    """Raise unless the actions ended once, after at least one action (E3), and none of them raised (E24)."""
    for error, _ in ends:
        if error is not None:
            raise error
    if len(ends) != 1 or ends[0][1] is None:
        raise EngineError("no action ran")
    if "exception" in ends[0][1]:
        raise EngineError(str(ends[0][1]["exception"]))

"""What holds for many claims alike: the payer's terms during a period, and which rules can be judged on a day."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

from msgspec import Struct, structs

from engine.backends.compiled_judge import PartsJudge, Plan
from engine.claim.model import ClaimType
from engine.facts.eligibility import Eligibility
from engine.facts.encounters.index import Encounters
from engine.facts.fact import Fact
from engine.facts.history import History
from engine.facts.view import Context, PayerProfile
from engine.findings.coverage import asked_tables, older_tables, unready
from engine.findings.report import NotEvaluated
from engine.reference.catalog import Tables
from engine.rulebook.book import Rulebook, override_on, values_on
from engine.rulebook.rule import Override, ParameterValue, Payer, Rule

ENCOUNTER: Literal["encounter"] = "encounter"
SCOPES = 4096
"""How many combinations of payer, day and setting are remembered a claim type."""


class Setting(Struct, frozen=True, kw_only=True):
    """What is the same for all claims of a run; ``received_on`` is days since 1970-01-01."""

    rulebook: Rulebook
    tables: Tables
    received_on: int
    payer: str = ""
    history: History | None = None
    eligibility: Eligibility | None = None
    encounters: Encounters | None = None


class Terms(Struct, frozen=True):
    """What holds for all claims to one payer in a period in which no date of a rule, parameter or table lies."""

    payer: Payer
    used: Mapping[str, ParameterValue]
    context: Context
    changes: Mapping[str, Override]


class Scope(Struct, frozen=True):
    """What holds for all claims to one payer, on one day, in one setting.

    ``reasons`` has the rules that are not run: an empty reason means that the rule is not about such claims;
    ``not_evaluated`` are the others, by rule.
    """

    used: Mapping[str, ParameterValue]
    reasons: Mapping[str, str]
    changes: Mapping[str, Override]
    remarks: tuple[str, ...]
    not_evaluated: tuple[NotEvaluated, ...]
    plan: Plan
    payer_fact: Fact


class _Period(NamedTuple):
    """What holds in one setting as long as the terms do: the rules not run, and how the others are."""

    reasons: Mapping[str, str]
    plan: Plan


class Scopes:
    """Terms and scopes of the rules for one claim type; remembered, as many claims share them."""

    def __init__(self, setting: Setting, claim_type: ClaimType, rules: Mapping[str, Rule], judge: PartsJudge) -> None:
        self._judge = judge
        self._setting = setting
        self._claim_type: ClaimType = claim_type
        self._rules = rules
        self._days = sorted(set(_change_days(setting, rules)))
        self._payers: dict[tuple[str, str], Payer] = {}
        self._terms: dict[tuple[str, int | None], Terms] = {}
        self._periods: dict[tuple[str, int | None, bool | None, bool], _Period] = {}
        self._scopes: dict[tuple[str, int | None, bool | None, bool], Scope] = {}
        self._tables = asked_tables(rules.values(), claim_type)
        given = {"history": setting.history, "eligibility": setting.eligibility, ENCOUNTER: setting.encounters}
        supplies = {name: f"no {name} was given" if value is None else "" for name, value in given.items()}
        other = supplies[ENCOUNTER] or "none of the encounters given is this claim's"
        self._supplies = {True: {**supplies, ENCOUNTER: ""}, False: {**supplies, ENCOUNTER: other}}

    def payer(self, payer_id: str, filing_indicator: str) -> Payer:
        """The payer of a claim with these identifiers."""
        key = (payer_id, filing_indicator)
        found = self._payers.get(key)
        if found is None:
            book, slug = self._setting.rulebook, self._setting.payer
            found = book.payer_for(
                slug=slug, payer_id=payer_id, filing_indicator=filing_indicator, claim_type=self._claim_type
            )
            _remember(self._payers, key, found)
        return found

    def terms(self, payer: Payer, day: int | None) -> Terms:
        """The terms of a payer on a service day; without one, on the day of receipt."""
        key = (payer.slug, self._period(day))
        found = self._terms.get(key)
        if found is None:
            setting = self._setting
            known = setting.received_on if day is None else day
            used = values_on(payer, known)
            context = Context(
                tables=setting.tables,
                payer=PayerProfile(slug=payer.slug, name=payer.title, kind=payer.kind),
                received_on=setting.received_on,
                parameters={name: value.values for name, value in used.items()},
                history=setting.history,
                eligibility=setting.eligibility,
                code_sets=setting.rulebook.sets,
            )
            changes = {rule: change for rule in payer.overrides if (change := override_on(payer, rule, known))}
            mine = {rule: change for rule, change in changes.items() if rule in self._rules}
            found = Terms(payer, used, context, mine)
            _remember(self._terms, key, found)
        return found

    def scope(self, terms: Terms, day: int | None, *, inpatient: bool | None, encounter: bool = False) -> Scope:
        """Which rules are about claims of a day in a setting, and which of them cannot be judged.

        ``encounter``: the record of the encounter is there.
        """
        key = (terms.payer.slug, day, inpatient, encounter)
        found = self._scopes.get(key)
        if found is None:
            period = self._in_period(terms, day, inpatient=inpatient, encounter=encounter)
            reasons = {
                rule: self._unready_because(self._rules[rule], terms, day, encounter=encounter) if reason else ""
                for rule, reason in period.reasons.items()
            }
            found = Scope(
                used=terms.used,
                reasons=reasons,
                changes=terms.changes,
                remarks=older_tables(self._tables, day, self._setting.tables),
                not_evaluated=tuple(NotEvaluated(rule, reason) for rule, reason in sorted(reasons.items()) if reason),
                plan=period.plan,
                payer_fact=_payer_fact(terms.context.payer),
            )
            _remember(self._scopes, key, found)
        return found

    def _in_period(self, terms: Terms, day: int | None, *, inpatient: bool | None, encounter: bool) -> _Period:
        """What is the same on all days of a period; only the words of a reason may name the day."""
        key = (terms.payer.slug, self._period(day), inpatient, encounter)
        found = self._periods.get(key)
        if found is None:
            reasons = dict(self._all_reasons(terms, day, inpatient=inpatient, encounter=encounter))
            found = _Period(reasons, self._judge.plan(reasons))
            _remember(self._periods, key, found)
        return found

    def _all_reasons(
        self, terms: Terms, day: int | None, *, inpatient: bool | None, encounter: bool
    ) -> Iterator[tuple[str, str]]:
        for rule in self._rules.values():
            if not self._setting.rulebook.applicable(rule, terms.payer, inpatient=inpatient):
                yield rule.id, ""
            elif reason := self._unready_because(rule, terms, day, encounter=encounter):
                yield rule.id, reason

    def _unready_because(self, rule: Rule, terms: Terms, day: int | None, *, encounter: bool) -> str:
        change = terms.changes.get(rule.id)
        if change and change.off:
            return f"switched off for {change.payer}: {change.because}"
        supplies = self._supplies[encounter]
        return unready(rule, day, self._setting.tables, self._claim_type, terms.used, supplies)

    def _period(self, day: int | None) -> int | None:
        return None if day is None else bisect_right(self._days, day)


def _payer_fact(payer: PayerProfile) -> Fact:
    return Fact("payer", {name: value for name, value in structs.asdict(payer).items() if value})


def _change_days(setting: Setting, rules: Mapping[str, Rule]) -> Iterator[int]:
    """The days from which something may be otherwise than on the day before."""
    for rule in rules.values():
        yield rule.effective_from
        yield from _after(rule.effective_to)
    for payer in setting.rulebook.payers.values():
        for change in payer.overrides.values():
            yield from _after(change.until)
        for values in payer.parameters.values():
            for value in values:
                yield value.first_day
                yield from _after(value.last_day)
    for edition in setting.tables.editions():
        yield edition.first_day
        yield from _after(edition.last_day)


def _after(last: int | None) -> tuple[int, ...]:
    return () if last is None else (last + 1,)


def _remember(known: dict[Any, Any], key: object, found: object) -> None:
    """Keep an answer; at the bound, begin anew."""
    if len(known) >= SCOPES:
        known.clear()
    known[key] = found

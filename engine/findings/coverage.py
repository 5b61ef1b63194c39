"""Which rules could be judged on a claim, and why the others could not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from engine.claim.model import ClaimType
from engine.facts.fact import Fact
from engine.facts.vocabulary import vocabulary
from engine.findings.partial import Places, undecided
from engine.reference.catalog import Tables
from engine.reference.days import iso
from engine.reference.layouts import table_for
from engine.rulebook.rule import Rule

NO_DAY = "the claim has no service day"
SUPPLIED = {"history": "no history was given", "eligibility": "no eligibility was given"}


def unready(
    rule: Rule,
    day: int | None,
    tables: Tables,
    claim_type: ClaimType,
    known: Mapping[str, object],
    supplied: frozenset[str],
) -> str:
    """Why a rule cannot be run on claims of this day at all, or the empty string.

    Args:
        rule: the rule.
        day: the claim's first service day (``None``: it has none, and dates do not restrict).
        tables: the reference tables.
        claim_type: decides which of two tables an alias (``mue``) means.
        known: the names of the parameters that have a value for the payer on the day.
        supplied: which of ``history`` and ``eligibility`` the caller gave.
    """
    if day is not None and (day < rule.effective_from or (rule.effective_to is not None and day > rule.effective_to)):
        until = f" to {iso(rule.effective_to)}" if rule.effective_to is not None else ""
        return f"in effect from {iso(rule.effective_from)}{until}, service on {iso(day)}"
    for need in rule.needs:
        if need.startswith("table/"):
            name = table_for(need.removeprefix("table/"), claim_type)
            reason = NO_DAY if day is None else tables.status(name, day)
            if reason:
                return reason
        elif need not in supplied:
            return SUPPLIED.get(need, f"{need} was not given")
    for name in rule.parameters:
        if name not in known:
            return (
                f"parameter {name} has no value for this payer on {iso(day)}"
                if day is not None
                else f"parameter {name} has no value"
            )
    return ""


def older_tables(rules: Iterable[Rule], day: int | None, tables: Tables, claim_type: ClaimType) -> tuple[str, ...]:
    """Remarks on the tables that these rules ask and that end before the claim's service day.

    They answer, but are old.
    """
    if day is None:
        return ()
    names = {
        table_for(n.removeprefix("table/"), claim_type) for rule in rules for n in rule.needs if n.startswith("table/")
    }
    remarks = []
    for name in sorted(names):
        edition = tables.edition(name, day)
        if edition and edition.last_day is not None and edition.last_day < day:
            remarks.append(
                f"table {name} {edition.edition} ends {iso(edition.last_day)}, before the service day {iso(day)}"
            )
    return tuple(remarks)


class Asked(Struct, frozen=True):
    """What the active rules read other than for its absence: fields by kind, and (kind, field) pairs by rule."""

    fields: Mapping[str, frozenset[str]]
    by_rule: Mapping[str, frozenset[tuple[str, str]]]


def asked_fields(rules: Iterable[Rule]) -> Asked:
    """What these rules read."""
    by_rule = {
        rule.id: frozenset((read.kind, read.field) for read in rule.reads if not read.about_absence) for rule in rules
    }
    pairs = {pair for found in by_rule.values() for pair in found}
    kinds = {kind for kind, _ in pairs}
    return Asked({kind: frozenset(field for k, field in pairs if k == kind) for kind in kinds}, by_rule)


def absent_fields(facts: Sequence[Fact], asked: Asked) -> set[tuple[str, str]]:
    """The (kind, field) pairs asked for that at least one fact of the kind lacks."""
    absent: set[tuple[str, str]] = set()
    for fact in facts:
        fields = asked.fields.get(fact.kind)
        if fields and not fields <= fact.values.keys():
            absent.update((fact.kind, field) for field in fields.difference(fact.values))
    return absent


def doubt(rule: Rule, facts: Sequence[Fact], places: Places) -> str:
    """Why a rule without a match was not judged, or the empty string when it passed."""
    partial = undecided(rule.condition, facts, places)
    if partial is None:
        return ""
    step = partial.unknown[0]
    if step.found is not None:
        return f"{step.test.authored[2]} is absent"
    fact = facts[step.fact]
    where = f" on line {fact.line}" if fact.line else f" ({_called(fact)})" if fact.part else ""
    return f"{fact.kind}.{step.test.authored[0]} is absent{where}"


def _called(fact: Fact) -> str:
    role = fact.values.get("role")
    return f"{role} {fact.kind}" if role and vocabulary()[fact.kind].part == "provider" else f"{fact.kind} {fact.part}"

"""Which rules could be judged on a claim, and why the others could not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from engine.claim.model import ClaimType
from engine.facts.fact import Fact
from engine.facts.vocabulary import vocabulary
from engine.findings.partial import undecided
from engine.findings.show import iso
from engine.reference.catalog import Tables
from engine.reference.layouts import table_for
from engine.rulebook.rule import Rule

SUPPLIED = {"history": "no history was given", "eligibility": "no eligibility answer was given"}


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
            reason = tables.status(name, day) if day is not None else tables.status(name, rule.effective_from)
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


def absent_fields(facts: Sequence[Fact], fields: Mapping[str, frozenset[str]]) -> dict[str, set[str]]:
    """By kind, the fields asked for that at least one fact of the kind lacks."""
    absent: dict[str, set[str]] = {}
    for fact in facts:
        missing = fields.get(fact.kind, frozenset()).difference(fact.values)
        if missing:
            absent.setdefault(fact.kind, set()).update(missing)
    return absent


def doubt(rule: Rule, facts: Sequence[Fact], absent: Mapping[str, set[str]]) -> str:
    """Why a rule without a match was not judged, or the empty string when it passed."""
    if not any(read.field in absent.get(read.kind, ()) and not read.about_absence for read in rule.reads):
        return ""
    partial = undecided(rule.condition, facts)
    if partial is None:
        return ""
    step = partial.unknown[0]
    fact = facts[step.fact]
    field = step.test.authored[0] if step.found is None else str(step.test.authored[2])
    if step.found is not None:
        return f"{field} is absent"
    where = f" on line {fact.line}" if fact.line else f" ({_called(fact)})" if fact.part else ""
    return f"{fact.kind}.{field} is absent{where}"


def _called(fact: Fact) -> str:
    role = fact.values.get("role")
    return f"{role} {fact.kind}" if role and vocabulary()[fact.kind].part == "provider" else f"{fact.kind} {fact.part}"

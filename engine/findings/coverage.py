"""Which rules could be judged on a claim, and why the others could not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engine.backends.protocol import Doubt
from engine.claim.model import ClaimType
from engine.facts.fact import Fact
from engine.facts.vocabulary import vocabulary
from engine.reference.catalog import Tables
from engine.reference.days import iso
from engine.reference.layouts import table_for
from engine.rulebook.rule import Rule

NO_DAY = "the claim has no service day"


def unready(
    rule: Rule,
    day: int | None,
    tables: Tables,
    claim_type: ClaimType,
    known: Mapping[str, object],
    supplies: Mapping[str, str],
) -> str:
    """Why a rule cannot be run on claims of this day at all, or the empty string.

    Args:
        rule: the rule.
        day: the claim's first service day (``None``: it has none, and dates do not restrict).
        tables: the reference tables.
        claim_type: decides which of two tables an alias (``mue``) means.
        known: the names of the parameters that have a value for the payer on the day.
        supplies: what a rule may need beside tables (history, an encounter …): why it is not there, or empty.
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
        elif reason := supplies.get(need, f"{need} was not given"):
            return reason
    for name in rule.parameters:
        if name not in known:
            return (
                f"parameter {name} has no value for this payer on {iso(day)}"
                if day is not None
                else f"parameter {name} has no value"
            )
    return ""


def asked_tables(rules: Iterable[Rule], claim_type: ClaimType) -> tuple[str, ...]:
    """The tables that these rules ask, sorted."""
    needs = {need.removeprefix("table/") for rule in rules for need in rule.needs if need.startswith("table/")}
    return tuple(sorted({table_for(need, claim_type) for need in needs}))


def older_tables(names: Iterable[str], day: int | None, tables: Tables) -> tuple[str, ...]:
    """Remarks on those of some tables that end before the claim's service day.

    They answer, but are old.
    """
    if day is None:
        return ()
    remarks = []
    for name in names:
        edition = tables.edition(name, day)
        if edition and edition.last_day is not None and edition.last_day < day:
            remarks.append(
                f"table {name} {edition.edition} ends {iso(edition.last_day)}, before the service day {iso(day)}"
            )
    return tuple(remarks)


def doubtful(doubt: Doubt) -> str:
    """Why a rule in doubt was not judged."""
    fact = doubt.fact
    if fact is None:
        return f"{doubt.test.authored[2]} is absent"
    where = f" on line {fact.line}" if fact.line else f" ({_called(fact)})" if fact.part else ""
    return f"{fact.kind}.{doubt.test.authored[0]} is absent{where}"


def _called(fact: Fact) -> str:
    role = fact.values.get("role")
    return f"{role} {fact.kind}" if role and vocabulary()[fact.kind].part == "provider" else f"{fact.kind} {fact.part}"

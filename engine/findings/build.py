"""A match to a finding: place, message, fix, the facts that matched, the parameters used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from msgspec import UNSET, UnsetType

from engine.claim.model import Claim
from engine.facts.fact import Fact
from engine.facts.vocabulary import FieldType, vocabulary
from engine.findings.report import Finding, FindingAt, Plain, UsedParameter
from engine.findings.score import finding_cents
from engine.findings.show import plain, shown
from engine.reference.days import iso
from engine.rulebook.rule import Override, ParameterValue, Rule, Slot, Template


class FindingMaker:
    """Makes the findings of one rule; what does not depend on the claim is worked out once."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self._status: Literal["stable", "testing"] = "stable" if rule.status == "stable" else "testing"
        self._shown = _shown_fields(rule)
        slots = [part for part in (*rule.says, *rule.fix, *rule.query) if isinstance(part, Slot)]
        self._parameter_types: dict[str, FieldType] = {slot.name: slot.type for slot in reversed(slots)}

    def make(
        self,
        at: FindingAt,
        bound: Mapping[str, Fact],
        payer: Fact,
        used: Mapping[str, ParameterValue],
        change: Override | None = None,
        claim: Claim | None = None,
    ) -> Finding:
        """The finding of one match at a place.

        ``bound`` are the facts by the names of ``when``, ``payer`` is the payer's. What is at risk is ``claim``'s;
        an encounter puts nothing at risk.
        """
        rule = self.rule
        severity = (change.severity if change else None) or rule.severity
        because: str | UnsetType = f"{change.because} ({change.payer})" if change else UNSET
        return Finding(
            rule=rule.id,
            name=rule.name,
            severity=severity,
            disposition=(change.disposition if change else None) or rule.disposition,
            category=rule.category,
            snip=rule.snip,
            status=self._status,
            pack=rule.pack,
            at=at,
            says=render(rule.says, bound, payer),
            fix=render(rule.fix, bound, payer),
            why=rule.why,
            predicts=rule.predicts,
            cents_at_risk=finding_cents(claim, at.line, severity, self._status) if claim else 0,
            references=rule.references,
            matched={name: _values(bound[name], fields) for name, fields in self._shown.items()},
            parameters=tuple([self._used(name, bound, used[name]) for name in rule.parameters if name in used]),
            changed_because=because,
            query=render(rule.query, bound, payer) if rule.query else UNSET,
            dimension=rule.dimension or UNSET,
        )

    def _used(self, name: str, bound: Mapping[str, Fact], value: ParameterValue) -> UsedParameter:
        fact = bound.get(f"param.{name}")
        raw = fact.values.get("value") if fact else None
        kind = self._parameter_types.get(f"param.{name}", "text")
        return UsedParameter(
            name=name,
            value=plain(raw if raw is not None else value.values[0], kind),
            payer=value.payer,
            since=iso(value.first_day),
            because=value.because,
        )


def render(template: Template, bound: Mapping[str, Fact], payer: Fact) -> str:
    """A message with its slots filled."""
    return "".join([part if isinstance(part, str) else _slot(part, bound, payer) for part in template])


def _slot(slot: Slot, bound: Mapping[str, Fact], payer: Fact) -> str:
    fact = bound.get(slot.name, payer)
    return shown(fact.values.get(slot.field), slot.type)


def _shown_fields(rule: Rule) -> dict[str, tuple[tuple[str, FieldType], ...]]:
    """By pattern, parameters apart, the fields that the rule reads or prints, with their types."""
    fields: dict[str, list[str]] = {pattern.name: [] for pattern in rule.condition.when}
    for name, field in [(read.name, read.field) for read in rule.reads] + slots(rule):
        if name in fields and field not in fields[name]:
            fields[name].append(field)
    kinds = {pattern.name: vocabulary()[pattern.kind] for pattern in rule.condition.when}
    return {
        name: tuple([(field, kinds[name].fields[field].type) for field in found])
        for name, found in fields.items()
        if not name.startswith("param.")
    }


def _values(fact: Fact, fields: Sequence[tuple[str, FieldType]]) -> dict[str, Plain]:
    """Those of some fields that are there, as JSON values."""
    values = [(field, fact.values.get(field), kind) for field, kind in fields]
    return {field: plain(value, kind) for field, value, kind in values if value is not None}


def slots(rule: Rule) -> list[tuple[str, str]]:
    """The (name, field) pairs that a rule's messages and place use."""
    found = [(part.name, part.field) for part in (*rule.says, *rule.fix, *rule.query) if isinstance(part, Slot)]
    return [*found, (rule.at.name, rule.at.number)] if rule.at.number else found

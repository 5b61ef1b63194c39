"""A match to a finding: place, message, fix, the facts that matched, the parameters used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from msgspec import UNSET, UnsetType

from engine.claim.model import Claim
from engine.facts.fact import Fact
from engine.facts.vocabulary import vocabulary
from engine.findings.place import place
from engine.findings.report import Finding, Plain, UsedParameter
from engine.findings.score import finding_cents
from engine.findings.show import plain, shown
from engine.reference.days import iso
from engine.rulebook.rule import Override, ParameterValue, Rule, Slot, Template


def build_finding(
    rule: Rule,
    bound: Mapping[str, Fact],
    claim: Claim,
    payer: Fact,
    used: Mapping[str, ParameterValue],
    change: Override | None = None,
) -> Finding:
    """The finding of one match. ``bound`` maps the names of ``when`` to facts, ``payer`` is the claim's payer fact."""
    at = place(claim, rule.at, bound[rule.at.name])
    severity = (change.severity if change else None) or rule.severity
    status: Literal["stable", "testing"] = "stable" if rule.status == "stable" else "testing"
    because: str | UnsetType = f"{change.because} ({change.payer})" if change else UNSET
    return Finding(
        rule=rule.id,
        name=rule.name,
        severity=severity,
        disposition=(change.disposition if change else None) or rule.disposition,
        category=rule.category,
        snip=rule.snip,
        status=status,
        pack=rule.pack,
        at=at,
        says=render(rule.says, bound, payer),
        fix=render(rule.fix, bound, payer),
        why=rule.why,
        predicts=rule.predicts,
        cents_at_risk=finding_cents(claim, at.line, severity, status),
        references=rule.references,
        matched=matched(rule, bound),
        parameters=tuple(_used(rule, name, bound, used[name]) for name in rule.parameters if name in used),
        changed_because=because,
    )


def render(template: Template, bound: Mapping[str, Fact], payer: Fact) -> str:
    """A message with its slots filled."""
    return "".join(part if isinstance(part, str) else _slot(part, bound, payer) for part in template)


def _slot(slot: Slot, bound: Mapping[str, Fact], payer: Fact) -> str:
    fact = bound.get(slot.name, payer)
    return shown(fact.values.get(slot.field), slot.type)


def matched(rule: Rule, bound: Mapping[str, Fact]) -> dict[str, dict[str, Plain]]:
    """The fields of the matched facts that the rule reads or prints, as JSON values."""
    fields: dict[str, list[str]] = {name: [] for name in bound}
    for name, field in [(r.name, r.field) for r in rule.reads] + slots(rule):
        if name in fields and field not in fields[name]:
            fields[name].append(field)
    kinds = vocabulary()
    return {
        name: {
            field: plain(bound[name].values[field], kinds[bound[name].kind].fields[field].type)
            for field in names
            if field in bound[name].values
        }
        for name, names in fields.items()
        if not name.startswith("param.")
    }


def slots(rule: Rule) -> list[tuple[str, str]]:
    """The (name, field) pairs that a rule's messages and place use."""
    found = [(part.name, part.field) for part in (*rule.says, *rule.fix) if isinstance(part, Slot)]
    return [*found, (rule.at.name, rule.at.number)] if rule.at.number else found


def _used(rule: Rule, name: str, bound: Mapping[str, Fact], value: ParameterValue) -> UsedParameter:
    fact = bound.get(f"param.{name}")
    raw = fact.values.get("value") if fact else None
    types: Sequence[Slot] = [p for p in (*rule.says, *rule.fix) if isinstance(p, Slot) and p.name == f"param.{name}"]
    kind = types[0].type if types else "text"
    return UsedParameter(
        name=name,
        value=plain(raw if raw is not None else value.values[0], kind),
        payer=value.payer,
        since=iso(value.first_day),
        because=value.because,
    )

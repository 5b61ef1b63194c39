"""What no rule file can be judged for alone: identity, meaning, and names of other rules and payers."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence

from engine.errors import RuleError
from engine.rulebook.form import Pattern, Ref
from engine.rulebook.rule import Payer, Rule
from engine.rulebook.scoring import Scoring


def check_together(rules: Sequence[Rule], payers: Mapping[str, Payer], scoring: Sequence[Scoring]) -> list[RuleError]:
    """Every mistake that lies between files."""
    return [*_twice(rules), *_unknown(rules, payers), *_scored(rules, scoring)]


def _scored(rules: Sequence[Rule], scoring: Sequence[Scoring]) -> list[RuleError]:
    """Points are given to rules about encounters; those of a pack that is not loaded are not looked at."""
    known = {rule.id for rule in rules if rule.applies.subject == "encounter"}
    prefixes = {rule.id.partition("-")[0] for rule in rules}
    return [
        RuleError(f"gives points to {rule}, which is no rule about encounters", location="rules/scoring.yaml")
        for table in scoring
        for rule in table.encounter.rules
        if rule not in known and rule.partition("-")[0] in prefixes
    ]


def _twice(rules: Sequence[Rule]) -> list[RuleError]:
    keys: tuple[tuple[str, Callable[[Rule], Hashable]], ...] = (
        ("id {0.id}", lambda rule: rule.id),
        ("name {0.name}", lambda rule: (rule.pack, rule.name)),
        ("the same meaning", meaning),
    )
    mistakes: list[RuleError] = []
    first: dict[tuple[str, Hashable], Rule] = {}
    for rule in rules:
        others = [(what, first.setdefault((what, key(rule)), rule)) for what, key in keys]
        what, other = next(((what, other) for what, other in others if other is not rule), ("", rule))
        if what:
            mistakes.append(
                RuleError(f"{what.format(rule)} stands twice", location=rule.path, hint=f"see {other.path}")
            )
    return mistakes


def _unknown(rules: Sequence[Rule], payers: Mapping[str, Payer]) -> list[RuleError]:
    ids = {rule.id for rule in rules}
    mistakes: list[RuleError] = []
    for rule in rules:
        for other in [*rule.suppressed_by, *([rule.replaced_by] if rule.replaced_by else [])]:
            if other not in ids:
                hint = "an id of a rule in some pack"
                mistakes.append(RuleError(f"names unknown rule {other}", location=rule.path, hint=hint))
        for slug in rule.applies.payers:
            if slug not in payers:
                hint = "a folder under payers"
                mistakes.append(RuleError(f"applies to unknown payer {slug}", location=rule.path, hint=hint))
    for payer in payers.values():
        for change in payer.overrides.values():
            if change.rule not in ids and change.payer == payer.slug:
                where = f"payers/{payer.slug}/payer.yaml"
                mistakes.append(RuleError(f"payer {payer.slug} changes unknown rule {change.rule}", location=where))
    return mistakes


def meaning(rule: Rule) -> Hashable:
    """What a rule says about which claims; two rules that differ in names and words only have the same meaning."""
    order = {p.name: str(number) for number, p in enumerate((*rule.condition.when, *rule.condition.unless))}

    def shape(patterns: tuple[Pattern, ...]) -> Hashable:
        return tuple(
            (p.kind, tuple(sorted((t.field, t.comparison, repr(neutral(t.value))) for t in p.tests))) for p in patterns
        )

    def neutral(value: object) -> object:
        return (order[value.name], value.field) if isinstance(value, Ref) else value

    home = rule.path.split("/")[-2] if rule.pack == "payers" else ""
    retired = rule.status == "retired"
    return (shape(rule.condition.when), shape(rule.condition.unless), rule.applies, home, rule.effective_from, retired)

"""The rulebook: linked rules, payers, code sets, and the questions that checking asks of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from engine.facts.needs import KindNeeds, Needs, Tag
from engine.facts.vocabulary import FieldType
from engine.reference.code_set import CodeSet
from engine.rulebook.payers import BASE
from engine.rulebook.rule import Override, Pack, ParameterValue, Payer, Rule
from engine.rulebook.scoring import Scoring
from engine.rulebook.twins import Twin

ACTIVE = ("stable", "testing")


class Rulebook(Struct, frozen=True, kw_only=True):
    """All packs, loaded and linked; immutable, so that a check keeps the rules it began with."""

    rules: tuple[Rule, ...]
    packs: tuple[Pack, ...]
    payers: Mapping[str, Payer]
    sets: Mapping[str, CodeSet]
    twins: Mapping[str, Twin]
    tags: Mapping[str, tuple[tuple[str, Tag], ...]]
    prints: Mapping[str, tuple[tuple[str, str], ...]]
    parameters: Mapping[str, FieldType]
    scoring: tuple[Scoring, ...]

    def rule(self, rule_id: str) -> Rule | None:
        """The rule with this id, or ``None``."""
        return next((rule for rule in self.rules if rule.id == rule_id), None)

    def active(self, claim_type: str) -> tuple[Rule, ...]:
        """The stable and testing rules for a claim type, or for ``encounter``."""
        return tuple(
            r
            for r in self.rules
            if r.status in ACTIVE and (claim_type in r.applies.claim_types or claim_type == r.applies.subject)
        )

    def needs(self, rules: Iterable[Rule]) -> Needs:
        """What the facts must hold for these rules: the fields they test and print, and their tags."""
        fields: dict[str, set[str]] = {"payer": {"name"}}
        tags: dict[str, dict[str, Tag]] = {}
        for rule in rules:
            for kind in rule.kinds.values():
                fields.setdefault(kind, set())
            for read in rule.reads:
                fields[read.kind].add(read.field)
            for kind, field in self.prints[rule.id]:
                fields.setdefault(kind, set()).add(field)
            if rule.parameters:
                fields["param"] |= {"name", "value"}
            for kind, tag in self.tags[rule.id]:
                tags.setdefault(kind, {})[tag.name] = tag
        return {
            kind: KindNeeds(tuple(sorted(names)), tuple(tag for _, tag in sorted(tags.get(kind, {}).items())))
            for kind, names in sorted(fields.items())
        }

    def payer_for(
        self, *, slug: str = "", payer_id: str = "", filing_indicator: str = "", claim_type: str = ""
    ) -> Payer:
        """The payer of a claim: named by the caller, else by payer id, else by filing indicator, else ``_base``.

        Among payers that share an identifier the one that names the claim type wins.
        """
        if slug:
            return self.payers[slug]
        for attribute, value in (("payer_ids", payer_id), ("filing_indicators", filing_indicator)):
            found = [p for p in self.payers.values() if value and value in getattr(p, attribute)]
            found = [p for p in found if not p.claim_types or claim_type in p.claim_types]
            if found:
                return max(found, key=lambda p: bool(p.claim_types))
        return self.payers[BASE]

    def applicable(self, rule: Rule, payer: Payer, *, inpatient: bool | None) -> bool:
        """Whether a rule is about claims to this payer in this setting (the claim type is judged by :meth:`active`)."""
        applies = rule.applies
        home = rule.path.split("/")[-2] if rule.pack == "payers" else BASE
        return (
            (not applies.payer_kinds or payer.kind in applies.payer_kinds)
            and (not applies.payers or any(slug in applies.payers for slug in payer.lineage))
            and (home not in self.payers or home in payer.lineage)
            and (
                not applies.settings
                or inpatient is None
                or ("inpatient" if inpatient else "outpatient") in applies.settings
            )
        )


def values_on(payer: Payer, day: int) -> dict[str, ParameterValue]:
    """The parameters of a payer in force on a day; one without a value that day is left out."""
    found = {}
    for name, values in payer.parameters.items():
        in_force = [v for v in values if v.first_day <= day and (v.last_day is None or day <= v.last_day)]
        if in_force:
            found[name] = in_force[-1]
    return found


def override_on(payer: Payer, rule: str, day: int) -> Override | None:
    """The payer's change to a rule on a service day, if it has one."""
    change = payer.overrides.get(rule)
    return change if change and (change.until is None or day <= change.until) else None

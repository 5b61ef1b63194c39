"""One claim from facts to matches, and for each rule that cannot be judged the reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from engine.backends.protocol import Compile, Evaluator, Match
from engine.claim.model import Claim, ClaimType
from engine.errors import EngineError
from engine.facts.eligibility import Eligibility
from engine.facts.fact import Fact
from engine.facts.history import History
from engine.facts.project import Projector
from engine.facts.view import ClaimView, Context, PayerProfile, first_service_day
from engine.findings.coverage import asked_fields, older_tables, unready
from engine.reference.catalog import Tables
from engine.rulebook.book import Rulebook, override_on, values_on
from engine.rulebook.rule import Override, ParameterValue, Payer, Rule

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


class Scope(Struct, frozen=True):
    """What holds for all claims to one payer, on one day, in one setting.

    ``reasons`` has the rules that are not run: an empty reason means that the rule is not about such claims.
    """

    used: Mapping[str, ParameterValue]
    reasons: Mapping[str, str]
    changes: Mapping[str, Override]
    remarks: tuple[str, ...]


class Examined(Struct, frozen=True, kw_only=True):
    """A claim with its facts and matches; ``failure`` says why there are none when the engine failed."""

    claim: Claim
    payer: Payer
    day: int | None
    facts: Sequence[Fact]
    scope: Scope
    matches: Sequence[Match]
    failure: str = ""

    @property
    def used(self) -> Mapping[str, ParameterValue]:
        """The parameters in force."""
        return self.scope.used

    @property
    def reasons(self) -> Mapping[str, str]:
        """The rules that are not run, and why."""
        return self.scope.reasons


class Examiner:
    """The rules for one claim type, prepared: projected fields, compiled conditions."""

    def __init__(self, setting: Setting, claim_type: ClaimType, compile_rules: Compile) -> None:
        rulebook = setting.rulebook
        self.setting = setting
        self.claim_type: ClaimType = claim_type
        self.rules: Mapping[str, Rule] = {rule.id: rule for rule in rulebook.active(claim_type)}
        self.asked = asked_fields(self.rules.values())
        self.projector = Projector(rulebook.needs(self.rules.values()))
        self.evaluator: Evaluator = compile_rules([rule.condition for rule in self.rules.values()])
        self.scopes: dict[tuple[str, int | None, bool | None], Scope] = {}

    def examine(self, claim: Claim) -> Examined:
        """Facts, matches and reasons of a claim."""
        setting = self.setting
        payer = setting.rulebook.payer_for(
            slug=setting.payer,
            payer_id=claim.payer.payer_id,
            filing_indicator=claim.subscriber.filing_indicator,
            claim_type=claim.claim_type,
        )
        day = first_service_day(claim)
        used = values_on(payer, setting.received_on if day is None else day)
        context = Context(
            tables=setting.tables,
            payer=PayerProfile(slug=payer.slug, name=payer.title, kind=payer.kind),
            received_on=setting.received_on,
            parameters={name: value.values for name, value in used.items()},
            history=setting.history,
            eligibility=setting.eligibility,
            code_sets=setting.rulebook.sets,
        )
        view = ClaimView(claim, context)
        facts = self.projector.facts(view)
        scope = self.scope(payer, day, used, inpatient=view.inpatient)
        try:
            found, failure = self.evaluator.run(facts), ""
        except EngineError as error:
            found, failure = [], f"the rules engine failed on this claim: {error.message}"
        matches = [match for match in found if match.rule not in scope.reasons]
        return Examined(claim=claim, payer=payer, day=day, facts=facts, scope=scope, matches=matches, failure=failure)

    def scope(
        self, payer: Payer, day: int | None, used: Mapping[str, ParameterValue], *, inpatient: bool | None
    ) -> Scope:
        """Which rules are about such claims and which of them cannot be judged; remembered, as many claims share it."""
        key = (payer.slug, day, inpatient)
        found = self.scopes.get(key)
        if found is None:
            if len(self.scopes) >= SCOPES:
                self.scopes.clear()
            setting = self.setting
            changes = {
                rule: override_on(payer, rule, setting.received_on if day is None else day) for rule in self.rules
            }
            found = self.scopes[key] = Scope(
                used=used,
                reasons=dict(self._reasons(payer, day, used, changes, inpatient=inpatient)),
                changes={rule: change for rule, change in changes.items() if change},
                remarks=older_tables(self.rules.values(), day, setting.tables, self.claim_type),
            )
        return found

    def _reasons(
        self,
        payer: Payer,
        day: int | None,
        used: Mapping[str, ParameterValue],
        changes: Mapping[str, Override | None],
        *,
        inpatient: bool | None,
    ) -> list[tuple[str, str]]:
        setting = self.setting
        given = {"history": setting.history, "eligibility": setting.eligibility}
        supplied = frozenset(name for name, value in given.items() if value is not None)
        reasons: list[tuple[str, str]] = []
        for rule in self.rules.values():
            change = changes[rule.id]
            if not setting.rulebook.applicable(rule, payer, inpatient=inpatient):
                reasons.append((rule.id, ""))
            elif change and change.off:
                reasons.append((rule.id, f"switched off for {change.payer}: {change.because}"))
            elif reason := unready(rule, day, setting.tables, self.claim_type, used, supplied):
                reasons.append((rule.id, reason))
        return reasons

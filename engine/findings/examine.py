"""One claim from its parts to matches, and for each rule that cannot be judged the reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeVar

from msgspec.structs import replace

from engine.backends.compiled import CompiledEvaluator
from engine.backends.compiled_judge import Judged, PartsJudge
from engine.backends.protocol import Compile, Doubt, Evaluator, Match
from engine.claim.model import Claim, ClaimType
from engine.errors import EngineError
from engine.facts.fact import Fact
from engine.facts.once import once
from engine.facts.project import Projector
from engine.facts.view import ClaimView, first_service_day
from engine.findings.build import FindingMaker
from engine.findings.scopes import ENCOUNTER, Scope, Scopes, Setting
from engine.rulebook.rule import ParameterValue, Payer, Rule

__all__ = ["ENCOUNTER", "Examined", "Examiner", "Outcome", "Setting"]


Found = Sequence[tuple[str, tuple[Fact, ...]]]
"""Rule and bound facts of each match, by rule."""


class Outcome:
    """What rules came to, on a claim or an encounter; ``failure`` says why nothing did when the engine failed.

    Args:
        view: the claim or encounter with what its facts are worked out from.
        payer: its payer.
        day: its first service day.
        scope: the rules that are run, and why others are not.
        judged: what the compiled rules came to.
        projector: builds all facts, for explanations.
        facts: all facts with ``matches`` by another back end, if one was chosen.
        matches: see there.
        failure: why the engine failed.
    """

    def __init__(  # noqa: PLR0913 -- what later stages ask about
        self,
        *,
        view: Any,  # noqa: ANN401 -- a ClaimView or an EncounterView
        payer: Payer,
        day: int | None,
        scope: Scope,
        judged: Judged,
        projector: Projector,
        facts: Sequence[Fact] | None = None,
        matches: Sequence[Match] = (),
        failure: str = "",
    ) -> None:
        self.payer = payer
        self.day = day
        self.scope = scope
        self.failure = failure
        self._view = view
        self._judged = judged
        self._projector = projector
        self._facts = facts
        self._matches = matches

    @once
    def facts(self) -> Sequence[Fact]:
        """All facts."""
        return self._projector.facts(self._view) if self._facts is None else self._facts

    @once
    def matches(self) -> Sequence[Match]:
        """The matches, sorted."""
        return sorted(self._judged.matches()) if self._facts is None else self._matches

    @once
    def found(self) -> Found:
        """The matches with their facts, in the same order."""
        if self._facts is None:
            return self._judged.matched()
        return [(match.rule, tuple([self._facts[index] for index in match.bound])) for match in self._matches]

    @property
    def doubts(self) -> Sequence[Doubt]:
        """The rules that nothing but absent fields kept from matching."""
        return self._judged.doubts()

    @property
    def payer_fact(self) -> Fact:
        """The fact of the payer, for messages."""
        return self.scope.payer_fact

    @property
    def used(self) -> Mapping[str, ParameterValue]:
        """The parameters in force."""
        return self.scope.used

    @property
    def reasons(self) -> Mapping[str, str]:
        """The rules that are not run, and why."""
        return self.scope.reasons


class Examined(Outcome):
    """A claim with what its rules came to."""

    @property
    def claim(self) -> Claim:
        """The claim."""
        claim: Claim = self._view.claim
        return claim


OutcomeT = TypeVar("OutcomeT", bound=Outcome)


class Examiner:
    """The rules for one claim type or for encounters, prepared: projected fields, compiled conditions.

    Whatever the back end, the compiled form of the rules says which of them are in doubt. Rules that read the record
    of an encounter are not prepared for claims when no encounters were given.
    """

    def __init__(self, setting: Setting, claim_type: ClaimType | Literal["encounter"], compile_rules: Compile) -> None:
        rulebook = setting.rulebook
        self.setting = setting
        self.rules: Mapping[str, Rule] = {rule.id: rule for rule in rulebook.active(claim_type)}
        self._makers: dict[str, FindingMaker] = {}
        never = set() if claim_type == ENCOUNTER or setting.encounters else {ENCOUNTER}
        run = [rule for rule in self.rules.values() if never.isdisjoint(rule.needs)]
        self.projector = Projector(rulebook.needs(run))
        conditions = [rule.condition for rule in run]
        self.evaluator: Evaluator = compile_rules(conditions)
        self.judge = PartsJudge(conditions, self.projector.readers)
        of_tables: ClaimType = "professional" if claim_type == ENCOUNTER else claim_type
        self.scopes = Scopes(setting, of_tables, self.rules, self.judge)

    def maker(self, rule: str) -> FindingMaker:
        """Makes the findings of a rule."""
        found = self._makers.get(rule)
        if found is None:
            found = self._makers[rule] = FindingMaker(self.rules[rule])
        return found

    def examine(self, claim: Claim) -> Examined:
        """Matches, doubts and reasons of a claim."""
        payer = self.scopes.payer(claim.payer.payer_id, claim.subscriber.filing_indicator)
        day = first_service_day(claim)
        terms = self.scopes.terms(payer, day)
        encounter = self.setting.encounters.of(claim) if self.setting.encounters else None
        context = terms.context if encounter is None else replace(terms.context, encounter=encounter)
        view = ClaimView(claim, context)
        scope = self.scopes.scope(terms, day, inpatient=view.inpatient, encounter=encounter is not None)
        return self.outcome(Examined, view, payer, day, scope)

    def outcome(
        self,
        kind: type[OutcomeT],
        view: Any,  # noqa: ANN401 -- a ClaimView or an EncounterView
        payer: Payer,
        day: int | None,
        scope: Scope,
    ) -> OutcomeT:
        """What the rules in scope come to on a view."""
        facts: Sequence[Fact] | None = None
        matches: Sequence[Match] = ()
        failure = ""
        if not isinstance(self.evaluator, CompiledEvaluator):
            facts = self.projector.facts(view)
            try:
                matches = [match for match in self.evaluator.run(facts) if match.rule not in scope.reasons]
            except EngineError as error:
                failure = f"the rules engine failed on this claim: {error.message}"
        return kind(
            view=view,
            payer=payer,
            day=day,
            scope=scope,
            judged=self.judge.judge(view, scope.plan),
            projector=self.projector,
            facts=facts,
            matches=matches,
            failure=failure,
        )

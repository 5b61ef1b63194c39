"""One encounter from facts to matches, and for each rule that cannot be judged the reason."""

from __future__ import annotations

from msgspec.structs import replace

from engine.backends.protocol import Compile
from engine.claim.encounter import Encounter
from engine.facts.encounters.view import EncounterView
from engine.facts.numbers import day_number
from engine.findings.examine import Examiner, Outcome
from engine.findings.scopes import ENCOUNTER, Setting


class ExaminedEncounter(Outcome):
    """An encounter with what its rules came to."""

    @property
    def view(self) -> EncounterView:
        """The encounter with what its facts are worked out from."""
        view: EncounterView = self._view
        return view

    @property
    def encounter(self) -> Encounter:
        """The encounter."""
        return self.view.encounter


class EncounterExaminer(Examiner):
    """The rules about encounters, prepared."""

    def __init__(self, setting: Setting, compile_rules: Compile) -> None:
        super().__init__(setting, ENCOUNTER, compile_rules)

    def examine_encounter(self, encounter: Encounter) -> ExaminedEncounter:
        """Matches, doubts and reasons of an encounter."""
        payer = self.scopes.payer(encounter.payer.payer_id, encounter.filing_indicator)
        day = day_number(encounter.service_day)
        terms = self.scopes.terms(payer, day)
        view = EncounterView(encounter, replace(terms.context, history=None, eligibility=None, encounter=encounter))
        scope = self.scopes.scope(terms, day, inpatient=None, encounter=True)
        return self.outcome(ExaminedEncounter, view, payer, day, scope)

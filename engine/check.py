"""The pipeline from top to bottom: bytes to claim to facts to matches to findings to report. Read this file first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import BinaryIO

from engine.backends.protocol import Compile
from engine.claim.eligibility import Known
from engine.claim.encounter import Encounter
from engine.claim.model import Claim, ClaimType
from engine.errors import CleanclaimError, UsageError
from engine.facts.eligibility import Eligibility
from engine.facts.encounters.index import Encounters
from engine.facts.history import History
from engine.facts.vocabulary import nearest
from engine.findings.conclude import conclude
from engine.findings.examine import Examined, Examiner, Setting
from engine.findings.intake import claim_finding, input_finding, not_checked
from engine.findings.report import ClaimReport, InputFinding, PackStatement, Tool
from engine.intake.reading import IntakeFinding, ReadClaim
from engine.intake.sniff import read
from engine.reference.catalog import Tables
from engine.reference.days import EPOCH
from engine.rulebook.book import Rulebook
from engine.version import VERSION


class Checker:
    """Checks claims under one rulebook, one set of tables and one back end; build one a process and reuse it.

    Args:
        rulebook: the packs.
        tables: the reference tables.
        compile_rules: the back end (``engine.backends.durable.compile_durable``).
        engine: its name, for the report.
        received_on: the day the payer receives the claims ("today" is never read from a clock).
        payer: slug of the payer of every claim; empty to tell it from each claim.
        history: earlier claims, for rules that look back; ``None`` leaves those rules not evaluated.
        eligibility: answers of payers, lists of providers; ``None`` leaves the rules that ask them not evaluated.
        encounters: the records that claims are held against; ``None`` leaves those rules not evaluated.

    Raises:
        UsageError: no such payer.
    """

    def __init__(  # noqa: PLR0913 -- each is a choice of its own, and named
        self,
        rulebook: Rulebook,
        tables: Tables,
        compile_rules: Compile,
        *,
        engine: str,
        received_on: date,
        payer: str = "",
        history: Sequence[Claim] | None = None,
        eligibility: Sequence[Known] | None = None,
        encounters: Sequence[Encounter] | None = None,
    ) -> None:
        if payer and payer not in rulebook.payers:
            hint = nearest(payer, rulebook.payers) or "a folder under rules/payers"
            raise UsageError(f"unknown payer {payer}", hint=hint)
        day = received_on.toordinal() - EPOCH
        self.setting = Setting(
            rulebook=rulebook,
            tables=tables,
            received_on=day,
            payer=payer,
            history=None if history is None else History(history),
            eligibility=None if eligibility is None else Eligibility(eligibility),
            encounters=None if encounters is None else Encounters(encounters),
        )
        self.compile_rules = compile_rules
        self.engine = engine
        self.examiners: dict[ClaimType, Examiner] = {}

    @property
    def rulebook(self) -> Rulebook:
        """The packs that claims are checked under."""
        return self.setting.rulebook

    def check(self, stream: BinaryIO, file: str) -> Iterator[ClaimReport | InputFinding]:
        """Check every claim of a stream, in input order; nothing that is in the stream makes this raise."""
        for item in self.check_with_claims(stream, file):
            yield item if isinstance(item, InputFinding) else item[0]

    def check_with_claims(self, stream: BinaryIO, file: str) -> Iterator[tuple[ClaimReport, Claim] | InputFinding]:
        """As :meth:`check`, each report with the claim it is about, for reports that show the claim."""
        for item in read(stream, file):
            if isinstance(item, IntakeFinding):
                yield input_finding(item, file)
            else:
                yield self.check_claim(item), item.claim

    def check_claim(self, item: ReadClaim) -> ClaimReport:
        """The report of one claim; a fault of our own is reported on it (INT-0020) and stops nothing else.

        Raises:
            TableError: a reference table turned out to be malformed: nothing can be judged until it is mended.
            CompileError: the rules do not fit the back end.
        """
        try:
            structural = [claim_finding(found, item.claim) for found in item.findings]
            return conclude(self.examiner(item.claim.claim_type), self.examine(item.claim), structural)
        except CleanclaimError:
            raise
        except Exception as error:  # noqa: BLE001 -- the last guard: a claim is never lost to a fault of ours
            return not_checked(item.claim, error)

    def examine(self, claim: Claim) -> Examined:
        """The facts and matches of a claim, for explanations."""
        return self.examiner(claim.claim_type).examine(claim)

    def examiner(self, claim_type: ClaimType) -> Examiner:
        """The prepared rules of a claim type, compiled when first needed."""
        if claim_type not in self.examiners:
            self.examiners[claim_type] = Examiner(self.setting, claim_type, self.compile_rules)
        return self.examiners[claim_type]

    def tool(self) -> Tool:
        """What made the report."""
        rulebook, tables = self.setting.rulebook, self.setting.tables
        packs = tuple(PackStatement(pack.name, pack.version, pack.digest) for pack in rulebook.packs)
        statement = tuple(tables.statement())
        return Tool(name="cleanclaim", version=VERSION, engine=self.engine, packs=packs, tables=statement)

"""The pipeline from top to bottom: bytes to claim to facts to matches to findings to report. Read this file first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import BinaryIO

from engine.backends.protocol import Compile, Evaluator, Match
from engine.claim.model import Claim
from engine.errors import EngineError, UsageError
from engine.facts.fact import Fact
from engine.facts.project import Projector
from engine.facts.view import ClaimView, Context, PayerProfile, first_service_day
from engine.facts.vocabulary import nearest
from engine.findings.build import build_finding
from engine.findings.coverage import absent_fields, doubt, older_tables, unready
from engine.findings.intake import claim_finding, input_finding
from engine.findings.report import ClaimReport, Coverage, Finding, InputFinding, NotEvaluated, PackStatement, Tool
from engine.findings.score import claim_cents, factors, score, verdict
from engine.findings.suppress import suppress
from engine.intake.reading import IntakeFinding, ReadClaim
from engine.intake.sniff import read
from engine.reference.catalog import Tables
from engine.rulebook.book import Rulebook, override_on, values_on
from engine.rulebook.rule import ParameterValue, Payer
from engine.version import VERSION

EPOCH = date(1970, 1, 1).toordinal()


class Examined:
    """One claim on its way through the stages; each stage's value stays readable for ``explain``."""

    def __init__(
        self, claim: Claim, payer: Payer, day: int | None, facts: Sequence[Fact], used: Mapping[str, ParameterValue]
    ) -> None:
        self.claim = claim
        self.payer = payer
        self.day = day
        self.facts = facts
        self.used = used
        self.reasons: dict[str, str] = {}
        self.matches: list[Match] = []
        self.failure = ""


class Form:
    """What is prepared once for a claim type: the active rules, the projector and the evaluator."""

    def __init__(self, rulebook: Rulebook, claim_type: str, compile_rules: Compile) -> None:
        self.rules = {rule.id: rule for rule in rulebook.active(claim_type)}
        self.projector = Projector(rulebook.needs(self.rules.values()))
        self.evaluator: Evaluator = compile_rules([rule.condition for rule in self.rules.values()])
        fields: dict[str, set[str]] = {}
        for rule in self.rules.values():
            for asked in rule.reads:
                if not asked.about_absence:
                    fields.setdefault(asked.kind, set()).add(asked.field)
        self.asked = {kind: frozenset(names) for kind, names in fields.items()}


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
    """

    def __init__(
        self,
        rulebook: Rulebook,
        tables: Tables,
        compile_rules: Compile,
        *,
        engine: str,
        received_on: date,
        payer: str = "",
        history: Sequence[Claim] | None = None,
    ) -> None:
        if payer and payer not in rulebook.payers:
            raise UsageError(
                f"unknown payer {payer}", hint=nearest(payer, rulebook.payers) or "a folder under rules/payers"
            )
        self.rulebook = rulebook
        self.tables = tables
        self.compile_rules = compile_rules
        self.engine = engine
        self.received_on = received_on.toordinal() - EPOCH
        self.payer = payer
        self.history = history
        self.forms: dict[str, Form] = {}

    def form(self, claim_type: str) -> Form:
        """The prepared rules of a claim type, compiled when first needed."""
        if claim_type not in self.forms:
            self.forms[claim_type] = Form(self.rulebook, claim_type, self.compile_rules)
        return self.forms[claim_type]

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
        """The report of one claim."""
        claim = item.claim
        structural = [claim_finding(found, claim) for found in item.findings]
        examined = self.examine(claim)
        found = structural + self.findings(examined)
        rules = self.form(claim.claim_type).rules
        kept, left_out = suppress(found, rules)
        likelihood = self.likelihood(examined.day)
        parts = factors(kept, likelihood)
        return ClaimReport(
            claim_id=claim.patient_control_number,
            claim_type=claim.claim_type,
            payer=examined.payer.slug,
            source=claim.source,
            verdict=verdict(kept),
            score=score(parts),
            charge_cents=claim.total_charge_cents,
            cents_at_risk=claim_cents(claim, kept),
            findings=tuple(sorted(kept, key=_reading_order)),
            coverage=self.coverage(examined),
            factors=parts,
            suppressed=left_out,
        )

    def examine(self, claim: Claim) -> Examined:
        """Facts and matches of a claim, and for each rule that cannot be judged the reason."""
        payer = self.rulebook.payer_for(
            slug=self.payer,
            payer_id=claim.payer.payer_id,
            filing_indicator=claim.subscriber.filing_indicator,
            claim_type=claim.claim_type,
        )
        form = self.form(claim.claim_type)
        profile = PayerProfile(slug=payer.slug, name=payer.title, kind=payer.kind)
        day = first_service_day(claim)
        used = values_on(payer, self.received_on if day is None else day)
        context = Context(
            tables=self.tables,
            payer=profile,
            received_on=self.received_on,
            parameters={name: value.values for name, value in used.items()},
            history=self.history,
        )
        view = ClaimView(claim, context)
        examined = Examined(claim, payer, day, form.projector.facts(view), used)
        supplied = frozenset({"history"}) if self.history is not None else frozenset[str]()
        for rule in form.rules.values():
            change = override_on(payer, rule.id, self.received_on if day is None else day)
            if not self.rulebook.applicable(rule, payer, inpatient=view.inpatient):
                examined.reasons[rule.id] = ""
            elif change and change.off:
                examined.reasons[rule.id] = f"switched off for {change.payer}: {change.because}"
            elif reason := unready(rule, day, self.tables, claim.claim_type, used, supplied):
                examined.reasons[rule.id] = reason
        try:
            matches = form.evaluator.run(examined.facts)
        except EngineError as error:
            examined.failure = f"the rules engine failed on this claim: {error.message}"
            return examined
        examined.matches = [match for match in matches if match.rule not in examined.reasons]
        return examined

    def findings(self, examined: Examined) -> list[Finding]:
        """The findings of an examined claim, one for each match whose place and message differ."""
        rules = self.form(examined.claim.claim_type).rules
        payer = next(fact for fact in examined.facts if fact.kind == "payer")
        found: dict[tuple[str, object, str], Finding] = {}
        for match in examined.matches:
            rule = rules[match.rule]
            change = override_on(examined.payer, rule.id, self.received_on if examined.day is None else examined.day)
            names = [pattern.name for pattern in rule.condition.when]
            bound = {name: examined.facts[index] for name, index in zip(names, match.bound, strict=True)}
            finding = build_finding(rule, bound, examined.claim, payer, examined.used, change)
            found.setdefault((rule.id, finding.at, finding.says), finding)
        return list(found.values())

    def coverage(self, examined: Examined) -> Coverage:
        """Which rules were judged: found or passed; and why the others were not."""
        form = self.form(examined.claim.claim_type)
        if examined.failure:
            return Coverage(0, tuple(NotEvaluated(rule_id, examined.failure) for rule_id in form.rules))
        matched = {match.rule for match in examined.matches}
        absent = absent_fields(examined.facts, form.asked)
        not_evaluated = [NotEvaluated(rule_id, reason) for rule_id, reason in examined.reasons.items() if reason]
        evaluated = 0
        for rule in form.rules.values():
            if rule.id in examined.reasons:
                continue
            reason = "" if rule.id in matched else doubt(rule, examined.facts, absent)
            if reason:
                not_evaluated.append(NotEvaluated(rule.id, reason))
            else:
                evaluated += 1
        remarks = older_tables(form.rules.values(), examined.day, self.tables, examined.claim.claim_type)
        return Coverage(evaluated, tuple(sorted(not_evaluated, key=lambda n: n.rule)), remarks)

    def likelihood(self, day: int | None) -> Mapping[tuple[str, str], int]:
        """The scoring table in force."""
        on = self.received_on if day is None else day
        tables = self.rulebook.scoring
        return ([t for t in tables if t.first_day <= on] or list(tables[:1]))[-1].likelihood

    def tool(self) -> Tool:
        """What made the report."""
        packs = tuple(PackStatement(pack.name, pack.version, pack.digest) for pack in self.rulebook.packs)
        return Tool(
            name="cleanclaim", version=VERSION, engine=self.engine, packs=packs, tables=tuple(self.tables.statement())
        )


def _reading_order(finding: Finding) -> tuple[int, int, int, str]:
    """Claim findings first, then line by line; the worst first; then by rule."""
    severity = {"error": 0, "warning": 1, "info": 2}[finding.severity]
    return (finding.at.line or 0, severity, finding.at.diagnosis or 0, finding.rule)

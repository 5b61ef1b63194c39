"""One encounter as text for a coder: levels, findings by dimension, questions, the score, and what is not known."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console

from engine.claim.encounter import Encounter
from engine.facts.encounters.decision import WORDS
from engine.findings.encounters.report import EncounterReport, Factor, Level, Scores
from engine.findings.report import Finding, InputFinding, Tool
from engine.findings.show import shown
from engine.report.claim_text import coverage
from engine.report.page import Page
from engine.report.words import ADVICE, SEVERITIES, count, source, spaced, where
from engine.rulebook.payers import BASE

DIMENSIONS = {
    "accuracy": "Coding accuracy",
    "completeness": "Completeness",
    "documentation": "Documentation",
}
DO = {"hold": "hold the draft", "query_provider": "ask the provider", "coder_review": "coder review"}
"""What a disposition asks of the coder."""

MOST_UNREAD = 5


class EncounterText:
    """Writes encounters as they come, then what they were judged by.

    Args:
        console: where to.
        verbose: show every rule that was not judged and every item that was not read.
    """

    def __init__(self, console: Console, *, verbose: bool = False) -> None:
        self.page = Page(console)
        self.verbose = verbose
        self.tool: Tool | None = None
        self.advice: dict[str, int] = {}

    def begin(self, tool: Tool) -> None:
        """Remember what makes the report; the last lines say it."""
        self.tool = tool

    def file(self, name: str) -> None:
        """A heading for each file."""
        if self.advice:
            self.page.blank()
        self.page.line((f"--- {name}", "bold cyan"))

    def encounter(self, report: EncounterReport, encounter: Encounter) -> None:
        """One encounter."""
        self.advice[report.advice] = self.advice.get(report.advice, 0) + 1
        self.page.blank()
        write_encounter(self.page, report, encounter, verbose=self.verbose)

    def input_finding(self, finding: InputFinding) -> None:
        """A problem outside any encounter."""
        word, style = SEVERITIES[finding.severity]
        self.page.blank()
        self.page.line((f"{word:<5}", style), f"  {finding.rule} {finding.name}", ("  the file", "dim"))
        self.page.paragraph(finding.says, indent=7)
        self.page.paragraph(finding.fix, indent=7, label="Fix:", label_style="bold")

    def end(self) -> None:
        """How many encounters came out how, and under which packs."""
        self.page.blank()
        said = [f"{number} {name}" for name, number in self.advice.items()]
        self.page.line((f"{count(sum(self.advice.values()), 'encounter')}: {', '.join(said) or 'none'}.", "bold"))
        if self.tool:
            packs = ", ".join(f"{pack.name} {pack.version} {pack.digest[:8]}" for pack in self.tool.packs)
            self.page.paragraph(f"Rules: {packs}.", style="dim")


def write_encounter(page: Page, report: EncounterReport, encounter: Encounter, *, verbose: bool = False) -> None:
    """The whole section of one encounter."""
    word, style = ADVICE[report.advice]
    scores = report.scores
    page.line((word, style), "  ", (f"Encounter {report.encounter_id or '(no id)'}", "bold"), _scored(scores))
    if report.because:
        page.paragraph(report.because, indent=2, label="Because", style="dim")
    page.paragraph(_about(report), indent=2, style="dim")
    page.paragraph(_chosen(encounter), indent=2, style="dim")
    if report.levels:
        page.blank()
        _levels(page, report.levels)
    _findings(page, report)
    if report.queries:
        page.blank()
        page.line((f"Questions to the provider ({len(report.queries)})", "bold"), indent=2)
        for number, query in enumerate(report.queries, start=1):
            page.paragraph(f"{query.ask} [{query.rule}, {query.at}]", indent=4, label=f"{number}.")
    page.blank()
    if scores:
        page.paragraph(_score(scores), indent=2, label="Score:", label_style="bold")
    _unknown(page, report, verbose=verbose)


def _findings(page: Page, report: EncounterReport) -> None:
    """The findings by what they count against."""
    scores = report.scores
    points = {(factor.rule, factor.at): factor for factor in scores.factors} if scores else {}
    for name, title in DIMENSIONS.items():
        found = [f for f in report.findings if f.dimension == name]
        if found:
            page.blank()
            page.line((title, "bold"), f"  {getattr(scores, name)} of 100" if scores else "", indent=2)
            for finding in found:
                _finding(page, finding, points)


def _unknown(page: Page, report: EncounterReport, *, verbose: bool) -> None:
    """What could not be read, and what was not judged."""
    if report.not_read:
        listed = report.not_read if verbose else report.not_read[:MOST_UNREAD]
        page.line((f"Not read ({len(report.not_read)})", "bold"), indent=2)
        for item in listed:
            page.paragraph(f"{item.what}: {item.because}. {item.at}", indent=4, style="dim")
        if len(listed) < len(report.not_read):
            page.paragraph(f"and {len(report.not_read) - len(listed)} more (--verbose)", indent=4, style="dim")
    page.paragraph(coverage(report.coverage), indent=2, style="dim")
    if verbose:
        for missed in report.coverage.not_evaluated:
            page.paragraph(missed.because, indent=4, label=f"{missed.rule}  ", style="dim")


def _scored(scores: Scores | None) -> str:
    if scores is None:
        return "  not scored"
    each = ", ".join(f"{name} {getattr(scores, name)}" for name in DIMENSIONS)
    return f"  score {scores.overall} of 100  ({each})"


def _about(report: EncounterReport) -> str:
    payer = "rules for any payer" if report.payer == BASE else f"payer {report.payer}"
    return "; ".join(part for part in (spaced(report.setting), report.service_day, payer) if part)


def _chosen(encounter: Encounter) -> str:
    codes = [" ".join((charge.procedure, *charge.modifiers)) for charge in encounter.charges or ()]
    diagnoses = [f"{each.position}:{shown(each.code, 'icd10')}" for each in encounter.chosen or ()]
    return f"chosen {', '.join(codes) or 'no procedures'}; diagnoses {', '.join(diagnoses) or 'none'}"


def _levels(page: Page, levels: tuple[Level, ...]) -> None:
    """The table of levels, and under it what each element was worked out from."""
    head = ("Chosen", "Problems", "Data", "Risk", "Decision", "Minutes", "By decision", "By time", "Supported", "Gap")
    rows: list[tuple[str, ...]] = [head]
    for level in levels:
        elements = [_number(element.level) for element in (level.problems, level.data, level.risk)]
        decision = "?" if level.mdm_level is None else WORDS[level.mdm_level]
        minutes = _number(level.minutes) + (f"/{level.minutes_needed}" if level.minutes_needed is not None else "")
        methods = [_code(each) for each in (level.by_mdm, level.by_time, level.supported)]
        gap = "?" if level.gap is None else f"{level.gap:+d}" if level.gap else "0"
        rows.append((level.procedure, *elements, decision, minutes, *methods, gap))
    page.columns(rows, indent=4)
    first = levels[0]
    for name in ("problems", "data", "risk"):
        element = getattr(first, name)
        page.paragraph(f"{_number(element.level)}, {element.because}", indent=4, label=name, style="dim")


def _number(value: int | None) -> str:
    return "?" if value is None else str(value)


def _code(code: str | None) -> str:
    return "?" if code is None else code or "none"


def _finding(page: Page, finding: Finding, points: Mapping[tuple[str, str], Factor]) -> None:
    """One finding with what it costs."""
    word, style = SEVERITIES[finding.severity]
    factor = points.get((finding.rule, finding.at.words()))
    testing = "  (in testing: no effect on the score)" if finding.status == "testing" else ""
    cost = f"  -{factor.points}" if factor else testing
    page.line((f"{word:<5}", style), f"  {finding.rule} {finding.name}", (cost, "dim"), indent=4)
    page.paragraph(finding.says, indent=11)
    page.paragraph(finding.fix, indent=11, label="Fix:", label_style="bold")
    place = "; ".join(part for part in (finding.at.words(), where(finding.at)) if part)
    for label, text in (
        ("Where:", place),
        ("Do:", DO.get(finding.disposition, spaced(finding.disposition))),
        ("Source:", source(finding)),
    ):
        if text:
            page.paragraph(text, indent=11, label=label, style="dim")


def _score(scores: Scores) -> str:
    """The arithmetic of the overall score."""
    parts = [f"{weight} % of {name} {getattr(scores, name)}" for name, weight in scores.weights.items()]
    text = f"{' + '.join(parts)} = {scores.weighted}"
    return f"{text}; held to {scores.cap.most} ({scores.cap.because})." if scores.cap else f"{text}."

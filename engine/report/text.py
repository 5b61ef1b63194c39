"""The text report: file by file, claim by claim, as they are read; then the summary."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console

from engine.claim.model import Claim
from engine.findings.report import ClaimReport, InputFinding, Tool
from engine.report.claim_text import payer_name, write_claim
from engine.report.page import Page
from engine.report.summary_text import Basis, write_summary
from engine.report.tally import Tally
from engine.report.words import SEVERITIES, VERDICTS, count, money

CLEAN_SHOWN = 3


class TextReport:
    """Writes claims as they come. Of a run of clean claims the first three have a line each, the rest are counted.

    Args:
        console: where to.
        titles: titles of the rules by id.
        received_on: the day of receipt, for the summary.
        verbose: show every clean claim, every rule that was not judged and every suppressed finding.
    """

    def __init__(self, console: Console, titles: Mapping[str, str], received_on: str, *, verbose: bool = False) -> None:
        self.page = Page(console)
        self.titles = titles
        self.received_on = received_on
        self.verbose = verbose
        self.tool: Tool | None = None
        self.clean_run = 0
        self.after_line = False
        self.started = False

    def begin(self, tool: Tool) -> None:
        """Remember what makes the report; the summary says it."""
        self.tool = tool

    def file(self, name: str) -> None:
        """A heading for each file."""
        self._end_clean_run()
        if self.started:
            self.page.blank()
        self.started = True
        self.page.line((f"--- {name}", "bold cyan"))
        self.after_line = False

    def claim(self, report: ClaimReport, claim: Claim) -> None:
        """One claim; a line when there is nothing to say about it."""
        if report.verdict == "clean" and not report.findings and report.coverage.evaluated:
            self._clean(report, claim)
            return
        self._end_clean_run()
        self.page.blank()
        write_claim(self.page, report, claim, verbose=self.verbose)
        self.after_line = False

    def input_finding(self, finding: InputFinding) -> None:
        """A problem outside any claim."""
        self._end_clean_run()
        word, style = SEVERITIES[finding.severity]
        page = self.page
        page.blank()
        page.line((f"{word:<5}", style), f"  {finding.rule} {finding.name}", ("  the file, outside any claim", "dim"))
        page.paragraph(finding.says, indent=7)
        page.paragraph(finding.fix, indent=7, label="Fix:", label_style="bold")
        at = finding.at
        place = [f"loop {at.x12.loop}" if at.x12.loop else "", at.x12.element] if at.x12 else [at.path]
        place += [f"segment {at.x12.segment}"] if at.x12 and at.x12.segment is not None else []
        if any(place):
            page.paragraph(" ".join(part for part in place if part), indent=7, label="Where:", style="dim")
        self.after_line = False

    def end(self, tally: Tally) -> None:
        """The summary."""
        self._end_clean_run()
        self.page.blank()
        if self.tool:
            basis = Basis(tool=self.tool, titles=self.titles, received_on=self.received_on)
            write_summary(self.page, tally, basis, verbose=self.verbose)

    def _clean(self, report: ClaimReport, claim: Claim) -> None:
        self.clean_run += 1
        if self.clean_run > CLEAN_SHOWN and not self.verbose:
            return
        if not self.after_line:
            self.page.blank()
        word, style = VERDICTS["clean"]
        self.page.line(
            (word, style),
            "  ",
            (f"Claim {report.claim_id or '(no id)'}", "bold"),
            f"  {report.claim_type}, {payer_name(report, claim)}, charged {money(report.charge_cents)}  ",
            (_judged(report), "dim"),
        )
        self.after_line = True

    def _end_clean_run(self) -> None:
        more = self.clean_run - CLEAN_SHOWN
        if more > 0 and not self.verbose:
            self.page.line((f"and {count(more, 'more clean claim')}", "green"))
        self.clean_run = 0


def _judged(report: ClaimReport) -> str:
    missed = len(report.coverage.not_evaluated)
    return f"{count(report.coverage.evaluated, 'rule')} judged" + (f", {missed} not" if missed else "")

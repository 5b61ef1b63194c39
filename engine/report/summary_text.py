"""The end of a text report: all claims together, the rules that found most, and what the answers rest on."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from engine.findings.report import Tool
from engine.report.page import Page
from engine.report.tally import Tally
from engine.report.words import VERDICTS, count, money

RULES_SHOWN = 10
REASONS_SHOWN = 8
TITLE_WIDTH = 66


class Basis(Struct, frozen=True, kw_only=True):
    """What a run rests on: the tool with its packs and tables, the titles of its rules, the day of receipt."""

    tool: Tool
    titles: Mapping[str, str]
    received_on: str


def write_summary(page: Page, tally: Tally, basis: Basis, *, verbose: bool) -> None:
    """The summary of a run."""
    page.line(("Summary", "bold"))
    verdicts = [f"{tally.verdicts[key]:,} {word.lower()}" for key, (word, _) in VERDICTS.items() if tally.verdicts[key]]
    page.paragraph(
        f"{count(tally.claims, 'claim')} in {count(tally.files, 'file')}: {', '.join(verdicts) or 'nothing checked'}",
        indent=2,
    )
    page.line(f"{money(tally.charge_cents)} charged, {money(tally.cents_at_risk)} at risk", indent=2)
    if tally.input_findings:
        page.line((f"{count(tally.input_findings, 'problem')} of the input outside any claim", "yellow"), indent=2)
    if tally.unusable:
        page.line((f"{count(tally.unusable, 'file')} without a claim that could be read", "bold red"), indent=2)
    if tally.rule_claims.total():
        _rules(page, tally, basis.titles)
    if tally.not_judged:
        page.blank()
        page.line(("Not judged (claims)", "bold"), indent=2)
        ranked = sorted(tally.not_judged.items(), key=lambda item: (-item[1], item[0]))
        reasons = ranked if verbose else ranked[:REASONS_SHOWN]
        for reason, number in reasons:
            page.paragraph(reason, indent=2, label=f"{number:>6}  ")
        if rest := len(tally.not_judged) - len(reasons):
            page.line((f"and {count(rest, 'other reason')} (--verbose shows all)", "dim"), indent=10)
    for remark, number in sorted(tally.remarks.items()):
        page.paragraph(f"{remark} ({count(number, 'claim')})", indent=2, style="dim")
    page.blank()
    _tool(page, basis.tool, basis.received_on)


def _rules(page: Page, tally: Tally, titles: Mapping[str, str]) -> None:
    found = [rule for rule, claims in tally.rule_claims.items() if claims]
    ranked = sorted(found, key=lambda rule: (-tally.rule_cents[rule], -tally.rule_claims[rule], rule))
    rows = [
        (rule, _short(titles.get(rule, "")), f"{tally.rule_claims[rule]:,}", money(tally.rule_cents[rule]))
        for rule in ranked[:RULES_SHOWN]
    ]
    page.blank()
    page.columns([("Rule", "", "Claims", "At risk"), *rows], (2, 3), indent=2)
    if (rest := len(ranked) - RULES_SHOWN) > 0:
        page.line((f"and {count(rest, 'other rule')}", "dim"), indent=2)


def _short(title: str) -> str:
    return title if len(title) <= TITLE_WIDTH else f"{title[: TITLE_WIDTH - 3].rstrip()}..."


def _tool(page: Page, tool: Tool, received_on: str) -> None:
    editions: dict[str, list[str]] = {}
    for table in tool.tables:
        editions.setdefault(str(table["name"]), []).append(str(table["edition"]))
    tables = ", ".join(f"{name} {' '.join(found)}" for name, found in editions.items())
    packs = ", ".join(f"{pack.name} {pack.version} ({pack.digest[:8]})" for pack in tool.packs)
    for label, text in (
        ("Tables", tables or "none"),
        ("Packs", packs or "none"),
        ("Made by", f"{tool.name} {tool.version}, engine {tool.engine}; claims received on {received_on}"),
    ):
        page.paragraph(text, indent=2, label=label, style="dim")

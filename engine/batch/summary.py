"""The end of a batch: verdicts, the rules that found most, cents at risk, by payer; as text and as summary.json."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from engine.batch.checkpoint import cannot_write, replace_synced
from engine.batch.tally import BatchTally
from engine.report.page import Page
from engine.report.summary_text import Basis, write_summary
from engine.report.words import VERDICTS, count, money

PAYERS_SHOWN = 12
FILE = "summary.json"


def summary(
    tally: BatchTally, tool: dict[str, object], received_on: str, titles: Mapping[str, str]
) -> dict[str, object]:
    """The summary as plain values; rules and payers by cents at risk, the most first."""
    rules = sorted(tally.rule_claims, key=lambda rule: (-tally.rule_cents[rule], -tally.rule_claims[rule], rule))
    payers = sorted(tally.payers, key=lambda slug: (-tally.payers[slug].cents_at_risk, slug))
    return {
        "tool": tool,
        "received_on": received_on,
        "files": tally.files,
        "files_without_claims": tally.unusable,
        "claims": tally.claims,
        "verdicts": {verdict: tally.verdicts[verdict] for verdict in VERDICTS},
        "charge_cents": tally.charge_cents,
        "cents_at_risk": tally.cents_at_risk,
        "findings": dict(sorted(tally.severities.items())),
        "problems": tally.input_findings,
        "poisoned": tally.poisoned,
        "rules": [
            {
                "rule": rule,
                "title": titles.get(rule, ""),
                "claims": tally.rule_claims[rule],
                "cents_at_risk": tally.rule_cents[rule],
            }
            for rule in rules
        ],
        "payers": [{"payer": slug, **msgspec.to_builtins(tally.payers[slug])} for slug in payers],
        "not_judged": dict(sorted(tally.not_judged.items(), key=lambda item: (-item[1], item[0]))),
        "remarks": dict(sorted(tally.remarks.items())),
    }


def write_json(folder: Path, content: dict[str, object]) -> None:
    """``summary.json``, replaced in one step.

    Raises:
        OutputError: it cannot be written.
    """
    try:
        replace_synced(folder / FILE, content)
    except OSError as error:
        raise cannot_write(folder, error) from error


def write_text(page: Page, tally: BatchTally, basis: Basis, out: Path) -> None:
    """The summary of :mod:`engine.report.summary_text`, the payers, and where the rest is."""
    write_summary(page, tally, basis, verbose=False)
    page.blank()
    heading = ("Payer", "Claims", *(word.capitalize() for word, _ in VERDICTS.values()), "Charged", "At risk")
    ranked = sorted(tally.payers.items(), key=lambda item: (-item[1].cents_at_risk, item[0]))
    rows = [
        (
            slug or "(not known)",
            f"{payer.claims:,}",
            *(f"{payer.verdicts.get(verdict, 0):,}" for verdict in VERDICTS),
            money(payer.charge_cents),
            money(payer.cents_at_risk),
        )
        for slug, payer in ranked[:PAYERS_SHOWN]
    ]
    page.columns([heading, *rows], range(1, len(heading)), indent=2)
    if (rest := len(ranked) - PAYERS_SHOWN) > 0:
        page.line((f"and {count(rest, 'other payer')} ({FILE} has all)", "dim"), indent=2)
    if tally.poisoned:
        page.blank()
        text = f"{count(tally.poisoned, 'claim')} could not be checked: see {out / 'poisoned'}"
        page.line((text, "bold red"), indent=2)
    page.blank()
    page.paragraph(str(out), indent=2, label="Output")

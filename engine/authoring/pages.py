"""All rule pages: one a rule, an index a pack, one of the packs; written, or compared with what is there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from engine.authoring.markdown import code, link, plain, table
from engine.authoring.page import address, rule_page
from engine.report.words import count, spaced
from engine.rulebook import load
from engine.rulebook.book import Rulebook
from engine.rulebook.rule import Pack, Rule

MADE = "<!-- Made by `cleanclaim rules docs` from rules/. Do not edit. -->"


def pages(rulebook: Rulebook) -> dict[str, str]:
    """The text of each page by its path under the folder of the pages."""
    found = {address(rule): f"{MADE}\n\n{rule_page(rule, rulebook)}" for rule in rulebook.rules}
    for pack in rulebook.packs:
        rules = [rule for rule in rulebook.rules if rule.pack == pack.name]
        if rules:
            found[f"{pack.name}/index.md"] = _pack_page(pack, rules)
    found["index.md"] = _front(rulebook)
    return found


def write_pages(made: Mapping[str, str], folder: Path) -> list[str]:
    """Write the pages that differ and remove those of rules that are gone; their paths."""
    changed = stale(made, folder)
    for name in changed:
        path = folder / name
        if name in made:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(made[name], encoding="utf-8")
        else:
            path.unlink()
    return changed


def stale(made: Mapping[str, str], folder: Path) -> list[str]:
    """The paths of pages that are missing, differ, or belong to no rule."""
    there = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*.md")} if folder.is_dir() else {}
    missing = [name for name in made if name not in there]
    differing = [
        name for name, path in there.items() if name not in made or path.read_text(encoding="utf-8") != made[name]
    ]
    return sorted([*missing, *differing])


def pages_folder() -> Path | None:
    """``docs/rules`` of the checkout that the shipped rules stand in; ``None`` in an installed package."""
    docs = load.shipped_rules().parent / "docs"
    return docs / "rules" if docs.is_dir() else None


def _pack_page(pack: Pack, rules: list[Rule]) -> str:
    lines = [MADE, "", f"# {plain(pack.title)}", "", f"{count(len(rules), 'rule')}, {_by_status(rules)}.", ""]
    lines += table(
        ["Rule", "Title", "Severity", "The payer would", "Category", "SNIP", "Status"],
        [
            (
                link(rule.id, f"{rule.id}.md"),
                plain(rule.title),
                rule.severity,
                spaced(rule.disposition),
                spaced(rule.category),
                str(rule.snip),
                rule.status,
            )
            for rule in rules
        ],
    )
    return "\n".join(lines)


def _front(rulebook: Rulebook) -> str:
    rows = []
    for pack in rulebook.packs:
        rules = [rule for rule in rulebook.rules if rule.pack == pack.name]
        if rules:
            name = link(pack.title, f"{pack.name}/index.md")
            rows.append((name, code(f"{pack.prefix}-nnnn"), str(len(rules)), _by_status(rules)))
    heads = ["Pack", "Ids", "Rules", "By status"]
    intro = "What each rule flags, why, by whose authority, and an example of both outcomes."
    return "\n".join([MADE, "", "# Rules", "", intro, "", *table(heads, rows)])


def _by_status(rules: list[Rule]) -> str:
    found: Counter[str] = Counter(rule.status for rule in rules)
    order = ("stable", "testing", "draft", "retired")
    return ", ".join(f"{found[status]} {status}" for status in order if found[status])

"""Codes in sets and predictions: known to their publishers, in use on the days meant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.authoring.corpus import Corpus
from engine.authoring.lint.remark import Check, Remark
from engine.facts.vocabulary import vocabulary
from engine.reference.code_lists import code_list
from engine.reference.code_set import Window
from engine.reference.days import iso
from engine.reference.table import Row
from engine.rulebook.document import items, mapping
from engine.rulebook.rule import Rule

SYSTEMS = {"icd10cm": "ICD-10-CM", "mce-sg": "ICD-10-PCS", "hcpcs": "HCPCS level II"}
"""The tables that codes are looked up in, and the names of the code systems."""


SHOWN = 3
"""Code sets that are named when they were not looked up; of more it is said how many there are."""


def invalid(corpus: Corpus) -> Iterator[Remark]:
    """Members of code sets that their code system does not have on any day of the membership."""
    tables = _systems(corpus)
    for table in dict.fromkeys(tables.values()):
        if corpus.tables.status(table, None):
            names = sorted(name for name, found in tables.items() if found == table)
            shown = ", ".join(names[:SHOWN]) + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")
            corpus.skipped.append(f"table {table} is not loaded: not looked up are {shown}")
    for name, table in sorted(tables.items()):
        if corpus.tables.status(table, None):
            continue
        document = corpus.code_set(name)
        listed = len(corpus.rulebook.sets[name].windows) - len(items(mapping(document.content).get("members")))
        for number, window in enumerate(corpus.rulebook.sets[name].windows):
            for code, why in _wrong(corpus, table, window):
                where = document.where("members", number - listed) if number >= listed else document.where("list")
                yield Remark(name, where, f"{code} {why}", f"looked up in {SYSTEMS[table]}")


def _systems(corpus: Corpus) -> dict[str, str]:
    """The table of each code set whose codes rules compare with a field of a known code system."""
    kinds = vocabulary()
    found: dict[str, str] = {}
    for rule in corpus.rules:
        for kind, tag in corpus.rulebook.tags[rule.id]:
            if tag.code_set is not None:
                field = kinds[kind].fields[tag.field]
                if kind == "inpatient_procedure" and tag.field == "code":
                    found[tag.argument] = "mce-sg"
                elif field.type == "icd10":
                    found[tag.argument] = "icd10cm"
                elif tag.field == "procedure":
                    found.setdefault(tag.argument, "hcpcs")
    return found


def _wrong(corpus: Corpus, table: str, window: Window) -> Iterator[tuple[str, str]]:
    for code in sorted(window.codes):
        if table == "hcpcs" and (code[:1].isdigit() or code[-1:].isalpha() or code[:1] == "D"):
            continue  # CPT and CDT are not in the table
        rows = corpus.tables.rows(table, code)
        if not rows:
            longer = corpus.tables.keys_from(table, code)
            yield code, "is a category: list it under prefixes" if longer else "does not exist"
        elif not any(_meets(row, window) for row in rows):
            yield code, f"is not in use on any day of the membership ({_days(rows)})"
    for prefix in window.prefixes:
        if table != "hcpcs" and not corpus.tables.keys_from(table, prefix):
            yield prefix, "begins no code"


def _meets(row: Row, window: Window) -> bool:
    after = window.first_day is not None and row.last_day is not None and row.last_day < window.first_day
    before = window.last_day is not None and row.first_day is not None and row.first_day > window.last_day
    return not (after or before)


def _days(rows: Sequence[Row]) -> str:
    ends = (rows[0].first_day, rows[-1].last_day)
    first, last = ("…" if day is None else iso(day) for day in ends)
    return f"{first} to {last}"


def late(corpus: Corpus) -> Iterator[Remark]:
    """Rules in force before the code set that they ask has its first member: until then they cannot be right."""
    for rule in corpus.rules:
        for name in rule.sets:
            starts = [window.first_day for window in corpus.rulebook.sets[name].windows]
            known = [day for day in starts if day is not None]
            if starts and len(known) == len(starts) and rule.effective_from < min(known):
                yield Remark(
                    rule.id,
                    corpus.where(rule, "effective"),
                    f"begins before the first member of {name} ({iso(min(known))})",
                    "let the rule begin with the set, or complete the set",
                )


def remittance(corpus: Corpus) -> Iterator[Remark]:
    """Predicted remittance codes that the lists do not have, or that end before the rule does."""
    for rule in corpus.rules:
        if rule.predicts is None:
            continue
        named = [("carc", rule.predicts.carc, ("predicts", "carc"))]
        named += [("rarc", code, ("predicts", "rarc")) for code in rule.predicts.rarc]
        for name, code, steps in named:
            if why := _not_active(rule, name, code):
                hint = "see the lists of X12 (CARC) and CMS (RARC)"
                yield Remark(rule.id, corpus.where(rule, *steps), f"{name.upper()} {code} {why}", hint)


def _not_active(rule: Rule, name: str, code: str) -> str:
    found = code_list(name).entries.get(code)
    if found is None:
        return "does not exist"
    last = found.last_day
    if last is not None and (rule.effective_to is None or rule.effective_to > last):
        return f"ended on {iso(last)}"
    return ""


CHECKS = (
    Check("code-not-valid", "error", "A code is valid on some day of its membership in a set.", invalid),
    Check("set-begins-late", "warning", "A rule does not begin before its code sets do.", late),
    Check("remittance-code", "error", "Predicted CARCs and RARCs exist and are active.", remittance),
)

"""What changed between two folders of rules, in the words of the rules and not of their lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from engine.findings.show import shown
from engine.reference.code_set import CodeSet
from engine.reference.days import iso
from engine.report.rule_words import sentences, template_words
from engine.rulebook.book import Rulebook
from engine.rulebook.rule import Override, ParameterValue, Payer, Rule

FIELDS = (
    "name",
    "title",
    "status",
    "severity",
    "disposition",
    "category",
    "snip",
    "pack",
    "why",
    "note",
    "replaced_by",
)
SHOWN_CODES = 12
"""Codes that a line of a difference names; of more it says how many there are."""


class Change(Struct, frozen=True):
    """One thing that was added, removed or changed.

    ``subject`` is a rule's id, or ``code set NAME``, or ``payer SLUG``; ``what`` the part of it; ``before`` or
    ``after`` is empty where there is nothing.
    """

    subject: str
    what: str
    before: str = ""
    after: str = ""


def diff(old: Rulebook, new: Rulebook) -> list[Change]:
    """Every change from ``old`` to ``new``: rules by id, then code sets, then payers."""
    return [*_rules(old, new), *_sets(old.sets, new.sets), *_payers(old, new)]


def _rules(old: Rulebook, new: Rulebook) -> Iterator[Change]:
    for rule_id in sorted({rule.id for rule in (*old.rules, *new.rules)}):
        before, after = old.rule(rule_id), new.rule(rule_id)
        if before is None or after is None:
            yield Change(rule_id, "rule", before.title if before else "", after.title if after else "")
            continue
        earlier, later = _parts(before), _parts(after)
        for what in dict.fromkeys((*earlier, *later)):
            one, other = earlier.get(what, ""), later.get(what, "")
            if one != other:
                yield Change(rule_id, what, one, other)


def _parts(rule: Rule) -> dict[str, str]:
    """A rule as named texts."""
    parts = {field: str(getattr(rule, field)) for field in FIELDS}
    until = iso(rule.effective_to) if rule.effective_to is not None else ""
    parts["effective"] = f"{iso(rule.effective_from)} to {until}".strip()
    for key in ("claim_types", "payer_kinds", "payers", "settings"):
        parts[key.replace("_", " ")] = ", ".join(getattr(rule.applies, key))
    for section in ("when", "unless"):
        for fact, tests in sentences(rule, getattr(rule.condition, section)):
            name = fact.rpartition("called ")[2].split(" ")[-1]
            parts[f"{section} {name}"] = fact
            parts |= {f"{section} {test.split(' ')[0]}": test for test in tests}
    parts["at"] = ".".join(filter(None, (rule.at.part, rule.at.name, rule.at.number, rule.at.field)))
    parts["says"], parts["fix"] = template_words(rule.says), template_words(rule.fix)
    found = rule.predicts
    parts["predicts"] = " ".join((f"{found.group}-{found.carc}", *found.rarc)) if found else ""
    parts["suppressed by"] = ", ".join(rule.suppressed_by)
    parts["references"] = "; ".join(f"{each.title}, {each.locator}" for each in rule.references)
    return parts


def _sets(old: Mapping[str, CodeSet], new: Mapping[str, CodeSet]) -> Iterator[Change]:
    for name in sorted({*old, *new}):
        subject = f"code set {name}"
        if name not in old or name not in new:
            before, after = (sets[name].title if name in sets else "" for sets in (old, new))
            yield Change(subject, "set", before, after)
            continue
        earlier, later = _members(old[name]), _members(new[name])
        gone, come = sorted(earlier - later), sorted(later - earlier)
        if gone or come:
            yield Change(subject, "members", _some(gone), _some(come))


def _members(code_set: CodeSet) -> set[str]:
    """The members as authors write them, each with its days."""
    found = set()
    for window in code_set.windows:
        days = " ".join(
            f"{word} {iso(day)}"
            for word, day in (("from", window.first_day), ("to", window.last_day))
            if day is not None
        )
        written = [*window.codes, *(f"{prefix}…" for prefix in window.prefixes)]
        written += [f"{low}-{high}" for low, high in window.ranges]
        written += [f"not {prefix}…" for prefix in window.excluded]
        found |= {f"{text} {days}".strip() for text in written}
    return found


def _some(texts: list[str]) -> str:
    more = f" and {len(texts) - SHOWN_CODES} more" if len(texts) > SHOWN_CODES else ""
    return ", ".join(texts[:SHOWN_CODES]) + more


def _payers(old: Rulebook, new: Rulebook) -> Iterator[Change]:
    for slug in sorted({*old.payers, *new.payers}):
        before, after = old.payers.get(slug), new.payers.get(slug)
        subject = f"payer {slug}"
        if before is None or after is None:
            yield Change(subject, "payer", before.title if before else "", after.title if after else "")
            continue
        earlier, later = _own(before, old), _own(after, new)
        for what in sorted({*earlier, *later}):
            if earlier.get(what) != later.get(what):
                yield Change(subject, what, earlier.get(what, ""), later.get(what, ""))


def _own(payer: Payer, rulebook: Rulebook) -> dict[str, str]:
    """What a payer's own file says, inherited values left out."""
    texts = {"title": payer.title, "kind": payer.kind, "inherits": " > ".join(payer.lineage[1:])}
    texts["identifiers"] = ", ".join((*payer.payer_ids, *payer.filing_indicators))
    for name, values in payer.parameters.items():
        own = [value for value in values if value.payer == payer.slug]
        if own:
            kind = rulebook.parameters[name]
            texts[f"parameter {name}"] = "; ".join(
                f"{', '.join(shown(item, kind) for item in value.values)} {_since(value)}" for value in own
            )
    for rule, change in payer.overrides.items():
        if change.payer == payer.slug:
            texts[f"rule {rule}"] = _override(change)
    return texts


def _since(value: ParameterValue) -> str:
    until = f" to {iso(value.last_day)}" if value.last_day is not None else ""
    return f"from {iso(value.first_day)}{until}"


def _override(change: Override) -> str:
    what = "off" if change.off else " ".join(filter(None, (change.severity, change.disposition)))
    return what + (f" until {iso(change.until)}" if change.until is not None else "")

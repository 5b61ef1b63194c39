"""Rules that say what another says already, or that can never speak."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from engine.authoring.corpus import Corpus
from engine.authoring.lint.implication import covers
from engine.authoring.lint.remark import Check, Remark
from engine.rulebook.rule import Rule
from engine.rulebook.together import meaning


def twice(corpus: Corpus) -> Iterator[Remark]:
    """Rules with one condition, about the same claims, on overlapping days."""
    seen: dict[object, list[Rule]] = {}
    for rule in corpus.rules:
        found = meaning(rule)
        key = tuple(part for number, part in enumerate(found) if number != DATES) if isinstance(found, tuple) else found
        for other in seen.setdefault(key, []):
            if _overlap(rule, other):
                yield Remark(
                    rule.id,
                    corpus.where(rule, "effective"),
                    f"says the same as {other.id} on overlapping days",
                    f"end one before the other begins; see {other.path}",
                )
        seen[key].append(rule)


DATES = 4
"""The place of the first day in what :func:`engine.rulebook.together.meaning` returns."""


def _overlap(one: Rule, other: Rule) -> bool:
    first, second = sorted((one, other), key=lambda rule: rule.effective_from)
    return first.effective_to is None or second.effective_from <= first.effective_to


def shadowed(corpus: Corpus) -> Iterator[Remark]:
    """Rules whose every finding another rule makes as well, at the same place and as bad."""
    for specific in corpus.rules:
        for general in corpus.rules:
            if (
                general is not specific
                and general.severity == specific.severity
                and (general.status == "stable" or specific.status != "stable")
                and specific.id not in general.suppressed_by
                and general.id not in specific.suppressed_by
                and _same_place(general, specific, fields=True)
            ):
                yield Remark(
                    specific.id,
                    corpus.where(specific, "when"),
                    f"{general.id} flags all that it flags, at the same place",
                    f"narrow {general.id}, or let it be suppressed_by {specific.id}, which says more",
                )


def never_reported(corpus: Corpus) -> Iterator[Remark]:
    """Rules that a rule in ``suppressed_by`` always silences."""
    by_id = {rule.id: rule for rule in corpus.rules}
    for rule in corpus.rules:
        for number, other in enumerate(rule.suppressed_by):
            general = by_id.get(other)
            if general and general.status == "stable" and _same_place(general, rule, fields=False):
                yield Remark(
                    rule.id,
                    corpus.where(rule, "suppressed_by", number),
                    f"{other} flags all that it flags and silences it: it is never reported",
                    f"take {other} out of suppressed_by, or retire the rule",
                )


def _same_place(general: Rule, specific: Rule, *, fields: bool) -> bool:
    mine, theirs = specific.at, general.at
    if (mine.part, mine.number) != (theirs.part, theirs.number) or (fields and mine.field != theirs.field):
        return False
    return any(names.get(theirs.name) == mine.name for names in covers(general, specific))


def circles(corpus: Corpus) -> Iterator[Remark]:
    """Rules that silence each other: which one is heard would depend on nothing."""
    by_id: Mapping[str, Sequence[str]] = {rule.id: rule.suppressed_by for rule in corpus.rules}
    for rule in corpus.rules:
        path = _back(rule.id, by_id)
        if path:
            yield Remark(
                rule.id,
                corpus.where(rule, "suppressed_by"),
                f"suppresses itself: {' > '.join(path)}",
                "the rule that says more silences the other, never both",
            )


def _back(start: str, edges: Mapping[str, Sequence[str]]) -> list[str]:
    """A shortest way from a rule back to itself."""
    ways: list[list[str]] = [[start]]
    seen: set[str] = set()
    for way in ways:
        for following in edges.get(way[-1], ()):
            if following == start:
                return [*way, start]
            if following not in seen:
                seen.add(following)
                ways.append([*way, following])
    return []


def deaf(corpus: Corpus) -> Iterator[Remark]:
    """Rules named in ``suppressed_by`` that can silence nothing: retired, drafts, or about other claims."""
    by_id = {rule.id: rule for rule in corpus.rulebook.rules}
    for rule in corpus.rules:
        for number, other in enumerate(rule.suppressed_by):
            suppressor = by_id[other]
            reason = (
                f"is {suppressor.status}"
                if suppressor.status in ("retired", "draft") and rule.status not in ("retired", "draft")
                else ""
                if set(suppressor.applies.claim_types) & set(rule.applies.claim_types)
                or suppressor.applies.subject == rule.applies.subject == "encounter"
                else "is about other claims"
            )
            if reason:
                where = corpus.where(rule, "suppressed_by", number)
                yield Remark(rule.id, where, f"names {other}, which {reason}", "take it out")


CHECKS = (
    Check("duplicate-meaning", "error", "Two rules do not say the same about the same claims on the same day.", twice),
    Check("shadowed-rule", "warning", "No other rule flags all that a rule flags, at the same place.", shadowed),
    Check("never-reported", "error", "No rule is always suppressed by another.", never_reported),
    Check("suppression-cycle", "error", "No rule suppresses itself, directly or by way of others.", circles),
    Check("idle-suppressor", "warning", "A rule named in suppressed_by can be found on the same claim.", deaf),
)

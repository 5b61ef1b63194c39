"""Mutants of a rule: the rule with one small mistake in it, each as an author might make it.

A twin that is any good has a case for each of them whose outcome differs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from msgspec import Struct, structs

from engine.facts.fact import Value
from engine.facts.needs import Tag
from engine.facts.vocabulary import Field, vocabulary
from engine.reference.days import iso
from engine.rulebook.conditions import PARAM
from engine.rulebook.form import Comparison, Condition, Pattern, Ref, Test
from engine.rulebook.payers import BASE
from engine.rulebook.rule import Rule, Slot

CLAIM_TYPES = ("professional", "institutional", "dental")
THOUSAND = 1000

NEGATED = {
    "is": "is_not",
    "is_not": "is",
    "at_least": "less_than",
    "less_than": "at_least",
    "at_most": "more_than",
    "more_than": "at_most",
    "same_as": "differs_from",
    "differs_from": "same_as",
    "in_set": "not_in_set",
    "not_in_set": "in_set",
    "present": "missing",
    "missing": "present",
    "is_one_of": "is_none_of",
    "starts_with": "does_not_start_with",
}
"""Each operator and its opposite; the last two have none in the language and are named here only."""

OPPOSITE: dict[Comparison, Comparison] = {"eq": "ne", "ne": "eq", "gt": "le", "le": "gt", "ge": "lt", "lt": "ge"}
STRICTNESS: dict[Comparison, tuple[Comparison, str]] = {
    "gt": ("ge", "at_least"),
    "ge": ("gt", "more_than"),
    "lt": ("le", "at_most"),
    "le": ("lt", "less_than"),
}


class Mutant(Struct, frozen=True, kw_only=True):
    """A rule with one mistake.

    ``name`` is how twins and reports call it, ``tags`` what its facts must carry beside those of the rule, ``wanted``
    the case that would notice it.
    """

    name: str
    rule: Rule
    tags: tuple[tuple[str, Tag], ...] = ()
    wanted: str


class _Change(Struct, frozen=True):
    """What becomes of one test: another test, or none."""

    words: str
    test: Test | None
    wanted: str
    tag: Tag | None = None


def mutants(rule: Rule, tags: Sequence[tuple[str, Tag]]) -> Iterator[Mutant]:
    """Every mutant of a rule; ``tags`` are the rule's own, by kind (:attr:`engine.rulebook.book.Rulebook.tags`)."""
    for section in ("when", "unless"):
        patterns: tuple[Pattern, ...] = getattr(rule.condition, section)
        for index, pattern in enumerate(patterns):
            if pattern.name.startswith("param."):
                continue
            path = f"{section}.{pattern.name}"
            if section == "unless" or _spare(rule, pattern):
                yield _without(rule, section, index, path)
            for place, test in enumerate(pattern.tests):
                if pattern.kind == PARAM and test.field == "name":
                    continue  # which parameter is meant is no condition
                for change in _changes(section, pattern, test, tags):
                    tests = [*pattern.tests]
                    tests[place : place + 1] = [change.test] if change.test else []
                    changed = structs.replace(pattern, tests=tuple(tests))
                    yield Mutant(
                        name=f"{path}.{test.authored[0]} {change.words}",
                        rule=_with(rule, section, index, (changed,)),
                        tags=((pattern.kind, change.tag),) if change.tag else (),
                        wanted=change.wanted,
                    )
    yield from _scopes(rule)


def _without(rule: Rule, section: str, index: int, path: str) -> Mutant:
    name = path.partition(".")[2]
    wanted = (
        f"a quiet case in which {name} is there and that fires without it"
        if section == "unless"
        else f"a quiet case without a fact for {name}"
    )
    return Mutant(name=f"{path} dropped", rule=_with(rule, section, index, ()), wanted=wanted)


def _with(rule: Rule, section: str, index: int, patterns: tuple[Pattern, ...]) -> Rule:
    """The rule with one pattern replaced."""
    found = {"when": rule.condition.when, "unless": rule.condition.unless}
    found[section] = (*found[section][:index], *patterns, *found[section][index + 1 :])
    return structs.replace(rule, condition=Condition(rule.condition.rule, found["when"], found["unless"]))


def _spare(rule: Rule, pattern: Pattern) -> bool:
    """Whether a pattern of ``when`` can go: nothing else of the rule speaks of it, and another pattern is left."""
    others = [p for p in (*rule.condition.when, *rule.condition.unless) if p is not pattern]
    spoken = {rule.at.name} | {part.name for part in (*rule.says, *rule.fix, *rule.query) if isinstance(part, Slot)}
    spoken |= {test.value.name for other in others for test in other.tests if isinstance(test.value, Ref)}
    left = [p for p in rule.condition.when if p is not pattern and not p.name.startswith("param.")]
    return pattern.name not in spoken and bool(left)


def _changes(section: str, pattern: Pattern, test: Test, tags: Sequence[tuple[str, Tag]]) -> Iterator[_Change]:
    name, operator, argument = test.authored
    about = f"{pattern.name}.{name}"
    other = NEGATED[operator]
    unlike = f"{about} {other.replace('_', ' ')} {argument}".strip()
    dropped = (
        f"a quiet case in which {unlike} and the rest holds"
        if section == "when"
        else f"a firing case in which {unlike} and the rest of {pattern.name} holds"
    )
    yield _Change("dropped", None, dropped)
    words = f"{operator} {argument} -> {other} {argument}".replace("  ", " ").strip()
    yield _Change(words if argument else f"{operator} -> {other}", _negated(test), dropped)
    tag = next((tag for kind, tag in tags if kind == pattern.kind and tag.name == test.field), None)
    field = vocabulary()[pattern.kind].fields[name]
    verdict = ("flagged", "quiet") if section == "when" else ("quiet", "flagged")
    if tag and tag.operator in ("one_of", "starts_with"):
        yield from _shorter(test, tag, f"a {verdict[0]} case in which {about} is ")
    elif not tag and test.comparison in STRICTNESS:
        yield from _shifted(test, field, f"a case at the boundary of {about}: ")
    elif not tag and operator == "is" and field.values:
        member = field.values[(field.values.index(argument) + 1) % len(field.values)]
        changed = structs.replace(test, value=member)
        yield _Change(f"is {argument} -> is {member}", changed, f"a {verdict[1]} case in which {about} is {member}")


def _negated(test: Test) -> Test:
    if isinstance(test.value, bool) and "|" in test.field:
        return structs.replace(test, value=not test.value)
    return structs.replace(test, comparison=OPPOSITE[test.comparison])


def _shorter(test: Test, tag: Tag, wanted: str) -> Iterator[_Change]:
    """The list of values without one of them."""
    labels = tag.argument.split(",")
    for number, label in enumerate(labels):
        if len(labels) > 1:
            kept = [*labels[:number], *labels[number + 1 :]]
            members = (*tag.members[:number], *tag.members[number + 1 :])
            shorter = structs.replace(tag, argument=",".join(kept), members=members)
            changed = structs.replace(test, field=shorter.name)
            yield _Change(f"{test.authored[1]} without {label}", changed, wanted + label, shorter)


def _shifted(test: Test, field: Field, wanted: str) -> Iterator[_Change]:
    """The boundary one unit lower and higher; a boundary in another fact gains or loses equality."""
    _, operator, argument = test.authored
    if isinstance(test.value, Ref):
        comparison, word = STRICTNESS[test.comparison]
        changed = structs.replace(test, comparison=comparison)
        yield _Change(f"{operator} {argument} -> {word} {argument}", changed, f"{wanted}exactly {argument}")
        return
    value = int(test.value)
    step = THOUSAND if field.type == "quantity" else 1
    for moved in (value - step, value + step):
        telling = written(_telling(test.comparison, value, moved), field)
        changed = structs.replace(test, value=moved)
        yield _Change(
            f"{operator} {argument} -> {operator} {written(moved, field)}", changed, f"{wanted}exactly {telling}"
        )


def _telling(comparison: Comparison, value: int, moved: int) -> int:
    """The value on which ``comparison value`` and ``comparison moved`` differ."""
    low, high = min(value, moved), max(value, moved)
    return low if comparison in ("ge", "lt") else high


def written(value: Value, field: Field) -> str:
    """A number as authors write it.

    >>> written(1500, Field(type="quantity", about=""))
    '1.5'
    """
    if field.type == "day" and isinstance(value, int):
        return iso(value)
    if field.type == "quantity" and isinstance(value, int):
        return f"{(Decimal(value) / THOUSAND).normalize():f}"
    return str(value)


def _scopes(rule: Rule) -> Iterator[Mutant]:
    """The rule on claims that it is not about."""
    applies = rule.applies
    others = [kind for kind in CLAIM_TYPES if kind not in applies.claim_types]
    if others and applies.subject == "claim":
        yield Mutant(
            name="applies_to.claim_types dropped",
            rule=structs.replace(rule, applies=structs.replace(applies, claim_types=CLAIM_TYPES)),
            wanted=f"a quiet case on a claim that is {' or '.join(others)}",
        )
    for key in ("payer_kinds", "payers", "settings"):
        if getattr(applies, key):
            yield Mutant(
                name=f"applies_to.{key} dropped",
                rule=structs.replace(rule, applies=structs.replace(applies, **{key: ()})),
                wanted=f"a quiet case outside {key}: {', '.join(getattr(applies, key))}",
            )
    home = rule.path.split("/")[-2]
    if rule.pack == "payers" and home != BASE:
        yield Mutant(
            name=f"folder {home} dropped",
            rule=structs.replace(rule, path=rule.path.replace(f"/{home}/", f"/{BASE}/")),
            wanted=f"a quiet case with a payer that does not inherit {home}",
        )

"""The rule packs many times over: further rules of the same shape about other codes, to see how time grows."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from engine.facts.needs import Tag
from engine.reference.code_set import CodeSet
from engine.rulebook.book import ACTIVE, Rulebook
from engine.rulebook.form import Condition, Pattern, Ref, Test
from engine.rulebook.rule import Rule

OTHER = "~"
"""Stands at the end of codes that no claim has."""


def many_rules(book: Rulebook, times: int) -> Rulebook:
    """The rulebook with ``times`` as many rules; a copy asks for codes, sets and words that are its own.

    Copied are the rules that ask for a code: a copy of one that compares numbers or flags alone would match as often as
    its model, and time would grow with the findings.
    """
    rules, tags, prints = list(book.rules), dict(book.tags), dict(book.prints)
    models = [rule for rule in book.rules if rule.status in ACTIVE and _asks_for_a_code(rule)]
    for number in range((times - 1) * len(book.rules)):
        rule = models[number % len(models)]
        copied, copied_tags = _copy(rule, book.tags[rule.id], number)
        rules.append(copied)
        tags[copied.id] = copied_tags
        prints[copied.id] = book.prints[rule.id]
    return replace(book, rules=tuple(rules), tags=tags, prints=prints)


def _asks_for_a_code(rule: Rule) -> bool:
    tests = [test for pattern in rule.condition.when for test in pattern.tests if pattern.kind != "param"]
    return any(
        test.authored[1] in ("is_one_of", "in_set", "starts_with")
        or (isinstance(test.value, str) and test.field in ("code", "procedure", "category"))
        for test in tests
    )


def _copy(rule: Rule, tags: Sequence[tuple[str, Tag]], number: int) -> tuple[Rule, tuple[tuple[str, Tag], ...]]:
    renamed: dict[str, str] = {}
    copied_tags: list[tuple[str, Tag]] = []
    for kind, tag in tags:
        copied = _other_tag(tag, number)
        renamed[tag.name] = copied.name
        copied_tags.append((kind, copied))
    mark = f"{OTHER}{number}"

    def other_test(test: Test) -> Test:
        value = test.value
        if isinstance(value, str) and test.field in ("code", "procedure", "category"):
            value = value + mark
        return replace(test, field=renamed.get(test.field, test.field), value=value)

    def other_pattern(pattern: Pattern) -> Pattern:
        return replace(pattern, tests=tuple(t if isinstance(t.value, Ref) else other_test(t) for t in pattern.tests))

    name = f"{rule.id}{mark}"
    condition = Condition(
        name, tuple(map(other_pattern, rule.condition.when)), tuple(map(other_pattern, rule.condition.unless))
    )
    return replace(rule, id=name, condition=condition), tuple(copied_tags)


def _other_tag(tag: Tag, number: int) -> Tag:
    """A tag of the same kind about other codes; presence stays what it is."""
    if tag.operator == "present":
        return tag
    mark = f"{OTHER}{number}"
    if tag.code_set is not None:
        windows = tuple(
            replace(
                window,
                codes=frozenset(code + mark for code in window.codes),
                prefixes=tuple(prefix + mark for prefix in window.prefixes),
                ranges=tuple((low + mark, high + mark) for low, high in window.ranges),
            )
            for window in tag.code_set.windows
        )
        return replace(
            tag, argument=tag.argument + mark, code_set=CodeSet(name=tag.code_set.name + mark, windows=windows)
        )
    members = tuple(member + mark if isinstance(member, str) else member for member in tag.members)
    return replace(tag, argument=tag.argument + mark, members=members)

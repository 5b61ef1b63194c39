"""Whether one condition holds wherever another does, as far as it can be seen from the tests alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.backends.comparing import holds
from engine.rulebook.form import Pattern, Ref, Test
from engine.rulebook.rule import Rule

Names = Mapping[str, str]
"""Names of the general rule to names of the specific one."""


def covers(general: Rule, specific: Rule) -> Iterator[Names]:
    """Each way to see that ``general`` matches wherever ``specific`` does: which names stand for the same fact."""
    if not _wider(general, specific):
        return
    for names in _assign(general.condition.when, specific.condition.when, {}):
        back = {mine: theirs for theirs, mine in names.items()}
        if all(
            any(_at_least(silent, wide, back) for silent in specific.condition.unless)
            for wide in general.condition.unless
        ):
            yield names


def _wider(general: Rule, specific: Rule) -> bool:
    """Whether a rule is about at least the same claims on at least the same days."""
    applies, other = general.applies, specific.applies
    last = general.effective_to
    homes = [rule.path.split("/")[-2] if rule.pack == "payers" else "_base" for rule in (general, specific)]
    return (
        applies.subject == other.subject
        and set(other.claim_types) <= set(applies.claim_types)
        and general.effective_from <= specific.effective_from
        and (last is None or (specific.effective_to is not None and specific.effective_to <= last))
        and homes[0] in ("_base", homes[1])
        and all(
            not getattr(applies, key)
            or (getattr(other, key) and set(getattr(other, key)) <= set(getattr(applies, key)))
            for key in ("payer_kinds", "payers", "settings")
        )
    )


def _assign(wanted: tuple[Pattern, ...], given: tuple[Pattern, ...], names: dict[str, str]) -> Iterator[Names]:
    """Each way to find for every wanted pattern a given one that asks at least as much."""
    if len(names) == len(wanted):
        yield dict(names)
        return
    pattern = wanted[len(names)]
    for other in given:
        if other.name not in names.values() and _at_least(pattern, other, {**names, pattern.name: other.name}):
            yield from _assign(wanted, given, {**names, pattern.name: other.name})


def _at_least(pattern: Pattern, other: Pattern, names: Names) -> bool:
    """Whether every fact that fits ``other`` fits ``pattern``."""
    return pattern.kind == other.kind and all(
        any(_implied(test, known, names) for known in other.tests) for test in pattern.tests
    )


def _implied(test: Test, known: Test, names: Names) -> bool:
    """Whether ``known`` cannot hold without ``test``."""
    if isinstance(test.value, Ref):
        same = isinstance(known.value, Ref) and known.value == Ref(
            names.get(test.value.name, test.value.name), test.value.field
        )
        return same and (test.field, test.comparison) == (known.field, known.comparison)
    if (test.field, test.comparison, test.value) == (known.field, known.comparison, known.value):
        return True
    if test.authored[0] != known.authored[0] or isinstance(known.value, Ref):
        return False
    return _follows(test, known) if "|" in test.field or "|" in known.field else _beyond(test, known)


def _follows(test: Test, known: Test) -> bool:
    """Whether a test on the same field, where one of the two is a flag, follows from the other."""
    _, operator, argument = test.authored
    _, known_operator, known_argument = known.authored
    if operator == "present":
        return known_operator != "missing"
    members = argument.split(",")
    if operator == "is_one_of":
        return known_operator in ("is", "is_one_of") and set(known_argument.split(",")) <= set(members)
    if operator == "starts_with":
        return known_operator in ("is", "starts_with") and all(
            part.startswith(tuple(members)) for part in known_argument.split(",")
        )
    return False


def _beyond(test: Test, known: Test) -> bool:
    """Whether a comparison with a value follows from one with another value."""
    if isinstance(known.value, Ref) or isinstance(test.value, Ref):
        return False
    if known.comparison == "eq":
        return holds(test.comparison, known.value, test.value)
    same_way = {known.comparison, test.comparison} <= {"gt", "ge"} or {known.comparison, test.comparison} <= {
        "lt",
        "le",
    }
    edge = {"gt": 1, "lt": -1}.get(known.comparison, 0)
    return same_way and isinstance(known.value, int) and holds(test.comparison, known.value + edge, test.value)

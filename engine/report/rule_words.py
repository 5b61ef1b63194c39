"""A rule's condition as sentences a person can read aloud."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.facts.vocabulary import vocabulary
from engine.findings.show import shown
from engine.rulebook.form import Pattern, Ref, Test
from engine.rulebook.rule import Remedy, Rule, Slot, Template

OPERATORS = {
    "is": "is {}",
    "is_not": "is not {}",
    "at_least": "is at least {}",
    "at_most": "is at most {}",
    "more_than": "is more than {}",
    "less_than": "is less than {}",
    "same_as": "is the same as {}",
    "differs_from": "differs from {}",
    "is_one_of": "is one of {}",
    "in_set": "is in the code set {}",
    "not_in_set": "is not in the code set {}",
    "starts_with": "begins with {}",
    "present": "is there",
    "missing": "is missing",
}


def sentences(rule: Rule, patterns: tuple[Pattern, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """For each pattern what it asks for, and its tests; the implied parameters are left out.

    ``("a line", ("line.units is at most 0",))``
    """
    for pattern in patterns:
        if pattern.name.startswith("param."):
            continue
        kind = rule.kinds.get(pattern.name, pattern.kind)
        called = kind if kind == pattern.name else f"{kind}, called {pattern.name}"
        article = "the" if kind in ("claim", "payer") else "an" if called[0] in "aeiou" else "a"
        yield f"{article} {called}", tuple(test_words(pattern.name, kind, test) for test in pattern.tests)


def test_words(name: str, kind: str, test: Test) -> str:
    """One test as a sentence."""
    field, operator, argument = test.authored
    found = vocabulary()[kind].fields.get(field)
    if argument.startswith("param."):
        argument = f"the payer's {argument.removeprefix('param.')}"
    elif found and not isinstance(test.value, Ref) and operator not in ("in_set", "not_in_set"):
        typed = test.value if test.field == field else None
        argument = shown(typed, found.type) if typed is not None else argument.replace(",", ", ")
    return f"{name}.{field} {OPERATORS.get(operator, operator).format(argument)}"


def template_words(template: Template) -> str:
    """A message with its slots as the author wrote them."""
    return "".join(_slot(part) if isinstance(part, Slot) else part for part in template)


def remedy_words(remedy: Remedy) -> str:
    """A remedy in words: ``append modifier 25``.

    >>> remedy_words(Remedy(operation="append_modifier", values=("59", "XE")))
    'append modifier 59 or XE, if the record supports it'
    """
    value = remedy.value if isinstance(remedy.value, str) else _slot(remedy.value)
    values = " or ".join(remedy.values)
    words = {
        "append_modifier": f"append modifier {values}",
        "remove_modifier": f"remove modifier {value}",
        "replace_modifier": f"put modifier {values} in place of {value}",
        "put_modifier_first": f"put modifier {value} first",
        "remove_line": "remove the line",
        "remove_repeats": "send each value once",
        "point_to_listed_diagnoses": "point to diagnoses that the claim lists",
        "set": f"set the field to {value}",
        "leave_out": "leave the value out",
    }[remedy.operation]
    return f"{words}, if the record supports it" if remedy.clinical else words


def readable(text: str) -> str:
    """A trace with its operators in words.

    >>> readable("line.units more_than param.most_units")
    "line.units is more than the payer's most_units"
    """
    for name, phrase in OPERATORS.items():
        if "_" in name:
            text = text.replace(f" {name} ", f" {phrase.removesuffix(' {}')} ")
        elif name in ("present", "missing"):
            text = re.sub(rf"(\.\w+) {name}\b", rf"\1 {phrase}", text)
    return re.sub(r"\bparam\.", "the payer's ", text)


def _slot(slot: Slot) -> str:
    return f"{{{slot.name}}}" if slot.name.startswith("param.") else f"{{{slot.name}.{slot.field}}}"

"""The same conditions as CLIPS rules over the same facts: a back end for the benchmarks (clipspy, extra ``bench``)."""

from __future__ import annotations

from collections import defaultdict

import clips

from engine.backends.protocol import Match
from engine.rulebook.form import Ref

ORDER = {"gt": ">", "ge": ">=", "lt": "<", "le": "<="}


def compile_clips(conditions):
    """The back end: conditions to evaluator."""
    return ClipsEvaluator(conditions)


class ClipsEvaluator:
    """One CLIPS environment, reset for each claim. A kind is a template, a field that rules test is a slot."""

    def __init__(self, conditions):
        self.slots = defaultdict(dict)
        self.made = self.refused = 0
        for condition in conditions:
            patterns = {pattern.name: pattern for pattern in (*condition.when, *condition.unless)}
            for pattern in patterns.values():
                for test in pattern.tests:
                    self.slot(pattern.kind, test.field)
                    if isinstance(test.value, Ref):
                        self.slot(patterns[test.value.name].kind, test.value.field)
                self.slots.setdefault(pattern.kind, {})  # a kind without tests has a template too
        self.environment = clips.Environment()
        self.found = []
        self.environment.define_function(self.matched, name="matched")
        self.kinds = {kind: f"k{number}" for number, kind in enumerate(self.slots)}
        for kind, slots in self.slots.items():
            words = " ".join(f"(slot {slot} (default nil))" for slot in slots.values())
            self.environment.build(f"(deftemplate {self.kinds[kind]} (slot n) {words})")
        for number, condition in enumerate(conditions):
            self.build(self.rule(number, condition))
        self.rules = [condition.rule for condition in conditions]
        self.templates = {kind: self.environment.find_template(name) for kind, name in self.kinds.items()}

    def build(self, rule):
        """Add a rule. CLIPS refuses one that contradicts itself; the packs have none, and the benchmark says if so."""
        try:
            self.environment.build(rule)
        except clips.CLIPSError as error:
            if "RULECSTR" not in str(error) and "CSTRNCHK" not in str(error):
                raise
            self.refused += 1

    def slot(self, kind, field):
        """The slot of a field."""
        slots = self.slots[kind]
        return slots.setdefault(field, f"s{len(slots)}")

    def matched(self, rule, *bound):
        """Called by every rule that fires."""
        self.found.append((rule, bound))

    def rule(self, number, condition):
        """One rule. A condition joins by variables; every field that a later pattern refers to gets one."""
        asked = {
            (test.value.name, test.value.field)
            for pattern in (*condition.when, *condition.unless)
            for test in pattern.tests
            if isinstance(test.value, Ref)
        }
        places = {pattern.name: (at, pattern.kind) for at, pattern in enumerate(condition.when)}
        before = []
        lines = []
        for at, pattern in enumerate(condition.when):
            fields = [field for name, field in asked if name == pattern.name]
            variables = {field: f"?v{at}x{self.slot(pattern.kind, field)}" for field in fields}
            lines.append(self.pattern(pattern, f"?n{at}", before, variables, places))
            before.append((pattern.kind, f"?n{at}"))
        lines += [f"(not {self.pattern(p, '?', before, {}, places)})" for p in condition.unless]
        bound = " ".join(f"?n{at}" for at in range(len(condition.when)))
        return f"(defrule r{number} {' '.join(lines)} => (matched {number} {bound}))"

    def pattern(self, pattern, name, before, variables, places):
        """A fact of a kind, other than those bound before, all of whose tests hold."""
        self.made += 1
        others = "".join(f"&~{variable}" for kind, variable in before if kind == pattern.kind)
        name = f"?x{self.made}" if name == "?" and others else name
        by_field = defaultdict(list)
        for test in pattern.tests:
            by_field[test.field].append(self.test(test, places))
        words = [f"(n {name}{others})"] if name != "?" else []
        for number, field in enumerate(dict.fromkeys([*by_field, *variables])):
            variable = variables.get(field, f"?t{self.made}x{number}")
            tests = "".join(f"&{one.replace('@', variable)}" for one in by_field[field])
            words.append(f"({self.slot(pattern.kind, field)} {variable}{tests})")
        return f"({self.kinds[pattern.kind]} {' '.join(words)})"

    def test(self, test, places):
        """One test; ``@`` stands for the value. What is absent passes none."""
        if isinstance(test.value, Ref):
            at, kind = places[test.value.name]
            other = f"?v{at}x{self.slot(kind, test.value.field)}"
            if test.comparison in ("eq", "ne"):
                same = "eq" if test.comparison == "eq" else "neq"
                return f"~nil&:(and ({same} @ {other}) (neq {other} nil))"
            return f":(and (integerp @) (integerp {other}) ({ORDER[test.comparison]} @ {other}))"
        value = literal(test.value)
        if test.comparison == "eq":
            return value
        if test.comparison == "ne":
            return f"~nil&~{value}"
        return f":(and (integerp @) ({ORDER[test.comparison]} @ {value}))" if type(test.value) is int else ":(eq 1 2)"

    def run(self, facts):
        """All matches, sorted, each once."""
        environment = self.environment
        environment.reset()
        self.found = []
        for number, fact in enumerate(facts):
            template = self.templates.get(fact.kind)
            if template is None:
                continue
            slots = self.slots[fact.kind]
            values = {slots[field]: told(value) for field, value in fact.values.items() if field in slots}
            template.assert_fact(n=number, **values)
        environment.run()
        return sorted({Match(self.rules[rule], tuple(bound)) for rule, bound in self.found})


def told(value):
    """A value as CLIPS has it: flags are symbols."""
    return clips.Symbol("TRUE" if value else "FALSE") if isinstance(value, bool) else value


def literal(value):
    """A constant of a rule."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return str(value)
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'

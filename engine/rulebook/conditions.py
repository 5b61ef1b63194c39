"""The ``when`` and ``unless`` of a rule file to patterns: kinds, fields, operators, values and joins resolved."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from engine.errors import RuleError
from engine.facts.needs import Tag
from engine.facts.vocabulary import Field, FieldType, Kind, nearest
from engine.reference.code_set import CodeSet
from engine.rulebook.document import Document, Node, Steps, items, mapping
from engine.rulebook.form import Pattern, Ref, Test
from engine.rulebook.operators import OPERATORS, Operator
from engine.rulebook.rule import Reads
from engine.rulebook.values import typed

SINGLE = frozenset({"claim", "payer", "param", "encounter"})
"""Kinds of which a claim or encounter has one fact (or one by name): an absence beside them needs no join."""

PARAM = "param"


class Surroundings(Struct, frozen=True):
    """What a rule may name.

    Kinds, code sets, parameters with their types, and for each part of a claim the fields a finding may point to.
    """

    kinds: Mapping[str, Kind]
    sets: Mapping[str, CodeSet]
    parameters: Mapping[str, FieldType]
    places: Mapping[str, frozenset[str]]


class WrongError(ValueError):
    """Something an author wrote that cannot be linked; ``hint`` says what could."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class Conditions:
    """Links the patterns of one rule and remembers what they read; mistakes are collected."""

    def __init__(self, document: Document, around: Surroundings) -> None:
        self.document = document
        self.content = mapping(document.content)
        self.around = around
        self.mistakes: list[RuleError] = []
        self.kinds: dict[str, str] = {}
        self.absent: set[str] = set()
        self.reads: list[Reads] = []
        self.tags: list[tuple[str, Tag]] = []
        self.parameters: list[str] = []
        self.sets: list[str] = []
        self.when = self.patterns("when")
        self.declared = dict(self.kinds)
        self.unless = self.patterns("unless")
        self.check_unless()

    def mistake(self, message: str, *steps: str | int, hint: str = "") -> None:
        """Remember a mistake at a node."""
        self.mistakes.append(self.document.error(message, *steps, hint=hint))

    def implicit(self) -> tuple[Pattern, ...]:
        """The patterns that bind the parameters which tests compare with."""
        return tuple(Pattern(f"param.{n}", PARAM, (Test("name", "eq", n, ("name", "is", n)),)) for n in self.parameters)

    def needs(self) -> tuple[str, ...]:
        """What the kinds and fields need before they can be known: tables, history, eligibility."""
        kinds = self.around.kinds
        found = {need for kind in self.kinds.values() for need in kinds[kind].needs}
        found |= {need for read in self.reads for need in kinds[read.kind].fields[read.field].needs}
        return tuple(sorted(found))

    def patterns(self, section: str) -> tuple[Pattern, ...]:
        """The patterns of one section, in order."""
        found = []
        for name, body in mapping(self.content.get(section)).items():
            entries = dict(mapping(body))
            kind_name = str(entries.pop("of", name))
            kind = self.around.kinds.get(kind_name)
            if name in self.kinds:
                self.mistake(f"{name} is declared twice", section, name, hint="different facts have different names")
                continue
            if kind is None:
                hint = nearest(kind_name, self.around.kinds) or "see docs/vocabulary.md, or add of: KIND"
                self.mistake(f"unknown kind of fact {kind_name}", section, name, hint=hint)
                continue
            if section == "unless":
                self.absent.add(name)
            tests = [self.test(name, kind, field, test, (section, name, field)) for field, test in entries.items()]
            self.kinds[name] = kind_name
            found.append(Pattern(name, kind_name, tuple(test for test in tests if test is not None)))
        return tuple(found)

    def test(self, name: str, kind: Kind, field_name: str, body: Node, steps: Steps) -> Test | None:
        """One test, or ``None`` when it cannot be linked."""
        try:
            return self.linked(name, kind, field_name, body)
        except ValueError as error:
            self.mistake(str(error), *steps, hint=getattr(error, "hint", ""))
            return None

    def linked(self, name: str, kind: Kind, field_name: str, body: Node) -> Test:
        """One test; raises ValueError when it cannot be linked."""
        field = kind.fields.get(field_name)
        if field is None:
            hint = nearest(field_name, kind.fields) or "see docs/vocabulary.md"
            raise WrongError(f"{kind.name} has no field {field_name}", hint)
        operator_name, argument = (body, None) if isinstance(body, str) else next(iter(mapping(body).items()))
        operator = OPERATORS[str(operator_name)]
        if kind.name == PARAM and field_name == "value":
            field = self.parameter_field(name, field)
        if field.type not in operator.fits:
            fitting = ", ".join(o.name for o in OPERATORS.values() if field.type in o.fits)
            message = f"{operator.name} does not fit {kind.name}.{field_name}, which is {field.type}"
            raise WrongError(message, f"operators for it: {fitting}")
        self.asks(kind, field_name)
        self.reads.append(Reads(name, kind.name, field_name, operator.tag == "present"))
        if operator.tag:
            return self.tagged(kind, field_name, field, operator, argument)
        if operator.argument == "name":
            value: Ref | str | int = self.reference(name, str(argument), field)
        elif isinstance(argument, dict):
            argument = self.use_parameter(str(argument["param"]), field)
            value = Ref(argument, "value")
        else:
            if kind.name == PARAM and field_name == "name":
                self.known_parameter(str(argument))
            value = typed(str(argument), field)
        return Test(field_name, operator.comparison, value, (field_name, operator.name, str(argument)))

    def asks(self, kind: Kind, field_name: str) -> None:
        """Remembers the code sets that a derived field counts by; raises ValueError when one is not there."""
        for name in kind.fields[field_name].sets:
            if name not in self.around.sets:
                message = f"{kind.name}.{field_name} counts by code set {name}, which no folder has"
                raise WrongError(message, f"add rules/code-sets/{name}.yaml")
            self.sets.append(name)

    def tagged(self, kind: Kind, field_name: str, field: Field, operator: Operator, argument: Node) -> Test:
        """A test that becomes a flag on the fact."""
        texts = [str(item) for item in items(argument)] if isinstance(argument, list) else [str(argument)]
        code_set = None
        members: tuple[str | int, ...] = ()
        if operator.tag == "in_set":
            code_set = self.around.sets.get(texts[0])
            if code_set is None:
                hint = nearest(texts[0], self.around.sets) or "add it to rules/code-sets"
                raise WrongError(f"unknown code set {texts[0]}", hint)
            self.sets.append(texts[0])
        elif operator.tag == "one_of":
            members = tuple(typed(text, field) for text in texts)
        elif operator.tag == "starts_with":
            members = tuple(text.replace(".", "").upper() if field.type == "icd10" else text for text in texts)
        label = "" if operator.tag == "present" else ",".join(texts)
        tag = Tag(field_name, operator.tag or "present", label, code_set, members)
        self.tags.append((kind.name, tag))
        return Test(tag.name, "eq", operator.expected, (field_name, operator.name, label))

    def parameter_field(self, name: str, field: Field) -> Field:
        """The type of ``value`` in a pattern over parameters follows from the parameter that ``name`` names."""
        for section in ("when", "unless"):
            test = mapping(mapping(mapping(self.content.get(section)).get(name)).get("name"))
            if kind := self.around.parameters.get(str(test.get("is"))):
                return Field(type=kind, about=field.about)
        return field

    def reference(self, name: str, target: str, field: Field) -> Ref:
        """``same_as`` and ``differs_from``: a field of a fact declared above in ``when``."""
        other, _, other_field = target.partition(".")
        kind = self.around.kinds.get(self.kinds.get(other, ""))
        if other == name:
            raise WrongError(f"{target} is the fact itself", "compare with another fact, or ask for a derived field")
        if kind is None or other in self.absent:
            hint = nearest(other, set(self.kinds) - self.absent)
            raise WrongError(f"{other} is not declared above", hint or "a test names only what stands above it in when")
        found = kind.fields.get(other_field)
        if found is None:
            hint = nearest(other_field, kind.fields) or "see docs/vocabulary.md"
            raise WrongError(f"{kind.name} has no field {other_field}", hint)
        if not comparable(field.type, found.type):
            raise WrongError(f"{target} is {found.type}, this field is {field.type}")
        self.asks(kind, other_field)
        self.reads.append(Reads(other, kind.name, other_field))
        return Ref(other, other_field)

    def use_parameter(self, name: str, field: Field) -> str:
        """The name of the pattern that binds a parameter of a fitting type."""
        kind = self.known_parameter(name)
        if not comparable(kind, field.type):
            raise WrongError(f"parameter {name} is {kind}, this field is {field.type}")
        if name not in self.parameters:
            self.parameters.append(name)
        return f"param.{name}"

    def known_parameter(self, name: str) -> FieldType:
        """The type of a parameter."""
        kind = self.around.parameters.get(name)
        if kind is None:
            hint = nearest(name, self.around.parameters) or "declare it in rules/payers/_base/payer.yaml"
            raise WrongError(f"unknown parameter {name}", hint)
        return kind

    def check_unless(self) -> None:
        """An absence of something of which a claim has many must say which one."""
        if all(pattern.kind in SINGLE for pattern in self.when):
            return
        for pattern in self.unless:
            if pattern.kind not in SINGLE and not any(isinstance(t.value, Ref) for t in pattern.tests):
                hint = "say which: line_number: {same_as: line.number}, position: {differs_from: diagnosis.position}"
                self.mistake(f"unless {pattern.name} is joined to nothing", "unless", pattern.name, hint=hint)


def comparable(left: FieldType, right: FieldType) -> bool:
    """Whether values of two types may be compared: text with text, count with count, cents with cents."""
    like: dict[FieldType, FieldType] = {"enum": "text", "icd10": "text"}
    return like.get(left, left) == like.get(right, right)

"""A rule file to a linked rule: names resolved against the vocabulary, the code sets and the parameters."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from engine.errors import RuleError
from engine.facts.needs import Tag
from engine.facts.vocabulary import Field, FieldType, Kind, nearest
from engine.reference.code_set import CodeSet
from engine.rulebook.document import Document, Node, Steps
from engine.rulebook.form import Condition, Pattern, Ref, Test
from engine.rulebook.operators import OPERATORS, Operator
from engine.rulebook.rule import Applies, At, Citation, Predicts, Reads, Rule, Slot, Template
from engine.rulebook.template import parse_template
from engine.rulebook.values import day_number, typed

SINGLE = frozenset({"claim", "payer", "param"})
"""Kinds of which a claim has one fact (or one by name): an absence beside them needs no join."""

PARAM = "param"


class Surroundings(Struct, frozen=True):
    """What a rule may name: kinds, code sets, parameters (with types), and for each part the fields a finding may point to."""

    kinds: Mapping[str, Kind]
    sets: Mapping[str, CodeSet]
    parameters: Mapping[str, FieldType]
    places: Mapping[str, frozenset[str]]


class Linked(Struct, frozen=True):
    """A rule and the tags that its tests need, by kind."""

    rule: Rule
    tags: tuple[tuple[str, Tag], ...]
    prints: tuple[tuple[str, str], ...]


def link(document: Document, pack: str, around: Surroundings) -> tuple[Linked | None, list[RuleError]]:
    """Link one rule file that has the right shape; ``None`` with every mistake when it cannot be linked."""
    linker = _Linker(document, around)
    linked = linker.link(pack)
    return (None if linker.mistakes else linked), linker.mistakes


class _Linker:
    """Collects mistakes while it links; one use, one file."""

    def __init__(self, document: Document, around: Surroundings) -> None:
        self.document = document
        self.content = document.content if isinstance(document.content, dict) else {}
        self.around = around
        self.mistakes: list[RuleError] = []
        self.kinds: dict[str, str] = {}
        self.unless: set[str] = set()
        self.reads: list[Reads] = []
        self.tags: list[tuple[str, Tag]] = []
        self.parameters: list[str] = []
        self.prints: list[tuple[str, str]] = []
        self.sets: list[str] = []

    def mistake(self, message: str, *steps: str | int, hint: str = "") -> None:
        self.mistakes.append(self.document.error(message, *steps, hint=hint))

    def link(self, pack: str) -> Linked | None:
        when = self.patterns("when")
        declared = dict(self.kinds)
        unless = self.patterns("unless")
        self.check_unless(when, unless)
        at = self.at(declared)
        says, fix = (self.template(key, declared) for key in ("says", "fix"))
        dates = self.dates()
        if self.mistakes or at is None:
            return None
        text = {key: str(value) for key, value in self.content.items() if isinstance(value, str)}
        implicit = tuple(
            Pattern(f"param.{name}", PARAM, (Test("name", "eq", name, ("name", "is", name)),)) for name in self.parameters
        )
        needs = {
            need
            for name, kind in self.kinds.items()
            for need in self.around.kinds[kind].needs
        } | {
            need
            for read in self.reads
            for need in self.around.kinds[read.kind].fields[read.field].needs
        }
        rule = Rule(
            id=text["id"],
            name=text["name"],
            title=text["title"],
            status=text["status"],  # type: ignore[arg-type]  # the schema has checked these three
            severity=text["severity"],  # type: ignore[arg-type]
            disposition=text["disposition"],  # type: ignore[arg-type]
            category=text["category"],
            snip=int(text["snip"]),
            pack=pack,
            path=self.document.path,
            why=text["why"],
            note=text.get("note", ""),
            replaced_by=text.get("replaced_by", ""),
            applies=self.applies(),
            effective_from=dates[0],
            effective_to=dates[1],
            references=tuple(Citation(**{k: str(v) for k, v in _mapping(c).items()}) for c in _items(self.content["references"])),
            condition=Condition(text["id"], (*implicit, *when), unless),
            kinds={**{f"param.{name}": PARAM for name in self.parameters}, **self.kinds},
            reads=tuple(self.reads),
            at=at,
            says=says,
            fix=fix,
            parameters=tuple(self.parameters),
            sets=tuple(dict.fromkeys(self.sets)),
            needs=tuple(sorted(needs)),
            predicts=self.predicts(),
            suppressed_by=tuple(map(str, _items(self.content.get("suppressed_by")))),
        )
        return Linked(rule, tuple(self.tags), tuple(self.prints))

    # -- conditions -------------------------------------------------------------------------------------------------

    def patterns(self, section: str) -> tuple[Pattern, ...]:
        found = []
        for name, body in _mapping(self.content.get(section)).items():
            steps = (section, name)
            entries = dict(_mapping(body))
            kind_name = str(entries.pop("of", name))
            kind = self.around.kinds.get(kind_name)
            if name in self.kinds:
                self.mistake(f"{name} is declared twice", *steps, hint="different facts have different names")
                continue
            if kind is None:
                hint = nearest(kind_name, self.around.kinds) or "see docs/vocabulary.md, or add of: KIND"
                self.mistake(f"unknown kind of fact {kind_name}", *steps, hint=hint)
                continue
            if section == "unless":
                self.unless.add(name)
            tests = [self.test(name, kind, field, body, (*steps, field)) for field, body in entries.items()]
            self.kinds[name] = kind_name
            found.append(Pattern(name, kind_name, tuple(test for test in tests if test is not None)))
        return tuple(found)

    def test(self, name: str, kind: Kind, field_name: str, body: Node, steps: Steps) -> Test | None:
        field = kind.fields.get(field_name)
        if field is None:
            self.mistake(f"{kind.name} has no field {field_name}", *steps, hint=nearest(field_name, kind.fields) or "see docs/vocabulary.md")
            return None
        operator_name, argument = (body, None) if isinstance(body, str) else next(iter(_mapping(body).items()))
        operator = OPERATORS[str(operator_name)]
        if kind.name == PARAM and field_name == "value":
            field = self.parameter_field(name, field)
        if field.type not in operator.fits:
            self.mistake(
                f"{operator.name} does not fit {kind.name}.{field_name}, which is {field.type}",
                *steps,
                hint=f"operators for it: {', '.join(o.name for o in OPERATORS.values() if field.type in o.fits)}",
            )
            return None
        self.reads.append(Reads(name, kind.name, field_name, operator.tag == "present"))
        try:
            return self.compiled(name, kind, field_name, field, operator, argument)
        except ValueError as error:
            self.mistake(str(error), *steps)
            return None

    def parameter_field(self, name: str, field: Field) -> Field:
        """The type of ``value`` in a pattern over parameters follows from the parameter that ``name`` names."""
        for section in ("when", "unless"):
            test = _mapping(_mapping(_mapping(self.content.get(section)).get(name)).get("name"))
            if kind := self.around.parameters.get(str(test.get("is"))):
                return Field(type=kind, about=field.about)
        return field

    def compiled(self, name: str, kind: Kind, field_name: str, field: Field, operator: Operator, argument: Node) -> Test:
        def authored(text: object = "") -> tuple[str, str, str]:
            return (field_name, operator.name, str(text))

        if operator.tag:
            return self.tagged(kind, field_name, field, operator, argument)
        if operator.argument == "name":
            return Test(field_name, operator.comparison, self.reference(name, str(argument), field), authored(argument))
        if isinstance(argument, dict):
            parameter = str(argument["param"])
            self.use_parameter(parameter, field)
            value = Ref(f"param.{parameter}", "value")
            return Test(field_name, operator.comparison, value, authored(f"param.{parameter}"))
        if kind.name == PARAM and field_name == "name" and argument not in self.around.parameters:
            message = f"unknown parameter {argument} ({nearest(str(argument), self.around.parameters) or 'declare it in rules/payers/_base'})"
            raise ValueError(message)
        return Test(field_name, operator.comparison, typed(str(argument), field), authored(argument))

    def tagged(self, kind: Kind, field_name: str, field: Field, operator: Operator, argument: Node) -> Test:
        texts = [str(item) for item in _items(argument)] if isinstance(argument, list) else [str(argument)]
        code_set = None
        members: tuple[str | int, ...] = ()
        if operator.tag == "in_set":
            code_set = self.around.sets.get(texts[0])
            if code_set is None:
                message = f"unknown code set {texts[0]} ({nearest(texts[0], self.around.sets) or 'add it to rules/code-sets'})"
                raise ValueError(message)
            self.sets.append(texts[0])
        elif operator.tag == "one_of":
            members = tuple(typed(text, field) for text in texts)
        elif operator.tag == "starts_with":
            members = tuple(text.replace(".", "").upper() if field.type == "icd10" else text for text in texts)
        label = "" if operator.tag == "present" else ",".join(texts)
        tag = Tag(field=field_name, operator=operator.tag, argument=label, code_set=code_set, members=members)  # type: ignore[arg-type]
        self.tags.append((kind.name, tag))
        return Test(tag.name, "eq", operator.expected, (field_name, operator.name, label))

    def reference(self, name: str, target: str, field: Field) -> Ref:
        other, _, other_field = target.partition(".")
        kind = self.around.kinds.get(self.kinds.get(other, ""))
        if other == name:
            message = f"{target} is the fact itself (compare with another fact, or ask for a derived field)"
            raise ValueError(message)
        if kind is None or other in self.unless:
            message = f"{other} is not declared above ({nearest(other, set(self.kinds) - self.unless) or 'a test may name only what stands above it in when'})"
            raise ValueError(message)
        found = kind.fields.get(other_field)
        if found is None:
            message = f"{kind.name} has no field {other_field} ({nearest(other_field, kind.fields) or 'see docs/vocabulary.md'})"
            raise ValueError(message)
        if not _comparable(field.type, found.type):
            message = f"{target} is {found.type}, this field is {field.type}"
            raise ValueError(message)
        self.reads.append(Reads(other, kind.name, other_field))
        return Ref(other, other_field)

    def use_parameter(self, name: str, field: Field) -> None:
        kind = self.around.parameters.get(name)
        if kind is None:
            message = f"unknown parameter {name} ({nearest(name, self.around.parameters) or 'declare it in rules/payers/_base/payer.yaml'})"
            raise ValueError(message)
        if not _comparable(kind, field.type):
            message = f"parameter {name} is {kind}, this field is {field.type}"
            raise ValueError(message)
        if name not in self.parameters:
            self.parameters.append(name)

    def check_unless(self, when: tuple[Pattern, ...], unless: tuple[Pattern, ...]) -> None:
        if all(pattern.kind in SINGLE for pattern in when):
            return
        for pattern in unless:
            if pattern.kind not in SINGLE and not any(isinstance(t.value, Ref) for t in pattern.tests):
                self.mistake(
                    f"unless {pattern.name} is joined to nothing",
                    "unless",
                    pattern.name,
                    hint="say which: line_number: {same_as: line.number}, position: {differs_from: diagnosis.position}",
                )

    # -- the finding ------------------------------------------------------------------------------------------------

    def at(self, declared: dict[str, str]) -> At | None:
        finding = _mapping(self.content["finding"])
        target = finding["at"]
        steps = ("finding", "at")
        if isinstance(target, str):
            name, _, field = target.partition(".")
            kind = self.around.kinds.get(declared.get(name, ""))
            if kind is None:
                self.mistake(f"{name} is not declared in when", *steps, hint=nearest(name, declared))
            elif not kind.part:
                self.mistake(f"{name} is not a part of the claim", *steps, hint="write {line: NAME.FIELD, field: FIELD}")
            elif field not in kind.fields and field not in self.around.places.get(kind.part, frozenset()):
                self.mistake(f"{kind.name} has no field {field}", *steps, hint=nearest(field, [*kind.fields, *self.around.places.get(kind.part, ())]))
            else:
                return At(name, field)
            return None
        entries = _mapping(target)
        part = next(key for key in entries if key != "field")
        name, _, number = str(entries[part]).partition(".")
        kind = self.around.kinds.get(declared.get(name, ""))
        places = self.around.places.get(part, frozenset()) | frozenset(self.around.kinds[part].fields)
        if kind is None or number not in kind.fields:
            self.mistake(f"{entries[part]} names no field of a fact in when", *steps, part)
        elif str(entries["field"]) not in places:
            self.mistake(f"a {part} has no field {entries['field']}", *steps, "field", hint=nearest(str(entries["field"]), places))
        else:
            self.prints.append((kind.name, number))
            return At(name, str(entries["field"]), part, number)  # type: ignore[arg-type]  # the schema names the parts
        return None

    def template(self, key: str, declared: dict[str, str]) -> Template:
        def resolve(name: str, field: str) -> Slot | str:
            if name == "param":
                if field not in self.parameters:
                    message = f"{{param.{field}}} is not used in when ({nearest(field, self.parameters) or 'only parameters of the condition may be printed'})"
                    raise ValueError(message)
                return Slot(f"param.{field}", "value", self.around.parameters[field])
            if name == "set":
                if field not in self.around.sets:
                    message = f"unknown code set {field} ({nearest(field, self.around.sets)})"
                    raise ValueError(message)
                return self.around.sets[field].title
            if name == "payer" and name not in declared:
                name_kind = "payer"
            else:
                name_kind = declared.get(name, "")
            kind = self.around.kinds.get(name_kind)
            if kind is None:
                message = f"{name} is not declared in when ({nearest(name, declared)})"
                raise ValueError(message)
            if field not in kind.fields:
                message = f"{kind.name} has no field {field} ({nearest(field, kind.fields)})"
                raise ValueError(message)
            self.prints.append((kind.name, field))
            return Slot(name, field, kind.fields[field].type)

        try:
            return parse_template(str(_mapping(self.content["finding"])[key]), resolve)
        except ValueError as error:
            self.mistake(str(error), "finding", key)
            return ()

    # -- the head ---------------------------------------------------------------------------------------------------

    def dates(self) -> tuple[int, int | None]:
        effective = _mapping(self.content["effective"])
        try:
            first = day_number(str(effective["from"]))
            last = day_number(str(effective["to"])) if "to" in effective else None
        except ValueError as error:
            self.mistake(str(error), "effective", hint="a date like 2026-03-01")
            return 0, None
        if last is not None and last < first:
            self.mistake("effective ends before it begins", "effective")
        return first, last

    def applies(self) -> Applies:
        entries = _mapping(self.content["applies_to"])
        return Applies(**{key: tuple(map(str, _items(value))) for key, value in entries.items()})

    def predicts(self) -> Predicts | None:
        entries = _mapping(self.content.get("predicts"))
        if not entries:
            return None
        return Predicts(str(entries["group"]), str(entries["carc"]), tuple(map(str, _items(entries.get("rarc")))))


_LIKE: dict[FieldType, str] = {"text": "text", "enum": "text", "icd10": "text", "count": "number", "cents": "cents", "day": "day", "quantity": "quantity", "flag": "flag"}


def _comparable(left: FieldType, right: FieldType) -> bool:
    return _LIKE[left] == _LIKE[right]


def _mapping(node: Node) -> dict[str, Node]:
    return node if isinstance(node, dict) else {}


def _items(node: Node) -> list[Node]:
    return node if isinstance(node, list) else []

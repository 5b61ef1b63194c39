"""A rule file to a linked rule: the head, the condition and the finding, every name resolved."""

from __future__ import annotations

from msgspec import Struct

from engine.errors import RuleError
from engine.facts.needs import Tag
from engine.facts.vocabulary import Kind, nearest
from engine.rulebook.conditions import PARAM, Conditions, Surroundings, WrongError
from engine.rulebook.document import Document, Node, items, mapping
from engine.rulebook.form import Condition
from engine.rulebook.remedy import Place, read_remedy
from engine.rulebook.rule import (
    ENCOUNTER_DISPOSITIONS,
    Applies,
    At,
    Citation,
    Predicts,
    Remedy,
    Rule,
    Slot,
    Template,
)
from engine.rulebook.template import parse_template
from engine.rulebook.values import day_number


class Linked(Struct, frozen=True):
    """A rule, the tags that its tests need and the fields that its messages print, by kind."""

    rule: Rule
    tags: tuple[tuple[str, Tag], ...]
    prints: tuple[tuple[str, str], ...]


def link(document: Document, pack: str, around: Surroundings) -> tuple[Linked | None, list[RuleError]]:
    """Link one rule file that has the right shape; ``None`` with every mistake when it cannot be linked."""
    conditions = Conditions(document, around)
    finding = _Finding(conditions)
    at = finding.at()
    says, fix = finding.template("says"), finding.template("fix")
    remedies = finding.remedies(at) if at else ()
    query = finding.template("query") if "query" in finding.entries else ()
    first, last = _dates(conditions)
    _check_subject(conditions)
    if conditions.mistakes or at is None:
        return None, conditions.mistakes
    content = conditions.content
    text = {key: str(value) for key, value in content.items() if isinstance(value, str)}
    rule = Rule(
        id=text["id"],
        name=text["name"],
        title=text["title"],
        status=text["status"],  # type: ignore[arg-type]  # the schema has checked these three
        severity=text["severity"],  # type: ignore[arg-type]
        disposition=text["disposition"],  # type: ignore[arg-type]
        category=text["category"],
        snip=int(text.get("snip", "0")),
        pack=pack,
        path=document.path,
        why=text["why"],
        note=text.get("note", ""),
        replaced_by=text.get("replaced_by", ""),
        applies=_applies(content["applies_to"]),
        effective_from=first,
        effective_to=last,
        references=tuple(_citation(node) for node in items(content["references"])),
        condition=Condition(text["id"], (*conditions.implicit(), *conditions.when), conditions.unless),
        kinds={**{f"param.{name}": PARAM for name in conditions.parameters}, **conditions.kinds},
        reads=tuple(conditions.reads),
        at=at,
        says=says,
        fix=fix,
        query=query,
        dimension=text.get("dimension"),  # type: ignore[arg-type]
        parameters=tuple(conditions.parameters),
        sets=tuple(dict.fromkeys(conditions.sets)),
        needs=conditions.needs(),
        predicts=_predicts(content.get("predicts")),
        suppressed_by=tuple(map(str, items(content.get("suppressed_by")))),
        remedies=remedies,
    )
    return Linked(rule, tuple(conditions.tags), tuple(finding.prints)), []


class _Finding:
    """Links the ``finding`` of a rule: its place and its messages."""

    def __init__(self, conditions: Conditions) -> None:
        self.conditions = conditions
        self.around = conditions.around
        self.entries = mapping(conditions.content["finding"])
        self.prints: list[tuple[str, str]] = []

    def kind(self, name: str) -> Kind | None:
        """The kind of a fact declared in ``when``."""
        return self.around.kinds.get(self.conditions.declared.get(name, ""))

    def at(self) -> At | None:
        """The place, or ``None`` with a mistake."""
        try:
            target = self.entries["at"]
            return self.own_place(target) if isinstance(target, str) else self.other_place(mapping(target))
        except WrongError as error:
            self.conditions.mistake(str(error), "finding", "at", hint=error.hint)
            return None

    def own_place(self, target: str) -> At:
        """``name.field`` of a fact that is a part of the claim."""
        name, _, field = target.partition(".")
        kind = self.kind(name)
        if kind is None:
            raise WrongError(f"{name} is not declared in when", nearest(name, self.conditions.declared))
        if not kind.part:
            raise WrongError(f"{name} is not a part of the claim", "write {line: NAME.FIELD, field: FIELD}")
        known = [*kind.fields, *self.around.places.get(kind.part, ())]
        if field not in known:
            raise WrongError(f"{kind.name} has no field {field}", nearest(field, known))
        return At(name, field)

    def other_place(self, target: dict[str, Node]) -> At:
        """``{line: name.field, field: …}``: the part whose number is in another fact."""
        part = next(key for key in target if key != "field")
        field = str(target["field"])
        name, _, number = str(target[part]).partition(".")
        kind = self.kind(name)
        known = self.around.places.get(part, frozenset()) | frozenset(self.around.kinds[part].fields)
        if kind is None or number not in kind.fields:
            raise WrongError(f"{target[part]} names no field of a fact in when")
        if field not in known:
            raise WrongError(f"a {part} has no field {field}", nearest(field, known))
        self.prints.append((kind.name, number))
        return At(name, field, part, number)  # type: ignore[arg-type]  # the schema names the parts

    def remedies(self, at: At) -> tuple[Remedy, ...]:
        """The changes that may take the finding away; what cannot be made at its place is a mistake."""
        kind = at.part or self.conditions.declared[at.name]
        part = at.part or self.around.kinds[kind].part or ""
        place = Place(kind, at.field, part, self.around.places.get(part, frozenset()))
        found = []
        for number, node in enumerate(items(self.entries.get("remedy"))):
            try:
                found.append(read_remedy(node, place, self.fact_slot))
            except WrongError as error:
                self.conditions.mistake(str(error), "finding", "remedy", number, hint=error.hint)
        return tuple(found)

    def fact_slot(self, name: str, field: str) -> Slot:
        """What ``name.field`` of a remedy reads: a field of a fact in ``when``."""
        found = self.slot(name, field)
        if not isinstance(found, Slot) or found.name.startswith("param."):
            raise WrongError(f"{name}.{field} is no field of a fact", "a remedy reads facts of when")
        return found

    def template(self, key: str) -> Template:
        """A message; empty with a mistake when a slot cannot be filled."""
        try:
            return parse_template(str(self.entries[key]), self.slot)
        except ValueError as error:
            self.conditions.mistake(str(error), "finding", key, hint=getattr(error, "hint", ""))
            return ()

    def slot(self, name: str, field: str) -> Slot | str:
        """What ``{name.field}`` prints: a fact's field, a parameter, or the title of a code set."""
        conditions = self.conditions
        if name == "param":
            if field not in conditions.parameters:
                hint = nearest(field, conditions.parameters) or "only parameters of the condition may be printed"
                raise WrongError(f"{{param.{field}}} is not used in when", hint)
            return Slot(f"param.{field}", "value", self.around.parameters[field])
        if name == "set":
            if field not in self.around.sets:
                raise WrongError(f"unknown code set {field}", nearest(field, self.around.sets))
            return self.around.sets[field].title
        kind = self.kind(name) or (self.around.kinds["payer"] if name == "payer" else None)
        if kind is None:
            raise WrongError(f"{name} is not declared in when", nearest(name, conditions.declared))
        if field not in kind.fields:
            raise WrongError(f"{kind.name} has no field {field}", nearest(field, kind.fields))
        self.prints.append((kind.name, field))
        return Slot(name, field, kind.fields[field].type)


def _dates(conditions: Conditions) -> tuple[int, int | None]:
    effective = mapping(conditions.content["effective"])
    try:
        first = day_number(str(effective["from"]))
        last = day_number(str(effective["to"])) if "to" in effective else None
    except ValueError as error:
        conditions.mistake(str(error), "effective", hint="a date like 2026-03-01")
        return 0, None
    if last is not None and last < first:
        conditions.mistake("effective ends before it begins", "effective")
    return first, last


def _check_subject(conditions: Conditions) -> None:
    """A rule about claims names claim types and a SNIP type, one about encounters a dimension of the score."""
    content = conditions.content
    applies = mapping(content["applies_to"])
    encounter = applies.get("subject") == "encounter"
    wanted, unfit = (["dimension"], ["snip", "predicts"]) if encounter else (["snip"], ["dimension"])
    for key in wanted:
        if key not in content:
            conditions.mistake(f"key {key} is missing", hint="every such file needs it")
    for key in unfit:
        if key in content:
            conditions.mistake(f"{key} is for rules about {'claims' if encounter else 'encounters'}", key)
    if encounter:
        for key in ("claim_types", "settings"):
            if key in applies:
                conditions.mistake(
                    f"{key} is for rules about claims", "applies_to", key, hint="ask for encounter.setting"
                )
    elif "claim_types" not in applies:
        conditions.mistake("key claim_types is missing", "applies_to", hint="every such file needs it")
    if (str(content["disposition"]) in ENCOUNTER_DISPOSITIONS) is not encounter and content[
        "disposition"
    ] != "informational":
        hint = f"one of {', '.join(ENCOUNTER_DISPOSITIONS)}" if encounter else "what the payer would do"
        conditions.mistake(f"{content['disposition']} does not fit the subject", "disposition", hint=hint)


def _applies(node: Node) -> Applies:
    entries = mapping(node)
    lists = {key: tuple(map(str, items(value))) for key, value in entries.items() if key != "subject"}
    return Applies(subject=str(entries.get("subject", "claim")), **lists)  # type: ignore[arg-type]  # the schema has checked it


def _citation(node: Node) -> Citation:
    return Citation(**{key: str(value) for key, value in mapping(node).items()})


def _predicts(node: Node) -> Predicts | None:
    entries = mapping(node)
    if not entries:
        return None
    return Predicts(str(entries["group"]), str(entries["carc"]), tuple(map(str, items(entries.get("rarc")))))

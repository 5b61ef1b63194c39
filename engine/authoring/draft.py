"""A rule that is not in any folder yet: read from text, linked against the packs, linted, and tried on claims."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct, structs

from engine.authoring import mutation
from engine.authoring.corpus import Corpus
from engine.authoring.lint.run import CHECKS
from engine.authoring.lint.run import Finding as Remark
from engine.authoring.lint.run import lint as run_lint
from engine.authoring.twins import CaseResult, only, run_twins
from engine.errors import CleanclaimError, RuleError
from engine.facts.vocabulary import vocabulary
from engine.reference.catalog import Tables
from engine.rulebook.book import Rulebook
from engine.rulebook.conditions import Surroundings
from engine.rulebook.document import Document, mapping, parse_document
from engine.rulebook.link import link
from engine.rulebook.load import PLACES, identity, shipped_rules
from engine.rulebook.rule import Pack, Rule
from engine.rulebook.schema import check_shape
from engine.rulebook.together import check_together
from engine.rulebook.twins import Twin, twin_of


class Draft(Struct, frozen=True, kw_only=True):
    """A draft as far as it could be read.

    ``rulebook`` is the packs with the draft in place of the rule of its id, or beside the others; ``None`` when
    ``mistakes`` keep it from being linked.
    """

    rule: Rule | None = None
    rulebook: Rulebook | None = None
    mistakes: tuple[RuleError, ...] = ()
    documents: Mapping[str, Document] = {}

    def alone(self) -> Rulebook | None:
        """The draft as the only rule, active whatever its status says."""
        return None if self.rule is None or self.rulebook is None else only(self.rulebook, self.rule)


class Linted(Struct, frozen=True, kw_only=True):
    """What is to be said about a draft: mistakes that refuse it, remarks of the lint, outcomes of its test."""

    mistakes: tuple[RuleError, ...] = ()
    remarks: tuple[Remark, ...] = ()
    cases: tuple[CaseResult, ...] = ()

    @property
    def sound(self) -> bool:
        """Whether it could go into its pack as it is."""
        failed = any(case.problems for case in self.cases)
        return not (self.mistakes or failed or any(remark.severity == "error" for remark in self.remarks))


def read_draft(rulebook: Rulebook, text: str, test: str = "") -> Draft:
    """Read a draft and its test; what is wrong with them is in the answer, nothing is raised.

    Args:
        rulebook: the packs; the draft belongs to the one whose prefix its id has.
        text: the rule file.
        test: the test file beside it; empty for none.
    """
    try:
        return _read(rulebook, text, test)
    except RuleError as error:
        return Draft(mistakes=(error,))


def lint_draft(draft: Draft, tables: Tables) -> Linted:
    """Every check of ``rules lint`` that speaks about the draft, and its test."""
    rule, rulebook = draft.rule, draft.rulebook
    if rule is None or rulebook is None:
        return Linted(mistakes=draft.mistakes)
    corpus = Corpus(rulebook, (), tables, documents=draft.documents)
    tested = (rule.id,) if rule.id in rulebook.twins and len(draft.documents) > 1 else ()
    cases: tuple[CaseResult, ...] = ()
    try:
        corpus.outcomes = {one.rule: one for one in mutation.mutate(rulebook, tested, tables=tables)} if tested else {}
        cases = tuple(run_twins(rulebook, tested, tables=tables)) if tested else ()
    except CleanclaimError as error:
        mistake = RuleError(error.message, location=error.location or rule.path, hint=error.hint)
        return Linted(mistakes=(*draft.mistakes, mistake))
    found = run_lint(corpus, CHECKS).findings
    remarks = tuple(remark for remark in found if remark.subject == rule.id)
    return Linted(mistakes=draft.mistakes, remarks=remarks, cases=cases)


def _read(rulebook: Rulebook, text: str, test: str) -> Draft:
    schemas = shipped_rules()
    document = parse_document(text, "draft.yaml")
    if mistakes := check_shape(document, schemas / "rule.schema.json"):
        return Draft(mistakes=tuple(mistakes))
    content = mapping(document.content)
    name, rule_id = str(content["name"]), str(content["id"])
    pack = _pack_of(rule_id, rulebook, document)
    known = rulebook.rule(rule_id)
    called = known.path if known else f"{pack.name}/draft/{name}.yaml"
    document = structs.replace(document, path=called)
    mistakes = identity(document, Path(f"{name}.yaml"), pack)
    linked, more = link(document, pack.name, Surroundings(vocabulary(), rulebook.sets, rulebook.parameters, PLACES))
    mistakes += more
    if linked is None:
        return Draft(mistakes=tuple(mistakes))
    rule = linked.rule
    documents = {called: document}
    twins: dict[str, Twin] = {}
    if test:
        beside = parse_document(test, called.removesuffix(".yaml") + ".test.yaml")
        documents[beside.path] = beside
        wrong = check_shape(beside, schemas / "test.schema.json")
        twin, more = (None, wrong) if wrong else twin_of(beside, rule)
        mistakes += more
        if twin:
            twins[rule.id] = twin
    others = tuple(one for one in rulebook.rules if one.id != rule.id)
    rules = tuple(sorted((*others, rule), key=lambda one: one.id))
    mistakes += check_together(rules, rulebook.payers, rulebook.scoring)
    book = structs.replace(
        rulebook,
        rules=rules,
        tags={**rulebook.tags, rule.id: linked.tags},
        prints={**rulebook.prints, rule.id: linked.prints},
        twins={**rulebook.twins, **twins},
    )
    return Draft(rule=rule, rulebook=book, mistakes=tuple(mistakes), documents=documents)


def _pack_of(rule_id: str, rulebook: Rulebook, document: Document) -> Pack:
    prefix = rule_id.partition("-")[0]
    for pack in rulebook.packs:
        if pack.prefix == prefix:
            return pack
    known = ", ".join(f"{pack.prefix} ({pack.name})" for pack in rulebook.packs)
    raise document.error(f"no pack has ids that begin with {prefix}-", "id", hint=f"one of {known}")

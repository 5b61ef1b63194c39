"""All rules of a load together with the files that they were read from: what corpus-wide checks look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

from engine.authoring.mutation import Outcome, mutate
from engine.errors import RuleError
from engine.reference.catalog import Tables
from engine.rulebook import load
from engine.rulebook.book import Rulebook
from engine.rulebook.document import Document, read_document
from engine.rulebook.rule import Rule


class Corpus:
    """The rules, their files, and the tables that codes are looked up in.

    Args:
        rulebook: the packs, loaded.
        site: the folders that were loaded beside the shipped one.
        tables: the reference tables.
        claims: the base claims of the twins, when not the shipped ones.
        documents: files that are in no folder, by the name that messages call them.
    """

    def __init__(
        self,
        rulebook: Rulebook,
        site: Sequence[Path] = (),
        tables: Tables | None = None,
        claims: Path | None = None,
        documents: Mapping[str, Document] | None = None,
    ) -> None:
        self.rulebook = rulebook
        self.roots = (load.shipped_rules(), *site)
        self.tables = tables or Tables.load()
        self.claims = claims
        self.rules: tuple[Rule, ...] = tuple(rule for rule in rulebook.rules if rule.status != "retired")
        self.skipped: list[str] = []
        self._documents: dict[str, Document] = dict(documents or {})

    def document(self, called: str) -> Document:
        """The file that messages call by this name; an empty one when it cannot be found."""
        if called not in self._documents:
            found = next((root.parent / called for root in self.roots if (root.parent / called).is_file()), None)
            try:
                self._documents[called] = read_document(found, called) if found else Document(called, None, {})
            except RuleError:
                self._documents[called] = Document(called, None, {})
        return self._documents[called]

    def where(self, rule: Rule, *steps: str | int) -> str:
        """``path:line:column`` of a part of a rule's file."""
        return self.document(rule.path).where(*steps)

    def twin(self, rule: Rule) -> Document:
        """The file of a rule's twin."""
        return self.document(rule.path.removesuffix(".yaml") + ".test.yaml")

    def code_set(self, name: str) -> Document:
        """The file of a code set."""
        called = [f"{root.name}/code-sets/{name}.yaml" for root in self.roots]
        return next((d for d in map(self.document, called) if d.content is not None), Document(called[0], None, {}))

    def payer(self, slug: str) -> Document:
        """The file of a payer."""
        called = [
            str(Path(root.name) / path.relative_to(root))
            for root in self.roots
            for path in root.rglob(f"{slug}/payer.yaml")
        ]
        return self.document(called[0] if called else slug)

    @cached_property
    def outcomes(self) -> dict[str, Outcome]:
        """What the twins notice, by rule."""
        found = mutate(self.rulebook, claims=self.claims, tables=self.tables)
        return {outcome.rule: outcome for outcome in found}

"""Folders of rule files to a rulebook. Every mistake is collected; then loading fails once."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from engine.claim import encounter, model
from engine.errors import RulebookError, RuleError
from engine.facts.vocabulary import vocabulary
from engine.reference.code_set import CodeSet
from engine.rulebook.book import Rulebook
from engine.rulebook.code_sets import read_code_set
from engine.rulebook.conditions import Surroundings
from engine.rulebook.document import Document, mapping
from engine.rulebook.link import Linked, link
from engine.rulebook.payers import BASE, read_payers
from engine.rulebook.rule import Pack, Rule
from engine.rulebook.schema import read_shaped
from engine.rulebook.scoring import read_scoring
from engine.rulebook.together import check_together
from engine.rulebook.twins import Twin, read_twin

PLACES = {
    "claim": frozenset(model.Claim.__struct_fields__),
    "line": frozenset(model.ServiceLine.__struct_fields__),
    "diagnosis": frozenset(model.Diagnosis.__struct_fields__),
    "provider": frozenset(model.Provider.__struct_fields__),
    "code": frozenset(model.ClaimCode.__struct_fields__),
    "procedure": frozenset(model.InpatientProcedure.__struct_fields__),
    "other_payer": frozenset(model.OtherPayer.__struct_fields__),
    "encounter": frozenset(encounter.Encounter.__struct_fields__),
    "documented_diagnosis": frozenset(encounter.DocumentedDiagnosis.__struct_fields__),
    "documented_service": frozenset(encounter.DocumentedService.__struct_fields__),
    "billed_diagnosis": frozenset(encounter.ChosenDiagnosis.__struct_fields__),
    "billed_service": frozenset(encounter.Charge.__struct_fields__),
}
"""The fields of each part of a claim or encounter that a finding may point to, beside those of the vocabulary."""


def shipped_rules() -> Path:
    """The folder of the packs that come with cleanclaim: the copy inside the wheel, or the checkout's ``rules``."""
    packaged = Path(__file__).parents[1] / "rules_data"
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "rules"


def load_rulebook(site: Sequence[Path] = (), shipped: Path | None = None) -> Rulebook:
    """Load the shipped packs and then the site's; a site folder is a pack, or holds packs, payers and code sets.

    Raises:
        RulebookError: with every mistake found in any file.
    """
    home = shipped or shipped_rules()
    return _Loader(home).load([home, *site])


class _Loader:
    """One load: what was found so far, and what was wrong with it."""

    def __init__(self, schemas: Path) -> None:
        self.schemas = schemas
        self.mistakes: list[RuleError] = []
        self.sets: dict[str, CodeSet] = {}
        self.packs: dict[str, Pack] = {}
        self.linked: list[Linked] = []
        self.twins: dict[str, Twin] = {}

    def load(self, roots: Sequence[Path]) -> Rulebook:
        for root in roots:
            if not root.is_dir():
                self.mistakes.append(RuleError("no such folder", location=str(root), hint="give a folder of rules"))
        folders = [root for root in roots if root.is_dir()]
        for root in folders:
            self.read_sets(root)
        payer_files = [(path, _called(path, root)) for root in folders for path in sorted(root.rglob("payer.yaml"))]
        payers, parameters, mistakes = read_payers(payer_files, self.schemas / "payer.schema.json")
        self.mistakes += mistakes
        if BASE not in payers:
            self.mistakes.append(
                RuleError("payer _base is missing", location=str(roots[0]), hint="add payers/_base/payer.yaml")
            )
        around = Surroundings(vocabulary(), self.sets, parameters, PLACES)
        for root in folders:
            for manifest in sorted(root.rglob("pack.yaml")):
                self.read_pack(manifest, root, around)
        scoring, mistakes = read_scoring(self.schemas / "scoring.yaml", "rules/scoring.yaml")
        self.mistakes += mistakes
        self.mistakes += check_together([item.rule for item in self.linked], payers, scoring)
        if self.mistakes:
            raise RulebookError(tuple(self.mistakes))
        return Rulebook(
            rules=tuple(sorted((item.rule for item in self.linked), key=lambda rule: rule.id)),
            packs=tuple(self.packs.values()),
            payers=payers,
            sets=self.sets,
            twins=self.twins,
            tags={item.rule.id: item.tags for item in self.linked},
            prints={item.rule.id: item.prints for item in self.linked},
            parameters=parameters,
            scoring=scoring,
        )

    def read_sets(self, root: Path) -> None:
        for path in sorted((root / "code-sets").glob("*.yaml")):
            name = _called(path, root)
            code_set, mistakes = read_code_set(path, name, self.schemas / "code-set.schema.json")
            self.mistakes += mistakes
            if code_set and code_set.name in self.sets:
                self.mistakes.append(
                    RuleError(f"code set {code_set.name} stands twice", location=name, hint="names are for ever")
                )
            elif code_set:
                self.sets[code_set.name] = code_set

    def read_pack(self, manifest: Path, root: Path, around: Surroundings) -> None:
        called = _called(manifest, root)
        document, mistakes = read_shaped(manifest, called, self.schemas / "pack.schema.json")
        self.mistakes += mistakes
        if document is None:
            return
        content = mapping(document.content)
        if content["pack"] != manifest.parent.name:
            message = f"pack {content['pack']} stands in folder {manifest.parent.name}"
            self.mistakes.append(document.error(message, "pack", hint="the folder's name is the pack's"))
            return
        if content["pack"] in self.packs:
            message = f"pack {content['pack']} stands twice"
            self.mistakes.append(document.error(message, "pack", hint="a site pack needs its own name"))
            return
        pack = Pack(
            name=manifest.parent.name,
            digest=digest(manifest.parent),
            **{key: str(content[key]) for key in ("title", "owner", "version", "prefix")},
        )
        self.packs[pack.name] = pack
        for path in sorted(manifest.parent.rglob("*.yaml")):
            if path.name in ("pack.yaml", "payer.yaml") or path.name.endswith(".test.yaml"):
                continue
            self.read_rule(path, _called(path, root), pack, around)
        for path in sorted(manifest.parent.rglob("*.test.yaml")):
            if not path.with_name(path.name.removesuffix(".test.yaml") + ".yaml").is_file():
                self.mistakes.append(
                    RuleError("a test without a rule", location=_called(path, root), hint="name it after its rule")
                )

    def read_rule(self, path: Path, called: str, pack: Pack, around: Surroundings) -> None:
        document, mistakes = read_shaped(path, called, self.schemas / "rule.schema.json")
        if document is None:
            self.mistakes += mistakes
            return
        mistakes += identity(document, path, pack)
        if not mistakes:
            linked, mistakes = link(document, pack.name, around)
            if linked:
                self.linked.append(linked)
                self.read_twin(path, called, linked.rule)
        self.mistakes += mistakes

    def read_twin(self, path: Path, called: str, rule: Rule) -> None:
        twin_path = path.with_name(f"{path.stem}.test.yaml")
        if not twin_path.is_file():
            if rule.status != "retired":
                self.mistakes.append(
                    RuleError(f"{rule.id} has no test", location=called, hint=f"write {twin_path.name} beside it")
                )
            return
        twin, mistakes = read_twin(
            twin_path, called.removesuffix(".yaml") + ".test.yaml", rule, self.schemas / "test.schema.json"
        )
        self.mistakes += mistakes
        if twin:
            self.twins[rule.id] = twin


def identity(document: Document, path: Path, pack: Pack) -> list[RuleError]:
    """What a rule file says of itself against where it stands."""
    content = document.content if isinstance(document.content, dict) else {}
    mistakes = []
    if "name" in content and content["name"] != path.stem:
        mistakes.append(
            document.error(
                f"name {content['name']} stands in {path.name}", "name", hint="the file's name is the rule's"
            )
        )
    if "id" in content and not str(content["id"]).startswith(f"{pack.prefix}-"):
        mistakes.append(
            document.error(
                f"id {content['id']} stands in pack {pack.name}", "id", hint=f"its ids begin with {pack.prefix}-"
            )
        )
    if content.get("status") == "retired" and "replaced_by" not in content:
        mistakes.append(document.error("a retired rule names its successor", "status", hint="add replaced_by"))
    if content.get("status") == "testing" and "note" not in content:
        mistakes.append(document.error("a rule in testing says what is uncertain", "status", hint="add note"))
    return mistakes


def _called(path: Path, root: Path) -> str:
    """The name by which messages call a file: from the root folder's own name down."""
    return str(Path(root.name) / path.relative_to(root))


def digest(folder: Path) -> str:
    """SHA-256 over the names and bytes of every file in a folder, in order of name."""
    total = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        total.update(f"{path.relative_to(folder).as_posix()}\0".encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()

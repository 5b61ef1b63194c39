"""A new rule from a template: its file, its twin, and the next free id."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from engine.errors import UsageError
from engine.facts.vocabulary import nearest
from engine.rulebook import load
from engine.rulebook.book import Rulebook
from engine.rulebook.rule import Pack, Subject

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_ID = re.compile(r"\b([A-Z]{2,5})-(\d{4})\b")
MOST = 9999

RULE = """id: {id}
name: {name}
title: "TODO: one sentence that states what is wrong"
status: draft
severity: warning                    # error, warning, info
disposition: line_denial             # claim_rejection, return_to_provider, claim_denial, line_rejection, line_denial, …
category: {category}
snip: 5                              # 1 to 7, see docs/authoring.md
applies_to: {{claim_types: [professional, institutional]}}
effective: {{from: 2016-01-01}}        # by date of service
references:
  - {{title: "TODO: the source", locator: "TODO: chapter, section, table or element"}}
why: "TODO: the reason, for a person"
when:
  line:
    procedure: {{is: "TODO-{id}"}}   # which facts must be there; see docs/vocabulary.md
finding:
  at: line.procedure
  says: "TODO: line {{line.number}} bills {{line.procedure}}, which is wrong because of that."
  fix: "TODO: what to do, if the record supports it."
"""

TWIN = """rule: {id}
base: professional/minimal           # tests/claims/professional/minimal.json
cases:
  - name: "TODO: what is flagged"
    given: {{lines: [{{procedure: "TODO-{id}"}}]}}
    expect: [{{at: line 1 procedure, says: "TODO: line 1 bills TODO-{id}, which is wrong because of that."}}]
  - name: "TODO: what is quiet, though it looks alike"
    given: {{lines: [{{procedure: "99213"}}]}}
    expect: []
"""


ENCOUNTER_RULE = """id: {id}
name: {name}
title: "TODO: one sentence that states what is wrong"
status: draft
severity: warning                    # error, warning, info
disposition: coder_review            # hold, query_provider, coder_review, informational
category: documentation
dimension: documentation             # accuracy, completeness, documentation
applies_to: {{subject: encounter}}
effective: {{from: 2016-01-01}}        # by the day of the encounter
references:
  - {{title: "TODO: the source", locator: "TODO: chapter, section, table or element"}}
why: "TODO: the reason, for a person"
when:
  visit:
    of: encounter
    encounter_id: {{is: "TODO-{id}"}}   # which facts must be there; see docs/vocabulary.md
finding:
  at: visit.record
  says: "TODO: what is wrong with the record, and where."
  fix: "TODO: what to do, if the record supports it."
  query: "TODO: an open question? If it cannot be determined, please say so."
"""

ENCOUNTER_TWIN = """rule: {id}
base: encounters/office              # tests/claims/encounters/office.json
cases:
  - name: "TODO: what is flagged"
    given: {{encounter_id: "TODO-{id}"}}
    expect: [{{at: encounter record, says: "TODO: what is wrong with the record, and where."}}]
  - name: "TODO: what is quiet, though it looks alike"
    given: {{}}
    expect: []
"""

TEMPLATES = {"claim": (RULE, TWIN), "encounter": (ENCOUNTER_RULE, ENCOUNTER_TWIN)}


class NewRule(Struct, frozen=True):
    """What was written."""

    id: str
    rule: Path
    twin: Path


def new_rule(
    rulebook: Rulebook,
    prefix: str,
    name: str,
    topic: str,
    *,
    site: Path | None,
    wanted: str = "",
    subject: Subject = "claim",
) -> NewRule:
    """Write a rule and its twin.

    Args:
        rulebook: the packs, loaded.
        prefix: the prefix of the pack's ids.
        name: the rule's name.
        topic: the folder below the pack's; empty for the pack's own.
        site: the folder that holds the pack, when not the shipped one.
        wanted: an id, when not the next free one.
        subject: whether the rule is about claims or encounters.

    Raises:
        UsageError: no such pack, a name or id that is taken or malformed.
    """
    pack = _pack(rulebook, prefix)
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name!r} is not a rule name", hint="lower case and hyphens, such as units-not-positive")
    if any(rule.name == name and rule.pack == pack.name for rule in rulebook.rules):
        raise UsageError(f"rule {name} exists in pack {pack.name}", hint="names are unique in a pack")
    home = pack_folder(pack, site)
    folder = home / topic if topic else home
    used = set(used_numbers(home.parent, pack.prefix)) | {
        int(rule.id.partition("-")[2]) for rule in rulebook.rules if rule.id.startswith(f"{pack.prefix}-")
    }
    rule_id = _asked(wanted, pack, used) if wanted else f"{pack.prefix}-{next_number(folder, pack.prefix, used):04d}"
    words = {"id": rule_id, "name": name, "category": "procedure"}
    path, twin = folder / f"{name}.yaml", folder / f"{name}.test.yaml"
    for each in (path, twin):
        if each.exists():
            raise UsageError(f"{each} exists", hint="choose another name or topic")
    folder.mkdir(parents=True, exist_ok=True)
    for file, template in zip((path, twin), TEMPLATES[subject], strict=True):
        file.write_text(template.format(**words), encoding="utf-8")
    return NewRule(rule_id, path, twin)


def _pack(rulebook: Rulebook, prefix: str) -> Pack:
    found = next((pack for pack in rulebook.packs if pack.prefix == prefix.upper()), None)
    if found is None:
        known = [pack.prefix for pack in rulebook.packs]
        hint = nearest(prefix.upper(), known) or f"one of {', '.join(known)}"
        raise UsageError(f"no pack has the prefix {prefix}", hint=hint)
    return found


def pack_folder(pack: Pack, site: Path | None) -> Path:
    """The folder of a pack.

    Raises:
        UsageError: it is not below the folder given.
    """
    root = site or load.shipped_rules()
    found = next((path.parent for path in sorted(root.rglob("pack.yaml")) if path.parent.name == pack.name), None)
    if found is None:
        raise UsageError(f"pack {pack.name} is not below {root}", hint="name its folder with --rules")
    return found


def used_numbers(folder: Path, prefix: str) -> Iterator[int]:
    """Every number that a file below ``folder`` mentions with a prefix: an id named anywhere is never given again."""
    for path in folder.rglob("*.yaml"):
        for found, number in _ID.findall(path.read_text(encoding="utf-8")):
            if found == prefix:
                yield int(number)


def next_number(folder: Path, prefix: str, used: set[int]) -> int:
    """The first free number after those of a topic, or after all of the pack when the topic is new.

    Raises:
        UsageError: none is left.
    """
    own = [
        int(number)
        for path in folder.glob("*.yaml")
        if not path.name.endswith(".test.yaml")
        for found, number in _ID.findall(path.read_text(encoding="utf-8").partition("\n")[0])
        if found == prefix
    ]
    start = max(own or used or {0}) + 1
    free = next((number for number in range(start, MOST + 1) if number not in used), None)
    if free is None:
        raise UsageError(f"no free id after {prefix}-{start - 1:04d}", hint="give one with --id")
    return free


def _asked(wanted: str, pack: Pack, used: set[int]) -> str:
    found = _ID.fullmatch(wanted)
    if not found or found.group(1) != pack.prefix:
        raise UsageError(f"{wanted} is no id of pack {pack.name}", hint=f"{pack.prefix}- and four digits")
    if int(found.group(2)) in used:
        raise UsageError(f"{wanted} is taken", hint="ids are for ever, those of retired rules too")
    return wanted

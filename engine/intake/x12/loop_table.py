"""The loops of each form, read from ``loops.yaml`` and compiled to one dictionary of steps a loop.

Inside a loop the name of the next segment (and its qualifier) finds its :class:`Step` in one look-up, whether it stays,
opens a loop inside, or closes some and opens one further out. No loop is named in the program but through the table.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final, Literal

import yaml
from msgspec import Struct

Note = Literal["", "order", "home", "unknown"]
Kind = Literal["stay", "open", "level", "claim", "service"]

LEVELS: Final = ("ST", "2000A", "2000B", "2000C")
"""The loops that hold claims or other levels, from the outside in."""

CLAIM: Final = "2300"
LINE: Final = "2400"
OTHER_QUALIFIER: Final = "other"


class Node(Struct):
    """One loop as a place to read on from: ``steps`` by segment name; by qualifier one deeper where it matters."""

    id: str
    parent: Node | None
    has: frozenset[str]
    steps: dict[str, Step | dict[str, Step]]


class Step(Struct, frozen=True):
    """What a segment does: closes ``up`` loops, opens that of ``node``, and what is irregular about it.

    ``note``: *order* (a loop that should have come before its neighbour), *home* (its parent loop is missing),
    *unknown* (a qualifier that no loop here is for).
    """

    kind: Kind
    up: int = 0
    node: Node | None = None
    note: Note = ""


STAY: Final = Step("stay")
SERVICE: Final = Step("service")


class LoopTable(Struct):
    """The compiled loops of one form: nodes of the levels and of the claim, and the segments that tell a service."""

    form: str
    levels: dict[str, Node]
    claim: Node
    service: frozenset[str]
    names: frozenset[str]


class _Rule(Struct):
    id: str
    under: tuple[str, ...]
    opens: tuple[str, ...]
    has: tuple[str, ...]


@lru_cache(maxsize=1)
def _source() -> dict[str, dict[str, dict[str, str] | str | None]]:
    loaded: dict[str, dict[str, dict[str, str] | str | None]] = yaml.safe_load(
        Path(__file__).with_name("loops.yaml").read_text(encoding="utf-8")
    )
    return loaded


@lru_cache(maxsize=1)
def forms_by_version() -> dict[str, str]:
    """The form of each guide, by the guide's name without addenda (``005010X222``)."""
    return {str(version): str(form) for version, form in _source()["versions"].items()}


@lru_cache(maxsize=16)
def load_table(form: str) -> LoopTable:
    """The loops of one form (``professional``, ``institutional-4010`` …).

    Raises:
        KeyError: ``loops.yaml`` has no such form.
    """
    return _Compiler(form).table()


class _Compiler:
    """Compiles the rules of one form."""

    def __init__(self, form: str) -> None:
        source = _source()
        merged = {**source["every"], **source[form]}
        self.form = form
        self.rules = [_rule(loop, entry) for loop, entry in merged.items() if isinstance(entry, dict)]
        self.leave = {loop: frozenset(str(names).split()) for loop, names in source["leave"].items()}
        self.service = frozenset(str(source["service"]).split())

    def table(self) -> LoopTable:
        """All nodes, with their steps."""
        roots = {level: self.grow(self.find(level), None) for level in LEVELS}
        claim = self.grow(self.find(CLAIM), None)
        names = {key.partition("*")[0] for rule in self.rules for key in (*rule.opens, *rule.has)}
        return LoopTable(self.form, roots, claim, self.service, frozenset(names | self.service))

    def find(self, loop: str) -> _Rule:
        """The rule of a loop."""
        return next(rule for rule in self.rules if rule.id == loop)

    def grow(self, rule: _Rule, parent: Node | None, home: Node | None = None) -> Node:
        """The node of ``rule`` and those of the loops inside it. ``home`` stands for the parent of a stray loop."""
        node = Node(rule.id, parent or home, frozenset(key.partition("*")[0] for key in rule.has), {})
        for key in rule.has:
            _put(node.steps, key, STAY)
        # Children first as bare nodes, so that every node below can point at its uncles.
        children = [(child, key) for child in self.rules for key in child.opens if rule.id in child.under]
        for child, key in children:
            if child.id not in (*LEVELS, CLAIM):
                _put(node.steps, key, Step("open", 0, self.grow(child, node)))
        if rule.id in LEVELS:
            self.adopt_strays(node)
        for segment in ("HL", "CLM"):
            node.steps[segment] = Step("level" if segment == "HL" else "claim")
        return self.finish(node) if parent is None and home is None else node

    def adopt_strays(self, node: Node) -> None:
        """Let a level take the parties of other levels, should theirs be missing."""
        for rule in self.rules:
            if set(rule.under) & set(LEVELS) and rule.id not in (*LEVELS, CLAIM):
                for key in rule.opens:
                    if not key.endswith(OTHER_QUALIFIER) and not _has(node.steps, key):
                        _put(node.steps, key, Step("open", 0, self.grow(rule, None, node), "home"))

    def finish(self, root: Node) -> Node:
        """Give every node below ``root`` the steps that lead out of it."""
        below = [root]
        while below:
            node = below.pop()
            inner = [step.node for step in _steps(node.steps) if step.up == 0 and step.node is not None]
            below.extend(child for child in inner if child.parent is node)
            if node.parent is not None:
                self.add_exits(node, node.parent)
            if root.id == CLAIM:
                node.steps.update(dict.fromkeys(self.service, SERVICE))
        return root

    def add_exits(self, node: Node, parent: Node) -> None:
        """Add the parent's steps, one loop further up, where the node has none of its own."""
        leave = self.leave.get(node.id)
        for key, step in _items(parent.steps):
            if step.kind != "open" or step.node is None or (leave is not None and key.partition("*")[0] not in leave):
                continue
            if not _has(node.steps, key):
                late = step.up == 0 and node.id[:4] > step.node.id[:4]
                _put(node.steps, key, Step("open", step.up + 1, step.node, "order" if late else step.note))


def _rule(loop: str, entry: dict[str, str]) -> _Rule:
    return _Rule(loop, tuple(entry["under"].split()), tuple(entry["opens"].split()), tuple(entry["has"].split()))


def _put(steps: dict[str, Step | dict[str, Step]], key: str, step: Step) -> None:
    """Enter a step under its name, or under name and qualifier."""
    name, _, qualifier = key.partition("*")
    if not qualifier:
        steps[name] = step
        return
    inner = steps.setdefault(name, {})
    if isinstance(inner, dict):
        if qualifier == OTHER_QUALIFIER and step.node is not None and not step.note:
            step = Step(step.kind, step.up, step.node, "unknown")
        inner[qualifier] = step


def _has(steps: dict[str, Step | dict[str, Step]], key: str) -> bool:
    name, _, qualifier = key.partition("*")
    inner = steps.get(name)
    return inner is not None and (not isinstance(inner, dict) or qualifier in inner)


def _items(steps: dict[str, Step | dict[str, Step]]) -> list[tuple[str, Step]]:
    return [
        pair
        for name, step in steps.items()
        for pair in ([(f"{name}*{q}", s) for q, s in step.items()] if isinstance(step, dict) else [(name, step)])
    ]


def _steps(steps: dict[str, Step | dict[str, Step]]) -> list[Step]:
    return [step for _, step in _items(steps)]

"""A YAML file as text with positions: every scalar stays what the author typed, every node knows its line.

``0250``, ``no``, ``1E3`` and ``59`` are text here; only an unquoted ``null``, ``~`` or nothing is ``None``. Anchors,
aliases, tags and duplicate keys are refused: they make a rule that cannot be read aloud.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from msgspec import Struct

from engine.errors import RuleError

Node = dict[str, "Node"] | list["Node"] | str | None
Steps = tuple[str | int, ...]

_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class Document(Struct, frozen=True):
    """The content of one file, and for each node (by its path of keys) the line and column where it stands."""

    path: str
    content: Node
    positions: dict[Steps, tuple[int, int]]

    def where(self, *steps: str | int) -> str:
        """``path:line:column`` of a node, or of its nearest parent that has a position."""
        while steps and steps not in self.positions:
            steps = steps[:-1]
        line, column = self.positions.get(steps, (1, 1))
        return f"{self.path}:{line}:{column}"

    def error(self, message: str, *steps: str | int, hint: str = "") -> RuleError:
        """A located mistake."""
        return RuleError(message, location=self.where(*steps), hint=hint)


class _Builder:
    """Builds one document from parser events; recursion follows the nesting, which the parser bounds."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.events: Iterator[Any] = iter(yaml.parse(text, Loader=_LOADER))
        self.positions: dict[Steps, tuple[int, int]] = {}
        self.mistakes: list[RuleError] = []

    def refuse(self, event: Any, message: str, hint: str) -> None:  # noqa: ANN401 -- the parser's events have no types
        mark = event.start_mark
        self.mistakes.append(RuleError(message, location=f"{self.path}:{mark.line + 1}:{mark.column + 1}", hint=hint))

    def build(self, event: Any, steps: Steps) -> Node:  # noqa: ANN401
        mark = event.start_mark
        self.positions.setdefault(steps, (mark.line + 1, mark.column + 1))
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            self.refuse(event, "YAML anchors and aliases are not allowed", "write the value where it is used")
        if isinstance(event, yaml.AliasEvent):
            return None
        if getattr(event, "tag", None) not in (None, "!"):
            self.refuse(event, f"YAML tag {event.tag} is not allowed", "remove the tag")
        if isinstance(event, yaml.ScalarEvent):
            return None if event.implicit[0] and event.value in ("", "~", "null") else str(event.value)
        if isinstance(event, yaml.SequenceStartEvent):
            items: list[Node] = []
            while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
                items.append(self.build(event, (*steps, len(items))))
            return items
        return self.mapping(steps)

    def mapping(self, steps: Steps) -> dict[str, Node]:
        entries: dict[str, Node] = {}
        while not isinstance(key := next(self.events), yaml.MappingEndEvent):
            if not isinstance(key, yaml.ScalarEvent) or getattr(key, "anchor", None):
                self.refuse(key, "a key must be plain text", "write key: value")
                self.build(key, (*steps, "?"))
                self.build(next(self.events), (*steps, "?"))
                continue
            name = str(key.value)
            if name in entries:
                self.refuse(key, f"key {name} stands twice", "keep one of them")
            mark: Any = key.start_mark
            self.positions[*steps, name] = (mark.line + 1, mark.column + 1)
            entries[name] = self.build(next(self.events), (*steps, name))
        return entries


def parse_document(text: str, path: str) -> Document:
    """Read YAML text.

    Raises:
        RuleError: the text is not YAML, or uses what is refused; the first such mistake, located.
    """
    builder = _Builder(path, text)
    content: Node = None
    try:
        for event in builder.events:
            if isinstance(event, yaml.DocumentStartEvent):
                content = builder.build(next(builder.events), ())
                break
        if any(isinstance(event, yaml.DocumentStartEvent) for event in builder.events):
            builder.mistakes.append(RuleError("a file holds one document", location=path, hint="remove the second ---"))
    except yaml.YAMLError as error:
        mark: Any = getattr(error, "problem_mark", None)
        location = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else path
        message = getattr(error, "problem", None) or "not readable"
        raise RuleError(f"not valid YAML: {message}", location=location, hint="check quotes and indentation") from None
    except RecursionError:
        raise RuleError("nested too deeply", location=path, hint="a rule needs about five levels") from None
    if builder.mistakes:
        raise builder.mistakes[0]
    return Document(path, content, builder.positions)


def read_document(path: Path, name: str) -> Document:
    """Read a YAML file; ``name`` is how it is called in messages.

    Raises:
        RuleError: it cannot be read, or is not acceptable YAML.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RuleError(f"cannot be read: {error}", location=name, hint="rule files are UTF-8 text") from None
    return parse_document(text, name)


def mapping(node: Node) -> dict[str, Node]:
    """A node as a mapping; anything else is empty."""
    return node if isinstance(node, dict) else {}


def items(node: Node) -> list[Node]:
    """A node as a list; anything else is empty."""
    return node if isinstance(node, list) else []

"""ICD-10-CM tabular list in XML: chapters, sections and categories with their notes, as they are written.

Source: CDC/NCHS, ICD-10-CM tabular files. The year stands inside; an update within it (April) only in the file's name.
The references inside the notes are resolved elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from engine.errors import TableError
from engine.reference.importers import notices
from engine.reference.importers.columns import NOTES
from engine.reference.importers.editions import UNKNOWN, fiscal_year
from engine.reference.importers.format import BadRow, Detected, Head, Parsed, Read
from engine.reference.importers.xml_events import events

_VERSION = re.compile(r"<ICD10CM\.tabular>.*?<version>\s*(20\d\d)\s*</version>", re.DOTALL)
_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")
_COLUMN = {
    "includes": "includes", "inclusionTerm": "inclusion_terms", "excludes1": "excludes1", "excludes2": "excludes2",
    "codeFirst": "code_first", "useAdditionalCode": "use_additional", "codeAlso": "code_also", "notes": "notes",
    "sevenChrNote": "seventh_notes", "sevenChrDef": "seventh_characters",
}  # fmt: skip
_NODES = {"chapter": "chapter", "section": "section", "diag": "code"}
_SHAPES = {
    "chapter": re.compile(r"\d{1,2}"),
    "section": re.compile(r"[A-Z][0-9A][0-9A-Z](?:-[A-Z][0-9A][0-9A-Z])?"),
    "code": re.compile(r"[A-Z][0-9A][0-9A-Z](?:\.[0-9A-Z]{1,4})?"),
}


class _Node:
    """A node while its notes are read; children follow the notes."""

    def __init__(self, kind: str, code: str, line: int) -> None:
        self.kind, self.code, self.line = kind, code, line
        self.given = False
        self.texts: dict[str, list[str]] = {}

    def add(self, column: str, text: str) -> None:
        self.texts.setdefault(column, []).append(" ".join(text.split()))


class TabularList:
    """ICD-10-CM tabular list."""

    name = "ICD-10-CM tabular list (XML)"
    columns = NOTES
    tables = ("icd10cm-notes",)
    page = notices.TABULAR_PAGE

    def detect(self, head: Head) -> Detected | None:
        """By its root element and version."""
        found = _VERSION.search(head.start.decode("utf-8", "replace")[:4096])
        if not found and b"<ICD10CM.tabular" not in head.start[:4096]:
            return None
        year = int(found[1]) if found else 0
        named = _YEAR.search(head.name)
        span = fiscal_year(year, head.name) if year else UNKNOWN
        wrong = named is not None and year and int(named[0]) != year
        return Detected(
            table="icd10cm-notes",
            edition=span.edition,
            first_day=span.first_day,
            last_day=span.last_day,
            source=f"CDC/NCHS {self.name}, {head.name}",
            page=self.page,
            licence=notices.PUBLIC,
            doubt=f"the file's name is of {named[0]}, the file of {year}" if wrong and named else "",
        )

    def rows(self, stream: BinaryIO, detected: Detected) -> Iterator[Read]:  # noqa: ARG002 -- the interface
        """The nodes from chapter 1 on, parents before children; keys are written with the dot, as in the list.

        Raises:
            TableError: it is no well-formed XML or none of this format.
        """
        open_nodes: list[_Node] = []
        path: list[str] = []
        text, seen, any_node = "", set[tuple[str, str]](), False
        for event in events(stream):
            if event.kind == "text":
                text += event.name
            elif event.kind == "start":
                if event.name in _NODES:
                    if open_nodes and not open_nodes[-1].given:
                        yield _row(open_nodes, seen, leaf=False)
                    open_nodes.append(_Node(_NODES[event.name], event.attributes.get("id", ""), event.line))
                    any_node = True
                path.append(event.name)
                text = ""
                if event.name == "extension":
                    text = event.attributes.get("char", "") + " "
            else:
                path.pop()
                if open_nodes:
                    _take(open_nodes[-1], event.name, path, text)
                    if event.name in _NODES:
                        if not open_nodes[-1].given:
                            yield _row(open_nodes, seen, leaf=True)
                        open_nodes.pop()
                text = ""
        if not any_node:
            raise TableError("no chapters in this XML")


def _take(node: _Node, element: str, path: list[str], text: str) -> None:
    """What an element that ends says of the node it stands in; ``path`` are the elements around it."""
    around = path[-1] if path else ""
    if element == "name" and around in _NODES:
        node.code = text.strip()
    elif element == "desc" and around in _NODES:
        node.texts["description"] = [text.strip()]
    elif element in {"note", "extension"} and around in _COLUMN:
        node.add(_COLUMN[around], text)


def _row(nodes: list[_Node], seen: set[tuple[str, str]], *, leaf: bool) -> Read:
    node = nodes[-1]
    node.given = True
    if not _SHAPES[node.kind].fullmatch(node.code):
        return BadRow(node.line, f"{node.code!r} is not the name of a {node.kind}")
    if (node.kind, node.code) in seen:
        return BadRow(node.line, f"{node.kind} {node.code} stands further up")
    seen.add((node.kind, node.code))
    ancestors = {each.kind: each.code for each in nodes[:-1]}
    whole = {
        "kind": node.kind,
        "parent": nodes[-2].code if node.kind == "code" and len(nodes) > 1 else "",
        "chapter": ancestors.get("chapter", ""),
        "section": ancestors.get("section", ""),
        "leaf": "Y" if leaf and node.kind == "code" else "N",
    }
    values = {**{column: "\n".join(texts) for column, texts in node.texts.items()}, **whole}
    return Parsed(node.code, tuple(values.get(column, "") for column in NOTES))

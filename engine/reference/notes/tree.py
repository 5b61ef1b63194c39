"""The tabular list as published (CDC/NCHS XML, any year of that format), read into nodes in the order of the list."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree as ET

from msgspec import Struct, field

from engine.errors import TableError
from engine.reference.notes.model import PairKind, TextKind
from engine.reference.notes.seventh import Barred, read_barred, with_sevenths

PAIR_TAGS: dict[str, PairKind] = {
    "excludes1": "excludes1",
    "excludes2": "excludes2",
    "codeFirst": "code_first",
    "useAdditionalCode": "use_additional",
    "codeAlso": "code_also",
}
TEXT_TAGS: dict[str, TextKind] = {
    "includes": "includes",
    "inclusionTerm": "inclusion_term",
    "notes": "note",
    "sevenChrNote": "seventh_note",
}
_HINT = "give the tabular list as CDC/NCHS publishes it: icd10cm-tabular-….xml, root ICD10CM.tabular"


class Node(Struct):
    """A chapter, block, category or code with what stands on it.

    ``pairs`` holds one list of lines for each published element, ``own_sevenths`` the characters defined here and
    ``barred`` those that a note here takes away.
    """

    name: str
    level: str
    parent: Node | None = None
    children: list[Node] = field(default_factory=list)
    pairs: list[tuple[PairKind, list[str]]] = field(default_factory=list)
    texts: list[tuple[TextKind, str]] = field(default_factory=list)
    own_sevenths: dict[str, str] = field(default_factory=dict)
    barred: list[Barred] = field(default_factory=list)

    def sevenths(self) -> dict[str, str]:
        """The seventh characters of codes under this node: those of the nearest node above that defines them."""
        if self.own_sevenths or self.parent is None:
            return self.own_sevenths
        return self.parent.sevenths()


def read_tree(data: bytes, location: str) -> list[Node]:
    """The chapters of a tabular list.

    Raises:
        TableError: the file is no tabular list, or declares entities (the published one does not).
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TableError("not UTF-8 text", location=location, hint=_HINT) from error
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise TableError("the file declares a document type", location=location, hint=_HINT)
    try:
        root = ET.fromstring(text)  # noqa: S314 -- no document type, hence no entities to expand
    except ET.ParseError as error:
        raise TableError(f"no XML: {error}", location=location, hint=_HINT) from error
    chapters = [_read(each, None) for each in root.iter("chapter")]
    if root.tag != "ICD10CM.tabular" or not any(chapter.children for chapter in chapters):
        raise TableError("no chapters of ICD-10-CM", location=location, hint=_HINT)
    return chapters


def walk(nodes: list[Node]) -> Iterator[Node]:
    """The nodes and all below them, in the order of the list."""
    for node in nodes:
        yield node
        yield from walk(node.children)


def full_codes(node: Node) -> list[str]:
    """The full codes of a node without children."""
    barred: list[Barred] = []
    above: Node | None = node
    while above is not None:
        barred += above.barred
        above = above.parent
    return with_sevenths(node.name, node.sevenths(), barred)


def _read(element: ET.Element, parent: Node | None) -> Node:
    name = (element.get("id") or element.findtext("name") or "").strip().replace(".", "")
    level = {"chapter": "chapter", "section": "block"}.get(element.tag, "code")
    node = Node(f"chapter {name}" if level == "chapter" else name, level, parent)
    for child in element:
        if child.tag in PAIR_TAGS:
            node.pairs.append((PAIR_TAGS[child.tag], _lines(child)))
        elif child.tag in TEXT_TAGS:
            lines = _lines(child)
            node.texts += [(TEXT_TAGS[child.tag], line) for line in lines]
            node.barred += [barred for line in lines if (barred := read_barred(line))]
        elif child.tag == "sevenChrDef":
            node.own_sevenths = {each.get("char", ""): _text(each) for each in child.iter("extension")}
        elif child.tag in {"section", "diag"}:
            node.children.append(_read(child, node))
    return node


def _lines(element: ET.Element) -> list[str]:
    return [text for text in map(_text, element.iter("note")) if text]


def _text(element: ET.Element) -> str:
    return " ".join("".join(element.itertext()).split())

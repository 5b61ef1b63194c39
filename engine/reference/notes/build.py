"""From the tabular list to the table that ships: every note with its partners, and the count of what is unresolved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from msgspec import Struct, structs

from engine.reference.notes import wording
from engine.reference.notes.model import Note, PairKind, Span
from engine.reference.notes.records import HEAD, write_note
from engine.reference.notes.references import SCOPE, Parsed, Problem, parse
from engine.reference.notes.resolve import WIDE, Codes
from engine.reference.notes.tree import Node, full_codes, read_tree, walk

NO_CODE = "names no code"
_CATEGORY = 3
_POISONING = Span("T36", "T65")


class Built(Struct, frozen=True):
    """The text of the table and the count of what it holds."""

    text: str
    counts: dict[str, dict[str, int]]


class _Read(Struct, frozen=True):
    """A note, how many references it makes, and why some of them are not resolved."""

    note: Note
    references: int
    reasons: tuple[str, ...]


def build(data: bytes, location: str) -> Built:
    """The table of the tabular list in ``data``.

    Raises:
        TableError: ``data`` is no tabular list.
    """
    chapters = read_tree(data, location)
    codes = _codes(chapters)
    lines = [HEAD]
    count: dict[str, Counter[str]] = {
        name: Counter()
        for name in ("headings", "notes", "notes_unresolved", "references", "references_unresolved", "texts")
    }
    for node in walk(chapters):
        lines += _structure(node)
        either_cause = wording.of_adverse_effect(
            [line for kind, element in node.pairs if kind == "use_additional" for line in element]
        )
        for kind, heading, group in _instructions(node):
            if heading:
                count["headings"][kind] += 1
                lines.append("\t".join(["H", node.name, kind, str(group[0].group), heading]))
            for read in _resolve(group, codes, either_cause=either_cause):
                _count(count, read)
                lines.append(write_note(read.note))
        for text_kind, text in node.texts:
            count["texts"][text_kind] += 1
            lines.append(f"T\t{node.name}\t{text_kind}\t{text}")
    return Built("\n".join(lines) + "\n", {name: dict(sorted(each.items())) for name, each in count.items()})


def _codes(chapters: list[Node]) -> Codes:
    in_order: list[str] = []
    by_chapter: dict[int, list[str]] = {}
    for chapter in chapters:
        found = [code for node in walk([chapter]) if not node.children for code in full_codes(node)]
        by_chapter[int(chapter.name.removeprefix("chapter "))] = found
        in_order += found
    return Codes(in_order, by_chapter)


def _structure(node: Node) -> Iterator[str]:
    """The records on place and seventh characters of a node."""
    if node.level == "code" and len(node.name) == _CATEGORY and node.parent and node.parent.parent:
        leaves = [each.name[_CATEGORY:] or "." for each in walk([node]) if not each.children]
        yield f"C\t{node.name}\t{node.parent.name}\t{node.parent.parent.name}\t{' '.join(leaves)}"
    if node.own_sevenths:
        yield "\t".join(["7", node.name, *[f"{char}={meaning}" for char, meaning in node.own_sevenths.items()]])
    for barred in node.barred:
        yield f"B\t{barred.category}\t{barred.chars}\t{barred.sixths}"


def _instructions(node: Node) -> Iterator[tuple[PairKind, str, list[Note]]]:
    """The instructions of a node: kind, heading, and the lines as bare notes; a heading with codes is a line itself."""
    number: Counter[str] = Counter()
    for kind, element in node.pairs:
        for heading, governed in wording.groups(element):
            number[kind] += 1
            above = Note(node=node.name, kind=kind, wording=heading, group=number[kind])
            group = [structs.replace(above, wording=line, heading=heading) for line in governed]
            if heading and (not governed or parse(heading) != Parsed()):
                group.insert(0, above)
            yield kind, heading if governed else "", group


def _resolve(group: list[Note], codes: Codes, *, either_cause: bool) -> list[_Read]:
    """The notes of one instruction with their partners; ``either_cause``: see :func:`wording.of_adverse_effect`."""
    limited = any(problem.reason == SCOPE for problem in parse(group[0].heading or group[0].wording).problems)
    found = []
    for note in group:
        parsed = parse(note.wording)
        if limited:
            parsed = Parsed(problems=(*parsed.problems, *[Problem(note.wording, SCOPE) for _ in parsed.targets]))
        spans: list[Span] = []
        reasons = [problem.reason for problem in parsed.problems]
        for target in parsed.targets:
            resolved, reason = codes.resolve(target)
            spans += resolved
            if reason:
                reasons.append(reason)
        references = len(parsed.targets) + len(parsed.problems)
        if WIDE in reasons:
            spans, reasons = [], [WIDE] * references
        poisoning = note.kind == "code_first" and any(_POISONING.holds(span.low) for span in spans)
        resolved_note = structs.replace(
            note,
            spans=tuple(spans),
            unresolved="; ".join(dict.fromkeys(reasons)) if references else NO_CODE,
            mandatory=not (either_cause and poisoning) and wording.mandatory(note.heading, note.wording, len(group)),
        )
        found.append(_Read(resolved_note, references, tuple(reasons)))
    unnamed = any(each.note.unresolved for each in found)
    return [
        structs.replace(
            each,
            note=structs.replace(each.note, open=unnamed or wording.examples(each.note.heading, each.note.wording)),
        )
        for each in found
    ]


def _count(count: dict[str, Counter[str]], read: _Read) -> None:
    kind = read.note.kind
    count["notes"][kind] += 1
    count["references"][kind] += read.references
    count["references_unresolved"].update(read.reasons)
    if read.note.unresolved:
        count["notes_unresolved"].update([f"{kind}: {reason}" for reason in read.note.unresolved.split("; ")])

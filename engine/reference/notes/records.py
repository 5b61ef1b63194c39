"""The shipped text of the notes, one record a line, tabs between fields. Written by the build, read by the look-up.

``C`` category, its block, its chapter, the codes under it without their first three characters; ``7`` node, characters
and meanings; ``B`` category, barred seventh characters, sixth characters; ``H`` node, kind, group, heading; ``P`` node,
kind, group, flags (``m`` mandatory, ``o`` open), wording, spans, reason; ``T`` node, kind, wording.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from engine.reference.notes.model import Condition, Note, PairKind, Span

HEAD = "icd10cm-notes 1"


def write_span(span: Span) -> str:
    """The span as text: ``E119!`` (exact), ``A00-A09``, ``T36-T50@5,6=5``, ``E08-E13@=41``, ``I69@$=23``.

    >>> write_span(Span("T36", "T50", Condition(("5",), (5, 6))))
    'T36-T50@5,6=5'
    """
    text = span.low if span.low == span.high else f"{span.low}-{span.high}"
    if span.exact:
        text += "!"
    condition = span.condition
    if condition:
        where = "$" if condition.final else ",".join(map(str, condition.positions))
        text += f"@{where}={'|'.join(condition.values)}"
    return text


def read_span(text: str) -> Span:
    """The span that :func:`write_span` wrote.

    >>> read_span("E08-E13@=41") == Span("E08", "E13", Condition(("41",)))
    True
    """
    codes, _, constraint = text.partition("@")
    exact = codes.endswith("!")
    low, _, high = codes.rstrip("!").partition("-")
    condition = None
    if constraint:
        where, _, values = constraint.partition("=")
        final = where == "$"
        positions = () if final or not where else tuple([int(each) for each in where.split(",")])
        condition = Condition(tuple(values.split("|")), positions, final)
    return Span(low, high or low, condition, exact)


def write_note(note: Note) -> str:
    """The note as a ``P`` record; its heading is a record of its own."""
    flags = ("m" if note.mandatory else "") + ("o" if note.open else "")
    spans = " ".join([write_span(span) for span in note.spans])
    return "\t".join(["P", note.node, note.kind, str(note.group), flags, note.wording, spans, note.unresolved])


def read_notes(records: Iterable[str]) -> list[Note]:
    """The notes of the ``H`` and ``P`` records of one node, in their order."""
    notes: list[Note] = []
    headings: dict[tuple[str, str], str] = {}
    for record in records:
        fields = record.split("\t")
        if fields[0] == "H":
            headings[fields[2], fields[3]] = fields[4]
        elif fields[0] == "P":
            _, node, kind, group, flags, wording, spans, unresolved = fields
            heading = headings.get((kind, group), "")
            notes.append(
                Note(
                    node=node,
                    kind=msgspec.convert(kind, PairKind),
                    wording=wording,
                    heading="" if heading == wording else heading,
                    group=int(group),
                    spans=tuple([read_span(span) for span in spans.split()]),
                    mandatory="m" in flags,
                    open="o" in flags,
                    unresolved=unresolved,
                )
            )
    return notes

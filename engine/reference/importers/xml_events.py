"""XML read as it streams by, with what hostile files use refused: document type declarations, and so all entities.

Expat is used as it is: a declared entity is the only way in which a small document grows large or reads other
files, and a document without a type declaration cannot declare one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Literal, NamedTuple
from xml.parsers import expat

from engine.errors import TableError

_BLOCK = 1 << 16
_DEEPEST = 100


class Event(NamedTuple):
    """A start tag, an end tag or a piece of text; names are without their namespace prefix."""

    kind: Literal["start", "end", "text"]
    name: str
    attributes: dict[str, str]
    line: int


def events(stream: BinaryIO) -> Iterator[Event]:
    """The document's events in order.

    Raises:
        TableError: it is no well-formed XML, or it declares a document type.
    """
    found: list[Event] = []
    parser = expat.ParserCreate()
    parser.buffer_text = True
    depth = 0

    def started(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise TableError(f"XML nested deeper than {_DEEPEST} elements", location=f"line {parser.CurrentLineNumber}")
        found.append(Event("start", name.rpartition(":")[2], attributes, parser.CurrentLineNumber))

    def ended(name: str) -> None:
        nonlocal depth
        depth -= 1
        found.append(Event("end", name.rpartition(":")[2], {}, parser.CurrentLineNumber))

    def declared(*_: object) -> None:
        raise TableError(
            "the XML declares a document type, which can hide entities: refused",
            location=f"line {parser.CurrentLineNumber}",
            hint="official files have none; fetch it again from the publisher",
        )

    parser.StartElementHandler = started
    parser.EndElementHandler = ended
    parser.CharacterDataHandler = lambda text: found.append(Event("text", text, {}, parser.CurrentLineNumber))
    parser.StartDoctypeDeclHandler = declared
    last = False
    while not last:
        block = stream.read(_BLOCK)
        last = not block
        try:
            parser.Parse(block, last)
        except expat.ExpatError as error:
            reason = expat.errors.messages.get(error.code, str(error))
            raise TableError(
                f"no well-formed XML: {reason}",
                location=f"line {error.lineno}",
                hint="it is damaged or was cut off; fetch it again",
            ) from error
        except (LookupError, ValueError) as error:  # an encoding that Python does not know, or that expat cannot use
            raise TableError(f"no XML that can be read: {error}", hint="official files are UTF-8") from error
        yield from found
        found.clear()

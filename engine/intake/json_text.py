"""JSON text to values, without floats and without exceptions: every damage becomes a located finding.

A file may hold one value, several values one after the other, or one value a line (NDJSON). Lines are read one at a
time; any other file is read whole, up to a limit.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal, InvalidOperation
from itertools import chain
from typing import Any, BinaryIO, Protocol

import msgspec
from msgspec import Struct

from engine.intake.reading import IntakeFinding, Spot

LIMIT = 256 * 1024 * 1024
DIGITS = 15
QUANTITY_DIGITS = 12
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_LIST = re.compile(r'"(?:claims|entry)"\s*:\s*\[')
_LONE = re.compile("[\ud800-\udfff]")
_BLANK = " \t\r\n\x1e"
_PRETTY = 2


class Lines(Protocol):
    """What gives lines, a file or a part of one."""

    def readline(self, size: int, /) -> bytes:
        """The next line, or as much of it; empty at the end."""
        ...


class Document(Struct, frozen=True):
    """One JSON value of a file, the text it was read from, and that text's first line (from 1).

    ``suspect``: look closer, it may hold repeated keys, half characters or numbers too large for a claim.
    """

    value: Any
    text: str
    line: int = 1
    suspect: bool = False


class Repeated(dict[str, Any]):
    """A JSON object in which a key stood twice; it holds the last value, as most readers do."""

    keys_twice: tuple[str, ...] = ()


class Parser:
    """Parses JSON text; numbers become ``int`` or ``Decimal``, and NaN where out of all range."""

    def __init__(self) -> None:
        self.suspect = False
        self._decoder = json.JSONDecoder(
            object_pairs_hook=self._object,
            parse_float=self._number,
            parse_int=self._integer,
            parse_constant=self._constant,
        )

    def parse(self, text: str, start: int = 0) -> tuple[Any, int]:
        """The value at ``start`` and where it ends.

        Raises:
            ValueError: the text is not JSON (a ``json.JSONDecodeError`` says where).
            RecursionError: it is nested too deeply.
        """
        self.suspect = False
        return self._decoder.raw_decode(text, start)

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        result = dict(pairs)
        if len(result) == len(pairs):
            return result
        self.suspect = True
        twice = Repeated(pairs)
        names = [name for name, _ in pairs]
        twice.keys_twice = tuple(sorted({name for name in names if names.count(name) > 1}))
        return twice

    def _number(self, text: str) -> int | Decimal:
        try:
            number = Decimal(text)
        except InvalidOperation:
            return self._constant(text)
        if number.adjusted() >= QUANTITY_DIGITS:
            self.suspect = True
            return number
        if number.adjusted() < -QUANTITY_DIGITS and number:
            return self._constant(text)
        return int(number) if number == number.to_integral_value() else number

    def _integer(self, text: str) -> int | Decimal:
        if len(text) <= QUANTITY_DIGITS:
            return int(text)
        self.suspect = True
        return int(text) if len(text) <= DIGITS else Decimal(text)

    def _constant(self, _: str) -> Decimal:
        self.suspect = True
        return Decimal("NaN")


def documents(stream: BinaryIO, file: str, limit: int = LIMIT) -> Iterator[Document | IntakeFinding]:
    """Every JSON value of ``stream``, in order, and a finding for each stretch that is not JSON.

    Args:
        stream: the file's bytes; it need not be seekable.
        file: its name, for messages.
        limit: the most bytes that a file which is not NDJSON, or one line, may have.
    """
    parser = Parser()
    first, second, one_a_line = opening(stream, parser, limit)
    if one_a_line:
        lines = chain((first, second), iter(lambda: stream.readline(limit + 1), b""))
        yield from documents_of_lines(lines, parser, limit)
        return
    yield from _whole(first + second + stream.read(max(limit + 1 - len(first) - len(second), 0)), parser, limit, file)


def opening(stream: BinaryIO, parser: Parser, limit: int = LIMIT) -> tuple[bytes, bytes, bool]:
    """The first line that is not blank, the line behind it unless that cannot matter, and whether this is NDJSON."""
    first = first_line(stream, limit)
    if len(first) > limit or first[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return first, b"", False
    second = stream.readline(limit + 1)
    return first, second, _one_a_line(first, second, parser)


def first_line(stream: Lines, limit: int = LIMIT) -> bytes:
    """The first line that is not blank; lines count from there."""
    line = stream.readline(limit + 1)
    while line and not line.strip() and len(line) <= limit:
        line = stream.readline(limit + 1)
    return line


def _one_a_line(first: bytes, second: bytes, parser: Parser) -> bool:
    """Is this NDJSON? The first line is a whole value, or it is damaged and the second is a whole object."""
    if not second:
        return False
    if _try(first, parser) is not None:
        return True
    if not first.lstrip(codecs.BOM_UTF8).lstrip().startswith(b"{") or len(first.strip()) < _PRETTY:
        return False
    return isinstance(_try(second, parser), dict)


def _try(line: bytes, parser: Parser) -> Any:  # noqa: ANN401
    text = line.decode("utf-8-sig", "replace").strip(_BLANK)
    if not text.startswith(("{", "[")):
        return None
    try:
        value, end = parser.parse(text)
    except (ValueError, RecursionError):
        return None
    return value if end == len(text) else None


def documents_of_lines(
    lines: Iterable[bytes], parser: Parser, limit: int = LIMIT, number: int = 1, offset: int = 0
) -> Iterator[Document | IntakeFinding]:
    """The values of NDJSON lines; reading ends at a line above the limit.

    Args:
        lines: none longer than ``limit`` and one byte.
        parser: parses them.
        limit: the most bytes of a line.
        number: of the first line.
        offset: of the first line, in bytes.
    """
    for line in lines:
        if len(line) > limit:
            yield _too_large(limit, f"Line {number}")
            return
        text, finding = decode(line, offset)
        if finding:
            yield finding
        if text.strip(_BLANK):
            yield from _values(text, parser, number)
        offset += len(line)
        number += 1


def _whole(data: bytes, parser: Parser, limit: int, file: str) -> Iterator[Document | IntakeFinding]:
    if len(data) > limit:
        yield _too_large(limit, file or "The file")
        return
    text, finding = decode(data, 0)
    if finding:
        yield finding
    if text.strip(_BLANK):
        yield from _values(text, parser, 1)


def _values(text: str, parser: Parser, line: int) -> Iterator[Document | IntakeFinding]:
    """The values that stand one after the other in ``text``; after damage, what can be saved and a finding."""
    position, end = 0, len(text)
    while True:
        while position < end and text[position] in _BLANK:
            position += 1
        if position == end:
            return
        try:
            value, stop = parser.parse(text, position)
        except RecursionError:
            yield _damaged("is nested too deeply", _place(text, position, line), "a claim file of ordinary depth")
            return
        except ValueError as error:
            yield from _saved(text, position, parser, line)
            where = getattr(error, "pos", position)
            reason = getattr(error, "msg", "number too long")
            yield _syntax(text, len(text) if reason.startswith("Unterminated") else where, line, reason)
            return
        suspect = parser.suspect or bool(_SURROGATE.search(text, position, stop))
        yield Document(value, text[position:stop], line + text.count("\n", 0, position), suspect)
        position = stop


def _saved(text: str, start: int, parser: Parser, line: int) -> Iterator[Document]:
    """The whole elements before the damage, of an array, ``claims`` or ``entry``, as one list."""
    if text[start] == "[":
        position = start + 1
    elif found := _LIST.search(text, start):
        position = found.end()
    else:
        return
    begin, elements = position, []
    suspect = bool(_SURROGATE.search(text, start))
    while True:
        while position < len(text) and text[position] in _BLANK + ",":
            position += 1
        try:
            value, position = parser.parse(text, position) if text.startswith("{", position) else (None, position)
        except (ValueError, RecursionError):
            value = None
        if value is None:
            break
        suspect = suspect or parser.suspect
        elements.append(value)
    if elements:
        yield Document(elements, text[begin:position], line + text.count("\n", 0, begin), suspect)


def decode(data: bytes, offset: int) -> tuple[str, IntakeFinding | None]:
    """Text of UTF-8 (or marked UTF-16) bytes, and a finding at the first byte that is neither; it reads as U+FFFD."""
    marked = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    name = "utf-16" if marked else "utf-8-sig" if offset == 0 else "utf-8"
    try:
        return data.decode(name), None
    except UnicodeDecodeError as error:
        place = f"byte {offset + error.start}"
        found = "0x" + data[error.start : error.start + 1].hex().upper()
        finding = IntakeFinding(
            rule="INT-0016",
            says=f"{place.capitalize()} ({found}) is not UTF-8 text.",
            fix="Write the file as UTF-8.",
            expected="UTF-8",
            found=found,
        )
        return data.decode(name, "replace"), finding


def scrub(value: Any, path: str, report: Callable[[IntakeFinding], None]) -> Any:  # noqa: ANN401
    """``value`` without what JSON can carry and a claim cannot: repeated keys, half characters. Each is reported."""
    if isinstance(value, str):
        if not _LONE.search(value):
            return value
        report(damage(path, "A character is cut in half (lone surrogate).", "whole characters", "a lone surrogate"))
        return _LONE.sub("\ufffd", value)
    if isinstance(value, list):
        return [scrub(item, f"{path}[{index}]", report) for index, item in enumerate(value)]
    if isinstance(value, dict):
        for name in value.keys_twice if isinstance(value, Repeated) else ():
            says = f"The key {shown(name)} stands twice; the last value was read."
            report(damage(_join(path, printable(name)), says, "one value", "two or more"))
        return {_LONE.sub("\ufffd", key): scrub(item, _join(path, key), report) for key, item in value.items()}
    return value


def written(value: Any) -> str:  # noqa: ANN401
    """``value`` as JSON text again; numbers stay as they were sent."""
    try:
        return msgspec.json.Encoder(decimal_format="number").encode(value).decode()
    except (ValueError, RecursionError):
        pass
    try:
        return json.dumps(value, default=str)
    except RecursionError:
        return ""


def damage(path: str, says: str, expected: str, found: str) -> IntakeFinding:
    """An INT-0016 finding at a JSON path."""
    return IntakeFinding(
        rule="INT-0016",
        says=says,
        fix=f"Send {expected}.",
        at=Spot(path=path),
        expected=expected,
        found=found,
    )


def shown(value: Any) -> str:  # noqa: ANN401
    """A value as a message shows it: short, printable, on one line."""
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list"
    if value is None or isinstance(value, bool):
        return str(value).lower().replace("none", "null")
    if isinstance(value, Decimal) and not value.is_finite():
        return "a number out of range"
    return f'"{printable(value)}"' if isinstance(value, str) else printable(str(value))


def printable(text: str, most: int = 40) -> str:
    """At most ``most`` characters of ``text``; what cannot be printed shows as ``·``."""
    short = text if len(text) <= most else text[: most - 1] + "…"
    return "".join(letter if letter.isprintable() and not _LONE.match(letter) else "·" for letter in short)


def _join(path: str, key: str) -> str:
    return f"{path}.{printable(key)}" if path else printable(key)


def _place(text: str, position: int, line: int) -> str:
    row = text.count("\n", 0, position)
    column = position - (text.rfind("\n", 0, position) + 1)
    return f"line {line + row}, column {column + 1}"


def _syntax(text: str, position: int, line: int, reason: str) -> IntakeFinding:
    if position >= len(text.rstrip(_BLANK)):
        place = _place(text, len(text.rstrip(_BLANK)), line)
        return IntakeFinding(
            rule="INT-0017",
            says=f"The JSON ends too early, at {place}.",
            fix="Send the whole file.",
            expected="the end of the value",
            found="the end of the text",
        )
    place = _place(text, position, line)
    return _damaged(f"is not JSON: {reason.lower()}", place, "JSON", printable(text[position : position + 12], 12))


def _damaged(problem: str, place: str, expected: str, found: str = "") -> IntakeFinding:
    return IntakeFinding(
        rule="INT-0016",
        says=f"The text at {place} {problem}.",
        fix="Correct the JSON there and send the file again.",
        expected=expected,
        found=found,
    )


def _too_large(limit: int, what: str) -> IntakeFinding:
    return IntakeFinding(
        rule="INT-0017",
        says=f"{what} is larger than {limit:,} bytes, the most that is read as one JSON value.",
        fix="Send NDJSON: one claim a line.",
        expected=f"at most {limit:,} bytes",
        found=f"more than {limit:,} bytes",
    )

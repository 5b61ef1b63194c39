"""Text out of bytes, fast and bounded: lines, comma-separated records, and the picking of columns by name.

Publishers write UTF-8 or Windows-1252 and rarely say which. A line that is neither, or that holds a NUL, comes out as
one of two marks that no format accepts as a row; :func:`damage` says what the mark stands for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import BinaryIO, TypeAlias

from engine.errors import TableError
from engine.reference.importers.format import BadRow

LONGEST = 4 << 20
"""Characters that a line or a record may have; the longest official ones are articles of some 600,000."""

_BLOCK = 1 << 20
_NUL, _FOREIGN = "\0nul", "\0foreign"
_DAMAGE = {_NUL: "holds a NUL byte", _FOREIGN: "is neither UTF-8 nor Windows-1252 text"}
_QUOTED_CELL = re.compile(r'"((?:[^"]++|"")*+)"|([^",]*+)')

Record: TypeAlias = tuple[int, list[str]]


def batches(stream: BinaryIO, encodings: Sequence[str] = ("utf-8", "cp1252")) -> Iterator[list[str]]:
    """The lines of a text, without their breaks, in lists of about a mebibyte.

    Raises:
        TableError: a line is longer than any that a publisher writes.
    """
    carry, start = "", True
    while block := stream.read(_BLOCK):
        if start and block.startswith(b"\xef\xbb\xbf"):
            block = block[3:]
        start = False
        text = carry + block.decode("latin-1")
        if "\r" in text:
            text = text.replace("\r\n", "\n")
        lines = text.split("\n")
        carry = lines.pop()
        if len(carry) > LONGEST:
            raise TableError(f"a line of more than {LONGEST:,} characters", hint="this is no file of lines")
        yield _repaired(lines, encodings, clean=text.isascii() and "\0" not in text)
    if carry:
        yield _repaired([carry.removesuffix("\r")], encodings, clean=False)


def _repaired(lines: list[str], encodings: Sequence[str], *, clean: bool) -> list[str]:
    return lines if clean else [_decoded(line, encodings) for line in lines]


def _decoded(line: str, encodings: Sequence[str]) -> str:
    if "\0" in line:
        return _NUL
    if line.isascii():
        return line
    for encoding in encodings:
        try:
            return line.encode("latin-1").decode(encoding)
        except UnicodeDecodeError:
            continue
    return _FOREIGN


def damage(line: str) -> str:
    r"""What is wrong with a line as text, empty when nothing is.

    >>> damage("99213"), damage("\0nul")
    ('', 'holds a NUL byte')
    """
    return _DAMAGE.get(line, "")


def lines(stream: BinaryIO) -> Iterator[tuple[int, str]]:
    """The lines with their numbers, from 1; raises as :func:`batches` does."""
    number = 0
    for batch in batches(stream):
        for line in batch:
            number += 1
            yield number, line


def records(
    stream: BinaryIO, delimiter: str = ",", encodings: Sequence[str] = ("utf-8", "cp1252")
) -> Iterator[Record | BadRow]:
    """The records of delimited text with the number of their first line; blank lines are left out.

    Without a delimiter it is the tab if the first line has one, else the comma.
    Cells in quotes may hold line breaks, except in tab-delimited text. A quote that is never closed costs one line, not
    the rest of the file. Raises as :func:`batches` does.
    """
    number = 0
    held: list[str] = []  # lines of a record whose quote is still open
    size = 0
    for batch in batches(stream, encodings):
        for line in batch:
            number += 1
            delimiter = delimiter or ("\t" if "\t" in line else ",")
            if not held and not (delimiter != "\t" and '"' in line):
                if wrong := damage(line):
                    yield BadRow(number, wrong)
                elif line:
                    yield number, _tabbed(line) if delimiter == "\t" else line.split(delimiter)
                continue
            held.append(line)
            size += len(line)
            if line.count('"') % 2 == (0 if len(held) == 1 else 1):
                yield _record(number - len(held) + 1, "\n".join(held), delimiter)
            elif size <= LONGEST:
                continue
            else:
                yield from _unclosed(number - len(held) + 1, held, delimiter)
            held, size = [], 0
    if held:
        yield from _unclosed(number - len(held) + 1, held, delimiter)


def _unclosed(number: int, held: list[str], delimiter: str) -> Iterator[Record | BadRow]:
    """A line whose quote is never closed, then each line that it had swallowed."""
    yield BadRow(number, "a quote is opened and not closed, or the file ends in the middle of this row")
    for at, line in enumerate(held[1:], start=number + 1):
        if line.count('"') % 2:
            yield BadRow(at, "a quote is opened and not closed")
        elif line:
            yield _record(at, line, delimiter)


def _tabbed(line: str) -> list[str]:
    """The cells of a tab-delimited line; spreadsheets put quotes around some."""
    cells = line.split("\t")
    return [_unquoted(cell) for cell in cells] if '"' in line else cells


def _unquoted(cell: str) -> str:
    if len(cell) > 1 and cell[0] == cell[-1] == '"':
        return cell[1:-1].replace('""', '"')
    return cell


def _record(number: int, text: str, delimiter: str) -> Record | BadRow:
    """A record that holds quotes, taken apart."""
    if "\0" in text:
        return BadRow(number, next(damage(mark) for mark in _DAMAGE if mark in text))
    pattern = _QUOTED_CELL if delimiter == "," else re.compile(_QUOTED_CELL.pattern.replace(",", re.escape(delimiter)))
    cells: list[str] = []
    at = 0
    while match := pattern.match(text, at):
        quoted, plain = match.groups()
        cells.append(plain if quoted is None else quoted.replace('""', '"'))
        at = match.end() + 1
        if at > len(text):
            return number, cells
        if text[at - 1] != delimiter:
            break
    return BadRow(number, f"a quote in the middle of cell {len(cells)}")


def squeezed(text: str) -> str:
    """The text in capitals with single spaces: headers differ in breaks and spaces from release to release."""
    return " ".join(text.upper().split())


def places(header: Sequence[str], names: Sequence[str], what: str) -> list[int]:
    """Where the named columns stand in a header.

    Raises:
        TableError: one of them is not there.
    """
    found = {squeezed(cell): place for place, cell in reversed(list(enumerate(header)))}
    missing = [name for name in names if squeezed(name) not in found]
    if missing:
        raise TableError(
            f"{what} has no column {missing[0]}", hint=f"it has {', '.join(sorted(found)) or 'none'}"[:400]
        )
    return [found[squeezed(name)] for name in names]

"""Text made safe for Markdown, and the few shapes that rule pages are made of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_MARKS = re.compile(r"([\\`*\[\]<>|#]|(?<!\w)_|_(?!\w))")


def plain(text: str) -> str:
    r"""Text that Markdown shows as it is, on one line.

    >>> print(plain("units_total < 3 | _base"))
    units_total \< 3 \| \_base
    """
    return _MARKS.sub(r"\\\1", " ".join(text.split()))


def code(text: str) -> str:
    """A name set as code.

    >>> code("line.units")
    '`line.units`'
    """
    return f"`{text.replace('`', '')}`" if text else ""


def link(text: str, target: str) -> str:
    """A link whose text is plain."""
    return f"[{plain(text)}]({target})"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """The lines of a table; cells are Markdown already."""
    lines = [f"| {' | '.join(heads)} |", "|" + "---|" * len(heads)]
    lines += [f"| {' | '.join(cells)} |" for cells in rows]
    return [*lines, ""]


def section(title: str, lines: Sequence[str], level: int = 2) -> list[str]:
    """A heading and what stands below it; nothing when there is nothing."""
    return [f"{'#' * level} {title}", "", *lines, ""] if any(lines) else []

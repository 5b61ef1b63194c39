"""A page of text: styled lines, wrapped paragraphs with a label, and columns, the same in a terminal and in a file."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from engine.report.words import clean

LABEL = 9
MOST_WIDTH = 120


class Page:
    """Writes lines to a console; nothing is cropped, and no line ends in blanks.

    Args:
        console: where to; its colours and width are used.
    """

    def __init__(self, console: Console) -> None:
        self.console = console
        self.width = min(console.width, MOST_WIDTH)

    def line(self, *parts: str | tuple[str, str], indent: int = 0) -> None:
        """One line out of plain and (text, style) parts."""
        text = Text(" " * indent)
        for part in parts:
            if isinstance(part, str):
                text.append(clean(part))
            else:
                text.append(clean(part[0]), style=part[1])
        text.rstrip()
        self.console.print(text, soft_wrap=True)

    def blank(self) -> None:
        """An empty line."""
        self.console.print()

    def paragraph(
        self, text: str, *, indent: int = 0, style: str = "", label: str = "", label_style: str = "dim"
    ) -> None:
        """Wrapped text; a label stands to the left of its first line."""
        left = " " * indent + (label.ljust(LABEL) if label else "")
        body = textwrap.wrap(
            clean(text),
            max(self.width - len(left), 30),
            break_long_words=False,
            break_on_hyphens=False,
        )
        for number, piece in enumerate(body or [""]):
            if label and number == 0:
                self.line((label.ljust(LABEL), label_style), (piece, style), indent=indent)
            else:
                self.line((piece, style), indent=len(left))

    def columns(
        self, rows: Sequence[Sequence[str]], right: Sequence[int] = (), *, indent: int = 0, styles: Sequence[str] = ()
    ) -> None:
        """Rows in columns, the first row a heading; columns that are empty below the heading are left out.

        Args:
            rows: the cells.
            right: the numbers of the columns that are set flush right.
            indent: blanks before each row.
            styles: a style for each row below the heading.
        """
        kept = [i for i in range(len(rows[0])) if any(row[i] for row in rows[1:])]
        widths = {i: max(len(clean(row[i])) for row in rows) for i in kept}
        for number, row in enumerate(rows):
            cells = [clean(row[i]).rjust(widths[i]) if i in right else clean(row[i]).ljust(widths[i]) for i in kept]
            style = "dim" if number == 0 else styles[number - 1] if styles else ""
            self.line(("  ".join(cells).rstrip(), style), indent=indent)

"""Where output goes: standard output, in colour and as wide as the terminal when it is one, else plain and 100 wide."""

from __future__ import annotations

import io
import sys
from typing import BinaryIO, cast

from rich.console import Console

PLAIN_WIDTH = 100


class _Output(Console):
    """A console that lets a closed pipe be the caller's business."""

    def on_broken_pipe(self) -> None:
        """Not ours: ``guarded`` ends the command."""
        raise BrokenPipeError


def console() -> Console:
    """Standard output for text."""
    stream = sys.stdout
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")
    terminal = stream.isatty()
    return _Output(
        file=stream, width=None if terminal else PLAIN_WIDTH, highlight=False, markup=False, emoji=False, soft_wrap=True
    )


def binary() -> BinaryIO:
    """Standard output for bytes."""
    sys.stdout.flush()
    return cast("BinaryIO", sys.stdout.buffer)

"""The files that paths on the command line name."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

STDIN = "-"


def claim_files(paths: Sequence[str], skip: Sequence[Path] = ()) -> Iterator[str]:
    """The files, in order: a folder stands for every file in it, sorted; hidden files and README files are left out.

    Args:
        paths: as given; ``-`` is standard input.
        skip: folders that are not walked (the reference tables may lie beside the claims).
    """
    avoided = {os.path.realpath(folder) for folder in skip}
    for path in paths:
        if path != STDIN and Path(path).is_dir():
            yield from _walk(path, avoided)
        else:
            yield path


def _walk(folder: str, avoided: set[str]) -> Iterator[str]:
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(
            name for name in folders if not name.startswith(".") and os.path.realpath(f"{parent}/{name}") not in avoided
        )
        for name in sorted(files):
            path = Path(parent) / name
            if not name.startswith((".", "README")) and path.is_file():
                yield str(path)


@contextmanager
def opened(path: str) -> Iterator[BinaryIO]:
    """A file, or standard input, which stays open."""
    if path == STDIN:
        yield sys.stdin.buffer
        return
    with Path(path).open("rb") as stream:
        yield stream


def reason(error: OSError | ValueError) -> str:
    """Why a file cannot be read, in the system's words; ``ValueError`` is a NUL in its name."""
    return (getattr(error, "strerror", None) or str(error)).lower()


def shown_name(path: str) -> str:
    """A file's name for reports: as given, with bytes that are no text written out."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")

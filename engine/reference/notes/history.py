"""Which personal-history code (Z85) is for which malignant neoplasms, by "Conditions classifiable to …" under it."""

from __future__ import annotations

import re
from functools import lru_cache

from engine.reference.notes.lookup import NoteTable
from engine.reference.notes.model import Span

_HISTORY = "Z85"
_CLASSIFIABLE = re.compile(r"Conditions classifiable to (.+)")
_BETWEEN = re.compile(r"\s*[,;]\s*")


@lru_cache(maxsize=8)
def history_spans(table: NoteTable) -> tuple[tuple[str, Span], ...]:
    """The history codes that say which neoplasms they are for, each with a span of them.

    Only what stands at the code itself is taken: C51-C63 under Z85.4 does not say that Z85.46 is for C61.
    """
    found = []
    for code in table.expand(_HISTORY):
        for text in table.texts_on(code):
            named = _CLASSIFIABLE.fullmatch(text.wording)
            for item in _BETWEEN.split(named[1]) if named else ():
                low, _, high = item.replace(".", "").rstrip("-").partition("-")
                found.append((code, Span(low, high or low)))
    return tuple(found)


def history_code(table: NoteTable, code: str) -> str | None:
    """The personal-history code of a malignant neoplasm, or the code itself when it is one; ``None`` if none is named.

    >>> from engine.reference.notes.lookup import shipped
    >>> history_code(shipped(), "C50911"), history_code(shipped(), "Z853"), history_code(shipped(), "C61")
    ('Z853', 'Z853', None)
    """
    if not code.startswith(("C", _HISTORY)):
        return None
    for history, span in history_spans(table):
        if code == history or span.holds(code):
            return history
    return None

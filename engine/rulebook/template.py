"""Messages with ``{name.field}`` slots, checked when the rule is loaded."""

from __future__ import annotations

import re
from collections.abc import Callable

from engine.rulebook.rule import Slot, Template

_SLOT = re.compile(r"\{([^{}]*)\}")


def parse_template(text: str, resolve: Callable[[str, str], Slot | str]) -> Template:
    """Split a message at its slots; ``resolve`` turns (name, field) into a slot or literal text, or raises ValueError.

    >>> parse_template("Line {line.number}.", Slot)
    ('Line ', Slot(name='line', field='number', type='text'), '.')
    """
    parts: list[str | Slot] = []
    position = 0
    for found in _SLOT.finditer(text):
        name, dot, field = found.group(1).partition(".")
        if not dot or not field:
            message = f"{found.group(0)} is not {{name.field}}"
            raise ValueError(message)
        parts += [text[position : found.start()], resolve(name, field)]
        position = found.end()
    parts.append(text[position:])
    if any(isinstance(part, str) and ("{" in part or "}" in part) for part in parts):
        message = "a brace stands alone"
        raise ValueError(message)
    return tuple(part for part in parts if part != "")

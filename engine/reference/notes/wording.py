"""What the wording of an instruction says besides its codes: whether it binds, and whether its list is complete."""

from __future__ import annotations

import re
from collections.abc import Sequence

_CONDITIONAL = re.compile(r"\b(?:if|any|when|where|whether|associated|complicating)\b", re.IGNORECASE)
_EXAMPLES = re.compile(r"\b(?:such as|including)\b", re.IGNORECASE)


def is_heading(line: str) -> bool:
    """Whether the lines that follow continue this one."""
    return line.endswith(":")


def groups(lines: Sequence[str]) -> list[tuple[str, list[str]]]:
    """The lines of one element as instructions: a heading, empty when there is none, and the lines that it governs.

    >>> groups(["any associated:", "fever (R50.81)", "mucositis (K12.3-)"])
    [('any associated:', ['fever (R50.81)', 'mucositis (K12.3-)'])]
    """
    found: list[tuple[str, list[str]]] = []
    for line in lines:
        if is_heading(line):
            found.append((line, []))
        elif found:
            found[-1][1].append(line)
        else:
            found.append(("", [line]))
    return found


def mandatory(heading: str, line: str, siblings: int) -> bool:
    """Whether the instruction binds in every case.

    It does not when its words leave the partner to the case, nor when it is a list of several situations with no
    heading that announces examples of one ("underlying disease, such as:").
    """
    if _CONDITIONAL.search(heading) or _CONDITIONAL.search(line):
        return False
    return siblings == 1 or bool(_EXAMPLES.search(heading))


def examples(heading: str, line: str) -> bool:
    """Whether the codes are examples of what is meant."""
    return bool(_EXAMPLES.search(heading) or _EXAMPLES.search(line))

